"""Contact points and scores of a night, as the driver takes them: which accounts could differ, the small portfolios that they are, and
each partition's tables of old and fresh rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs import inventory
from jobs.every import Every, enriched
from jobs.night.base import Base
from jobs.night.few import parts_for, setup_of
from jobs.night.rescreened import circumstances
from jobs.runner import Receipt
from jobs.setup import Setup, write_plan
from jobs.step_tasks import RunAll, one_of, parts_of

MOST = 0.5
"""The share of the accounts beyond which a night computes all of them anew: little would be saved."""
FOLDERS = "night-"
"""What the names of the small portfolios' folders begin with, in a run's work folder."""


class Few:
    """The steps of one night that begins from `base`. `digests`: the run's files of DIGESTS; `text`: the project file as it was read."""

    def __init__(self, setup: Setup, run_all: RunAll, base: Base, digests: Sequence[dict[str, Any]], text: str) -> None:
        self._setup, self._run_all, self._base, self._digests, self._text = setup, run_all, base.plain(), list(digests), text
        # what was done of a night that began from another run is of no use to this one
        self._tag = base.run.run_id[-8:]
        self._told: dict[str, Any] = {}
        self._every: Every | None = None
        self._touched: list[dict[str, Any]] = []
        self._merged: list[Receipt] = []

    def figures(self, screened: Sequence[Receipt]) -> dict[str, Any]:
        """What the ledger says: the run and day it was made from, accounts computed anew, by reason, and how many were screened anew.
        screened: receipts of the step."""
        return {"night": {**self._told, "screened_anew": sum(one["anew"] for one in screened)}}

    def enrich(self, links: Sequence[Receipt], consumers: dict[str, Any]) -> tuple[list[Receipt], dict[str, Any]]:
        """As `Every.enrich`; the points are shared and scored already."""
        pairs = [one["considered"] for one in links]
        found = self._one("touched", "jobs.night.touched:find", base=self._base, digests=self._digests, considered=pairs,
                          consumers=consumers)  # fmt: skip
        self._told = {"since": self._base["run_id"], "accounts_anew": found["accounts"], "by_reason": found["reasons"]}
        if found["accounts"] > MOST * sum(part.rows for part in self._setup.partitions["portfolio"]):
            self._told["why_all"] = f"more than {MOST:.0%} of the accounts could differ"
            self._every = Every(self._setup, self._run_all)
            return self._every.enrich(links, consumers)
        first = self._fresh("first", found, pairs, consumers)
        share = self._one("shared", "jobs.night.touched:share", base=self._base, touched=found["touched"],
                          points=[one["points"] for one in first[1]], consumers=consumers)  # fmt: skip
        more = self._fresh("shared", share, pairs, consumers)
        self._told["by_reason"] = {**self._told["by_reason"], "shared": share["accounts"]}
        self._told["accounts_anew"] += share["accounts"]
        scored = [receipt for setup, enriched in (first, more) for receipt in self._scored(setup, enriched, share["sharing"])]
        enriched = [*first[1], *more[1]]
        fresh = {
            "points": [one["points"] for one in scored], "channels": [one["channels"] for one in scored],
            "deaths": [one["deaths"] for one in enriched],
        }  # fmt: skip
        self._touched = [found["touched"], share["touched"]]
        given = [{"base": self._base, "digests": digests, "touched": self._touched, "fresh": fresh} for digests in self._digests]
        self._merged = parts_of(self._setup, self._run_all, f"merge-{self._tag}", "jobs.night.merged:partition", given)
        return self._merged, share["sharing"]

    def score(self, enriched: Sequence[Receipt], shared: dict[str, Any]) -> list[Receipt]:
        """As `Every.score`: what `enrich` merged."""
        return self._merged if self._every is None else self._every.score(enriched, shared)

    def screening(self) -> dict[str, Any]:
        """As `Every.screening`: what decisions of the last run are kept by, where no use is screened by other rules or settings."""
        if self._every is not None or circumstances(self._setup) != self._base["circumstances"]:
            return {}
        return {"base": self._base, "touched": self._touched}

    def _fresh(self, name: str, touched: Receipt, pairs: list[dict[str, Any]], consumers: dict[str, Any]) -> tuple[Setup, list[Receipt]]:
        """(plan of the small portfolio of these accounts, receipts of `jobs.enrich.enrich_partition` over it)."""
        few = setup_of(self._setup, f"{FOLDERS}{self._tag}-{name}", parts_for(self._setup, touched["accounts"]))
        if not touched["accounts"]:
            return few, []
        write_plan(few, self._text)
        inventory.hand_on(self._setup, few)
        small = {"small": str(few.work), "touched": [touched["touched"]], "links": pairs}
        each = [small for _ in few.partitions["portfolio"]]
        cut = parts_of(few, self._run_all, "intake", "jobs.night.few:cut", each, str(self._setup.work))
        return few, enriched(few, self._run_all, [one["considered"] for one in cut], consumers)

    def _scored(self, few: Setup, enriched: Sequence[Receipt], shared: dict[str, Any]) -> list[Receipt]:
        given = [{"points": one["points"], "shared": shared} for one in enriched]
        return parts_of(few, self._run_all, "score", "jobs.score:score_partition", given)

    def _one(self, name: str, function: str, **arguments: Any) -> Receipt:
        return one_of(self._setup, self._run_all, f"{name}-{self._tag}", function, **arguments)
