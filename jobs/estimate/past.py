"""What the last published runs of a project tell of its next one: what work cost, how many uses an account has, whom sources linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jobs.estimate.costs import Costs, learned
from jobs.estimate.forecast import Machine, steps
from jobs.estimate.work import jobs_of, sizes_of
from skiptrace.errors import SkiptraceError
from skiptrace.results import latest, open_run, runs

LOOKED_AT = 5
"""Runs that are asked, newest first: the one that learned the match model is often an earlier one."""
ONCE = ("index", "resolve", "learn", "learn-reference", "learn-persons")
"""Kinds of task that few runs have; what they took may hold what an installation does once, so they are believed within bounds."""
_ONCE_BOUNDS = (0.5, 2.0)


@dataclass(frozen=True)
class Past:
    """uses: of an account; linked: share of accounts that each source linked; more: pairs compared for each that keys brought. None or
    empty where no run tells. `costs`: corrected by what runs took."""

    costs: Costs
    uses: float | None = None
    more: float | None = None
    linked: Mapping[str, float] = field(default_factory=dict)


def past(folder: Path, costs: Costs) -> Past:
    """By the runs that were published last, nights left out, which make only what changed. Where none can be read: nothing but `costs`."""
    ledgers = _ledgers(folder)
    if not ledgers:
        return Past(costs)
    found = learned(costs, [(one, jobs_of(costs, sizes_of(one))) for one in ledgers])
    factors = {kind: min(max(one, _ONCE_BOUNDS[0]), _ONCE_BOUNDS[1]) if kind in ONCE else one for kind, one in found.factors.items()}
    last = ledgers[0]
    found = replace(found, factors=factors, memory=_memory(found, last))
    accounts, candidates = last["tables"]["accounts"]["rows"], last["linkage"].get("pairs_by_keys")
    return Past(
        found, last["tables"]["channels"]["rows"] / accounts if accounts else None,
        last["linkage"]["pairs"] / candidates if candidates else None,
        {name: count / accounts for name, count in last.get("linked_by", {}).items()} if accounts else {},
    )  # fmt: skip


def _ledgers(folder: Path) -> list[Mapping[str, Any]]:
    try:
        newest = latest(folder)
        others = [one.run_id for one in reversed(runs(folder)) if one.run_id != newest.run_id]
        found = [newest.ledger, *(open_run(folder, run_id).ledger for run_id in others[:LOOKED_AT])]
    except SkiptraceError:
        return []
    return [one for one in found if _whole(one)][:LOOKED_AT]


def _whole(ledger: Mapping[str, Any]) -> bool:
    parts = ("timings", "sources", "portfolio", "linkage", "tables")
    return all(part in ledger for part in parts) and "index" in ledger["linkage"] and not ledger.get("night", {}).get("since")


def _memory(costs: Costs, ledger: Mapping[str, Any]) -> float:
    """The most memory of a process in a run beside what its sizes make expected."""
    sizes = sizes_of(ledger)
    found = steps(costs, jobs_of(costs, sizes), Machine("sync", 0, 1, 1.0), costs.disk["index_record"] * sizes.records)
    expected = max(step.peak_bytes for step in found)
    peak = max((float(step["peak_bytes"]) for step in ledger["timings"].values()), default=0.0)
    return peak / expected if peak else 1.0
