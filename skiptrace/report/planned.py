"""What was planned before a run beside what happened: the numbers that `skiptrace plan` kept, and those of the ledger.

Steps are compared up to `settle`: publishing is not over when the ledger is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from skiptrace.report.figures import NOTHING, count, memory, money, seconds


@dataclass(frozen=True)
class Planned:
    """A figure: its name, its unit (accounts, records, pairs, seconds, bytes or money), what was planned, and what happened; None where
    the ledger does not say."""

    name: str
    unit: str
    planned: Decimal
    happened: Decimal | None

    @property
    def ratio(self) -> Decimal | None:
        """What was planned as a multiple of what happened, to the hundredth."""
        return round(self.planned / self.happened, 2) if self.happened else None


def figures(run: Mapping[str, Any], costs: Mapping[str, Decimal] | None = None) -> tuple[Planned, ...]:
    """Of a ledger with `plan`; nothing of one without. costs: of each source with a price that may be told, what it cost by the run."""
    told = run.get("plan")
    if not told:
        return ()
    steps, timings = told.get("steps", {}), run.get("timings", {})
    both = [name for name in steps if name in timings]
    peak = max((int(timings[name]["peak_bytes"]) for name in both), default=None)
    linkage, index = run.get("linkage", {}), run.get("linkage", {}).get("index", {})
    found = [
        _one("Accounts", "accounts", told.get("accounts"), run.get("tables", {}).get("accounts", {}).get("rows")),
        _one("Reference records", "records", told.get("records"), index.get("people")),
        _one("Pairs compared", "pairs", told.get("pairs", {}).get("compared"), linkage.get("pairs")),
        _one("CPU of all steps", "seconds", _sum(steps, both, "cpu_seconds"), _sum(timings, both, "cpu_seconds")),
        _one("Time by the clock", "seconds", _sum(steps, both, "seconds"), _sum(timings, both, "seconds")),
        _one("Memory of a worker, most", "bytes", told.get("peak_bytes"), peak),
    ]
    known, prices = costs or {}, told.get("sources", {})
    found += [_one(f"Cost of {name}", "money", prices[name], known[name]) for name in sorted(prices) if name in known]
    return tuple(one for one in found if one is not None)


def written(amount: Decimal | None, unit: str) -> str:
    """An amount as the page shows it."""
    if amount is None:
        return NOTHING
    if unit == "bytes":
        return memory(int(amount))
    return seconds(amount) if unit == "seconds" else money(amount) if unit == "money" else count(amount)


def _one(name: str, unit: str, planned: Any, happened: Any) -> Planned | None:
    if planned is None:
        return None
    return Planned(name, unit, Decimal(str(planned)), None if happened is None else Decimal(str(happened)))


def _sum(steps: Mapping[str, Mapping[str, Any]], names: list[str], what: str) -> Decimal | None:
    parts = [Decimal(str(steps[name][what])) for name in names if what in steps[name]]
    return sum(parts, Decimal(0)) if parts else None
