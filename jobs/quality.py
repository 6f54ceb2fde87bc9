"""Figures of a run by which its quality is judged beside that of an earlier one: how many accounts are linked, how likely they are
reached, what sources fill in, how many alerts there are, how new each source is. Counts only; `jobs.gates` judges them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from skiptrace.report.counting import opened

TENTHS = 10
FEW = 0.5
"""Added to each count before shares are compared, so that an empty tenth has a logarithm."""
Plain = Mapping[str, Any]


def measures(
    sums: pa.Table, counts: Mapping[str, Plain], arrived: Mapping[str, Plain], alerted: int
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """Figures of a run by name. sums: its counts (`skiptrace.schema.counts`); counts: of each delivery (`jobs.ledger.totals`); arrived: see
    `jobs.arrivals`; alerted: accounts with an alert.

    `match_rate`, `fill.SOURCE.COLUMN`, `alerts`: part and whole. `reach.CHANNEL`: accounts by tenth. `fresh.SOURCE`: newest day, ISO."""
    groups = opened(sums)
    by = groups["accounts_by"].to_pylist()
    linked, accounts = sum(row["accounts"] for row in by if row["linked"]), sum(row["accounts"] for row in by)
    found: dict[str, dict[str, Any]] = {"match_rate": {"part": linked, "of": accounts}, "alerts": {"part": alerted, "of": accounts}}
    for row in groups["reach_by"].to_pylist():
        tenths = found.setdefault(f"reach.{row['channel']}", {"tenths": [0] * TENTHS})["tenths"]
        tenths[row["tenth"]] += row["accounts"]
    for source, plain in counts.items():
        filled = dict(plain.get("filled", {}))
        records = filled.pop("records", 0)
        found |= {f"fill.{source}.{column}": {"part": count, "of": records} for column, count in filled.items()}
    found |= {f"fresh.{source}": {"newest": plain["newest"]} for source, plain in arrived.items() if plain["newest"]}
    return dict(sorted(found.items()))


def linked_by(sums: pa.Table) -> dict[str, int]:
    """Accounts that each source linked, by its name."""
    found: dict[str, int] = {}
    for row in opened(sums)["linked_by"].to_pylist():
        found[row["source"]] = found.get(row["source"], 0) + row["accounts"]
    return dict(sorted(found.items()))


def fresh(mine: Plain, before: Plain | None, as_of: dt.date) -> dict[str, Any]:
    """How new a source is, with the day `since` which it has brought nothing newer, and whether it ever did (`moved`). before: the same
    of the run before."""
    today = as_of.isoformat()
    if before is None:
        return {"newest": mine["newest"], "since": today, "moved": False}
    if mine["newest"] > before["newest"]:
        return {"newest": mine["newest"], "since": today, "moved": True}
    return {"newest": before["newest"], "since": min(before["since"], today), "moved": before["moved"]}


def stability(before: list[int], now: list[int]) -> float:
    """The population stability index of two distributions over the same bands: Σ (aᵢ - eᵢ) ln(aᵢ / eᵢ), a and e their shares."""
    first, last = ([count + FEW for count in counts] for counts in (before, now))
    shares = [(e / sum(first), a / sum(last)) for e, a in zip(first, last, strict=True)]
    return sum((a - e) * math.log(a / e) for e, a in shares)


def by_chance(before: list[int], now: list[int]) -> float:
    """What the index comes to on average where both are samples of one population: (bands - 1) (1/n + 1/m), as a χ² sum has it."""
    return (len(before) - 1) * (1 / max(sum(before), 1) + 1 / max(sum(now), 1))
