"""The cluster's own processes: a scheduler and its workers, with time-outs, bounds and encryption set here and not left to
whatever configuration lies about. No dashboard, one task at a time per worker, nothing spilled: results are receipts."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any

import dask

from jobs.exposure import guard
from jobs.knock import Papers, parts

SETTINGS: dict[str, Any] = {
    "distributed.scheduler.worker-ttl": "30s",  # a worker that is not heard of for so long loses its tasks to others
    "distributed.scheduler.allowed-failures": 2,
    "distributed.scheduler.no-workers-timeout": "120s",
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.comm.timeouts.connect": "15s",
    "distributed.comm.timeouts.tcp": "30s",
    "distributed.comm.retry.count": 2,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    "distributed.worker.daemon": True,
    "distributed.diagnostics.nvml": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
}
DEATH_SECONDS = 60
"""How long a worker looks for its scheduler before it ends, so that whoever supervises it starts it anew."""


async def serve(
    listen: str | None, join: str | None, workers: int, memory: int, folder: str, papers: Papers | None, ready: Callable[[str], None]
) -> bool:
    """Run a scheduler at `listen`, or none, and `workers` workers of it or of the one at `join`, until a signal or the end of the
    scheduler. `memory`: bytes per worker; `folder`: for the workers' own small files; `ready` is told the scheduler's address.

    Returns whether it ended because it was asked to."""
    from distributed import Nanny, Scheduler

    guard()
    logging.getLogger("distributed").setLevel(logging.WARNING)
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    security, protocol = (None, "tcp") if papers is None else (papers.security(), "tls")
    with dask.config.set({**SETTINGS, "distributed.comm.require-encryption": papers is not None}):
        own: list[Any] = []
        try:
            if listen is not None:
                address, port = parts(listen)
                scheduler = Scheduler(
                    host=address, port=port, protocol=protocol, security=security, dashboard=False, dashboard_address=None
                )
                own.append(scheduler)
                await scheduler
                join = scheduler.address
            for _ in range(workers):
                nanny = Nanny(
                    join, nthreads=1, memory_limit=memory, local_directory=folder, security=security, dashboard=False,
                    silence_logs=logging.WARNING, death_timeout=DEATH_SECONDS, protocol=protocol, host=parts(listen)[0] if listen else None,
                )  # fmt: skip
                own.append(nanny)
                await nanny
            ready(str(join))
            ends = [asyncio.ensure_future(one.finished()) for one in own]
            waiting = asyncio.ensure_future(asked.wait())
            await asyncio.wait([*ends, waiting], return_when=asyncio.FIRST_COMPLETED)
            return asked.is_set()
        finally:
            for one in reversed(own):
                try:
                    await asyncio.wait_for(one.close(), 10)
                except Exception:  # it is ending anyway
                    logging.getLogger(__name__).debug("a part of the cluster did not end by itself")
