"""Patterns: the levels of a pair in one integer (see `kernels.record_levels`), how often each occurs, and what it weighs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.kernels.pattern_weights import count_patterns, weigh_patterns
from skiptrace.linkage.model import Model, weigh

Levels = NDArray[np.int8]
"""Comparison vectors, [n, comparisons]; -1 where a side is missing."""
Counts = NDArray[np.int64]
Codes = NDArray[np.int64]
_ROOM = 1 << 16


def pack(levels: Levels) -> Codes:
    """Comparison vectors as patterns: equal vectors, equal patterns, in the vectors' own order."""
    code = np.zeros(len(levels), np.int64)
    for f in range(levels.shape[1]):
        code = code << 4 | (levels[:, f].astype(np.int64) + 1)
    return code


def digit_of(f: int, comparisons: int) -> int:
    """How many bits of a pattern stand behind the four of comparison f."""
    return 4 * (comparisons - 1 - f)


def unpack(codes: Codes, comparisons: int) -> Levels:
    """The comparison vectors of patterns."""
    out = np.empty((len(codes), comparisons), np.int8)
    for f in range(comparisons):
        out[:, f] = ((codes >> digit_of(f, comparisons)) & 15) - 1
    return out


class Tally:
    """Counts patterns, block by block; the order of the blocks changes nothing."""

    def __init__(self, room: int = _ROOM) -> None:
        self._slots, self._counts, self._used = np.full(room, -1, np.int64), np.zeros(room, np.int64), 0

    def add(self, codes: Codes) -> None:
        """Count each of these patterns once more."""
        done = 0
        while True:
            self._used, more = count_patterns(codes[done:], self._slots, self._counts, self._used)
            done += more
            if done == len(codes):
                return
            held, counts = self.found()
            larger = Tally(2 * len(self._slots))
            larger.add_counts(held, counts)
            self._slots, self._counts = larger._slots, larger._counts

    def add_counts(self, codes: Codes, counts: Counts) -> None:
        """Count each of these distinct patterns so many times more."""
        self.add(codes)
        place = np.flatnonzero(self._slots >= 0)
        order = place[np.argsort(self._slots[place])]
        self._counts[order[np.searchsorted(self._slots[order], codes)]] += counts - 1

    def found(self) -> tuple[Codes, Counts]:
        """(patterns, ascending; how often each was counted)."""
        place = np.flatnonzero(self._slots >= 0)
        order = np.argsort(self._slots[place])
        return self._slots[place[order]], self._counts[place[order]]


def weights(model: Model, codes: Codes) -> NDArray[np.float64]:
    """The weight in bits of each pattern; the last digits may differ from `weigh_each`, which adds up bars."""
    out = np.empty(len(codes))
    weigh_patterns(codes, model.joint, out)
    return out


class Each(NamedTuple):
    """Per pair: weight, bits per comparison [n, f], posterior of each class [n, 4], level of each comparison [n, f]."""

    weight: NDArray[np.float64]
    parts: NDArray[np.float64]
    posterior: NDArray[np.float64]
    levels: Levels


def weigh_each(model: Model, codes: Codes) -> Each:
    """What patterns weigh and why; each distinct one is weighed once."""
    encoded = pa.array(codes, pa.int64()).dictionary_encode()
    place = encoded.indices.to_numpy()
    levels = unpack(encoded.dictionary.to_numpy(), len(model.levels))
    weighed = weigh(model, levels)
    return Each(weighed.weight[place], weighed.parts[place], weighed.posterior[place], levels[place])
