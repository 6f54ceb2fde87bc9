"""From weights to decisions: persons compete where they contradict each other, records share in their person's probability.

An account is weighed against each person of the reference: `W = t * (weight of all the person's records together) + (1 - t) *
(weight of the best one alone)`. Two people cannot both be the debtor. The person with the most weight leads; one whose best
record the model holds to be somebody else than the leader's is its rival, and "nobody" always is. With odds `o = 2**W`:
`p = o / (1 + o + o of the best person that contradicts this one)`.

A record gets its person's probability times the probability that it belongs to the person's best record, but never less
than what its own weight is worth. A pair's weight and bars stay its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.grouping import positions
from skiptrace.kernels.person_groups import ranks, strongest_rivals, weigh_persons
from skiptrace.linkage.candidates import patterns_among
from skiptrace.linkage.index import Index
from skiptrace.linkage.model import MatchModel
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.pooling import Pooled
from skiptrace.linkage.rules import LinkageRules

WEIGHT_BOUND = 52.0
"""Bits: beyond, the 1 of "nobody" is lost beside 2**weight and a probability would be rounded to 1; no decision lies
there."""

_Rows = NDArray[np.int64]
_Bits = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """One row per pair, in the order of `left`, then best first."""

    left: _Rows  # row of the account
    right: _Rows  # row of the index
    pattern: _Rows
    weight: _Bits
    probability: _Bits
    margin: _Bits  # NaN without a rival
    rank: NDArray[np.int32]  # from 1
    via: _Rows  # row of the index whose probability the pair's own rests on, -1 for none
    person_weight: _Bits  # of the account against the whole person of the pair's record


@dataclass(frozen=True)
class _Persons:
    """Per group of an account's pairs: its weight, its best record, its account's leading group."""

    weight: _Bits
    best: _Rows
    leader: _Rows


def judge(pooled: Pooled, index: Index, model: MatchModel, rules: LinkageRules) -> Judged:
    """Decide every pair of a set of accounts. Ties rank by row of the index, so the order never depends on luck."""
    weight, group, bars = weights(model.records, pooled.pattern), pooled.group, rules.person
    persons = _persons(pooled, weight, model, rules)
    against, belongs = _compared(pooled, persons, index, model, rules)
    total = persons.weight[group] + bars["own"] * np.clip(weight, -60, 60)
    odds, against, best = _odds(total), against[group], persons.best[group]
    whole = odds / (1 + odds + against)
    probability = whole / (1 + np.exp2(-np.clip(belongs + bars["belongs"], -WEIGHT_BOUND, WEIGHT_BOUND)))
    alone = _odds(weight)
    alone = np.minimum(alone / (1 + alone + against), whole)
    probability = np.where(belongs > bars["apart"], np.maximum(probability, alone), probability)
    with np.errstate(divide="ignore"):
        margin = np.where(against > 0, np.log2(odds) - np.log2(np.maximum(against, 1e-300)), np.nan)
    via = np.where((best != pooled.right) & (probability > alone), best, -1)
    order = np.arange(len(group))
    ranks(pooled.left, probability, total, pooled.right, order)
    left = pooled.left
    return Judged(
        left, pooled.right[order], pooled.pattern[order], weight[order], probability[order], margin[order], positions(left), via[order],
        persons.weight[group][order],
    )  # fmt: skip


def _odds(weight: _Bits) -> _Bits:
    odds: _Bits = np.exp2(np.clip(weight, -WEIGHT_BOUND, WEIGHT_BOUND))
    return odds


def _persons(pooled: Pooled, weight: _Bits, model: MatchModel, rules: LinkageRules) -> _Persons:
    groups = len(pooled.together)
    best, total, leader = np.empty(groups, np.int64), np.empty(groups), np.empty(groups, np.int64)
    together = weights(model.persons, pooled.together)
    weigh_persons(pooled.starts, pooled.left, pooled.right, weight, together, rules.person["together"], best, total, leader)
    return _Persons(total, best, leader)


def _compared(pooled: Pooled, persons: _Persons, index: Index, model: MatchModel, rules: LinkageRules) -> tuple[_Bits, _Bits]:
    """(odds of the best person that contradicts each group's, bits for each pair's record and its person's best record being
    one person; much for the best record itself). Only persons that could matter are compared."""
    matters = persons.weight > np.log2(rules.decision["floor"])
    rival = np.zeros(len(matters), np.bool_)
    tested = np.flatnonzero(matters & (persons.leader != np.arange(len(matters))))
    found = weights(model.reference, patterns_among(index, rules, persons.best[persons.leader[tested]], persons.best[tested]))
    rival[tested] = found < rules.decision["contradiction"]
    against = np.empty(len(matters))
    strongest_rivals(persons.leader, rival, _odds(persons.weight), against)
    belongs, best = np.full(len(pooled.right), WEIGHT_BOUND), persons.best[pooled.group]
    tested = np.flatnonzero(matters[pooled.group] & (best != pooled.right))
    belongs[tested] = weights(model.reference, patterns_among(index, rules, best[tested], pooled.right[tested]))
    return against, belongs
