"""Keys looked up in the sorted keys of a layer: in a large one from one end of it to the other.

Looked up in the order in which they come, keys read the table at random: each read waits for memory, and soon the whole table
is part of the process. In about the table's order, neighbours are read together, and what is behind can be given back.
"""

from __future__ import annotations

import mmap
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.sorted_keys import copy_rows, order_by_top, probe
from skiptrace.linkage.keys import SortedKeys
from skiptrace.linkage.terms import frozen

PARTS = 256
"""Parts in which a large table is read and given back."""
LARGE = 1 << 30
"""Bytes of a table from which on it is read in order and given back."""
AT_A_TIME = 1 << 13
"""Keys that are looked up together in a smaller one: what they find is copied while the processor's cache holds it."""
_TOP = 48


class Found(NamedTuple):
    """Per key: where in `rows` the rows that have it begin, and how many they are, -1 for a hot key."""

    starts: NDArray[np.int64]
    runs: NDArray[np.int32]
    rows: NDArray[np.uint32]


def look_up(keys: NDArray[np.uint64], table: SortedKeys) -> Found:
    """Look up many keys."""
    starts, runs = np.empty(len(keys), np.int64), np.empty(len(keys), np.int32)
    entries, prefix = frozen(table.entries), frozen(table.prefix)
    rows, before, large = [np.zeros(0, np.uint32)], 0, table.entries.nbytes >= LARGE
    order, cuts = _in_order(keys) if large else (np.arange(len(keys), dtype=np.int32), [*range(0, len(keys), AT_A_TIME), len(keys)])
    for part, (first, last) in enumerate(pairwise(cuts)):
        some = order[first:last]
        total = probe(keys, some, entries, prefix, table.bits, starts, runs)
        found = np.empty(total, np.uint32)
        copy_rows(some, entries, runs, before, starts, found)
        rows.append(found)
        before += total
        if large:
            step = (len(table.prefix) - 1) // PARTS
            give_back(table.entries, int(table.prefix[part * step]), int(table.prefix[(part + 1) * step]))
            give_back(table.prefix, part * step, (part + 1) * step)
    return Found(starts, runs, np.concatenate(rows))


def _in_order(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int32], list[int]]:
    """Positions of keys in about their own order, and where each of PARTS begins and the last ends."""
    order, ends = np.empty(len(keys), np.int32), np.empty((1 << (64 - _TOP)) + 1, np.int64)
    order_by_top(keys, _TOP, ends, order)
    return order, ends[:: (len(ends) - 1) // PARTS].tolist()


def give_back(array: NDArray[Any], first: int, last: int) -> None:
    """Let the system take back the memory of some entries of a mapped file: it holds them in its cache as long as it likes, and
    reads them again when they are asked for."""
    file = getattr(array, "_mmap", None)
    if file is None:
        return
    begin = first * array.itemsize // mmap.PAGESIZE * mmap.PAGESIZE
    if last * array.itemsize > begin:
        file.madvise(mmap.MADV_DONTNEED, begin, last * array.itemsize - begin)
