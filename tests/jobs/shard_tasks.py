"""The tasks of a run with its index in shards, for tests that take one of them again."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from jobs import models
from jobs.runner import Receipt, Task, done
from jobs.sharded import Sharded
from tests.jobs.projects import Finished

SHARDS = 3


def model_of(run: Finished) -> Path:
    """Where the run's match model is."""
    return models.model_file(run.setup.private, run.outcome.ledger["hashes"]["model"])


class Replay:
    """Every task of a finished run by the function it names, in order; none of them is run."""

    def __init__(self, run: Finished) -> None:
        self.run, self.of = run, dict[str, list[Task]]()
        self.sharded = Sharded(run.setup, SHARDS, self._told)
        self.built = self.sharded.index()
        self.links = self.sharded.link(model_of(run))

    def _told(self, name: str, tasks: list[Task]) -> list[Receipt]:
        found = [done(task.receipt) for task in tasks]
        assert None not in found, name
        for task in tasks:
            self.of.setdefault(task.function, []).append(task)
        return [receipt for receipt in found if receipt is not None]


def again(task: Task, **other: Any) -> Receipt:
    """Run a task's function in this process, with other arguments where they are given."""
    module, _, function = task.function.partition(":")
    receipt: Receipt = getattr(import_module(module), function)(**{**task.arguments, **other})
    return receipt


def told(task: Task) -> Receipt:
    """What the run's task said, without what it cost."""
    found = done(task.receipt)
    assert found is not None
    return {name: value for name, value in found.items() if name != "cost"}
