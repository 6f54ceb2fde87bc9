"""The pairs within groups of rows that were not joined themselves.

Groups are those of `union_find.group_rows`. The pairs of some groups are numbered: those of a group from its `first` on, by the lower
row and then by the higher one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into

_Rows = npt.NDArray[np.int32]


@compiled_into
def _place(members: Any, begin: Whole, row: Whole) -> Whole:
    """Where a row stands in its group, which has few."""
    place = begin
    while members[place] != row:
        place += 1
    return place - begin


@compiled
def mark_joined(
    heads: _Rows, offsets: _Rows, members: _Rows, first: npt.NDArray[np.int64], left: _Rows, right: _Rows, marked: npt.NDArray[np.bool_]
) -> None:  # fmt: skip
    """Mark the given pairs, the lower row first, that are within a group which has numbers. first [rows]: of the pairs of the group with
    this lowest row; negative where they have none."""
    for place in range(len(left)):
        head = heads[left[place]]
        if heads[right[place]] == head and first[head] >= 0:
            begin = np.int64(offsets[head])
            one, two = _place(members, begin, left[place]), _place(members, begin, right[place])
            size = offsets[head + 1] - begin
            marked[first[head] + one * (2 * size - one - 1) // 2 + two - one - 1] = True


@compiled
def unmarked_pairs(
    groups: _Rows, offsets: _Rows, members: _Rows, marked: npt.NDArray[np.bool_], left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
) -> Whole:  # fmt: skip
    """The pairs of some groups, the lower row first, that are not marked. groups: by their lowest rows; marked: of all their pairs, in
    the order of their numbers. Returns how many were written."""
    number, filled = 0, 0
    for group in range(len(groups)):
        begin, end = offsets[groups[group]], offsets[groups[group] + 1]
        for one in range(begin, end):
            for two in range(one + 1, end):
                if not marked[number]:
                    left[filled], right[filled] = members[one], members[two]
                    filled += 1
                number += 1
    return filled
