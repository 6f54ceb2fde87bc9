"""Schedulers: how tasks are spread over threads, processes or a running Dask cluster. Results do not depend on it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from typing import Any

import dask
from dask.delayed import delayed

from jobs.runner import Receipt, Task, perform
from skiptrace.errors import ConfigError, SafeToRerun, SkiptraceError

SMALL_ROWS = 60_000
"""Below this many input rows, starting processes costs more than they save."""

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
        return lambda tasks: _local(tasks, "threads", workers)
    if scheduler == "processes":
        return lambda tasks: _local(tasks, "processes", workers)
    if "://" in scheduler:
        return lambda tasks: _remote(tasks, scheduler)
    raise ConfigError(f"unknown scheduler {scheduler!r}: sync, threads, processes, auto, or an address such as tls://host:8786")


def _in_turn(tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
    for task in tasks:
        (receipt,) = dask.compute(_delayed(task), scheduler="synchronous")
        yield task.key, receipt


def _local(tasks: list[Task], scheduler: str, workers: int | None) -> Iterator[tuple[str, Receipt]]:
    if not tasks:
        return
    count = min(workers or os.cpu_count() or 1, len(tasks))
    if count == 1 and scheduler == "processes":
        yield from _in_turn(tasks)
        return
    options: dict[str, Any] = {"num_workers": count}
    with dask.config.set({"multiprocessing.context": "spawn"}):
        if scheduler == "processes":
            from concurrent.futures import ProcessPoolExecutor

            with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
                receipts = dask.compute(*map(_delayed, tasks), scheduler="processes", pool=pool, chunksize=1)
        else:
            receipts = dask.compute(*map(_delayed, tasks), scheduler=scheduler, **options)
    yield from ((task.key, receipt) for task, receipt in zip(tasks, receipts, strict=True))


def _delayed(task: Task) -> Any:
    return delayed(perform, pure=False)(task.function, str(task.receipt), task.arguments, dask_key_name=task.key)


def _remote(tasks: list[Task], address: str) -> Iterator[tuple[str, Receipt]]:
    """Submit to a running scheduler; the workers must see the same folders."""
    from distributed import Client, as_completed

    if not tasks:
        return
    try:
        client = Client(address, timeout=15, set_as_default=False)
    except (OSError, TimeoutError):
        raise SafeToRerun(f"no scheduler answers at {address} — start it, or choose another with --scheduler") from None
    try:
        futures = {
            client.submit(perform, task.function, str(task.receipt), task.arguments, key=task.key, pure=False, retries=1): task.key
            for task in tasks
        }
        for future in as_completed(list(futures)):
            try:
                yield futures[future], future.result()
            except SkiptraceError as error:
                client.cancel(list(futures))
                raise error from None
            except Exception as error:  # lost workers, a lost scheduler, versions that differ
                raise SafeToRerun(f"the cluster gave up on a task ({type(error).__name__}) — run the same command again") from None
    finally:
        client.close()
