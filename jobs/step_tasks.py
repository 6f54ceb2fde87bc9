"""The tasks of one step: one per partition of a portfolio, or one of the whole run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jobs.runner import LABEL, Receipt, Task
from jobs.setup import Setup

RunAll = Callable[[str, list[Task]], list[Receipt]]
"""Runs tasks under the name of a step, and gives their receipts in order."""


def parts_of(
    setup: Setup, run_all: RunAll, name: str, function: str, arguments: Sequence[dict[str, Any]], work: str | None = None
) -> list[Receipt]:  # fmt: skip
    """Run one task per partition of a portfolio with these arguments, `work` and `number` added."""
    parts = setup.partitions["portfolio"]
    tasks = [
        Task(f"{name}-{number:05d}-{setup.run_key[:8]}", function, setup.receipt(name, number),
             {"work": work or str(setup.work), "number": number, **given, **labelled(setup, number)}, parts[number].file.name,
             f"step {name}, partition {number}")
        for number, given in enumerate(arguments)
    ]  # fmt: skip
    return run_all(name, tasks)


def labelled(setup: Setup, number: int) -> dict[str, str]:
    """The argument that says whose key the files of a partition of the portfolio are encrypted with; none where nothing is encrypted."""
    label = setup.key_label(number)
    return {} if label is None else {LABEL: label}


def one_of(setup: Setup, run_all: RunAll, name: str, function: str, **arguments: Any) -> Receipt:
    """Run a single task of the whole run."""
    given = {"work": str(setup.work), **arguments}
    task = Task(f"{name}-{setup.run_key[:8]}", function, setup.receipt(name, 0), given, place=f"step {name}")
    return run_all(name, [task])[0]
