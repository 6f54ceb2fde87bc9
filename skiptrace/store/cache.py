"""What of an object store lies on this machine: a private spool where files are written, and copies of objects that were read.

A copy is named by its SHA-256 and was compared with it, so that it is the right one whichever project asks. The folder is
`$XDG_CACHE_HOME/skiptrace` (else `~/.cache/skiptrace`), entered by its owner alone; it holds people's data and belongs on an
encrypted disk. It is kept below `$SKIPTRACE_CACHE_BYTES` (20 GB) by removing what was used longest ago; what is open or
mapped stays readable on POSIX.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from skiptrace.errors import ConfigError, DamagedFile, Problem
from skiptrace.ids import file_digest
from skiptrace.store.disk import storing, temporary_in, temporary_name
from skiptrace.store.objects import ObjectPath
from skiptrace.store.permissions import private_folder

LIMIT = 20_000_000_000
ROOM = "SKIPTRACE_CACHE_BYTES"
YOUNG = 60.0
"""Seconds for which a copy is surely kept after it was asked for: it is about to be opened."""
IDLE = 3600.0
"""Seconds after which a folder of copies is not in use, while room is wanted."""
STALE = 86_400.0
"""Seconds after which what lies in the spool was left by a process that died."""
_written = 0


def root() -> Path:
    """The private folder of this machine's copies."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return private_folder(Path(home) / "skiptrace")


def spool() -> Path:
    """The folder where files are written before they are put on an object store."""
    return private_folder(root() / "spool")


def fresh_folder(place: Path) -> Path:
    """A new private folder in `place`, of a name that no reader looks at."""
    with storing(place):
        private_folder(place)
        folder = place / temporary_name()
        folder.mkdir(mode=0o700)
    return folder


def limit() -> int:
    """How many bytes the copies may take. Raises ConfigError where the setting is no number."""
    text = os.environ.get(ROOM, "")
    if not text:
        return LIMIT
    if not text.isdigit():
        raise ConfigError("the cache has no usable limit", (Problem(ROOM, "", "is not a whole number of bytes", "such as 20000000000"),))
    return int(text)


def fetched(place: ObjectPath, sha256: str, size: int) -> Path:
    """The copy of an object; it is fetched and compared with its SHA-256 first where there is none.

    Raises FileNotFoundError where the object is gone, DamagedFile where it is not what was written."""
    copy = _copy(sha256)
    with contextlib.suppress(OSError):
        if copy.stat().st_size == size:
            os.utime(copy)
            return copy
        copy.unlink()
    with storing(root()):
        temporary = temporary_in(spool())
    try:
        place.fetch(temporary)
        if temporary.stat().st_size != size or file_digest(temporary) != sha256:
            problem = Problem(place.name, "", "is not the file that was written", "run again: it is rebuilt")
            raise DamagedFile("a file of this project cannot be trusted", (problem,))
        keep(temporary, sha256)
    finally:
        temporary.unlink(missing_ok=True)
    return copy


def keep(file: Path, sha256: str) -> None:
    """Keep a file of this content as a copy: what this machine wrote it need not fetch."""
    global _written
    copy = _copy(sha256)
    with storing(copy.parent), contextlib.suppress(FileExistsError):
        private_folder(copy.parent)
        os.link(file, copy, follow_symlinks=False)
        _written += copy.stat().st_size
    if _written > limit() // 10:
        _written = 0
        tidy()


def tidy() -> int:
    """Remove what a dead process left in the spool, and the copies used longest ago until the rest fits. Returns bytes removed."""
    clock = root() / "used"  # the disk's own clock, which the times of change are by
    clock.touch(mode=0o600)
    now, freed = clock.stat().st_mtime, 0
    for left in spool().iterdir():
        if now - left.lstat().st_mtime > STALE:
            freed += _remove(left)
    found = []
    for copy in (root() / "objects").glob("*/*"):
        with contextlib.suppress(OSError):
            state = copy.stat()
            found.append((state.st_mtime, state.st_size, copy))
    total, most = sum(size for _, size, _ in found), limit()
    for folder in (root() / "folders").glob("*") if total > most else []:  # they hold copies by a second name
        if now - folder.stat().st_mtime > IDLE:
            _remove(folder)
    for used, size, copy in sorted(found):
        if total <= most or now - used < YOUNG:
            break
        total -= size
        freed += _remove(copy)
    return freed


def empty() -> int:
    """Remove every copy on this machine: what was taken out of a store must not stay here. Whoever was about to open one fetches it again.
    Returns bytes removed."""
    return sum(_remove(place) for kind in ("folders", "objects") for place in list((root() / kind).glob("*")))


def _copy(sha256: str) -> Path:
    return root() / "objects" / sha256[:2] / sha256


def _remove(path: Path) -> int:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            size = sum(_remove(entry) for entry in list(path.iterdir()))
            path.rmdir()
            return size
        size = path.lstat().st_size
        path.unlink()
        return size
    return 0

