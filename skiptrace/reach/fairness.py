"""Whom the scores serve how well: coverage and calibration by area and by age of the debt.

Nothing is inferred about race, origin, sex or age: no score uses them, and a guess would be one more wrong about a person.
Areas and ages of debt are known, and where chances are stated too high or too low there, people are contacted too often or
too seldom.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FEW = 50
"""Attempts below which a group's calibration is not told: it would be chance."""
UNKNOWN = "unknown"
_DEBT = ((1, "under 1 year"), (2, "1 year"), (4, "2 to 3 years"), (7, "4 to 6 years"), (10**6, "7 years and more"))


def report(rows: pa.Table, p: np.ndarray, reached: np.ndarray, covered: pa.Table, channel: str) -> dict[str, Any]:
    """By `area` and `debt_years`, per group: accounts, the share of them with a use on the channel, attempts judged, and where
    there are 50 or more, mean stated chance, share reached, and their difference with its standard error.

    `rows` are LESSONS that were judged, `p` and `reached` parallel to them; `covered` is COVERED."""
    covered = covered.filter(pc.equal(covered["channel"], channel))
    out: dict[str, Any] = {}
    names: dict[str, Callable[[Any], str]] = {"area": lambda value: value or UNKNOWN, "debt_years": _debt}
    for column, name in names.items():
        theirs = np.array([name(value) for value in rows[column].to_pylist()], object)
        of = np.array([name(value) for value in covered[column].to_pylist()], object)
        out[column] = [_group(group, theirs == group, of == group, p, reached, covered) for group in sorted({*theirs, *of})]
    return out


def _debt(years: int | None) -> str:
    return UNKNOWN if years is None else next(name for limit, name in _DEBT if years < limit)


def _group(
    name: str, mine: np.ndarray, of: np.ndarray, p: np.ndarray, reached: np.ndarray, covered: pa.Table
) -> dict[str, Any]:  # fmt: skip
    accounts = int(covered["accounts"].to_numpy()[of].sum())
    told: dict[str, Any] = {
        "group": name, "accounts": accounts, "attempts": int(mine.sum()),
        "coverage": float(covered["with_use"].to_numpy()[of].sum() / accounts) if accounts else None,
    }  # fmt: skip
    if mine.sum() < FEW:
        return {**told, "stated": None, "reached": None, "difference": None, "error": None}
    stated, share = float(p[mine].mean()), float(reached[mine].mean())
    error = float(np.sqrt((p[mine] * (1 - p[mine])).sum()) / mine.sum())
    return {**told, "stated": stated, "reached": share, "difference": stated - share, "error": error}
