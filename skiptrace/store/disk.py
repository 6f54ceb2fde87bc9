"""Files on a local disk: exclusive temporary names, fsync, hard link to the final name.

A link fails where the name exists, so the first writer wins and nothing is ever overwritten; a crash leaves only a temporary
name that no reader looks at.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from skiptrace.errors import StoreUnavailable
from skiptrace.store import points

_TEMPORARY = ".partial-"


def is_temporary(path: Path) -> bool:
    """Whether a file is an attempt's unfinished one."""
    return path.name.startswith(_TEMPORARY)


def unavailable(error: OSError, path: Path) -> StoreUnavailable:
    """The error of ours for a disk that refuses, with the mend where it is full."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    hint = " — free some space and run again" if full else " — see that the disk can be written, then run again"
    what = os.strerror(error.errno) if error.errno else "the disk refused"
    return StoreUnavailable(f"{path.name}: {what}{hint}")


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def temporary_name() -> str:
    """A fresh name that no reader looks at."""
    return f"{_TEMPORARY}{uuid.uuid4().hex}"


def temporary_in(folder: Path) -> Path:
    """A fresh temporary name in `folder`. The file is created exclusively with mode 0600, following no link."""
    path = folder / temporary_name()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    os.close(handle)
    return path


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """Whatever is written inside: a disk that refuses (full, read-only) raises StoreUnavailable and names `folder` alone."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise unavailable(error, folder) from None


def put(folder: Path, write: Callable[[Path], None], name: Callable[[Path], str]) -> tuple[Path, bool]:
    """Write a file under a temporary name, then link it to the name that `name` gives for its content.

    Returns the final path and whether this call created it; an existing file of that name is left as it is. Raises
    StoreUnavailable when the disk refuses (full, read-only); nothing is left under the final name then."""
    temporary: Path | None = None
    try:
        temporary = temporary_in(folder)
        points.passed("temporary")
        write(temporary)
        points.passed("written")
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        final = folder / name(temporary)
        created = link(temporary, final)
        sync_folder(folder)
        points.passed("folder-synced")
        return final, created
    except OSError as error:
        raise unavailable(error, folder) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def link(source: Path, target: Path) -> bool:
    """Give a file a second name, if nothing has it. Returns whether this call did; a link of that name is never followed."""
    points.passed("before-link")
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        return False
    points.passed("linked")
    return True


def replace(path: Path, content: bytes) -> None:
    """Write a file that may be replaced: temporary name, then rename."""
    try:
        temporary = temporary_in(path.parent)
        try:
            write_bytes(temporary, content)
            points.passed("before-replace")
            temporary.replace(path)
            points.passed("replaced")
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise unavailable(error, path) from None


def point_link(link: Path, target: str) -> None:
    """Let a symbolic link name `target` (relative), replacing an earlier link in one step."""
    temporary = link.parent / temporary_name()
    try:
        temporary.symlink_to(target)
        points.passed("before-replace")
        temporary.replace(link)
        points.passed("replaced")
    except OSError as error:
        raise unavailable(error, link) from None
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes to a file that is there, and through to the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
