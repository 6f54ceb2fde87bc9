"""Candidate pairs of records with each other, read off the runs of sorted keys: nobody needs to be looked up.

Entries and prefix table are those of `sorted_keys`. Within a run rows ascend, so each pair is met with its lower row first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled
from skiptrace.kernels.sorted_keys import AMONG, HOT, LOW, ROW, sort_run

_32 = np.uint64(32)
_Entries = npt.NDArray[np.uint64]
_Prefix = npt.NDArray[np.uint32]


@compiled
def count_ahead(entries: _Entries, prefix: _Prefix, counts: npt.NDArray[np.int64]) -> None:
    """Add to `counts` [rows], per row, how many later rows it shares runs with; a row met in two runs counts twice. Runs whose key
    is not meant for this, and hot ones, are left out."""
    for number in range(len(prefix) - 1):
        place, end = np.int64(prefix[number]), np.int64(prefix[number + 1])
        while place < end:
            stop = place + 1
            while stop < end and entries[stop] >> _32 == entries[place] >> _32:
                stop += 1
            if stop - place > 1 and entries[place] & AMONG != 0 and entries[place] & LOW != HOT:
                for at in range(place, stop - 1):
                    counts[np.int64(entries[at] & ROW)] += stop - at - 1
            place = stop


@compiled
def fill_ahead(
    entries: _Entries, prefix: _Prefix, first: Whole, last: Whole, fill: npt.NDArray[np.int64], others: npt.NDArray[np.int32]
) -> None:  # fmt: skip
    """For rows `first` to `last` write the later rows that `count_ahead` counts to `others`, those of row r from fill[r - first]
    on; `fill` becomes where each row's end."""
    for number in range(len(prefix) - 1):
        place, end = np.int64(prefix[number]), np.int64(prefix[number + 1])
        while place < end:
            stop = place + 1
            while stop < end and entries[stop] >> _32 == entries[place] >> _32:
                stop += 1
            if stop - place > 1 and entries[place] & AMONG != 0 and entries[place] & LOW != HOT:
                for at in range(place, stop - 1):
                    row = np.int64(entries[at] & ROW)
                    if first <= row < last:
                        to = fill[row - first]
                        for other in range(at + 1, stop):
                            others[to] = np.int32(entries[other] & ROW)
                            to += 1
                        fill[row - first] = to
            place = stop


@compiled
def distinct_ahead(
    ends: npt.NDArray[np.int64], others: npt.NDArray[np.int32], first: Whole, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> Whole:  # fmt: skip
    """The distinct pairs of rows, ascending, to `left` and `right`: `others` holds the later rows of row `first` up to ends[0], of
    the next up to ends[1], and so on; they are sorted in place. Returns how many pairs there are."""
    filled, begin = 0, np.int64(0)
    for row in range(len(ends)):
        end = ends[row]
        sort_run(others, begin, end)
        for place in range(begin, end):
            if place == begin or others[place] != others[place - 1]:
                left[filled], right[filled] = first + row, others[place]
                filled += 1
        begin = end
    return filled
