"""How many pairs blocking will bring, from samples of both sides: predicted from key values, before any pair is compared.

`Asked` holds what some accounts look up. Records of a layer, all or a sample of them, are shown to a `Seen` block by block; only values
that somebody asks for are kept, so memory grows with the sample of accounts. A record of the sample stands for 1 / share of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.grouping import begins, expand
from skiptrace.linkage.keys import KeyValues, key_values, program_of, refinements_of
from skiptrace.linkage.records import People
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.thinned import thinned

_TOP = 22
LEAST = 0.02
"""A value is looked at pair by pair where the chance that it is not hot is at least this."""
BRINGS = ("pairs", "hot_values_dropped", "hot_pairs_dropped", "refined_pairs")
_Floats = NDArray[np.float64]


class Asked:
    """What people look up in a reference: values of keys, and of the refinements that hot ones are looked up by instead."""

    def __init__(self, people: People, rules: LinkageRules) -> None:
        self.people, self.rules = len(people), rules
        program, finer, hashes = program_of(rules), refinements_of(rules), people.terms.hashes()
        self.straight = key_values(people.records, hashes, program)
        self.finer = key_values(people.records, hashes, finer)
        self.number, self.finer_number = program.number[self.straight.which], finer.number[self.finer.which]
        self.values = np.unique(np.concatenate([self.straight.keys, self.finer.keys]))
        self.places = np.searchsorted(self.values, self.straight.keys)
        self.finer_places = np.searchsorted(self.values, self.finer.keys)
        self._tops = np.zeros(1 << _TOP, np.bool_)
        self._tops[self.values >> np.uint64(64 - _TOP)] = True

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(positions of those of `keys` that somebody asks for, their places in `values`)."""
        some = np.flatnonzero(self._tops[keys >> np.uint64(64 - _TOP)])
        place = np.minimum(np.searchsorted(self.values, keys[some]), max(len(self.values) - 1, 0))
        known = self.values[place] == keys[some] if len(self.values) else np.zeros(0, np.bool_)
        return some[known], place[known]


@dataclass(frozen=True)
class Predicted:
    """What a layer brings people, as counts of all its records: per blocking key as in `candidates.Blocking`, distinct pairs in all and by
    person, and the variance of these that the sample of records leaves. `hot`: per key, distinct values that are hot and asked for, and
    most rows of one. left, right: the pairs with records of the sample, by person and by record in the order they were shown."""

    brings: dict[str, dict[str, float]]
    pairs: float
    of_people: _Floats
    variance: float
    hot: dict[str, tuple[float, float]]
    left: NDArray[np.int64]
    right: NDArray[np.int64]


class Seen:
    """Records of one layer of which a `share` (above 0, to 1) is shown."""

    def __init__(self, asked: Asked, share: float) -> None:
        self._asked, self._share = asked, share
        self._places, self._rows, self._number = list[NDArray[np.int64]](), list[NDArray[np.int64]](), 0

    def add(self, people: People) -> None:
        """Show some records."""
        hashes, rules = people.terms.hashes(), self._asked.rules
        for program in (program_of(rules, probing=False), refinements_of(rules, probing=False)):
            values: KeyValues = key_values(people.records, hashes, program)
            positions, places = self._asked.find(values.keys)
            self._places.append(places)
            self._rows.append(values.rows[positions].astype(np.int64) + self._number)
        self._number += len(people)

    def predicted(self, skip: NDArray[np.bool_] | None = None) -> Predicted:
        """What all records of the layer bring. `skip`, by person: who is not compared with it."""
        asked, share = self._asked, self._share
        skipped = np.zeros(asked.people, np.bool_) if skip is None else skip
        places, rows = np.concatenate([np.zeros(0, np.int64), *self._places]), np.concatenate([np.zeros(0, np.int64), *self._rows])
        order = np.argsort(places, kind="stable")
        rows, counts = rows[order], np.bincount(places, minlength=len(asked.values))
        starts = np.cumsum(counts) - counts
        keys = asked.rules.keys
        brings = {key.name: dict.fromkeys(BRINGS, 0.0) for key in keys}
        hot: dict[str, tuple[float, float]] = {}
        chance, finer_chance = np.zeros(len(asked.places)), np.zeros(len(asked.finer_places))
        compared = ~skipped[asked.straight.rows]
        for number, key in enumerate(keys):
            mine = np.flatnonzero((asked.number == number) & compared)
            seen = counts[asked.places[mine]]
            cap = asked.rules.narrow_cap if key.narrow else asked.rules.cap
            likely = thinned(seen, np.ones(len(seen)), share, cap)
            chance[mine] = likely.chance(seen)
            brings[key.name]["pairs"] = float((seen * chance[mine]).sum() / share)
            is_hot = 1.0 - chance[mine]
            brings[key.name]["hot_values_dropped"] = float(is_hot.sum())
            brings[key.name]["hot_pairs_dropped"] = float(likely.hot_rows(seen).sum())
            distinct, first = np.unique(asked.places[mine], return_index=True)
            most = float(counts[distinct].max(initial=0) / share)
            hot[key.name] = (float(is_hot[first].sum()), most if most > cap else 0.0)
            if key.refine:
                # probing looks a person's finer values up once for each of the hot ones, and brings the same pairs again
                times: _Floats = np.bincount(asked.straight.rows[mine], is_hot, minlength=asked.people).astype(np.float64)
                finer = np.flatnonzero(asked.finer_number == number)
                weight, again = times[asked.finer.rows[finer]], counts[asked.finer_places[finer]]
                few = thinned(again, weight, share, cap).chance(again)
                finer_chance[finer] = np.minimum(weight, 1.0) * few
                brings[key.name]["refined_pairs"] = float((again * weight * few).sum() / share)
        left, right, there = self._distinct(starts, counts, rows, chance, finer_chance)
        of_people, of_rows = np.bincount(left, there, minlength=asked.people), np.bincount(right, there, minlength=self._number)
        variance = float((1.0 - share) / share**2 * (of_rows**2).sum()) if share < 1.0 else 0.0
        return Predicted(brings, float(of_people.sum() / share), of_people / share, variance, hot, left, right)

    def _distinct(
        self, starts: NDArray[np.int64], counts: NDArray[np.int64], rows: NDArray[np.int64], chance: _Floats, finer_chance: _Floats
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], _Floats]:
        """Distinct pairs of the sample, by person and record, each with the chance that some key brings it."""
        asked = self._asked
        left, right, left_out = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
        for people, places, one in ((asked.straight.rows, asked.places, chance), (asked.finer.rows, asked.finer_places, finer_chance)):
            some = np.flatnonzero((one >= LEAST) & (counts[places] > 0))
            owner, found = expand(starts[places[some]], counts[places[some]])
            left.append(people[some].astype(np.int64)[owner])
            right.append(rows[found])
            left_out.append(np.log(np.maximum(1.0 - one[some], 1e-9))[owner])
        pair = np.concatenate(left) << np.int64(32) | np.concatenate(right)
        order = np.argsort(pair, kind="stable")
        pair, missed = pair[order], np.concatenate(left_out)[order]
        first = begins(pair)
        there = 1.0 - np.exp(np.add.reduceat(missed, first)) if len(pair) else np.zeros(0)
        pair = pair[first]
        return pair >> np.int64(32), pair & np.int64(0xFFFFFFFF), there
