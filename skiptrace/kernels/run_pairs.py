"""Candidate pairs of records with each other, read off the runs of sorted keys: nobody needs to be looked up.

Entries and prefix table are those of `sorted_keys`. Within a run rows ascend, so each pair is met with its lower row first. Pairs
are gathered by buckets of BUCKET rows, so that they are written along a few lines and sorted where the processor's cache holds them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled
from skiptrace.kernels.sorted_keys import AMONG, HOT, LOW, ROW, sort_run

SHIFT = 12
BUCKET = 1 << SHIFT
"""Rows whose pairs are gathered together."""
_32 = np.uint64(32)
_Entries = npt.NDArray[np.uint64]
_Prefix = npt.NDArray[np.uint32]


@compiled
def pairs_ahead(entries: _Entries, prefix: _Prefix, fill: npt.NDArray[np.int64], pairs: npt.NDArray[np.int64]) -> None:
    """Write each row and each later row that it shares a run with, as one number, to `pairs`: those of bucket b from fill[b] on, which
    becomes where they end. With empty `pairs` nothing is written: `fill` counts. A pair that meets in two runs is written twice. Runs
    whose key is not meant for this, and hot ones, are left out."""
    counting = len(pairs) == 0
    for number in range(len(prefix) - 1):
        place, end = np.int64(prefix[number]), np.int64(prefix[number + 1])
        while place < end:
            stop = place + 1
            while stop < end and entries[stop] >> _32 == entries[place] >> _32:
                stop += 1
            if stop - place > 1 and entries[place] & AMONG != 0 and entries[place] & LOW != HOT:
                for at in range(place, stop - 1):
                    row = np.int64(entries[at] & ROW)
                    to = fill[row >> SHIFT]
                    fill[row >> SHIFT] = to + stop - at - 1
                    for other in range(at + 1, stop if not counting else 0):
                        pairs[to] = row << 32 | np.int64(entries[other] & ROW)
                        to += 1
            place = stop


@compiled
def distinct_ahead(
    ends: npt.NDArray[np.int64], pairs: npt.NDArray[np.int64], left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> Whole:  # fmt: skip
    """The distinct pairs of rows, ascending, to `left` and `right`. `pairs` holds those of each bucket up to its end, as `pairs_ahead`
    leaves them. Returns how many there are."""
    filled, begin = 0, np.int64(0)
    starts, others, seen = np.empty(BUCKET + 1, np.int64), np.empty(0, np.int32), np.full(2, -1, np.int64)
    for bucket in range(len(ends)):
        end = ends[bucket]
        if end - begin > len(others):
            others = np.empty(end - begin, np.int32)
        starts[:] = 0
        for place in range(begin, end):
            starts[(pairs[place] >> 32 & (BUCKET - 1)) + 1] += 1
        most = np.int64(1)
        for row in range(BUCKET):
            most = max(most, starts[row + 1])
            starts[row + 1] += starts[row]
        if 2 * most > len(seen):
            size = len(seen)
            while size < 2 * most:
                size *= 2
            seen = np.full(size, -1, np.int64)  # a row's others, each with the row
        for place in range(begin, end):
            row = pairs[place] >> 32 & (BUCKET - 1)
            others[starts[row]] = np.int32(pairs[place] & 0x7FFFFFFF)
            starts[row] += 1
        base = pairs[begin] >> 32 >> SHIFT << SHIFT if end > begin else np.int64(0)
        done, mask = np.int64(0), np.uint64(len(seen) - 1)
        for row in range(BUCKET):  # by now starts[row] is where the row's others end
            kept = done
            for place in range(done, starts[row]):
                tag = (base + row) << 32 | np.int64(others[place])
                slot = np.uint64(others[place]) & mask
                while seen[slot] >> 32 == base + row and seen[slot] != tag:
                    slot = (slot + np.uint64(1)) & mask
                if seen[slot] != tag:
                    seen[slot] = tag
                    others[kept] = others[place]
                    kept += 1
            sort_run(others, done, kept)
            for place in range(done, kept):
                left[filled], right[filled] = base + row, others[place]
                filled += 1
            done = starts[row]
        begin = end
    return filled
