"""The commit protocol on a local disk: exclusive temporary names, fsync, hard link to the final name.

A link fails where the name exists, so the first writer wins and nothing is ever overwritten; a crash leaves only a
temporary name that no reader looks at. The protocol: every attempt writes its table files; one receipt per task is put
if absent; one manifest put if absent is the commit; readers follow the manifest and never list a folder.
"""

from __future__ import annotations

import errno
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skiptrace.errors import StoreUnavailable

_TEMPORARY = ".partial-"


def is_temporary(path: Path) -> bool:
    """Whether a file is an attempt's unfinished one."""
    return path.name.startswith(_TEMPORARY)


def _unavailable(error: OSError, path: Path) -> StoreUnavailable:
    hint = " — free some space and run again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    what = os.strerror(error.errno) if error.errno else "the disk refused"
    return StoreUnavailable(f"{path.name}: {what}{hint}")


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def temporary_in(folder: Path) -> Path:
    """A fresh temporary name in `folder`. The file is created exclusively with mode 0600, following no link."""
    path = folder / f"{_TEMPORARY}{uuid.uuid4().hex}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    os.close(handle)
    return path


def put(folder: Path, write: Callable[[Path], None], name: Callable[[Path], str]) -> tuple[Path, bool]:
    """Write a file under a temporary name, then link it to the name that `name` gives for its content.

    Returns the final path and whether this call created it; an existing file of that name is left as it is. Raises
    StoreUnavailable when the disk refuses (full, read-only); nothing is left under the final name then."""
    temporary: Path | None = None
    try:
        temporary = temporary_in(folder)
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        final = folder / name(temporary)
        try:
            os.link(temporary, final, follow_symlinks=False)
            created = True
        except FileExistsError:
            created = False
        sync_folder(folder)
        return final, created
    except OSError as error:
        raise _unavailable(error, folder) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """Whatever is written inside: a disk that refuses (full, read-only) raises StoreUnavailable and names `folder` alone."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise _unavailable(error, folder) from None


def put_bytes(path: Path, content: bytes) -> bool:
    """Put if absent. Returns whether this call created the file."""
    return put(path.parent, lambda temporary: _write(temporary, content), lambda _: path.name)[1]


def put_json(path: Path, content: Any) -> dict[str, Any]:
    """Put a JSON object if absent; returns what is there afterwards: ours, or the one that was first."""
    put_bytes(path, encode_json(content))
    return read_json(path)


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a file that may be replaced (a report, a ledger of failures): temporary name, then rename."""
    try:
        temporary = temporary_in(path.parent)
        try:
            _write(temporary, content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unavailable(error, path) from None


def point_link(link: Path, target: str) -> None:
    """Let a symbolic link name `target` (relative), replacing an earlier link in one step."""
    temporary = link.parent / f"{_TEMPORARY}{uuid.uuid4().hex}"
    try:
        temporary.symlink_to(target)
        temporary.replace(link)
    except OSError as error:
        raise _unavailable(error, link) from None
    finally:
        temporary.unlink(missing_ok=True)


def encode_json(content: Any) -> bytes:
    """JSON with sorted keys and a line end: equal content gives equal bytes."""
    return (json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of ours."""
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
