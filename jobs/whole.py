"""Linking with the whole index at hand, as the driver takes it: every worker opens every layer. `jobs.sharded` does the same in shards."""

from __future__ import annotations

from typing import Any

from jobs import models
from jobs.runner import Receipt, Task
from jobs.setup import Setup
from jobs.step_tasks import RunAll, one_of, parts_of
from skiptrace.store.places import Place


class Whole:
    """The tasks of one run. `run_all` runs tasks and gives their receipts, in order."""

    def __init__(self, setup: Setup, run_all: RunAll) -> None:
        self._setup, self._run_all, self._work = setup, run_all, str(setup.work)

    def figures(self) -> dict[str, Any]:
        """What the ledger says of how the index was shared out: nothing, for it was not."""
        return {}

    def index(self) -> list[Receipt]:
        """Build the layers."""
        tasks = [
            Task(f"index-{number:05d}-{self._setup.run_key[:8]}", "jobs.index:build", self._setup.receipt("index", number),
                 {"work": self._work, "number": number}, place=f"step index, source {planned.source}")
            for number, planned in enumerate(self._setup.layers)
        ]  # fmt: skip
        return self._run_all("index", tasks)

    def link(self, model: Place) -> list[Receipt]:
        """Receipts of `jobs.link.link_partition`."""
        return self._parts("link", "jobs.link:link_partition", {"model_file": str(model), "entities": self.resolve(model)})

    def learn(self) -> list[Receipt]:
        """Receipts of pattern counts of accounts with records."""
        return self._parts("learn", "jobs.learn:records_partition", {})

    def learn_reference(self) -> list[Receipt]:
        """Receipts of pattern counts of records of the reference with each other."""
        return [one_of(self._setup, self._run_all, "learn-reference", "jobs.learn:reference")]

    def learn_persons(self, model: Place) -> list[Receipt]:
        """Receipts of pattern counts of accounts with persons. model: its first half."""
        given = {"model_file": str(model), "entities": self.resolve(model)}
        return self._parts("learn-persons", "jobs.learn:persons_partition", given)

    def resolve(self, model: Place) -> dict[str, Any]:
        """The persons of the reference, found once for an index and a model and kept beside the index."""
        folder = self._setup.entities(models.content_key(model))
        task = Task(
            f"resolve-{folder.name[:8]}", "jobs.link:resolve_reference", folder / "resolved.json",
            {"work": self._work, "model_file": str(model)}, place="step resolve",
        )  # fmt: skip
        found: dict[str, Any] = self._run_all("resolve", [task])[0]["entities"]
        return found

    def _parts(self, name: str, function: str, given: dict[str, Any]) -> list[Receipt]:
        """Run one task per partition of the portfolio."""
        return parts_of(self._setup, self._run_all, name, function, [given for _ in self._setup.partitions["portfolio"]])
