"""A match model set right by answers about uncertain pairs: how common the same person is among candidate pairs.

EM learns from patterns alone how common each class is; where it is mistaken, all weights are off by the same number of bits. Answers say
by how many. They decide nothing else: which levels speak for or against a pair stays what was learned from many more pairs, and the
order of an account's candidates stays the same. Answers were asked more often where probabilities are uncertain; given the weight of a pair
that does not matter, so each counts once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skiptrace.linkage.decide import WEIGHT_BOUND
from skiptrace.linkage.model import MatchModel, Model

SURE = 3.0
"""Bits: how far a model may be off before there are answers, as a standard deviation around 0."""
FARTHEST = 12.0
_STEP = 1 / 64
_Bits = NDArray[np.float64]


class Judged(NamedTuple):
    """Answered pairs as the model judges them: bits of the account against the whole person of the record, how many bits the strongest
    rival is behind (NaN without one), match probability, and whether the pair is the same person."""

    person: _Bits
    margin: _Bits
    probability: _Bits
    same: NDArray[np.bool_]


def probabilities(judged: Judged, bits: float) -> _Bits:
    """The match probabilities if every weight were so many bits more. A rival gains as well, and the probability that a record is its
    person's best one stays."""
    behind = np.where(np.isnan(judged.margin), 0.0, np.exp2(-np.clip(judged.margin, -WEIGHT_BOUND, WEIGHT_BOUND)))
    before, after = (_against(judged.person + more, behind) for more in (0.0, bits))
    found: _Bits = after * np.minimum(judged.probability / before, 1.0)
    return found


def shift(judged: Judged) -> float:
    """By how many bits every weight is to be raised, by what answers say: the likeliest number, 0 without any. Between -FARTHEST and
    FARTHEST, in 64ths."""
    steps = np.arange(-FARTHEST, FARTHEST + _STEP, _STEP)
    told = [float(np.log(np.where(judged.same, p := _inside(probabilities(judged, bits)), 1 - p)).sum()) for bits in steps]
    return float(steps[int(np.argmax(np.array(told) - (steps / SURE) ** 2 / 2))])


def shifted(model: MatchModel, bits: float, provenance: dict[str, object]) -> MatchModel:
    """The model with the odds of the same person raised by so many bits, for records and for persons. Two records of the reference weigh
    what they did: nobody was asked about them."""
    return replace(model, records=_raised(model.records, bits, provenance), persons=_raised(model.persons, bits, provenance))


def _against(bits: _Bits, behind: _Bits) -> _Bits:
    """The probability of a person of this weight against nobody and a rival."""
    odds = np.exp2(np.clip(bits, -WEIGHT_BOUND, WEIGHT_BOUND))
    found: _Bits = odds / (1 + odds + odds * behind)
    return found


def _inside(probability: _Bits) -> _Bits:
    """No answer is impossible, whatever a model says: one slip of a hand must not outweigh all others."""
    return np.clip(probability, 1e-3, 1 - 1e-3)


def _raised(model: Model, bits: float, provenance: dict[str, object]) -> Model:
    priors = model.priors.copy()
    priors[0] *= 2.0**bits
    return Model(priors / priors.sum(), model.levels, model.names, {**model.provenance, "reviewed": {**provenance, "shift_bits": bits}})
