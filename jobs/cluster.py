"""Schedulers: how tasks are spread over threads, worker processes or a running Dask cluster. Results do not depend on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from jobs.memory import budget
from jobs.prepare import Options, Prepared
from jobs.runner import Receipt, Task, perform
from jobs.spilling import spilling
from jobs.workers import Workers
from skiptrace.errors import ConfigError
from skiptrace.project import Project
from skiptrace.store import unsealed
from skiptrace.store.places import Place

SMALL_ROWS = 60_000
"""Below this many input rows, starting processes costs more than they save."""

Compute = Callable[[list[Task]], Iterator[tuple[str, Receipt]]]


def choose(scheduler: str, input_rows: int) -> str:
    """`auto` resolved: the in-process scheduler for small work, processes for more."""
    if scheduler != "auto":
        return scheduler
    cores = os.cpu_count() or 1
    return "sync" if input_rows < SMALL_ROWS or cores < 2 else "processes"


def spread_for(prepared: Prepared, options: Options, private: Place) -> AbstractContextManager[Compute]:
    """`spread` as a run's options and its project say."""
    project = prepared.setup.project
    return spread(choose(options.scheduler or project.runtime.scheduler, prepared.rows), project, private)


@contextmanager
def spread(scheduler: str, project: Project, private: Place) -> Iterator[Compute]:
    """The function that runs tasks on `scheduler` (sync, threads, processes, or the address of a running scheduler), for as long
    as the context lasts; whatever it started is gone afterwards, and what it opened of a sealed index. `private`: the project's private
    folder.

    Raises ConfigError for a word it does not know, and as `jobs.remote.joined`."""
    try:
        with spilling(private):
            yield from _spread(scheduler, project, private)
    finally:
        unsealed.closed(private.parent)


def _spread(scheduler: str, project: Project, private: Place) -> Iterator[Compute]:
    runtime = project.runtime
    if scheduler == "sync":
        yield _in_turn
    elif scheduler == "threads":
        yield lambda tasks: _in_threads(tasks, runtime.workers)
    elif scheduler == "processes":
        workers = Workers(*budget(runtime), runtime.stall_seconds)
        try:
            yield workers
        finally:
            workers.close()
    elif "://" in scheduler:
        from jobs.remote import joined

        with joined(scheduler, project, private) as remote:
            yield remote
    else:
        raise ConfigError(
            f"unknown scheduler {scheduler!r} — write sync, threads, processes, auto, or an address such as tls://host:8786"
        )


def _in_turn(tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
    from dask.local import get_sync

    for task in tasks:
        (receipt,) = _results([task], scheduler=get_sync)
        yield task.key, receipt


def _in_threads(tasks: list[Task], workers: int | None) -> Iterator[tuple[str, Receipt]]:
    from dask.threaded import get

    if tasks:
        receipts = _results(tasks, scheduler=get, num_workers=min(workers or os.cpu_count() or 1, len(tasks)))
        yield from ((task.key, receipt) for task, receipt in zip(tasks, receipts, strict=True))


def _results(tasks: list[Task], **options: Any) -> list[Receipt]:
    """`scheduler` is a function: asked for one by name, Dask loads all of distributed first, which costs a small run a second."""
    from dask.base import compute  # a run on worker processes needs nothing of it
    from dask.delayed import delayed

    lazy = delayed(perform, pure=False)
    made = [lazy(task.function, str(task.receipt), task.arguments, dask_key_name=task.key) for task in tasks]
    return list(compute(*made, **options))  # type: ignore[no-untyped-call]
