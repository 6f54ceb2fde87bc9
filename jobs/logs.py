"""The log of runs: a JSON object per line, for programs. What is said are names of steps, counts, seconds, and messages of errors of
ours, which hold no value of a person."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import structlog

from skiptrace.errors import StoreUnavailable, UnsafePermissions

Logger = Any
"""A structlog logger: `info`, `error` and so on with an event and its values."""


class Log:
    """Where lines go: a file that is added to, stderr for "-", nowhere for None. Tasks that a run waits for are told by their step."""

    def __init__(self, place: str | None, folder: Path, run: dict[str, Any]) -> None:
        self._stream: TextIO | None = _opened(place, folder)
        processors: list[Any] = [
            structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ]  # fmt: skip
        factory = structlog.PrintLoggerFactory(file=self._stream or io.StringIO())
        self.say: Logger = structlog.wrap_logger(factory(), processors=processors, wrapper_class=structlog.BoundLogger).bind(**run)
        self._begun: dict[str, float] = {}
        self._lock = threading.Lock()

    def observe(self, step: str, done: int, total: int) -> None:
        """Tell that a step began and that it ended; `step` of `total` tasks."""
        if self._stream is None:
            return
        with self._lock:
            now = time.monotonic()
            if step not in self._begun:
                self._begun[step] = now
                self.say.info("step begun", step=step, tasks=total, found_done=done)
            if done == total:
                self.say.info("step done", step=step, tasks=total, seconds=round(now - self._begun.pop(step), 3))

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None and self._stream is not sys.stderr:
            with suppress(OSError):
                self._stream.close()


def _opened(place: str | None, folder: Path) -> TextIO | None:
    if place is None:
        return None
    if place == "-":
        return sys.stderr
    file = folder / place
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreUnavailable(f"{place}: {os.strerror(error.errno or 0)} — correct [monitoring] log") from None
    if os.fstat(handle).st_mode & 0o022:
        os.close(handle)
        raise UnsafePermissions(f"{place}: other users could change the log — chmod 600 it")
    return os.fdopen(handle, "a", encoding="utf-8", buffering=1)
