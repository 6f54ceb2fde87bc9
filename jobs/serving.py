"""The cluster's own processes: a scheduler and its workers, with time-outs, bounds and encryption set here and not left to
whatever configuration lies about. No port but the cluster's own, one task at a time per worker, nothing spilled: results are
receipts."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

import dask

from jobs.exposure import guard
from jobs.knock import Papers, parts
from skiptrace.errors import SafeToRerun

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


def own_address(scheduler: str) -> str:
    """This machine's address on the way to a scheduler: the only one at which its workers take calls. Nothing is sent.

    Raises SafeToRerun (75) where the scheduler's name is not known, or there is no way to it."""
    host, port = parts(scheduler)
    try:
        (family, kind, _, _, place), *_ = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_DGRAM)
        with socket.socket(family, kind) as line:
            line.connect(place)
            own = str(line.getsockname()[0])
    except OSError:
        raise SafeToRerun(f"there is no way to {scheduler} from here — see that its name and the network are there") from None
    return f"[{own}]" if family == socket.AF_INET6 else own


async def serve(
    listen: str | None, join: str | None, workers: int, memory: int, folder: str, papers: Papers | None, ready: Callable[[str], None]
) -> bool:
    """Run a scheduler at `listen`, or none, and `workers` workers of it or of the one at `join`, until a signal or the end of the
    scheduler. `memory`: bytes per worker; `folder`: for the workers' own small files; `ready` is told the scheduler's address.

    Returns whether it ended because it was asked to."""
    from jobs.roles import QuietNanny, QuietScheduler

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
                scheduler = QuietScheduler(host=address, port=port, protocol=protocol, security=security, dashboard=False)
                own.append(scheduler)
                await scheduler
                join = scheduler.address
            for _ in range(workers):
                nanny = QuietNanny(
                    join, nthreads=1, memory_limit=memory, local_directory=folder, security=security, dashboard=False,
                    silence_logs=logging.WARNING, death_timeout=DEATH_SECONDS, protocol=protocol,
                    host=parts(listen)[0] if listen else own_address(str(join)),
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
