"""What every process of ours does first: files for its owner alone, and no image of its memory when it crashes."""

from __future__ import annotations

import contextlib
import os
import resource


def guard() -> None:
    """Let files of this process be its owner's alone, and let no core file be written."""
    os.umask(0o077)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
