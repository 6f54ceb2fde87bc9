"""The commit protocol, on a disk and on an object store.

Every attempt writes its table files under names made of their content; one receipt per task is put if absent; one manifest put
if absent is the commit; readers follow the manifest and never list a folder. On a disk "put if absent" is a hard link, on an
object store a conditional put; a file for the latter is written in a private spool on this machine first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from skiptrace.errors import DamagedJson, Problem, StoreUnavailable, UnsafePermissions
from skiptrace.ids import digest, file_digest
from skiptrace.store import cache, disk, points
from skiptrace.store.disk import is_temporary, storing, sync_folder, temporary_in, unavailable
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place
from skiptrace.store.sealed import seal, unseal

OWN = "own_digest"
"""The key of a small file's own digest."""
_Place = TypeVar("_Place", Path, ObjectPath, Path | ObjectPath)

__all__ = [
    "also_named", "encode_json", "flushed", "is_temporary", "point_to", "put", "put_bytes", "put_json", "put_private", "read_json",
    "replace_bytes", "storing", "sync_folder", "temporary_in", "with_digest",
]  # fmt: skip


def put(folder: _Place, write: Callable[[Path], None], name: Callable[[Path], str]) -> tuple[_Place, bool]:
    """Write a file under a temporary name, then give it, if absent, the name that `name` makes of its content.

    Returns the final place and whether this call created it; an existing file of that name is left as it is. Raises
    StoreUnavailable when disk or store refuse; nothing is left under the final name then."""
    if isinstance(folder, ObjectPath):
        return _upload(folder, write, name)
    return disk.put(folder, write, name)


def _upload(folder: ObjectPath, write: Callable[[Path], None], name: Callable[[Path], str]) -> tuple[ObjectPath, bool]:
    spool = cache.spool()
    temporary: Path | None = None
    try:
        temporary = temporary_in(spool)
        write(temporary)
        points.passed("written")
        final, size = folder / name(temporary), temporary.stat().st_size
        created = final.create(temporary)
        if not created and final.size() != size:
            raise StoreUnavailable(f"{final.name}: the store holds another object of this name — remove it, then run again")
        cache.keep(temporary, file_digest(temporary))
        return final, created
    except OSError as error:
        raise unavailable(error, spool) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def put_bytes(place: Place, content: bytes) -> bool:
    """Put if absent. Returns whether this call created the file."""
    if isinstance(place, ObjectPath):
        return place.create(content)
    return disk.put(place.parent, lambda temporary: disk.write_bytes(temporary, content), lambda _: place.name)[1]


def put_json(place: Place, content: Any) -> dict[str, Any]:
    """Put a JSON object if absent, with its digest; returns what is there afterwards: ours, or the one that was first."""
    put_bytes(place, with_digest(content))
    return read_json(place)


def put_private(place: Place, content: Any) -> bool:
    """Put a JSON object that says something of a person, if there is none of this name: sealed where the project is encrypted. Returns
    whether this call did. Raises KeyRefused where the key cannot be had."""
    return put_bytes(place, seal(place, with_digest(content)))


def replace_bytes(place: Place, content: bytes) -> None:
    """Write a file that may be replaced (a report, a ledger of failures): readers see the old one or the new one."""
    if isinstance(place, ObjectPath):
        place.replace(content)
    else:
        disk.replace(place, content)


def also_named(source: Place, target: Place) -> bool:
    """Give a file of ours a second name beside the first, if nothing has it: a hard link, or a copy within the store. Returns
    whether this call did.

    Raises StoreUnavailable where the file is gone, and where what has that name is another file; UnsafePermissions where it is a
    link, which somebody else planted."""
    if isinstance(source, ObjectPath) and isinstance(target, ObjectPath):
        size, there = source.size(), target.size()
        if there is None and size is not None:
            source.copy_to(target)
        if size is None or target.size() != size:
            other = "the store holds another object of this name — remove it, then run again"
            what = "is gone — run again: it is made again" if size is None else other
            raise StoreUnavailable(f"{target.name}: {what}")
        return there is None
    assert isinstance(source, Path) and isinstance(target, Path)  # noqa: S101, PT018 - one project, one kind of place
    with storing(target.parent):
        if disk.link(source, target):
            return True
        if target.is_symlink():
            raise UnsafePermissions(f"{target.name}: a link was planted under this name — remove it, and see who may write here")
        if not target.samefile(source) and file_digest(target) != file_digest(source):
            raise StoreUnavailable(f"{target.name}: another file has this name — remove it, then run again")
        return False


def point_to(pointer: Place, target: str) -> None:
    """Let a pointer name `target`, a neighbour: a symbolic link on a disk, a small text object on a store. An earlier one is
    replaced in one step."""
    if isinstance(pointer, ObjectPath):
        pointer.replace((target + "\n").encode())
    else:
        disk.point_link(pointer, target)


def flushed(folder: Place) -> None:
    """Make the entries of a folder durable; an object store does so itself."""
    if isinstance(folder, Path):
        sync_folder(folder)


def encode_json(content: Any) -> bytes:
    """JSON with sorted keys and a line end: equal content gives equal bytes."""
    return (json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def with_digest(content: Any) -> bytes:
    """A JSON object as `encode_json` writes it, with a digest of its own content, by which `read_json` sees a changed bit."""
    plain = json.loads(json.dumps(content))  # dates of a key, tuples: as they are read back
    return encode_json({**plain, OWN: digest(OWN, plain)})


def _agrees(content: dict[str, Any]) -> bool:
    """Whether an object agrees with its digest, which is taken out. One without is of an earlier version, unless a key is a letter off."""
    if OWN in content:
        return bool(content.pop(OWN) == digest(OWN, content))
    return not any(len(key) == len(OWN) and sum(map(str.__ne__, key, OWN)) == 1 for key in content)


def read_json(place: Place) -> dict[str, Any]:
    """Read a JSON object of ours, without its digest; one that has none, of an earlier version, is read as it is.

    Raises DamagedJson where it is no JSON or not what was written, KeyRefused where it is encrypted and the key cannot be had,
    OSError where it is gone."""
    content = place.read_bytes()
    try:
        found: Any = json.loads(unseal(place, content))
        intact = not isinstance(found, dict) or _agrees(found)
    except (ValueError, RecursionError):
        intact = False
    if not intact:
        mend = "run again where a run makes it; else `skiptrace restore FILE`"
        raise DamagedJson("a file of this project cannot be trusted", (Problem(place.name, "", "is damaged", mend),))
    content_of: dict[str, Any] = found
    return content_of
