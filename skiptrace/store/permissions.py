"""Private places: folders only the owner can enter, refused when someone else could replace what we write."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TypeVar

from skiptrace.errors import ConfigError, Problem, StoreUnavailable, UnsafePermissions
from skiptrace.store.objects import ObjectPath

_Place = TypeVar("_Place", Path, ObjectPath, Path | ObjectPath)
_LARGEST_SECRET = 1 << 16


def refuse_unsafe(folder: Path | ObjectPath) -> None:
    """Raise UnsafePermissions when `folder` itself is world-writable without the sticky bit, or is a symbolic link.

    Sticky ancestors (a system's temporary folder) are fine: there nobody can replace another user's entries. Who may write
    to an object store, its own policy says."""
    if isinstance(folder, ObjectPath):
        return
    state = folder.lstat()
    if stat.S_ISLNK(state.st_mode):
        raise UnsafePermissions(f"{folder.name}: is a symbolic link; a folder that is written must not be one — put a folder there")
    if state.st_mode & stat.S_IWOTH and not state.st_mode & stat.S_ISVTX:
        raise UnsafePermissions(f"{folder.name}: every user of this machine may write there — chmod o-w it")


def private_folder(folder: _Place) -> _Place:
    """Make `folder` (mode 0700) with its parents, or check the one that is there. Returns it. On an object store there is
    nothing to make.

    Raises UnsafePermissions (exit 78) as `refuse_unsafe`, ConfigError where a file is in the way or the folder may not
    be written, StoreUnavailable where the disk refuses."""
    if isinstance(folder, ObjectPath):
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (FileExistsError, NotADirectoryError):
        raise ConfigError(
            "a file is where a folder must be", (Problem(folder.name, "", "is not a folder", "move it away"),)
        ) from None
    except PermissionError:
        raise _cannot_write(folder) from None
    except OSError as error:
        raise StoreUnavailable(f"{folder.name}: cannot be made ({os.strerror(error.errno or 0)}) — see that there is room") from None
    refuse_unsafe(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _cannot_write(folder)
    return folder


def secret_file(file: Path, what: str) -> bytes:
    """The bytes of a file that holds a secret; a link to one is followed.

    Raises UnsafePermissions (exit 78) where other users could read or replace it, FileNotFoundError where it is not there, ValueError where
    it is no file or far too long for a secret, OSError where it cannot be read."""
    state = file.stat()
    if not stat.S_ISREG(state.st_mode) or state.st_size > _LARGEST_SECRET:
        raise ValueError("does not hold a secret alone")
    if state.st_mode & 0o027:
        raise UnsafePermissions(f"{what}: other users could read or replace it — chmod 600 it")
    return file.read_bytes()


def _cannot_write(folder: Path) -> ConfigError:
    problem = Problem(
        folder.name, "", "cannot be written by this user", "give the user write permission, or choose another place"
    )
    return ConfigError("the output folder cannot be written", (problem,))
