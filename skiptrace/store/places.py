"""A place where bytes of ours lie: a path on disk, or a place on an object store. Whoever has one need not know which."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from skiptrace.errors import ConfigError, Problem
from skiptrace.ids import file_digest
from skiptrace.store import cache
from skiptrace.store.objects import ObjectPath

Place = Path | ObjectPath
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def place_of(text: str | Place) -> Place:
    """The place that a text means. Raises ConfigError for a URL with credentials, or one without a bucket."""
    if not isinstance(text, str):
        return text
    if not _URL.match(text):
        return Path(text)
    kind, _, rest = text.partition("://")
    if kind in ("file", "local"):
        return Path(rest.removeprefix("localhost"))
    bucket = rest.partition("/")[0]
    if kind.lower() in ("sftp", "ssh", "ftp", "ftps"):
        mend = "exports go to such a server by an [[outbox]], files come by an [[inbox]]"
        problem = Problem("skiptrace.toml", "", "a server of SFTP is no object store", mend)
        raise ConfigError("the store cannot be used", (problem,))
    if not bucket or "@" in bucket or ".." in rest.split("/"):
        what = "holds credentials" if "@" in bucket else "names no bucket" if not bucket else "leads upward"
        problem = Problem("skiptrace.toml", "runtime.store", what, 'write it like "s3://bucket/project"; credentials go elsewhere')
        raise ConfigError("the store cannot be used", (problem,))
    return ObjectPath(text.rstrip("/"))


def size_of(place: Place) -> int | None:
    """Bytes of a file of ours; None where there is none."""
    if isinstance(place, ObjectPath):
        return place.size()
    return place.stat().st_size if place.is_file() else None


def digest_of(place: Place) -> str:
    """SHA-256 of a file of ours, hex. Copies on this machine are not believed: an object is fetched anew. Raises OSError where there
    is no file, StoreUnavailable where the store does not answer."""
    if not isinstance(place, ObjectPath):
        return file_digest(place)
    with scratch_in(place) as scratch:
        place.fetch(scratch / "object")
        return file_digest(scratch / "object")


def entries(folder: Place) -> list[Place]:
    """What lies directly in a folder, by name; nothing where there is no such folder."""
    found: list[Place] = list(folder.iterdir()) if folder.is_dir() else []
    return sorted(found, key=lambda place: place.name)


@dataclass(frozen=True)
class Entry:
    """Something that lies below a folder: its name relative to it, bytes, the moment it was last changed (seconds since 1970, by
    the disk's or the store's clock), and whether it is a symbolic link."""

    name: str
    bytes: int
    changed: float
    linked: bool = False


def walk(folder: Place) -> list[Entry]:
    """Everything below a folder but folders, by name. Links are listed and never followed, be it the folder itself."""
    if isinstance(folder, ObjectPath):
        return [Entry(name, int(one.get("size") or 0), _stamp(one.get("LastModified"))) for name, one in sorted(folder.below().items())]
    found = []
    for where, folders, files in os.walk(folder, followlinks=False) if not folder.is_symlink() else []:
        for name in [*files, *(name for name in folders if os.path.islink(os.path.join(where, name)))]:
            path = Path(where, name)
            with suppress(FileNotFoundError):
                state = path.lstat()
                linked = stat.S_ISLNK(state.st_mode)
                found.append(Entry(path.relative_to(folder).as_posix(), state.st_size, state.st_mtime, linked))
    return sorted(found, key=lambda entry: entry.name)


def _stamp(moment: object) -> float:
    return moment.timestamp() if isinstance(moment, dt.datetime) else 0.0


def drop_empty(folder: Path, below: str) -> None:
    """Remove the folders on the way from `folder` down to where `below` lay, as far as they are empty."""
    for parent in Path(below).parents:
        with suppress(OSError):
            if parent != Path("."):
                (folder / parent).rmdir()


def local_file(path: str, sha256: str, size: int) -> Path:
    """Where the file can be read or mapped on this machine: itself, or a verified copy of the object. Raises FileNotFoundError
    where it is gone, DataRefused where the object is not what was written."""
    place = place_of(path)
    return cache.fetched(place, sha256, size) if isinstance(place, ObjectPath) else place


@contextmanager
def scratch_in(folder: Place) -> Iterator[Path]:
    """A fresh private folder on this machine for what nobody else needs: in `folder`, or in the spool where that is an object
    store. It is removed at the end."""
    place = cache.spool() if isinstance(folder, ObjectPath) else folder
    scratch = cache.fresh_folder(place)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def remove_tree(place: Place) -> None:
    """Remove a folder of ours with all that is in it. A link is removed, never followed."""
    if isinstance(place, ObjectPath):
        place.remove_below()
    elif place.is_symlink():
        place.unlink(missing_ok=True)
    else:
        shutil.rmtree(place, ignore_errors=True)
