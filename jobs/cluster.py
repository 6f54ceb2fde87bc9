"""Schedulers: how tasks are spread over threads, processes or a running Dask cluster. Results do not depend on it."""

from __future__ import annotations

import multiprocessing
import os
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import dask
from dask.base import compute
from dask.delayed import delayed

from jobs.runner import Receipt, Task, perform
from skiptrace.errors import ConfigError, SafeToRerun, SkiptraceError
from skiptrace.ids import digest

SMALL_ROWS = 60_000
"""Below this many input rows, starting processes costs more than they save."""
CONNECT_SECONDS = 15
"""How long a scheduler may take to answer."""

Compute = Callable[[list[Task]], Iterator[tuple[str, Receipt]]]


def choose(scheduler: str, input_rows: int) -> str:
    """`auto` resolved: the in-process scheduler for small work, processes for more."""
    if scheduler != "auto":
        return scheduler
    cores = os.cpu_count() or 1
    return "sync" if input_rows < SMALL_ROWS or cores < 2 else "processes"


def compute_on(scheduler: str, workers: int | None = None) -> Compute:
    """The function that runs tasks on `scheduler`: sync, threads, processes, or the address of a running scheduler.

    Raises ConfigError for a word it does not know."""
    if scheduler == "sync":
        return _in_turn
    if scheduler == "threads":
        return lambda tasks: _in_threads(tasks, workers)
    if scheduler == "processes":
        return _Processes(workers)
    if "://" in scheduler:
        return lambda tasks: _remote(tasks, scheduler)
    raise ConfigError(
        f"unknown scheduler {scheduler!r}: sync, threads, processes, auto, or an address such as tls://host:8786"
    )


def _in_turn(tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
    for task in tasks:
        (receipt,) = _results([task], scheduler="synchronous")
        yield task.key, receipt


def _in_threads(tasks: list[Task], workers: int | None) -> Iterator[tuple[str, Receipt]]:
    if tasks:
        receipts = _results(tasks, scheduler="threads", num_workers=min(workers or os.cpu_count() or 1, len(tasks)))
        yield from ((task.key, receipt) for task, receipt in zip(tasks, receipts, strict=True))


class _Processes:
    """Worker processes that serve every step of a run: starting them and importing the program costs seconds each time."""

    def __init__(self, workers: int | None) -> None:
        self._count = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
        if min(self._count, len(tasks)) <= 1:  # nothing to share out
            yield from _in_turn(tasks)
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._count, mp_context=multiprocessing.get_context("spawn"))
            weakref.finalize(self, self._pool.shutdown)
        try:
            with dask.config.set({"multiprocessing.context": "spawn"}):
                receipts = _results(tasks, scheduler="processes", pool=self._pool, chunksize=1)
        except BrokenProcessPool:
            self._pool = None
            raise SafeToRerun(
                "a worker process died, most likely for want of memory — run the same command again, with fewer workers"
            ) from None
        yield from ((task.key, receipt) for task, receipt in zip(tasks, receipts, strict=True))


def _results(tasks: list[Task], **options: Any) -> list[Receipt]:
    lazy = delayed(perform, pure=False)
    made = [lazy(task.function, str(task.receipt), task.arguments, dask_key_name=task.key) for task in tasks]
    return list(compute(*made, **options))  # type: ignore[no-untyped-call]


def _remote(tasks: list[Task], address: str) -> Iterator[tuple[str, Receipt]]:
    """Submit to a running scheduler; the workers must see the same folders."""
    from distributed import Client, as_completed

    if not tasks:
        return
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError):
        raise SafeToRerun(f"no scheduler answers at {address} — start it, or choose another with --scheduler") from None
    try:
        futures = {
            client.submit(
                perform, task.function, str(task.receipt), task.arguments, key=_unique(task), pure=False, retries=1
            ): task.key
            for task in tasks
        }
        for future in as_completed(list(futures), loop=client.loop):  # type: ignore[no-untyped-call]
            try:
                yield futures[future], future.result()
            except SkiptraceError as error:
                client.cancel(list(futures))  # type: ignore[no-untyped-call]
                raise error from None
            except Exception as error:  # lost workers, a lost scheduler, versions that differ
                raise SafeToRerun(
                    f"the cluster gave up on a task ({type(error).__name__}) — run the same command again"
                ) from None
    finally:
        client.close()  # type: ignore[no-untyped-call]


def _unique(task: Task) -> str:
    """A key that two copies of one project on one scheduler do not share: a scheduler runs equal keys once."""
    return f"{task.key}-{digest(str(task.receipt.absolute()), size=4)}"
