"""Random fact sheets whose values lie at, under and over every boundary that some rule has."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pyarrow as pa

from skiptrace.rulebook.engine import case_facts
from skiptrace.rulebook.loading import load
from skiptrace.schema.facts import FACTS, SITUATIONS
from skiptrace.vocabulary import CHANNELS

DAY = dt.date(2026, 11, 22)


@cache
def pools() -> dict[str, tuple[object, ...]]:
    """For each fact the values that cases of rules give it, and NULL."""
    found: dict[str, list[object]] = {name: [None] for name in sorted(FACTS)}
    for rule in load().rules:
        for case in rule.cases:
            for name, value in case_facts(rule, case).items():
                if value not in found[name]:
                    found[name].append(value)
    found["channel"] = list(CHANNELS)
    found["as_of"] = [DAY]
    return {name: tuple(values) for name, values in found.items()}


def random_sheet(rows: int, seed: int, missing: float = 0.1) -> pa.Table:
    """A table of facts: each value drawn from its pool, NULL with probability `missing`."""
    draw = np.random.default_rng(seed)
    columns = {}
    for name, values in pools().items():
        known = [value for value in values if value is not None] or [None]
        picked = [None if chance < missing and name not in ("channel", "as_of") else known[at] for chance, at in
                  zip(draw.random(rows), draw.integers(0, len(known), rows), strict=True)]  # fmt: skip
        columns[name] = pa.array(picked, FACTS[name].type)
    return pa.table(columns)


def as_situations(facts: pa.Table) -> pa.Table:
    """SITUATIONS of facts: made-up keys, no window times."""
    rows = facts.num_rows
    keys = {"account_id": pa.array([f"A{n}" for n in range(rows)]), "point_id": pa.array([f"p{n}" for n in range(rows)])}
    columns = {name: facts[name] for name in facts.column_names} | keys
    filled = [columns[c.name] if c.name in columns else pa.nulls(rows, c.type) for c in SITUATIONS.columns]
    return pa.table(filled, schema=SITUATIONS.arrow)
