"""Candidate pairs within one layer: whoever shares a key value stands in one run of its sorted keys, so nobody is looked up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.run_pairs import count_ahead, distinct_ahead, fill_ahead
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.terms import frozen

PAIRS_AT_A_TIME = 1 << 24
"""Pairs, as the keys bring them, that are held at a time: bounds memory, changes no result."""


def pairs_of_layer(layer: Layer) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """(row, later row) of all distinct pairs of records that share a value of a key meant for it, ascending, in some pieces.

    A value that is hot brings none itself, its refinements do."""
    tables = [(frozen(keys.entries), frozen(keys.prefix)) for keys in (layer.keys, layer.refined)]
    counts = np.zeros(len(layer) + 1, np.int64)
    for table in tables:
        count_ahead(*table, counts[1:])
    ends = np.cumsum(counts)  # of row r: its pairs are those from ends[r] to ends[r + 1]
    first = 0
    while first < len(layer):
        last = max(int(np.searchsorted(ends, ends[first] + PAIRS_AT_A_TIME, side="right")) - 1, first + 1)
        fill, total = ends[first:last] - ends[first], int(ends[last] - ends[first])
        others = np.empty(total, np.int32)
        for table in tables:
            fill_ahead(*table, first, last, fill, others)
        left, right = np.empty(total, np.int32), np.empty(total, np.int32)
        filled = distinct_ahead(fill, others, first, left, right)
        yield left[:filled], right[:filled]
        first = last
