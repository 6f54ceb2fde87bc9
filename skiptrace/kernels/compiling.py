"""How the loops of this floor are compiled, and where the compiled code is kept between processes.

numba compiles a loop when it is first called and keeps the machine code in a file, so that only the first process ever
waits. Three things can go wrong with that and are settled here, once for all kernels:

- A read-only installation cannot hold the files beside the source. They go to the user's cache folder then.
- numba renews a file when the source of that one function changed, not when a function it calls did. The folder's name
  therefore holds a digest of every source of this floor: any change starts a new folder.
- The files are code. A folder that somebody else may write is not used; where no folder will do, each process compiles
  for itself.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

Whole: TypeAlias = Any
"""A whole number in the signature of a compiled loop: Python's own outside, a machine's inside."""

_Function = TypeVar("_Function", bound=Callable[..., object])
_HERE = Path(__file__).resolve().parent


def compiled(function: _Function) -> _Function:
    """Decorator: `function` as machine code, compiled on first call and cached. `function.py_func` is the plain one.

    The global interpreter lock is released while it runs. Array bounds are not checked: callers size their arrays.
    """
    return _made(function, forceinline=False)


def compiled_into(function: _Function) -> _Function:
    """The same for a small function that a loop calls at every step: its code is put into each caller.

    A call proper would count references to every array that it is given, which costs more than such a function does.
    """
    return _made(function, forceinline=True)


def _made(function: _Function, forceinline: bool) -> _Function:
    import numba  # here, so that asking `is_compiled` does not load it

    folder = _kept_in()
    config: Any = numba.config
    before = config.CACHE_DIR
    try:
        if folder is not None:
            config.CACHE_DIR = str(folder)  # read by numba while it decorates, so no other library is affected
        made = numba.njit(cache=folder is not None, nogil=True, error_model="numpy", forceinline=forceinline)(function)
    finally:
        config.CACHE_DIR = before
    return cast(_Function, made)


@lru_cache(maxsize=1)
def _kept_in() -> Path | None:
    folder = cache_folder(_HERE, os.environ)
    return None if folder is None else folder / f"skiptrace-{_digest(_HERE)}"


def is_compiled(name: str) -> bool:
    """Whether a loop of this name was compiled by an earlier process, so that it is only loaded now."""
    folder = _kept_in()
    return folder is not None and any(folder.rglob(f"*.{name}-*.nbi"))


def _digest(folder: Path) -> str:
    """Twelve hexadecimal digits that change with any source of the folder."""
    found = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.glob("*.py")):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def cache_folder(package: Path, environ: Mapping[str, str]) -> Path | None:
    """The folder for compiled code; None where there is none to be trusted.

    Loading what is there runs it, so nobody else may write there. First that will do: `NUMBA_CACHE_DIR`; `package`'s own
    `__pycache__`; `$XDG_CACHE_HOME/skiptrace/numba`; `~/.cache/skiptrace/numba`. The last two are made with permissions 0700.
    """
    if environ.get("NUMBA_CACHE_DIR"):
        chosen = Path(environ["NUMBA_CACHE_DIR"])
        return None if chosen.exists() and chosen.stat().st_mode & 0o022 else chosen
    beside = package / "__pycache__"
    if os.access(beside if beside.is_dir() else package, os.W_OK | os.X_OK):
        return beside
    base = environ.get("XDG_CACHE_HOME") or (os.path.join(environ["HOME"], ".cache") if environ.get("HOME") else "")
    return _private(Path(base) / "skiptrace" / "numba") if os.path.isabs(base) else None


def _private(folder: Path) -> Path | None:
    """The folder, made if need be; None where it cannot be made, or where others may write to it."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return folder if own and os.access(folder, os.W_OK | os.X_OK) else None
