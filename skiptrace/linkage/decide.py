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

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index, people_of
from skiptrace.linkage.model import CLASSES, MatchModel
from skiptrace.linkage.patterns import unpack, weigh_each, weights
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
    levels: NDArray[np.int8]  # [n, f]
    parts: _Bits  # [n, f]: bits per comparison
    weight: _Bits
    probability: _Bits
    margin: _Bits  # NaN without a rival
    rank: NDArray[np.int32]  # from 1
    relation: NDArray[np.int8]  # 0 same, 1 household, 2 unrelated
    status: NDArray[np.int8]  # 0 linked, 1 review, 2 refused
    via: _Rows  # row of the index whose probability the pair's own rests on, -1 for none


@dataclass(frozen=True)
class _Persons:
    """Per group of an account's pairs: its weight, its best record, what stands against it (odds), and its probability."""

    weight: _Bits
    best: _Rows
    opposing: _Bits


def judge(pooled: Pooled, index: Index, model: MatchModel, rules: LinkageRules) -> Judged:
    """Decide every pair of a set of accounts. Ties rank by row of the index, so the order never depends on luck."""
    weight, parts, posterior = weigh_each(model.records, pooled.pattern)
    persons = _persons(pooled, weight, index, model, rules)
    group, bars = pooled.group, rules.person
    best = persons.best[group]
    against = persons.opposing[group]
    total = persons.weight[group] + bars["own"] * np.clip(weight, -60, 60)
    odds = _odds(total)
    whole = odds / (1 + odds + against)
    belongs = _belongs(pooled, persons, index, model, rules)
    probability = whole / (1 + np.exp2(-np.clip(belongs + bars["belongs"], -WEIGHT_BOUND, WEIGHT_BOUND)))
    alone = _odds(weight)
    alone = np.minimum(alone / (1 + alone + against), whole)
    probability = np.where(belongs > bars["apart"], np.maximum(probability, alone), probability)
    with np.errstate(divide="ignore"):
        margin = np.where(against > 0, np.log2(odds) - np.log2(np.maximum(against, 1e-300)), np.nan)
    via = np.where((best != pooled.right) & (probability > alone), best, -1)
    order = np.lexsort((pooled.right, -total, -probability, pooled.left))
    return _ranked(pooled, order, weight, parts, posterior, probability, margin, via, rules)


def _odds(weight: _Bits) -> _Bits:
    odds: _Bits = np.exp2(np.clip(weight, -WEIGHT_BOUND, WEIGHT_BOUND))
    return odds


def _persons(pooled: Pooled, weight: _Bits, index: Index, model: MatchModel, rules: LinkageRules) -> _Persons:
    starts = pooled.starts[:-1]
    order = np.lexsort((pooled.right, -weight, pooled.group))
    best = pooled.right[order[starts]]
    share = rules.person["together"]
    total = share * weights(model.persons, pooled.together) + (1 - share) * weight[order[starts]]
    account = pooled.left[starts]
    begins = np.flatnonzero(np.append(True, np.diff(account) != 0)) if len(account) else np.zeros(0, np.int64)
    of = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(account))))
    lead = np.lexsort((best, -total, account))[begins]
    leader = best[lead][of]
    matters = np.flatnonzero((best != leader) & (total > np.log2(rules.decision["floor"])))
    rival = np.zeros(len(best), np.bool_)
    rival[matters] = _between(leader[matters], best[matters], index, model, rules) < rules.decision["contradiction"]
    odds = _odds(total)
    against = np.zeros(len(begins))
    np.maximum.at(against, of[rival], odds[rival])
    return _Persons(total, best, np.where(rival, odds[lead][of], against[of]))


def _between(one: _Rows, other: _Rows, index: Index, model: MatchModel, rules: LinkageRules) -> _Bits:
    """The weight of two rows of the index being one person; each distinct pair is compared once."""
    if not len(one):
        return np.zeros(0)
    size = np.int64(len(index))
    distinct, place = np.unique(one * size + other, return_inverse=True)
    rows, left = np.unique(distinct // size, return_inverse=True)
    found = weights(model.reference, Prober(people_of(index, rows), index, rules).patterns(left, distinct % size))
    return found[place]


def _belongs(pooled: Pooled, persons: _Persons, index: Index, model: MatchModel, rules: LinkageRules) -> _Bits:
    """Per pair: bits for the record and its person's best record being one person; much for the best record itself."""
    best = persons.best[pooled.group]
    matters = np.flatnonzero((best != pooled.right) & (persons.weight[pooled.group] > np.log2(rules.decision["floor"])))
    out = np.full(len(best), WEIGHT_BOUND)
    out[matters] = _between(best[matters], pooled.right[matters], index, model, rules)
    return out


def _ranked(
    pooled: Pooled, order: _Rows, weight: _Bits, parts: _Bits, posterior: _Bits, probability: _Bits, margin: _Bits, via: _Rows,
    rules: LinkageRules,
) -> Judged:  # fmt: skip
    bar, probability = rules.decision, probability[order]
    left = pooled.left[order]
    begins = np.flatnonzero(np.append(True, np.diff(left) != 0)) if len(left) else np.zeros(0, np.int64)
    rank = np.arange(len(left)) - np.repeat(begins, np.diff(np.append(begins, len(left)))) + 1
    household = ~(probability >= bar["review"]) & (posterior[order, CLASSES.index("household")] >= bar["household"])
    relation = np.where(probability >= bar["review"], 0, np.where(household, 1, 2)).astype(np.int8)
    status = np.where(probability >= bar["linked"], 0, np.where(probability >= bar["review"], 1, 2)).astype(np.int8)
    return Judged(
        left, pooled.right[order], unpack(pooled.pattern[order], len(rules.names)), parts[order], weight[order], probability,
        margin[order], rank.astype(np.int32), relation, status, via[order],
    )  # fmt: skip
