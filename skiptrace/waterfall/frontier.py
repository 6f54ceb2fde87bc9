"""Budget against what it is expected to add, before anything is spent."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.schema import FRONTIER, WATERFALL_FACTS, conform
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.offers import Offer, Policy, check
from skiptrace.waterfall.rehearsing import Rehearsal, rehearse

Flags = NDArray[np.bool_]
SAMPLE, DRAWS = 3000, 12
_STUDENT = 1.796
"""Of DRAWS - 1 degrees of freedom, both sides together 10 %."""


def frontier(
    facts: pa.Table,
    behaviour: Behaviour,
    offers: Sequence[Offer],
    policy: Policy,
    budgets: Sequence[float],
    as_of: dt.date,
    may: Mapping[str, Flags] | None = None,
) -> pa.Table:
    """FRONTIER: one row per budget, rising. All stages are played through against behaviours that the evidence leaves possible, so the
    intervals hold what is not known of sources, what a portfolio has of its own, and chance. `policy.budget` is replaced by each of
    `budgets`. Of more than SAMPLE accounts, an even sample by worth stands for all. Writes nothing. Errors as in `choosing.choose`."""
    offers = tuple(offers)
    for budget in budgets:
        check(offers, replace(policy, budget=budget))
    facts = conform(facts, WATERFALL_FACTS)
    rows = _sample(facts)
    scale = len(facts) / max(len(rows), 1)
    facts = facts.take(pa.array(rows))
    placed = None if may is None else {name: np.asarray(allowed)[rows] for name, allowed in may.items()}
    small = replace(policy, first_order=max(1, round(policy.first_order / scale)), held_out=0.0)
    fewer = replace(behaviour, answered=(behaviour.answered / scale).astype(np.int64))
    less = [
        replace(one, minimum_order=one.minimum_order / scale, budget=None if one.budget is None else one.budget / scale) for one in offers
    ]
    found = []
    for budget in sorted(set(budgets)):
        plays = []
        for draw in range(DRAWS):
            rng = _random(policy.seed, draw)
            plays.append(rehearse(facts, fewer, fewer.drawn(rng), less, replace(small, budget=budget / scale), as_of, placed, rng))
        found.append(_row(budget, plays, scale))
    return conform(pa.Table.from_pylist(found, schema=FRONTIER.arrow), FRONTIER)


def _sample(facts: pa.Table) -> NDArray[np.int64]:
    """Rows in the order of their ids, or of so many accounts every so-manieth by worth."""
    rows: NDArray[np.int64] = pc.sort_indices(facts["account_id"]).to_numpy().astype(np.int64)
    if len(rows) <= SAMPLE:
        return rows
    by_worth = rows[np.argsort(-facts["worth"].to_numpy()[rows], kind="stable")]
    step = len(rows) / SAMPLE
    return np.sort(by_worth[np.floor((np.arange(SAMPLE) + 0.5) * step).astype(np.int64)])


def _random(seed: str, draw: int) -> np.random.Generator:
    key = hashlib.blake2b(f"{seed}|frontier|{draw}".encode(), digest_size=8).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(key, "little")))


def _row(budget: float, plays: Sequence[Rehearsal], scale: float) -> dict[str, float]:
    """One row: what is not known of sources moves the expectation of each play, chance moves what comes of it."""
    out = {"budget": float(budget)}
    out |= {name: scale * float(np.mean([getattr(one, name) for one in plays])) for name in ("spent", "asks")}
    for name in ("contacts", "balance"):
        expected = np.asarray([getattr(one, name) for one in plays]) * scale
        chance = float(np.mean([getattr(one, f"{name}_chance") for one in plays])) * scale
        mean, low, high = float(expected.mean()), 0.0, 0.0
        if expected.min() > 0:  # chances multiply, so plays differ by factors
            logs = np.log(expected)
            half = _STUDENT * float(np.sqrt(logs.var(ddof=1) * (1 + 1 / len(plays)) + chance / mean**2))
            low, high = float(np.exp(logs.mean() - half)), float(np.exp(logs.mean() + half))
        out |= {name: mean, f"{name}_low": min(low, mean), f"{name}_high": max(high, mean)}
    out["value"] = scale * float(np.mean([one.worth for one in plays])) - out["spent"]
    return out
