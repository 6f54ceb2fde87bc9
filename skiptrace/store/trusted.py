"""Which files of ours this process has hashed: each is read whole once, and again when it is another file or was changed.

A file's identity is its disk, its number there, its length and the times of its last change, content and entry alike. What a disk turns
over without a trace after that is left to page checksums.
"""

from __future__ import annotations

from pathlib import Path

from skiptrace.ids import file_digest

_MOST = 100_000
_Identity = tuple[int, int, int, int, int, str]
_seen: set[_Identity] = set()


def is_what_was_written(path: Path, sha256: str, size: int, anew: bool = False) -> bool:
    """Whether a file has this length and SHA-256 (hex). `anew`: it is hashed whatever is known of it.

    Raises OSError where it is gone or cannot be read."""
    identity = _identity(path, sha256)
    if identity[2] != size:
        return False
    if anew or identity not in _seen:
        if file_digest(path) != sha256:
            return False
        _add(identity)
    return True


def just_written(path: Path, sha256: str) -> None:
    """Note a file that this process has written and hashed before it got its name."""
    _add(_identity(path, sha256))


def _add(identity: _Identity) -> None:
    if len(_seen) >= _MOST:
        _seen.clear()
    _seen.add(identity)


def _identity(path: Path, sha256: str) -> _Identity:
    state = path.stat()
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns, sha256
