"""Contact points and scores of every account, as the driver takes them. `jobs.night.steps` does it for the accounts that could differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.handing import handed
from jobs.runner import Receipt
from jobs.setup import Setup
from jobs.step_tasks import RunAll, one_of, parts_of


def enriched(setup: Setup, run_all: RunAll, links: Sequence[dict[str, Any]], consumers: dict[str, Any]) -> list[Receipt]:
    """Receipts with `points` and `deaths` of each partition of a portfolio. links: the file of each partition's pairs."""
    given = [
        {"links": pairs, "consumers": consumers, **records} for pairs, records in zip(links, handed(setup, run_all, links), strict=True)
    ]
    return parts_of(setup, run_all, "enrich", "jobs.enrich:enrich_partition", given)


class Every:
    """The tasks of one run. `run_all` runs tasks and gives their receipts, in order; `why`: what keeps a night from beginning where the
    last run ended, where it is one."""

    def __init__(self, setup: Setup, run_all: RunAll, why: str | None = None) -> None:
        self._setup, self._run_all, self._why = setup, run_all, why

    def figures(self, screened: Sequence[Receipt]) -> dict[str, Any]:
        """What the ledger says of how many accounts a night computed anew: all of them, and why. screened: receipts of the step."""
        return {} if self._why is None else {"night": {"since": None, "why_all": self._why}}

    def enrich(self, links: Sequence[Receipt], consumers: dict[str, Any]) -> tuple[list[Receipt], dict[str, Any]]:
        """(receipts with `points` and `deaths` of each partition, SHARING)."""
        found = enriched(self._setup, self._run_all, [one["considered"] for one in links], consumers)
        shared = one_of(self._setup, self._run_all, "share", "jobs.enrich:share", refs=[r["points"] for r in found], consumers=consumers)
        return found, shared["sharing"]

    def screening(self) -> dict[str, Any]:
        """Arguments of every task that screens, beside those that say what is screened."""
        return {}

    def score(self, enriched: Sequence[Receipt], shared: dict[str, Any]) -> list[Receipt]:
        """Receipts with `points` and `channels` of each partition."""
        given = [{"points": one["points"], "shared": shared} for one in enriched]
        return parts_of(self._setup, self._run_all, "score", "jobs.score:score_partition", given)
