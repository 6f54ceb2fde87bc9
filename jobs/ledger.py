"""The run's ledger (`run.json`): counts that must reconcile, file lists, versions, timings."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from jobs import feedback, inventory, linked, models, noted, outcomes, placed, reach_models, register
from jobs.estimate import kept
from jobs.prepare import Prepared
from jobs.setup import Setup, versions
from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.schema import SCHEMA_VERSION
from skiptrace.store.tables import read_table

_LOST = "run again; if it says so again, please report this line"


class Timings:
    """Seconds and peak memory per step, for the ledger. Exempt from "same inputs, same bytes"."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, Any]] = {}
        self._elsewhere, self._peak = 0.0, 0
        self._tasks: dict[str, float] = {}
        self.run = 0
        """Tasks that were run, and not found done."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step: wall seconds, CPU seconds of this process and of the tasks that ran in others, peak memory of
        the largest process so far, CPU seconds per kind of task."""
        start, before, self._elsewhere, self._tasks = time.monotonic(), time.process_time(), 0.0, {}
        try:
            yield
        finally:
            own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            self._peak = max(self._peak, own)
            self.steps[name] = {
                "seconds": round(time.monotonic() - start, 3),
                "cpu_seconds": round(time.process_time() - before + self._elsewhere, 3),
                "peak_bytes": self._peak,
                "tasks": {kind: round(spent, 3) for kind, spent in sorted(self._tasks.items())},
            }

    def spent(self, receipt: dict[str, Any], kind: str) -> None:
        """Count what a task of this kind cost; towards the step's sum only where it ran in another process."""
        cost = receipt["cost"]
        self.run += 1
        self._tasks[kind] = self._tasks.get(kind, 0.0) + cost["cpu_seconds"]
        if cost["process"] != os.getpid():
            self._elsewhere += cost["cpu_seconds"]
            self._peak = max(self._peak, cost["peak_bytes"])


def content(
    prepared: Prepared, found: Mapping[str, Sequence[dict[str, Any]]], counts: Mapping[str, Any], linking: Mapping[str, Any]
) -> dict[str, Any]:
    """What the ledger says of a run by the receipts of its steps (`found`). counts: `totals` of every delivery. linking: figures of how
    the reference was linked."""
    setup, (people,), told = prepared.setup, found["consumers"], found[inventory.STEP]
    return {
        "schema_version": SCHEMA_VERSION, "run_id": prepared.run_id, "run_key": setup.run_key, "name": setup.project.project.name,
        "as_of": setup.as_of.isoformat(), "counts": counts, "versions": versions(),
        "hashes": {**prepared.hashes, "model": prepared.model_key, "reach": setup.reach or "shipped", "index": setup.index_key},
        "portfolio": prepared.deliveries[0].plain(),
        "sources": [
            {**delivery.plain(), **_price(setup, delivery.name), "delivery": digest("deliveries", setup.delivery_keys[delivery.name])}
            for delivery in prepared.deliveries if delivery.name != "portfolio"
        ],
        **kept.told(setup.private, setup.run_key),
        "calibration": reach_models.judged(setup.private, setup.reach),
        "feedback": feedback.told(setup.project, {one.name: one.plain() for one in prepared.deliveries}, counts),
        "outcomes": outcomes.counts(setup, read_table(people["consumers"])),
        "notes": noted.told(setup, read_table(people["consumers"], ["account_id"])["account_id"].combine_chunks()),
        "placements": found[placed.STEP][0]["counted"] if found[placed.STEP] else {},
        "account_events": told[0]["counted"] if told else {},
        "inventory": inventory.by_portfolio([receipt["accounts"] for receipt in found["settle"]]), "consumers": register.told(people),
        "linkage": {
            **linked.told(list(found["link"]), list(found["index"]), models.model_file(setup.private, prepared.model_key)), **linking,
        },
    }  # fmt: skip


def _price(setup: Setup, name: str) -> dict[str, float]:
    """What a record of a source costs, where it has a price."""
    return next(({"cost_per_record": one.cost_per_record} for one in setup.project.source if one.name == name and one.cost_per_record), {})


def totals(receipts: list[dict[str, Any]]) -> dict[str, Any]:
    """Row counts of one delivery over its partitions, with whole rows rejected by reason, and single values by column and
    reason."""
    names = ("rows_in", "rows_filtered", "rows_rejected", "rows_out", "values_rejected")
    counts: dict[str, Any] = {name: sum(receipt["counts"][name] for receipt in receipts) for name in names}
    reasons: dict[str, int] = {}
    for receipt in receipts:
        for reason, rows in receipt["rejected_by_reason"].items():
            reasons[reason] = reasons.get(reason, 0) + rows
    values: dict[str, dict[str, int]] = {}
    for receipt in receipts:
        for column, own in receipt["values_by_column"].items():
            for reason, rows in own.items():
                values.setdefault(column, {})[reason] = values.get(column, {}).get(reason, 0) + rows
    return {
        "rows_in": counts["rows_in"], "rows_out": counts["rows_out"], "filtered": counts["rows_filtered"],
        "rejected": dict(sorted(reasons.items())), "values_rejected": counts["values_rejected"],
        "values_by_column": {column: dict(sorted(own.items())) for column, own in sorted(values.items())},
        "filled": {name: sum(one["filled"][name] for one in receipts) for name in receipts[0]["filled"]} if _all_filled(receipts) else {},
    }  # fmt: skip


def _all_filled(receipts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every partition was counted: one that was read by an earlier version was not."""
    return bool(receipts) and all("filled" in one for one in receipts)


def reconcile(counts: dict[str, dict[str, Any]], expected: dict[str, int], tables: dict[str, dict[str, Any]]) -> None:
    """Raise DataRefused (exit 3) unless every row is accounted for.

    Per delivery: rows in the files = rows out + filtered + rejected by reason. Over the run: accounts = portfolio rows
    out; every use has exactly one decision; every account exactly one row."""
    problems = []
    for source, count in sorted(counts.items()):
        accounted = count["rows_out"] + count["filtered"] + sum(count["rejected"].values())
        if count["rows_in"] != accounted or count["rows_in"] != expected[source]:
            what = f"{expected[source]} rows in the files, {count['rows_in']} read, {accounted} accounted for"
            problems.append(Problem(source, "rows", what, "do not change a delivery while the program runs; run again"))
    accounts, uses = tables["accounts"]["rows"], tables["channels"]["rows"]
    if accounts != counts["portfolio"]["rows_out"]:
        problems.append(
            Problem("accounts", "rows", f"{accounts} accounts of {counts['portfolio']['rows_out']} accepted rows", _LOST)
        )
    if uses != tables["decisions"]["rows"]:
        problems.append(Problem("decisions", "rows", f"{tables['decisions']['rows']} decisions for {uses} uses", _LOST))
    if problems:
        raise DataRefused("the counts do not reconcile; nothing was published", tuple(problems))
