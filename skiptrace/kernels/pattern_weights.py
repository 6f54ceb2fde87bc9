"""Weights of patterns, and counts of them. A pattern is a pair's levels in one integer: see `record_levels`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled

_EMPTY = np.int64(-1)


TOGETHER = 3
"""Comparisons whose levels are looked up together."""


@compiled
def weigh_patterns(patterns: npt.NDArray[np.int64], tables: npt.NDArray[np.float64], out: npt.NDArray[np.float64]) -> None:
    """log2 of the odds "first class" against all others, per pattern. tables float64 [groups, 4096, classes]: joint probability of
    the levels of TOGETHER neighbouring comparisons, the last group first, by their bits of the pattern; the priors are in one."""
    classes = tables.shape[2]
    for place in range(len(patterns)):
        first, others = 0.0, 0.0
        for kind in range(classes):
            likelihood = 1.0
            rest = patterns[place]
            for group in range(tables.shape[0]):
                likelihood *= tables[group, rest & 4095, kind]
                rest >>= 12
            if kind == 0:
                first = likelihood
            else:
                others += likelihood
        out[place] = np.log2(first / others)


@compiled
def count_patterns(
    patterns: npt.NDArray[np.int64], slots: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], used: Whole
) -> tuple[Whole, Whole]:
    """Add patterns to a hash table: slots (-1 where empty) and counts int64 [power of two].

    Returns (slots in use, patterns done): it stops where half of the table is in use."""
    mask = np.uint64(len(slots) - 1)
    for place in range(len(patterns)):
        if 2 * used > len(slots):
            return used, place
        pattern = patterns[place]
        slot = (np.uint64(pattern) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32) & mask
        while slots[slot] != pattern and slots[slot] != _EMPTY:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] == _EMPTY:
            slots[slot] = pattern
            used += 1
        counts[slot] += 1
    return used, len(patterns)


@compiled
def worth_keeping(
    left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], weights: npt.NDArray[np.float64], floor: float,
    keep: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    """Which pairs weigh at least `floor` or are one of the best two of their probing row. Equal values of `left` are
    neighbours; of equal weights the lower row of `right` is the better, in whatever order the pairs come: so the best two of several
    parts of an index are among the best two of each part."""
    begin = 0
    while begin < len(left):
        best, second, end = begin, -1, begin + 1
        while end < len(left) and left[end] == left[begin]:
            if weights[end] > weights[best] or (weights[end] == weights[best] and right[end] < right[best]):
                best, second = end, best
            elif second < 0 or weights[end] > weights[second] or (weights[end] == weights[second] and right[end] < right[second]):
                second = end
            end += 1
        for place in range(begin, end):
            keep[place] = weights[place] >= floor or place in (best, second)
        begin = end


@compiled
def pool_patterns(patterns: npt.NDArray[np.int64], starts: npt.NDArray[np.int64], comparisons: Whole, out: npt.NDArray[np.int64]) -> None:
    """The closest level of each comparison over the patterns of a group. Group g is patterns[starts[g]:starts[g + 1]]."""
    for group in range(len(out)):
        best = np.int64(0)
        for place in range(comparisons):
            shift, top = 4 * place, np.int64(0)
            for at in range(starts[group], starts[group + 1]):
                top = max(top, (patterns[at] >> shift) & 15)
            best |= top << shift
        out[group] = best
