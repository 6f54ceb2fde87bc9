"""From weights to decisions: competition among contradicting records, ranks, relations and statuses.

Records of one person support each other; records of two people cannot both be the debtor. Per account the best record
leads; a record that the model holds to be somebody else than the leader is its rival, and "nobody" always is. With odds
`o = 2**weight`: `p = o / (1 + o + o of the best record that contradicts it)`.

A record that surely is the same person as another one (see `skiptrace.linkage.resolve`) is about the debtor where that one
is: its probability is at least that one's times its bond. Its weight and bars stay its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index, people_of
from skiptrace.linkage.model import CLASSES, Model
from skiptrace.linkage.patterns import Codes, Levels, unpack, weigh_each, weights
from skiptrace.linkage.persons import Entities, lend
from skiptrace.linkage.rules import LinkageRules

WEIGHT_BOUND = 52.0
"""Bits: beyond, the 1 of "nobody" is lost beside 2**weight and a probability would be rounded to 1; no decision lies
there."""


@dataclass(frozen=True)
class Judged:
    """One row per pair, in the order of `left`, then best first."""

    left: NDArray[np.int64]  # row of the account
    right: NDArray[np.int64]  # row of the index
    levels: NDArray[np.int8]  # [n, f]
    parts: NDArray[np.float64]  # [n, f]: bits per comparison
    weight: NDArray[np.float64]
    probability: NDArray[np.float64]
    margin: NDArray[np.float64]  # NaN without a rival
    rank: NDArray[np.int32]  # from 1
    relation: NDArray[np.int8]  # 0 same, 1 household, 2 unrelated
    status: NDArray[np.int8]  # 0 linked, 1 review, 2 refused
    via: NDArray[np.int64]  # row of the index whose probability the pair's own rests on, -1 for none


def judge(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    patterns: Codes,
    index: Index,
    model: Model,
    rules: LinkageRules,
    entities: Entities,
) -> Judged:
    """Decide every candidate pair of a set of accounts. `entities`: persons among the records of the index.

    Ties rank by row of the index, so the order never depends on luck."""
    weight, parts, posterior = weigh_each(model, patterns)
    levels = unpack(patterns, len(rules.names))
    order = np.lexsort((right, -weight, left))
    left, right, levels, parts, weight = left[order], right[order], levels[order], parts[order], weight[order]
    posterior = posterior[order]
    begins = np.flatnonzero(np.append(True, left[1:] != left[:-1])) if len(left) else np.zeros(0, np.int64)
    group = np.cumsum(np.isin(np.arange(len(left)), begins)) - 1
    leader = right[begins][group]
    matters = (weight > np.log2(rules.decision["floor"])) | (entities.entity[right] == entities.entity[leader])
    rival = _contradicts(leader, right, matters, index, model, rules)
    odds = np.exp2(np.clip(weight, -WEIGHT_BOUND, WEIGHT_BOUND))
    against = np.zeros(len(begins))
    np.maximum.at(against, group[rival], odds[rival])
    lead = odds[begins] if len(begins) else odds
    opposing = np.where(rival, lead[group], against[group])
    probability = odds / (1 + odds + opposing)
    with np.errstate(divide="ignore"):
        margin = np.where(opposing > 0, np.log2(odds) - np.log2(np.maximum(opposing, 1e-300)), np.nan)
    probability, via = lend(group, right, probability, rival, _trusted(levels, entities.bond[right], rules), entities.entity)
    best = np.lexsort((right, -weight, -probability, left))
    right, levels, parts, weight, posterior = right[best], levels[best], parts[best], weight[best], posterior[best]
    probability, margin, via = probability[best], margin[best], via[best]
    bar = rules.decision
    household = ~(probability >= bar["review"]) & (posterior[:, CLASSES.index("household")] >= bar["household"])
    relation = np.where(probability >= bar["review"], 0, np.where(household, 1, 2)).astype(np.int8)
    status = np.where(probability >= bar["linked"], 0, np.where(probability >= bar["review"], 1, 2)).astype(np.int8)
    rank = (np.arange(len(left)) - begins[group] + 1).astype(np.int32)
    return Judged(left, right, levels, parts, weight, probability, margin, rank, relation, status, via)


def _trusted(levels: Levels, bond: NDArray[np.float32], rules: LinkageRules) -> NDArray[np.float64]:
    """The share of another record's probability that each record gets: its bond, less where it differs from the account."""
    fields = [rules.names.index(name) for name in rules.doubted_by]
    doubted = (levels[:, fields] == 0).any(axis=1)
    shares: NDArray[np.float64] = bond.astype(np.float64) * np.where(doubted, rules.resolution["doubted"], 1.0)
    return shares


def _contradicts(
    leader: NDArray[np.int64],
    right: NDArray[np.int64],
    matters: NDArray[np.bool_],
    index: Index,
    model: Model,
    rules: LinkageRules,
) -> NDArray[np.bool_]:
    """Whether the model holds a record to be somebody else than its account's leading record: bool [n].

    Only records that could matter (`matters`: likely ones, and those of the leader's person) are compared."""
    compared = np.flatnonzero((leader != right) & matters)
    out = np.zeros(len(right), bool)
    if len(compared):
        leaders, place = np.unique(leader[compared], return_inverse=True)
        between = weights(model, Prober(people_of(index, leaders), index, rules).patterns(place, right[compared]))
        out[compared] = between < rules.decision["contradiction"]
    return out
