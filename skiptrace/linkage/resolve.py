"""Which records of the reference are one person: the reference linked with itself, conservatively.

No single record may say enough: one source has numbers without birth dates, another the reverse, and a third knows both.
Two records are joined where the match model, learned on accounts, is nearly sure of them, and persons are the connected
groups of joined records. A chain can lead from a father to his son through a vague third record, so a group that is too
large, or that holds two records which the model holds to be two people, keeps only its surer joins, step by step;
what is still so at the surest is not joined at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from skiptrace.grouping import begins
from skiptrace.kernels.union_find import join_rows, pairs_within
from skiptrace.linkage.candidates import Compared, Prober
from skiptrace.linkage.index import Index
from skiptrace.linkage.model import Model
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.persons import Entities, entities_of
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.within import pairs_of_layer

PAIRS_AT_A_TIME = 1 << 22
"""Pairs within groups that are compared at a time: bounds memory, changes no result."""
COMPARED_AT_A_TIME = 1 << 16
"""The same for pairs that share a key: their patterns stay in the processor's cache."""

_Rows = NDArray[np.int64]


class Weigher(Protocol):
    """Whoever can weigh pairs of records, the lower row first."""

    def weigh(self, left: _Rows, right: _Rows) -> NDArray[np.float64]:
        """The weight in bits of each pair."""


class Joins(NamedTuple):
    """Pairs of rows, the lower first, and their weights in bits."""

    left: _Rows
    right: _Rows
    weight: NDArray[np.float64]


def resolve(index: Index, model: Model, rules: LinkageRules) -> Entities:
    """The persons among the records of `index`, by the thresholds of `rules.joined`. `model`: of two records of a reference."""
    self_join = SelfJoin(index, model, rules)
    return group(len(index), self_join.joins(bits_of(rules.joined[0])), self_join, rules)


def bits_of(probability: float) -> float:
    """The weight in bits that a probability is."""
    return float(np.log2(probability / (1 - probability)))


class SelfJoin:
    """Compares the records of an index with each other."""

    def __init__(self, index: Index, model: Model, rules: LinkageRules) -> None:
        self._index, self._model = index, model
        self._probers = [Prober(layer.people, index, rules, among=True) for layer in index.layers]

    def joins(self, joined: float) -> Joins:
        """The pairs of candidates that weigh at least so much."""
        found = []
        for number, prober in enumerate(self._probers):
            base = int(self._index.starts[number])
            for block in chain(self._within(number), prober.blocks(number + 1)):
                weight = weights(self._model, block.pattern)
                chosen = weight >= joined
                found.append((block.left[chosen] + base, block.right[chosen], weight[chosen]))
        nothing = np.zeros(0, np.int64)
        columns = zip((nothing, nothing, np.zeros(0)), *found, strict=True)
        return Joins(*(np.concatenate(column) for column in columns))

    def _within(self, number: int) -> Iterator[Compared]:
        """The pairs of a layer's records with each other."""
        base = int(self._index.starts[number])
        for left, right in pairs_of_layer(self._index.layers[number]):
            for start in range(0, len(left), COMPARED_AT_A_TIME):
                some = slice(start, start + COMPARED_AT_A_TIME)
                yield self._probers[number].compare(left[some].astype(np.int64), right[some].astype(np.int64) + base, number)

    def weigh(self, left: _Rows, right: _Rows) -> NDArray[np.float64]:
        """The weight of given pairs of rows."""
        out, layer = np.empty(len(left)), self._index.layer_of(left)
        for number, prober in enumerate(self._probers):
            mine = np.flatnonzero(layer == number)
            out[mine] = weights(self._model, prober.patterns(left[mine] - self._index.starts[number], right[mine]))
        return out


def group(size: int, joins: Joins, compared: Weigher, rules: LinkageRules) -> Entities:
    """Persons among `size` records."""
    left, right, weight = joins
    use = weight >= bits_of(rules.joined[0])
    label = _label(size, left[use], right[use])
    suspects = np.ones(size, np.bool_)
    for bar in (*(bits_of(joined) for joined in rules.joined[1:]), np.inf):
        joined = np.bincount(label[left[use]], minlength=size)
        bad = _doubtful(label, suspects, joined, compared, rules)
        if not bad.any():
            break
        suspects = bad[label]  # the other groups stay as they are
        use &= ~bad[label[left]] | (weight >= bar)
        label = _label(size, left[use], right[use])
    strongest = np.full(size, -np.inf)
    for rows in (left[use], right[use]):
        np.maximum.at(strongest, rows, weight[use])
    bond = np.where(np.isfinite(strongest), 1 / (1 + np.exp2(-strongest)), 1.0)
    return entities_of(label, bond)


def open_groups(size: int, joins: Joins, rules: LinkageRules) -> tuple[_Rows, NDArray[np.bool_]]:
    """(lowest row of each record's group when all these joins hold, whether `group` may have to look at the records of the group whose
    lowest row this is): not where two records are joined, or all of a few with each other."""
    label = _label(size, joins.left, joins.right)
    sizes, joined = (np.bincount(one, minlength=size) for one in (label, label[joins.left]))
    return label, (sizes > rules.most_records) | (joined < sizes * (sizes - 1) // 2)


def _label(size: int, left: _Rows, right: _Rows) -> _Rows:
    heads = np.arange(size, dtype=np.int64)
    join_rows(heads, left, right)
    return heads


def _doubtful(
    label: _Rows, suspects: NDArray[np.bool_], joined: _Rows, compared: Weigher, rules: LinkageRules
) -> NDArray[np.bool_]:  # fmt: skip
    """Per label: whether its group is too large, or holds two records that are two people. Only groups of `suspects` [rows] are
    looked at. joined [labels]: pairs of the group that were joined themselves; where all were, no two are two people."""
    sizes = np.bincount(label, minlength=len(label))
    bad: NDArray[np.bool_] = sizes > rules.most_records
    open_ = (joined < sizes * (sizes - 1) // 2) & ~bad
    members = np.flatnonzero(open_[label] & suspects)
    members = members[np.argsort(label[members], kind="stable")]
    starts = begins(label[members])
    ends = np.append(starts[1:], len(members))
    pairs = np.cumsum((ends - starts) * (ends - starts - 1) // 2)
    begin = 0
    while begin < len(starts):
        done = int(pairs[begin - 1]) if begin else 0
        stop = max(int(np.searchsorted(pairs, done + PAIRS_AT_A_TIME, side="right")), begin + 1)
        total = int(pairs[stop - 1]) - done
        left, right = np.empty(total, np.int64), np.empty(total, np.int64)
        pairs_within(members, np.append(starts[begin:stop], ends[stop - 1]), left, right)
        against = compared.weigh(left, right) < rules.decision["contradiction"]
        bad[label[left[against]]] = True
        begin = stop
    return bad
