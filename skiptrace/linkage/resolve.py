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
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.group_pairs import mark_joined, unmarked_pairs
from skiptrace.kernels.union_find import count_joins, group_rows, join_rows, part, settle, strongest_joins
from skiptrace.linkage.candidates import Compared, Prober
from skiptrace.linkage.index import Index
from skiptrace.linkage.joins import Joins
from skiptrace.linkage.model import Model
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.persons import Entities, entities_of
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.within import pairs_of_layer

PAIRS_AT_A_TIME = 1 << 22
"""Pairs within groups that are looked at together: bounds memory, changes no result."""
COMPARED_AT_A_TIME = 1 << 16
"""The same for pairs that share a key: their patterns stay in the processor's cache."""

_Rows = NDArray[np.int64]
_Heads = NDArray[np.int32]


class Weigher(Protocol):
    """Whoever can weigh pairs of records, the lower row first."""

    def weigh(self, left: _Rows, right: _Rows) -> NDArray[np.float64]:
        """The weight in bits of each pair."""


def resolve(index: Index, model: Model, rules: LinkageRules, folder: Path | None = None) -> Entities:
    """The persons among the records of `index`, by the thresholds of `rules.joined`. `model`: of two records of a reference. `folder`:
    scratch space for pairs that are too many for memory; None keeps all there."""
    self_join = SelfJoin(index, model, rules)
    return group(len(index), self_join.joins(bits_of(rules.joined[0]), folder), self_join, rules)


def bits_of(probability: float) -> float:
    """The weight in bits that a probability is."""
    return float(np.log2(probability / (1 - probability)))


class SelfJoin:
    """Compares the records of an index with each other."""

    def __init__(self, index: Index, model: Model, rules: LinkageRules) -> None:
        self._index, self._model = index, model
        self._probers = [Prober(layer.people, index, rules, among=True) for layer in index.layers]

    def joins(self, joined: float, folder: Path | None = None) -> Joins:
        """The pairs of candidates that weigh at least so much. `folder` as for `resolve`."""
        found = Joins(folder)
        for number, prober in enumerate(self._probers):
            base = int(self._index.starts[number])
            for block in chain(self._within(number, folder), prober.blocks(number + 1)):
                weight = weights(self._model, block.pattern)
                chosen = weight >= joined
                found.add(block.left[chosen] + base, block.right[chosen], weight[chosen])
        return found

    def _within(self, number: int, folder: Path | None) -> Iterator[Compared]:
        """The pairs of a layer's records with each other."""
        base = int(self._index.starts[number])
        for left, right in pairs_of_layer(self._index.layers[number], folder):
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
    """Persons among `size` records. joins: all pairs that weigh at least as much as the first of `rules.joined`, each once."""
    bars = np.array([*(bits_of(joined) for joined in rules.joined), np.inf])
    heads, steps = np.arange(size, dtype=np.int32), np.zeros(size, np.uint8)  # the bar that a record's joins must reach
    _join(heads, joins, steps, 0, bars[0])
    for step in range(1, len(bars)):
        bad = _doubtful(heads, joins, steps, step - 1, bars[step - 1], compared, rules)
        if not bad.any():
            break
        part(heads, bad, steps, step)  # the other groups stay as they are
        _join(heads, joins, steps, step, bars[step])
    strongest = np.full(size, -np.inf)
    for left, right, weight in joins.blocks():
        strongest_joins(left, right, weight, steps, bars, strongest)
    return entities_of(heads, _bond(strongest))


def _bond(strongest: NDArray[np.float64]) -> NDArray[np.float32]:
    """The probability that a record's strongest join is worth; 1 of a record without any."""
    bond = np.ones(len(strongest), np.float32)
    joined = np.isfinite(strongest)
    bond[joined] = 1 / (1 + np.exp2(-strongest[joined]))
    return bond


def open_groups(size: int, joins: Joins, rules: LinkageRules) -> tuple[_Heads, NDArray[np.bool_]]:
    """(lowest row of each record's group when all these joins hold, whether `group` may have to look at the records of the group whose
    lowest row this is): not where two records are joined, or all of a few with each other."""
    heads, steps = np.arange(size, dtype=np.int32), np.zeros(size, np.uint8)
    _join(heads, joins, steps, 0, -np.inf)
    sizes, joined = np.bincount(heads, minlength=size), _counted(heads, joins, steps, 0, -np.inf)
    return heads, (sizes > rules.most_records) | (joined < sizes * (sizes - 1) // 2)


def _join(heads: _Heads, joins: Joins, steps: NDArray[np.uint8], step: int, bar: float) -> None:
    for left, right, weight in joins.blocks():
        join_rows(heads, left, right, weight, steps, step, bar)
    settle(heads)


def _counted(heads: _Heads, joins: Joins, steps: NDArray[np.uint8], step: int, bar: float) -> _Rows:
    """Per lowest row of a group on this step: how many of its pairs are joined by themselves."""
    joined = np.zeros(len(heads), np.int64)
    for left, _, weight in joins.blocks():
        count_joins(heads, left, weight, steps, step, bar, joined)
    return joined


def _doubtful(
    heads: _Heads, joins: Joins, steps: NDArray[np.uint8], step: int, bar: float, compared: Weigher, rules: LinkageRules
) -> NDArray[np.bool_]:  # fmt: skip
    """Per lowest row: whether its group is too large, or holds two records that are two people. Only groups on this step are looked at,
    and of these the pairs that were not joined: where all were, no two are two people."""
    offsets, members = np.empty(len(heads) + 1, np.int32), np.empty(len(heads), np.int32)
    group_rows(heads, offsets, members)
    sizes = np.diff(offsets)
    bad: NDArray[np.bool_] = sizes > rules.most_records
    first = _counted(heads, joins, steps, step, bar)
    groups = np.flatnonzero((sizes > 2) & ~bad & (steps == step)).astype(np.int32)
    size = sizes[groups].astype(np.int64)
    groups = groups[first[groups] < size * (size - 1) // 2]
    size = sizes[groups].astype(np.int64)
    ends = np.cumsum(size * (size - 1) // 2)
    first[:] = -1
    first[groups] = ends - size * (size - 1) // 2
    marked = np.zeros(int(ends[-1]) if len(ends) else 0, np.bool_)
    for left, right, _ in joins.blocks():
        mark_joined(heads, offsets, members, first, left, right, marked)
    begin = done = 0
    while begin < len(groups):
        stop = max(int(np.searchsorted(ends, done + PAIRS_AT_A_TIME, side="right")), begin + 1)
        pairs = np.empty((2, int(ends[stop - 1]) - done), np.int64)
        filled = unmarked_pairs(groups[begin:stop], offsets, members, marked[done : ends[stop - 1]], pairs[0], pairs[1])
        one, two = pairs[:, :filled]
        bad[heads[one[compared.weigh(one, two) < rules.decision["contradiction"]]]] = True
        begin, done = stop, int(ends[stop - 1])
    return bad
