"""How many workers a machine's memory carries, how much each may take, and giving back what a task no longer needs.

Partitions never depend on memory: they are cut by the input alone, so memory is bounded by how many tasks run at a time and by the
pieces that each works in."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import psutil
import pyarrow as pa

from skiptrace.project.model import Runtime

SHARE = 0.8
"""The part of the machine's memory that workers may hold together; the rest is for mapped files and the driver."""
_CGROUP = Path("/sys/fs/cgroup/memory.max")


def budget(runtime: Runtime) -> tuple[int, int]:
    """(workers, bytes that each may hold) for `processes`.

    `workers` and `memory_limit` are taken as stated. Without `workers` there is one per core, or as many as fit into memory at
    `memory_limit` each; without `memory_limit` they share the machine's."""
    whole = int(available() * SHARE)
    cores = os.cpu_count() or 1
    if runtime.memory_limit is None:
        count = runtime.workers or cores
        return count, whole // count
    from dask.utils import parse_bytes  # only drivers ask, and every worker loads this module

    each = parse_bytes(runtime.memory_limit)
    return runtime.workers or max(1, min(cores, whole // each)), each


def available() -> int:
    """Bytes of memory of this machine, or of the container that the process is in."""
    found = int(psutil.virtual_memory().total)
    try:
        limit = _CGROUP.read_text().strip()
    except OSError:
        return found
    return min(found, int(limit)) if limit.isdigit() else found


def give_back() -> None:
    """Hand memory that is free in this process back to the system.

    Allocators keep what a task has freed for the next one: gigabytes, between tasks of which most need little. Libraries have two of
    them, Arrow's and the C library's (`malloc_trim` is glibc's alone)."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
