"""How many workers a machine's memory carries, and how much each may take. Partitions never depend on it: they are cut by the
input alone, so memory is bounded by how many tasks run at a time and by the pieces that each works in."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
from dask.utils import parse_bytes

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
