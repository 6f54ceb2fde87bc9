"""Candidate pairs with their comparison patterns: people probe the sorted keys of an index, block by block.

How many pairs a block brings is known from the lengths of the runs before any pair is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.record_keys import most_keys
from skiptrace.kernels.record_levels import CLAIMS, Bars, Bridge, Side, compare_pairs
from skiptrace.kernels.sorted_keys import Runs, gather
from skiptrace.linkage.index import Index, bridge, people_of
from skiptrace.linkage.keys import KeyValues, key_values, program_of, refinements_of
from skiptrace.linkage.lookup import look_up
from skiptrace.linkage.records import People
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.terms import frozen

BLOCK = 4096
"""People whose pairs are compared together: they stay in the processor's cache."""
LOOKED_UP = 32_768
"""People whose keys are looked up together: bounds memory, changes no result."""


@dataclass(frozen=True)
class Compared:
    """Distinct pairs of a block and their patterns, grouped by the probing person."""

    left: NDArray[np.int64]  # row of the probing people
    right: NDArray[np.int64]  # row of the index
    pattern: NDArray[np.int64]


class Blocking:
    """What each key brought and dropped.

    `pairs`: pairs it brought (a pair that two keys bring counts for both). `hot_values_dropped`: values of probing people that
    were hot (one that three of them carry counts three times, so that counts of partitions add up), `hot_pairs_dropped`: the
    pairs these would have brought, `refined_pairs`: those of them that came by a refinement."""

    NAMES = ("pairs", "hot_values_dropped", "hot_pairs_dropped", "refined_pairs")

    def __init__(self, rules: LinkageRules) -> None:
        self._names = [key.name for key in rules.keys]
        self._counts = {name: np.zeros(len(self._names), np.int64) for name in self.NAMES}

    def add(self, name: str, numbers: NDArray[np.int32], values: NDArray[np.int64]) -> None:
        """Count `values` for the keys with these numbers."""
        self._counts[name] += np.bincount(numbers, values, minlength=len(self._names)).astype(np.int64)

    def plain(self) -> dict[str, dict[str, int]]:
        """By key, as a JSON object."""
        return {key: {name: int(self._counts[name][place]) for name in self.NAMES} for place, key in enumerate(self._names)}


