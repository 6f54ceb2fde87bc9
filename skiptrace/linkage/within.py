"""Candidate pairs within one layer: whoever shares a key value stands in one run of its sorted keys, so nobody is looked up.

The keys are read once, and each pair is put where its lower row belongs; what does not fit in memory goes to a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.run_pairs import BUCKET, distinct_ahead, pairs_ahead
from skiptrace.linkage.keys import SortedKeys
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.lookup import LARGE, give_back
from skiptrace.linkage.terms import frozen

HELD = 1 << 24
"""Pairs, as the keys bring them, that stay in memory, 8 bytes each: bounds memory, changes no result."""
PAIRS_AT_A_TIME = 1 << 22
"""Pairs, as the keys bring them, of which the distinct ones are found together: bounds memory, changes no result."""
_FILE = "pairs.bin"


def pairs_of_layer(layer: Layer, folder: Path | None = None) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """(row, later row) of all distinct pairs of records that share a value of a key meant for it, ascending, in some pieces.

    A value that is hot brings none itself, its refinements do. `folder`: scratch space for more than HELD pairs; None keeps all in
    memory. Raises OSError where they do not fit there."""
    return pairs_of_tables((layer.keys, layer.refined), len(layer), folder)


def pairs_of_tables(
    sorted_keys: Sequence[SortedKeys], rows: int, folder: Path | None = None
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:  # fmt: skip
    """The same from sorted keys of so many rows, or from shards of them."""
    tables = [(frozen(keys.entries), frozen(keys.prefix)) for keys in sorted_keys]
    buckets, none = -(-rows // BUCKET), np.empty(0, np.int64)
    counts = np.zeros(buckets + 1, np.int64)
    for table in tables:
        pairs_ahead(*table, counts[1:], none)
    ends = np.cumsum(counts)  # bucket b's pairs are those from ends[b] to ends[b + 1]
    pairs = _room(int(ends[-1]), folder)
    fill = ends[:-1].copy()
    for table in tables if len(pairs) else ():
        pairs_ahead(*table, fill, pairs)
    for keys in sorted_keys:
        if keys.entries.nbytes >= LARGE:
            give_back(keys.entries, 0, len(keys.entries))
    first = 0
    while first < buckets:
        last = max(int(np.searchsorted(ends, ends[first] + PAIRS_AT_A_TIME, side="right")) - 1, first + 1)
        begin, end = int(ends[first]), int(ends[last])
        left, right = np.empty(end - begin, np.int32), np.empty(end - begin, np.int32)
        filled = distinct_ahead(ends[first + 1 : last + 1] - begin, pairs[begin:end], left, right)
        give_back(pairs, begin, end)
        yield left[:filled], right[:filled]
        first = last


def _room(size: int, folder: Path | None) -> NDArray[np.int64]:
    """Room for so many pairs: memory, or a mapped file that has no name any more and is gone when nobody maps it."""
    if folder is None or size <= HELD:
        return np.empty(size, np.int64)
    file = folder / _FILE
    with file.open("w+b") as out:
        os.posix_fallocate(out.fileno(), 0, size * 8)  # a full disk is an error here, and a crash when a mapped page finds no place
        pairs: NDArray[np.int64] = np.memmap(out, np.int64, "r+", shape=(size,))
    file.unlink()
    return pairs
