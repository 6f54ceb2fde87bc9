"""What is asked of a place where files are exchanged, whatever it is; and why a library that it needs may be missing."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Protocol

from skiptrace.errors import ConfigError, DataRefused, Problem

SMALL = 1 << 16
"""Bytes that a control file may have."""


class Box(Protocol):
    """A folder of files at a partner's, on an object store or on a disk. Names are plain: nothing lies deeper.

    Whatever is asked may raise ConfigError (exit 2) where the place or the rights are wrong, StoreUnavailable (exit 69) where the place
    does not answer or is full, SafeToRerun (exit 75) where a connection broke."""

    def sizes(self) -> dict[str, int]:
        """Bytes of every file, by name. A name may be anything: whoever lists it judges it."""

    def size(self, name: str) -> int | None:
        """Bytes of a file; None where there is none."""

    def digest(self, name: str) -> str:
        """SHA-256 of what lies there, hex, read anew; empty where it may not be read."""

    def fetch(self, name: str, target: Path, most: int) -> None:
        """Copy a file to a new local file. Raises DataRefused where it is gone or has more than `most` bytes."""

    def send(self, file: Path, name: str, sha256: str) -> None:
        """Let a local file of this SHA-256 be seen whole under a name, in one step; an earlier file of the name is replaced."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""


def library(module: str, extra: str) -> ModuleType:
    """A library of an extra. Raises ConfigError (exit 2) where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError:
        problem = Problem(f"skiptrace[{extra}]", "", "is not installed", f"pip install 'skiptrace[{extra}]'")
        raise ConfigError("this project needs an extra that is not installed", (problem,)) from None


def refused(name: str, what: str, mend: str) -> DataRefused:
    """The error for a file that cannot be taken."""
    return DataRefused("a file that was delivered cannot be trusted; nothing of it is kept", (Problem(name, "", what, mend),))
