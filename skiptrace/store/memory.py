"""Where an encrypted project's files may lie in clear: a folder in this machine's memory, entered by its owner alone.

It is `$SKIPTRACE_MEMORY_DIR`, else `/dev/shm`. What a killed process left there is removed by the next one, and goes with the power.
"""

from __future__ import annotations

import os
from pathlib import Path

from skiptrace.errors import ConfigError, Problem
from skiptrace.store.permissions import private_folder

NAME = "SKIPTRACE_MEMORY_DIR"
_USUAL = "/dev/shm"  # noqa: S108 # nosec B108 # it is memory, and ours is a private folder in it


def root() -> Path:
    """The private folder in memory. Raises ConfigError where this machine has none, UnsafePermissions as `private_folder`."""
    chosen = os.environ.get(NAME, "")
    place = Path(chosen or _USUAL)
    if not place.is_dir() or (not chosen and not place.is_mount()):
        problem = Problem(NAME, "", "names no folder in memory", "mount a tmpfs (and keep swap off or encrypted), and name it here")
        raise ConfigError("an encrypted project needs a folder in memory for its index", (problem,))
    return private_folder(place / f"skiptrace-{os.geteuid()}")


def spill() -> Path:
    """Where a query may put what it has no room for."""
    return private_folder(root() / "spill")
