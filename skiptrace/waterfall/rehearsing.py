"""All stages of a policy, played through on paper against one possible behaviour of sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.waterfall.asking import asked_column
from skiptrace.waterfall.assigning import NOBODY
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.board import board
from skiptrace.waterfall.cells import HIT, NONE, cells
from skiptrace.waterfall.deciding import decide
from skiptrace.waterfall.offers import Offer, Policy
from skiptrace.waterfall.priors import load

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_BLIND = 2
"""Stages decided by what is known beforehand; by then answers have told how sources behave in this play."""
_DAYS = 7
EXTRA = 4
"""Rounds beyond the last stage, for money that was set aside and not needed."""


@dataclass(frozen=True)
class Rehearsal:
    """What a play costs and brings: `contacts`, `balance` and `worth` of accounts that a contact becomes possible with, expected given its
    behaviour; `contacts_chance`, `balance_chance`: variances of what comes of that."""

    spent: float
    asks: float
    contacts: float
    balance: float
    worth: float
    contacts_chance: float
    balance_chance: float


def rehearse(
    facts: pa.Table, behaviour: Behaviour, truth: Behaviour, offers: Sequence[Offer], policy: Policy, as_of: dt.date,
    may: Mapping[str, Flags] | None, rng: np.random.Generator,
) -> Rehearsal:  # fmt: skip
    """Play WATERFALL_FACTS through all stages. `truth`: the behaviour that answers are drawn from."""
    names = [offer.name for offer in offers]
    place = truth.place(names)
    first = cells(facts, truth.sources, load())
    state, asked_on = first.state.copy(), first.asked_on.copy()
    own = facts["p_any"].to_numpy()
    p, spent = own.copy(), facts["spent"].to_numpy().copy()
    added, got, paid, asks = np.zeros(len(own)), np.zeros(len(own), np.bool_), 0.0, 0
    answered = behaviour.answered[place].copy()
    for stage in range(1, policy.stages + EXTRA + 1):
        day = as_of + dt.timedelta(days=_DAYS * (stage - 1))
        changed = {"asked": asked_column(state, asked_on, truth.sources), "p_any": np.minimum(p, 1.0), "spent": spent}
        for name, column in changed.items():
            facts = facts.set_column(facts.schema.get_field_index(name), facts.schema.field(name), pa.chunked_array([column]))
        guess = behaviour if stage <= _BLIND else truth
        left = replace(policy, budget=max(policy.budget - paid, 0.0))
        found = board(facts, guess, offers, left, day, may)
        decided = decide(found, answered, offers, left, stage)
        row = np.flatnonzero(decided.chosen != NOBODY)
        if not len(row):
            break
        at = decided.chosen[row]
        distinct, back = cells(facts.take(pa.array(row)), truth.sources, load()).patterns()
        chances = truth.chances(distinct)
        hit_chance, lift = chances.hit[back, place[at]], chances.lift[back, place[at]]
        added[row] += np.where(got[row], 0.0, hit_chance * lift)  # chances at each ask add up to what is expected, whoever is asked on
        hit = rng.random(len(row)) < hit_chance
        right = hit & (rng.random(len(row)) < lift)
        known = hit & (rng.random(len(row)) < behaviour.known)
        got[row] |= right
        rise = 1 - (1 - p[row]) * (1 - lift)
        p[row] = np.where(known, np.where(right, 1.0, p[row]), np.where(hit, rise, p[row]))
        cost = np.asarray([offer.per_record for offer in offers])[at]
        cost = cost + hit * np.asarray([offer.per_hit for offer in offers])[at]
        cost = cost + (known & right) * np.asarray([offer.per_success for offer in offers])[at]
        spent[row] += cost
        for number in np.unique(at):
            paid += max(float(cost[at == number].sum()), offers[number].minimum_order)
        state[row, place[at]] = np.where(hit, HIT, NONE)
        asked_on[row, place[at]] = (day - dt.date(1970, 1, 1)).days
        answered = answered + np.bincount(at, minlength=len(offers))
        asks += len(row)
    chance = (1 - own) * added
    balance, worth = facts["balance"].to_numpy(), facts["worth"].to_numpy()
    loose = chance * np.maximum(1 - chance, 0.0)
    return Rehearsal(
        paid, float(asks), float(chance.sum()), float((chance * balance).sum()), float((chance * worth).sum()),
        float(loose.sum()), float((loose * balance**2).sum()),
    )  # fmt: skip
