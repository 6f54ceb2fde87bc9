"""Keys looked up in the sorted keys of a layer, from one end of them to the other.

Looked up in the order in which they come, keys read the table at random: each read waits for memory, and soon the whole table
is part of the process. In about the table's order, neighbours are read together, and what is behind can be given back.
"""

from __future__ import annotations

import mmap
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skiptrace.kernels.sorted_keys import copy_rows, order_by_top, probe
from skiptrace.linkage.keys import SortedKeys
from skiptrace.linkage.terms import frozen

PARTS = 16
"""Parts of a table that are given back one after another."""
KEPT = 1 << 26
"""Bytes of a table that may stay in memory: smaller ones are not given back."""
_TOP = 48


class Found(NamedTuple):
    """Per key: where in `rows` the rows that have it begin, and how many they are, -1 for a hot key."""

    starts: NDArray[np.int64]
    runs: NDArray[np.int32]
    rows: NDArray[np.uint32]


def look_up(keys: NDArray[np.uint64], table: SortedKeys) -> Found:
    """Look up many keys."""
    order, ends = np.empty(len(keys), np.int32), np.empty((1 << (64 - _TOP)) + 1, np.int64)
    order_by_top(keys, _TOP, ends, order)
    starts, runs = np.empty(len(keys), np.int64), np.empty(len(keys), np.int32)
    entries, prefix = frozen(table.entries), frozen(table.prefix)
    rows, before = [np.zeros(0, np.uint32)], 0
    for part in range(PARTS):
        first, last = ends[part * (len(ends) - 1) // PARTS], ends[(part + 1) * (len(ends) - 1) // PARTS]
        some = order[first:last]
        total = probe(keys, some, entries, prefix, table.bits, starts, runs)
        found = np.empty(total, np.uint32)
        copy_rows(some, entries, runs, before, starts, found)
        rows.append(found)
        before += total
        step = (len(table.prefix) - 1) // PARTS
        _give_back(table.entries, int(table.prefix[part * step]), int(table.prefix[(part + 1) * step]))
    return Found(starts, runs, np.concatenate(rows))


def _give_back(array: NDArray[np.uint64], first: int, last: int) -> None:
    """Let the system take back the memory of some entries of a large mapped file: it holds them in its cache as long as it likes,
    and reads them again when they are asked for."""
    file = getattr(array, "_mmap", None)
    if file is None or array.nbytes < KEPT:
        return
    begin = first * array.itemsize // mmap.PAGESIZE * mmap.PAGESIZE
    if last * array.itemsize > begin:
        file.madvise(mmap.MADV_DONTNEED, begin, last * array.itemsize - begin)