class Prober:
    """Probes an index with people of one side. `skip` bool [people, layers]: who is not to be compared with which layer.
    `among`: these people are of the index themselves, and use the keys that are meant for that."""

    def __init__(
        self, people: People, index: Index, rules: LinkageRules, skip: NDArray[np.bool_] | None = None, among: bool = False
    ) -> None:
        self._people, self._index, self._rules, self._skip = people, index, rules, skip
        self._program, self._finer = program_of(rules, among=among), refinements_of(rules, among=among)
        self._hashes, self._side = people.terms.hashes(), people.side()
        self._bridges: dict[int, tuple[Side, Bridge]] = {}
        self._levels, self._bars = level_table(rules), Bars(**{name: rules.similarity[name] for name in Bars._fields})
        room = (most_keys(self._program) + most_keys(self._finer)) * rules.cap
        self._seen, self._generation = np.zeros(1 << (2 * room - 1).bit_length(), np.int64), 0
        self.blocking = Blocking(rules)

    def blocks(self, from_layer: int = 0) -> Iterator[Compared]:
        """The pairs of all the people, block by block, with the layers of the index from this one on."""
        layers = range(from_layer, len(self._index.layers))
        for first in range(0, len(self._people) if layers else 0, LOOKED_UP):
            records = self._people.records[first : first + LOOKED_UP]
            values = key_values(records, self._hashes, self._program)
            found = {number: self._find(records, values, number, first) for number in layers}
            for start in range(0, len(records), BLOCK):
                yield self._block(first, start, min(start + BLOCK, len(records)), found)

    def _block(self, first: int, start: int, stop: int, found: Mapping[int, tuple[Runs, Runs]]) -> Compared:
        """The pairs of people `start` to `stop` of those from `first` on."""
        nothing = np.zeros(0, np.int64)
        parts = [Compared(nothing, nothing, nothing)]
        for number, runs in found.items():
            straight, finer = (_of_rows(one, start, stop) for one in runs)
            total = int(np.maximum(straight.runs, 0).sum() + np.maximum(finer.runs, 0).sum())
            left, right = np.empty(total, np.int32), np.empty(total, np.int32)
            filled = gather(straight, finer, stop - start, self._seen, self._generation, left, right)
            self._generation += stop - start
            base = int(self._index.starts[number])
            parts.append(self.compare(left[:filled].astype(np.int64) + first + start, right[:filled].astype(np.int64) + base, number))
        whole = Compared(*(np.concatenate([getattr(one, name) for one in parts]) for name in ("left", "right", "pattern")))
        if len(parts) <= 2:  # of one layer: they are grouped already
            return whole
        order = np.argsort(whole.left, kind="stable")
        return Compared(whole.left[order], whole.right[order], whole.pattern[order])

    def _find(self, records: NDArray[np.int32], values: KeyValues, number: int, first: int) -> tuple[Runs, Runs]:
        """What keys bring of a layer, and what the refinements of those that are hot bring."""
        layer = self._index.layers[number]
        starts, runs, rows = look_up(values.keys, layer.keys)
        if self._skip is not None:
            runs[self._skip[first + values.rows, number]] = 0
        self.blocking.add("pairs", self._program.number[values.which], np.maximum(runs, 0))
        straight = Runs(values.rows, starts, runs, rows)
        hot = np.flatnonzero(runs < 0)
        if not len(hot):
            return straight, Runs(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint32))
        numbers, people = self._program.number[values.which[hot]], values.rows[hot]
        self.blocking.add("hot_values_dropped", numbers, np.ones(len(hot), np.int64))
        self.blocking.add("hot_pairs_dropped", numbers, layer.keys.hot_count(values.keys[hot]))
        finer = key_values(records[people], self._hashes, self._finer, numbers)
        starts, runs, rows = look_up(finer.keys, layer.refined)
        self.blocking.add("refined_pairs", self._finer.number[finer.which], np.maximum(runs, 0))
        return straight, Runs(people[finer.rows], starts, runs, rows)

    def compare(self, left: NDArray[np.int64], right: NDArray[np.int64], number: int) -> Compared:
        """Patterns of pairs of probing people and rows of the index that all lie in one layer."""
        out = np.empty(len(left), np.int64)
        local = (right - self._index.starts[number]).astype(np.int32)
        compare_pairs(self._side, *self._bridge(number), self._bars, left.astype(np.int32), local, self._levels, out)
        return Compared(left, right, out)

    def _bridge(self, number: int) -> tuple[Side, Bridge]:
        """A layer's side and what leads to it, made when it is first needed."""
        if number not in self._bridges:
            self._bridges[number] = self._index.layers[number].people.side(), bridge(self._people.terms, self._index, number)
        return self._bridges[number]

    def layer_of(self, rows: NDArray[np.int64]) -> NDArray[np.int16]:
        """Which layer of the index each row is in."""
        return self._index.layer_of(rows)

    def patterns(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
        """The pattern of each given pair, in their order."""
        out, layer = np.empty(len(left), np.int64), self._index.layer_of(right)
        for number in range(len(self._index.layers)):
            mine = np.flatnonzero(layer == number)
            out[mine] = self.compare(left[mine], right[mine], number).pattern
        return out


def _of_rows(runs: Runs, start: int, stop: int) -> Runs:
    """Those of some probing rows, which are counted from `start`."""
    some = slice(*np.searchsorted(runs.rows, (start, stop)))
    return Runs(runs.rows[some] - np.int32(start), runs.starts[some], runs.runs[some], runs.found)


def patterns_among(index: Index, rules: LinkageRules, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """The patterns of given pairs of records of the index, in their order."""
    out, layer, other = np.empty(len(left), np.int64), index.layer_of(left), index.layer_of(right)
    for number, one in enumerate(index.layers):
        mine = np.flatnonzero((layer == number) & (other == number))
        if len(mine):
            out[mine] = Prober(one.people, index, rules).compare(left[mine] - index.starts[number], right[mine], number).pattern
    across = np.flatnonzero(layer != other)
    if len(across):
        rows, place = np.unique(left[across], return_inverse=True)
        out[across] = Prober(people_of(index, rows), index, rules).patterns(place, right[across])
    return out


def level_table(rules: LinkageRules) -> NDArray[np.int8]:
    """int8 [comparisons, 16]: level plus one of each claim plus one; column 0, a missing side, is 0."""
    table = np.zeros((len(rules.comparisons), 16), np.int8)
    for row, comparison in enumerate(rules.comparisons):
        for claim, name in enumerate(CLAIMS[comparison.name]):
            table[row, claim + 1] = comparison.level(name) + 1
    return frozen(table)


