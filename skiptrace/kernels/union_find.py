"""Groups of rows that are joined directly or through one another, by union-find."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into

_Rows = npt.NDArray[np.int64]


@compiled_into
def _root(heads: _Rows, row: Whole) -> Whole:
    while heads[row] != row:
        heads[row] = heads[heads[row]]
        row = heads[row]
    return row


@compiled
def join_rows(heads: _Rows, left: _Rows, right: _Rows) -> None:
    """Join the groups of each pair of rows, then let `heads` name the lowest row of each row's group. `heads` int64 [rows]
    begins as every row's own number; the order of the pairs changes nothing."""
    for place in range(len(left)):
        one, two = _root(heads, left[place]), _root(heads, right[place])
        if one < two:
            heads[two] = one
        elif two < one:
            heads[one] = two
    for row in range(len(heads)):
        heads[row] = heads[heads[row]]  # lower rows are settled, so one step is enough


@compiled
def pairs_within(members: _Rows, starts: _Rows, left: _Rows, right: _Rows) -> Whole:
    """All pairs of rows of one group, the lower first. Group g is members[starts[g]:starts[g + 1]], ascending. Returns how
    many were written."""
    filled = 0
    for group in range(len(starts) - 1):
        for one in range(starts[group], starts[group + 1]):
            for two in range(one + 1, starts[group + 1]):
                left[filled], right[filled] = members[one], members[two]
                filled += 1
    return filled
