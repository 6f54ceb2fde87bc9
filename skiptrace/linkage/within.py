"""Candidate pairs within one layer: whoever shares a key value stands in one run of its sorted keys, so nobody is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.run_pairs import BUCKET, distinct_ahead, pairs_ahead
from skiptrace.linkage.keys import SortedKeys
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.lookup import LARGE, give_back
from skiptrace.linkage.terms import frozen

PAIRS_AT_A_TIME = 1 << 24
"""Pairs, as the keys bring them, that are held at a time: bounds memory, changes no result."""


def pairs_of_layer(layer: Layer) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """(row, later row) of all distinct pairs of records that share a value of a key meant for it, ascending, in some pieces.

    A value that is hot brings none itself, its refinements do."""
    return pairs_of_tables((layer.keys, layer.refined), len(layer))


def pairs_of_tables(sorted_keys: Sequence[SortedKeys], rows: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """The same from sorted keys of so many rows, or from shards of them."""
    tables = [(frozen(keys.entries), frozen(keys.prefix)) for keys in sorted_keys]
    buckets, none = -(-rows // BUCKET), np.empty(0, np.int64)
    counts = np.zeros(buckets + 1, np.int64)
    for table in tables:
        pairs_ahead(*table, 0, buckets, counts[1:], none)
    ends = np.cumsum(counts)  # bucket b's pairs are those from ends[b] to ends[b + 1]
    first = 0
    while first < buckets:
        last = max(int(np.searchsorted(ends, ends[first] + PAIRS_AT_A_TIME, side="right")) - 1, first + 1)
        fill, total = ends[first:last] - ends[first], int(ends[last] - ends[first])
        pairs = np.empty(total, np.int64)
        for table in tables:
            pairs_ahead(*table, first, last, fill, pairs)
        left, right = np.empty(total, np.int32), np.empty(total, np.int32)
        filled = distinct_ahead(fill, pairs, left, right)
        for keys in sorted_keys:
            if keys.entries.nbytes >= LARGE:
                give_back(keys.entries, 0, len(keys.entries))
        yield left[:filled], right[:filled]
        first = last
