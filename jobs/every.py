"""Contact points and scores of every account, as the driver takes them. `jobs.night.steps` does it for the accounts that could differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.runner import Receipt, Task
from jobs.setup import Setup
from jobs.whole import RunAll


class Every:
    """The tasks of one run. `run_all` runs tasks and gives their receipts, in order; `why`: what keeps a night from beginning where the
    last run ended, where it is one."""

    def __init__(self, setup: Setup, run_all: RunAll, why: str | None = None) -> None:
        self._setup, self._run_all, self._why = setup, run_all, why

    def figures(self) -> dict[str, Any]:
        """What the ledger says of how many accounts a night computed anew: all of them, and why."""
        return {} if self._why is None else {"night": {"since": None, "why_all": self._why}}

    def enrich(self, links: Sequence[Receipt], consumers: dict[str, Any]) -> tuple[list[Receipt], dict[str, Any]]:
        """(receipts with `points` and `deaths` of each partition, SHARING)."""
        given = [{"links": one["considered"], "consumers": consumers} for one in links]
        found = parts_of(self._setup, self._run_all, "enrich", "jobs.enrich:enrich_partition", given)
        shared = one_of(self._setup, self._run_all, "share", "jobs.enrich:share", refs=[r["points"] for r in found], consumers=consumers)
        return found, shared["sharing"]

    def score(self, enriched: Sequence[Receipt], shared: dict[str, Any]) -> list[Receipt]:
        """Receipts with `points` and `channels` of each partition."""
        given = [{"points": one["points"], "shared": shared} for one in enriched]
        return parts_of(self._setup, self._run_all, "score", "jobs.score:score_partition", given)


def parts_of(
    setup: Setup, run_all: RunAll, name: str, function: str, arguments: Sequence[dict[str, Any]], work: str | None = None
) -> list[Receipt]:  # fmt: skip
    """Run one task per partition of a portfolio with these arguments, `work` and `number` added."""
    parts = setup.partitions["portfolio"]
    tasks = [
        Task(f"{name}-{number:05d}-{setup.run_key[:8]}", function, setup.receipt(name, number),
             {"work": work or str(setup.work), "number": number, **given}, parts[number].file.name, f"step {name}, partition {number}")
        for number, given in enumerate(arguments)
    ]  # fmt: skip
    return run_all(name, tasks)


def one_of(setup: Setup, run_all: RunAll, name: str, function: str, **arguments: Any) -> Receipt:
    """Run a single task of the whole run."""
    given = {"work": str(setup.work), **arguments}
    task = Task(f"{name}-{setup.run_key[:8]}", function, setup.receipt(name, 0), given, place=f"step {name}")
    return run_all(name, [task])[0]
