"""Running coarse tasks: each is an importable function that writes files and returns a receipt.

A receipt is put if absent when the task is done, so a task runs again only when its receipt or a file it names is gone:
a killed run resumes where it stopped. The same tasks run on any scheduler and leave the same bytes.
"""

from __future__ import annotations

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

from skiptrace.errors import SkiptraceError, TaskFailed
from skiptrace.store.commit import put_json, read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of, size_of

Receipt = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One unit of work: a key that names step and partition, the function as `module:name`, and plain arguments.

    `receipt` is the path that says it is done."""

    key: str
    function: str
    receipt: Place
    arguments: dict[str, Any] = field(default_factory=dict)


def perform(function: str, receipt: str, arguments: dict[str, Any]) -> Receipt:
    """Run one task in whatever process it landed: the only function that schedulers see.

    An error of ours keeps its text, which is safe; of any other only the type and the place travel, because the texts
    of libraries' errors hold values of people's data."""
    os.umask(0o077)
    module, _, name = function.partition(":")
    try:
        body: Callable[..., Receipt] = getattr(importlib.import_module(module), name)
        begun = time.process_time()
        content = body(**arguments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        cost = {"cpu_seconds": round(time.process_time() - begun, 3), "peak_bytes": peak, "process": os.getpid()}
        return put_json(place_of(receipt), {**content, "cost": cost})
    except SkiptraceError as error:
        raise error from None
    except Exception as error:
        raise TaskFailed(f"{name}: {describe(error)}") from None


def describe(error: BaseException) -> str:
    """Type and place of an error, never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "skiptrace" in frame.filename or "jobs" in Path(frame.filename).parts]
    if not frames:
        return type(error).__name__
    place = (ours or frames)[-1]
    return f"{type(error).__name__} at {'/'.join(Path(place.filename).parts[-3:])}:{place.lineno}"


def done(receipt: Place) -> Receipt | None:
    """The receipt, where it is there and every file it names is, as long as it was; readers check the content."""
    try:
        content = read_json(receipt)
    except OSError:
        return None
    except ValueError:  # damaged on disk: it must go, or the task that runs again could not put its own
        receipt.unlink(missing_ok=True)
        return None
    for ref in files_of(content):
        if size_of(place_of(ref["path"])) != ref["bytes"]:
            receipt.unlink(missing_ok=True)
            return None
    return content


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
