"""One command at a time writes to a project: the lock that runs, training and exports take."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skiptrace.errors import SafeToRerun


@contextmanager
def locked(private: Path) -> Iterator[None]:
    """Hold the lock of the project whose private folder this is. Correctness does not depend on it: every file is put if absent.

    Raises SafeToRerun (exit 75) where somebody else holds it."""
    handle = os.open(private / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SafeToRerun("another run of this project is under way — wait for it, then run again") from None
        yield
    finally:
        os.close(handle)
