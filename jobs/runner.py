"""Running coarse tasks: each is an importable function that writes files and returns a receipt.

A receipt is put if absent when the task is done, so a task runs again only when its receipt or a file it names is gone:
a killed run resumes where it stopped. The same tasks run on any scheduler and leave the same bytes.
"""

from __future__ import annotations

import errno
import importlib
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobs.exposure import guard
from jobs.spilling import spill_beside
from skiptrace.errors import OutOfMemory, Problem, SetAside, SkiptraceError, StoreUnavailable, TaskFailed
from skiptrace.store.commit import put_json, read_json
from skiptrace.store.disk import unavailable
from skiptrace.store.keyring import of_portfolio
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, digest_of, place_of, size_of

Receipt = dict[str, Any]
LABEL = "of_portfolio"
"""An argument that the runner takes itself: the label of the key that the task's files are encrypted with (see `jobs.keys`)."""
PAUSES = (1.0, 3.0)
"""Seconds before a store that did not answer is asked again."""
_DISK_REFUSES = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN)


@dataclass(frozen=True)
class Task:
    """One unit of work: a key that names step and partition, the function as `module:name`, and plain arguments.

    `receipt` is the path that says it is done; `file` and `place` say to a person what it works on (a file's name, and step and
    partition)."""

    key: str
    function: str
    receipt: Place
    arguments: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    place: str = ""


def perform(function: str, receipt: str, arguments: dict[str, Any]) -> Receipt:
    """Run one task in whatever process it landed: the only function that schedulers see.

    A store that does not answer is asked again after a pause; no other error heals by itself. An error of ours keeps its text,
    which is safe; of any other only the type and the place travel, because the texts of libraries' errors hold values of people's
    data. A disk that refuses is StoreUnavailable whoever met it, a lack of memory OutOfMemory."""
    guard()
    spill_beside(place_of(receipt))
    for pause in (*PAUSES, None):
        try:
            return _attempt(function, receipt, arguments)
        except StoreUnavailable:
            if pause is None:
                raise
            time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def _attempt(function: str, receipt: str, arguments: dict[str, Any]) -> Receipt:
    module, _, name = function.partition(":")
    try:
        body: Callable[..., Receipt] = getattr(importlib.import_module(module), name)
        begun, given = time.process_time(), dict(arguments)
        with of_portfolio(given.pop(LABEL, None)):
            content = body(**given)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        cost = {"cpu_seconds": round(time.process_time() - begun, 3), "peak_bytes": peak, "process": os.getpid()}
        return put_json(place_of(receipt), {**content, "cost": cost})
    except SkiptraceError as error:
        raise error from None
    except MemoryError:
        raise OutOfMemory(f"{name}: not enough memory — run again with fewer workers, or with a larger memory_limit") from None
    except Exception as error:
        raise refused_by_disk(error, name) or TaskFailed(f"{name}: {describe(error)}") from None


def refused_by_disk(error: BaseException, name: str) -> StoreUnavailable | None:
    """The error that a full, dead or read-only disk is, whoever met it; None for any other."""
    if not isinstance(error, OSError) or error.errno not in _DISK_REFUSES:
        return None
    return unavailable(error, Path(name))


def set_aside(lost: list[tuple[Task, str]]) -> SetAside:
    """The error that names tasks whose workers died, each with why the last one did."""
    mend = "give workers more memory ([runtime] memory_limit) or use fewer; if it stays, take the rows of this partition out and report it"
    problems = tuple(Problem(task.file, task.place or task.key, f"its worker {why}", mend) for task, why in lost)
    tasks = "a task was" if len(lost) == 1 else f"{len(lost)} tasks were"
    return SetAside(f"{tasks} set aside because each worker that had it died; all others are done, nothing is published", problems)


def describe(error: BaseException) -> str:
    """Type and place of an error, never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "skiptrace" in frame.filename or "jobs" in Path(frame.filename).parts]
    if not frames:
        return type(error).__name__
    place = (ours or frames)[-1]
    return f"{type(error).__name__} at {'/'.join(Path(place.filename).parts[-3:])}:{place.lineno}"


def done(receipt: Place, closely: bool = False) -> Receipt | None:
    """The receipt, where it is there and every file it names is what was written (`closely`: see `is_whole`). Otherwise the receipt
    goes, and damaged files too: a name that is taken is never written again."""
    try:
        content = read_json(receipt)
    except OSError:
        return None
    except ValueError:  # damaged on disk: it must go, or the task that runs again could not put its own
        receipt.unlink(missing_ok=True)
        return None
    damaged = [place for ref in files_of(content) if not is_whole(place := place_of(ref["path"]), ref, closely)]
    for place in (receipt, *damaged) if damaged else ():
        place.unlink(missing_ok=True)
    return None if damaged else content


def is_whole(place: Place, ref: dict[str, Any], closely: bool = False) -> bool:
    """Whether a file of ours is what a reference says: as long, and of the same SHA-256. What an object holds is compared whenever it
    is fetched, so here only `closely`."""
    try:
        if size_of(place) != int(ref["bytes"]):
            return False
        return (not closely and not isinstance(place, Path)) or digest_of(place) == str(ref["sha256"])
    except OSError:
        return False


def files_of(content: Any) -> Iterator[dict[str, Any]]:
    """Every file reference within a receipt."""
    if isinstance(content, dict):
        if {"path", "rows", "bytes", "sha256"} <= content.keys():
            yield content
        else:
            for value in content.values():
                yield from files_of(value)
    elif isinstance(content, list):
        for value in content:
            yield from files_of(value)


def run(
    tasks: list[Task],
    compute: Callable[[list[Task]], Iterator[tuple[str, Receipt]]],
    progress: Callable[[int, int], None],
    spent: Callable[[Receipt], None] = lambda receipt: None,
) -> list[Receipt]:
    """Receipts of all tasks, in their order. Tasks whose receipts hold are not run again.

    `compute` runs tasks on a scheduler and yields (key, receipt) as they end; `progress` gets (done, all), `spent` the
    receipt of each task that was run now, with what it cost."""
    for folder in sorted({task.receipt.parent for task in tasks}, key=str):
        private_folder(folder)
    receipts = {task.key: receipt for task in tasks if (receipt := done(task.receipt)) is not None}
    progress(len(receipts), len(tasks))
    for key, receipt in compute([task for task in tasks if task.key not in receipts]):
        receipts[key] = receipt
        spent(receipt)
        progress(len(receipts), len(tasks))
    return [receipts[task.key] for task in tasks]
