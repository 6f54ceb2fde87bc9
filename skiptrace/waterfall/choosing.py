"""Which source is asked next, for whom, and why nobody is asked for the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.schema import CHOICES, STOPS, WATERFALL_FACTS, conform
from skiptrace.schema.waterfall import STOP_REASONS
from skiptrace.waterfall.assigning import NOBODY
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.board import NO_DAY, Board, board
from skiptrace.waterfall.deciding import Decided, decide, reasons
from skiptrace.waterfall.offers import Offer, Policy, check


def choose(
    facts: pa.Table,
    behaviour: Behaviour,
    offers: Sequence[Offer],
    policy: Policy,
    as_of: dt.date,
    stage: int = 1,
    may: Mapping[str, NDArray[np.bool_]] | None = None,
) -> tuple[pa.Table, pa.Table]:
    """(CHOICES, STOPS) of the next stage: each account of WATERFALL_FACTS is in exactly one of them.

    `stage`: of `policy.stages`, from 1; a later one than the last is as the last. `may`: per offer which accounts may be sent to it
    (bool [n]; limits of use); an offer that is absent may have all. Surely: the sum of `reserve` over CHOICES, with minimum orders, is at
    most `policy.budget`, per source at most its offer's budget, and per account spent + reserve at most the ceiling. The same accounts,
    seed and stage give the same choices, in whatever order accounts come.

    Raises ConfigError for offers or a policy that say nothing sensible, DataRefused for an offer that `behaviour` does not know."""
    offers = tuple(offers)
    check(offers, policy)
    facts = conform(facts, WATERFALL_FACTS)
    order = pc.sort_indices(facts["account_id"])
    facts = facts.take(order)
    placed = None if may is None else {name: np.asarray(allowed)[order.to_numpy()] for name, allowed in may.items()}
    found = board(facts, behaviour, offers, policy, as_of, placed)
    answered = behaviour.answered[behaviour.place([offer.name for offer in offers])]
    decided = decide(found, answered, offers, policy, stage)
    return _choices(facts, found, decided, offers, stage), _stops(facts, found, decided, policy)


def _choices(facts: pa.Table, found: Board, decided: Decided, offers: Sequence[Offer], stage: int) -> pa.Table:
    rows = np.flatnonzero(decided.chosen != NOBODY)
    rows = rows[np.lexsort((rows, -decided.rank[rows]))]
    at = decided.chosen[rows]
    names = pa.array([offer.name for offer in offers], pa.string())
    worths = found.worths
    columns = {
        "account_id": facts["account_id"].take(pa.array(rows)), "source": names.take(pa.array(at)),
        "stage": np.full(len(rows), stage, np.int32), "rank": np.arange(1, len(rows) + 1, dtype=np.int32),
        "gain": worths.gain[rows, at], "gain_low": worths.low[rows, at], "gain_high": worths.high[rows, at],
        "price": worths.price[rows, at], "reserve": decided.reserve[rows], "propensity": decided.propensity[rows],
        "explored": decided.explored[rows], "held_out": decided.held_out[rows],
    }  # fmt: skip
    return conform(pa.table(columns), CHOICES)


def _stops(facts: pa.Table, found: Board, decided: Decided, policy: Policy) -> pa.Table:
    rows = np.flatnonzero(decided.chosen == NOBODY)
    words = pa.array(STOP_REASONS, pa.string()).take(pa.array(reasons(found, decided, policy)[rows]))
    days = found.refresh[rows]
    refresh = pa.array(days, pa.int32(), mask=days == NO_DAY).cast(pa.date32())
    ids = facts["account_id"].take(pa.array(rows))
    return conform(pa.table({"account_id": ids, "stop_reason": words, "next_refresh": refresh, "spent": found.spent[rows]}), STOPS)
