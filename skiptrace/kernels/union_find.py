"""Groups of rows that are joined directly or through one another, by union-find.

Pairs come in blocks, with their weights, and do not count before they weigh enough: each row has a step, and only pairs of rows
on one step, which those of a group are, are looked at together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into

_Rows = npt.NDArray[np.int32]
_Steps = npt.NDArray[np.uint8]
_Bits = npt.NDArray[np.float64]


@compiled_into
def _root(heads: Any, row: Whole) -> Whole:
    while heads[row] != row:
        heads[row] = heads[heads[row]]
        row = heads[row]
    return row


@compiled
def join_rows(heads: _Rows, left: _Rows, right: _Rows, weight: _Bits, steps: _Steps, step: Whole, bar: float) -> None:
    """Join the groups of each pair of rows on `step` that weighs at least `bar`. `heads` int32 [rows] names some row of each row's
    group, at first its own; `settle` makes it the lowest. The order of the pairs changes nothing."""
    for place in range(len(left)):
        if steps[left[place]] != step or weight[place] < bar:
            continue
        one, two = _root(heads, left[place]), _root(heads, right[place])
        if one < two:
            heads[two] = one
        elif two < one:
            heads[one] = two


@compiled
def settle(heads: _Rows) -> None:
    """Let `heads` name the lowest row of each row's group."""
    for row in range(len(heads)):
        heads[row] = heads[heads[row]]  # lower rows are settled, so one step is enough


@compiled
def part(heads: _Rows, bad: npt.NDArray[np.bool_], steps: _Steps, step: Whole) -> None:
    """Take groups apart whose lowest row is `bad`: their rows are on `step` then, each a group of its own."""
    for row in range(len(heads)):
        if bad[heads[row]]:
            heads[row], steps[row] = row, step


@compiled
def count_joins(heads: _Rows, left: _Rows, weight: _Bits, steps: _Steps, step: Whole, bar: float, counts: npt.NDArray[np.int64]) -> None:
    """Add the pairs that `join_rows` joins to `counts` [rows], at the lowest row of their group."""
    for place in range(len(left)):
        if steps[left[place]] == step and weight[place] >= bar:
            counts[heads[left[place]]] += 1


@compiled
def strongest_joins(left: _Rows, right: _Rows, weight: _Bits, steps: _Steps, bars: _Bits, strongest: _Bits) -> None:
    """Let `strongest` [rows] be no less than the weight of any pair of the row that weighs at least the bar of its step."""
    for place in range(len(left)):
        if weight[place] >= bars[steps[left[place]]]:
            strongest[left[place]] = max(strongest[left[place]], weight[place])
            strongest[right[place]] = max(strongest[right[place]], weight[place])


@compiled
def group_rows(heads: _Rows, offsets: _Rows, members: _Rows) -> None:
    """The rows of each group, ascending: those of the group whose lowest row is g become members[offsets[g]:offsets[g + 1]]; there are
    none for any other g. offsets [rows + 1]."""
    offsets[:] = 0
    for row in range(len(heads)):
        offsets[heads[row]] += 1
    for row in range(len(heads)):
        offsets[row + 1] += offsets[row]
    for row in range(len(heads) - 1, -1, -1):  # from where each group ends down to where it begins
        offsets[heads[row]] -= 1
        members[offsets[heads[row]]] = row
