"""Small tables of the waterfall, told apart by what a test is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.schema import ASKS, WATERFALL_FACTS, conform

DAY = dt.date(2026, 6, 30)


def asked(source: str, hit: bool | None = False, on: dt.date = dt.date(2026, 5, 1)) -> dict[str, Any]:
    return {"source": source, "asked_on": on, "hit": hit}


def facts(*rows: dict[str, Any]) -> pa.Table:
    """WATERFALL_FACTS; a row says what is not usual about it."""
    usual = {"balance": 1000.0, "worth": 30.0, "missing": 0, "debt_age_days": 800, "last_evidence_days": 300, "asked": [], "p_any": 0.1,
             "held": None, "spent": 0.0}  # fmt: skip
    whole = [{"account_id": f"A{at:05d}"} | usual | row for at, row in enumerate(rows)]
    return conform(pa.Table.from_pylist(whole, schema=WATERFALL_FACTS.arrow), WATERFALL_FACTS)


def asks(*rows: dict[str, Any]) -> pa.Table:
    """ASKS; a row says what is not usual about it."""
    usual = {"source": "a", "stage": 1, "asked_on": dt.date(2026, 5, 1), "balance": 1000.0, "worth": 30.0, "missing": 0,
             "debt_age_days": 800, "last_evidence_days": 300, "asked": [], "price": 0.1, "propensity": 1.0, "explored": False,
             "held_out": False, "p_before": 0.1, "p_after": 0.1, "hit": False, "reached": None}  # fmt: skip
    whole = [{"account_id": f"A{at:05d}"} | usual | row for at, row in enumerate(rows)]
    return conform(pa.Table.from_pylist(whole, schema=ASKS.arrow), ASKS)


def answers(source: str, count: int, hit: float, lift: float, seed: int = 0, outcomes: float = 0.0, **same: Any) -> list[dict[str, Any]]:
    """Rows of ASKS of a source that knows a share `hit`, and is right in a share `lift` of these; a share of the outcomes is known."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(count):
        known = rng.random() < hit
        right, told = rng.random() < lift, rng.random() < outcomes
        after = 0.1 + 0.9 * lift if known else 0.1
        rows.append({"account_id": f"{source}{seed}-{at:05d}", "source": source, "hit": known, "p_after": after,
                     "reached": right if known and told else None} | same)  # fmt: skip
    return rows
