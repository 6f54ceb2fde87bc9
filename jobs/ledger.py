"""The run's ledger (`run.json`): counts that must reconcile, file lists, versions, timings."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skiptrace.errors import DataRefused, Problem


class Timings:
    """Seconds and peak memory per step, for the ledger. Exempt from "same inputs, same bytes"."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, Any]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        start, before = time.monotonic(), _cpu()
        try:
            yield
        finally:
            peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
            unit = 1 if sys.platform == "darwin" else 1024
            self.steps[name] = {
                "seconds": round(time.monotonic() - start, 3),
                "cpu_seconds": round(_cpu() - before, 3),
                "peak_bytes": peak * unit,
            }


def _cpu() -> float:
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def totals(receipts: list[dict[str, Any]]) -> dict[str, Any]:
    """Row counts of one delivery over its partitions, with whole rows rejected by reason."""
    names = ("rows_in", "rows_filtered", "rows_rejected", "rows_out", "values_rejected")
    counts: dict[str, Any] = {name: sum(receipt["counts"][name] for receipt in receipts) for name in names}
    reasons: dict[str, int] = {}
    for receipt in receipts:
        for reason, rows in receipt["rejected_by_reason"].items():
            reasons[reason] = reasons.get(reason, 0) + rows
    return {
        "rows_in": counts["rows_in"], "rows_out": counts["rows_out"], "filtered": counts["rows_filtered"],
        "rejected": dict(sorted(reasons.items())), "values_rejected": counts["values_rejected"],
    }  # fmt: skip


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
            Problem("accounts", "rows", f"{accounts} accounts of {counts['portfolio']['rows_out']} accepted rows")
        )
    if uses != tables["decisions"]["rows"]:
        problems.append(Problem("decisions", "rows", f"{tables['decisions']['rows']} decisions for {uses} uses"))
    if problems:
        raise DataRefused("the counts do not reconcile; nothing was published", tuple(problems))
