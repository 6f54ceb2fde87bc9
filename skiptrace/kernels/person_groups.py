"""Pairs of accounts and records, grouped by account and person: sorting, the best record of each person, the leading person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled

_Rows = npt.NDArray[np.int64]
_Bits = npt.NDArray[np.float64]


@compiled
def order_within(left: _Rows, person: npt.NDArray[np.int32], right: _Rows, order: _Rows) -> None:
    """Within each run of equal `left`, bring `order` (positions, as they stand at first) into the order of person and row."""
    begin = 0
    while begin < len(left):
        end = begin + 1
        while end < len(left) and left[end] == left[begin]:
            end += 1
        for place in range(begin + 1, end):
            moved, to = order[place], place
            key = np.int64(person[moved]) << 32 | right[moved]
            while to > begin and (np.int64(person[order[to - 1]]) << 32 | right[order[to - 1]]) > key:
                order[to] = order[to - 1]
                to -= 1
            order[to] = moved
        begin = end


@compiled
def weigh_persons(
    starts: _Rows, left: _Rows, right: _Rows, weight: _Bits, together: _Bits, share: float, best: _Rows, total: _Bits, leader: _Rows
) -> None:  # fmt: skip
    """Per group g, pairs starts[g] to starts[g + 1]: its best record (of equal weights the lowest row), its weight `share *
    together + (1 - share) * best weight`, and the account's leading group: the one that weighs most, of equal ones that with
    the lowest best record."""
    groups = len(best)
    for group in range(groups):
        top = starts[group]
        for place in range(top + 1, starts[group + 1]):
            if weight[place] > weight[top] or (weight[place] == weight[top] and right[place] < right[top]):
                top = place
        best[group] = right[top]
        total[group] = share * together[group] + (1 - share) * weight[top]
    begin = 0
    while begin < groups:
        lead, end = begin, begin + 1
        while end < groups and left[starts[end]] == left[starts[begin]]:
            if total[end] > total[lead] or (total[end] == total[lead] and best[end] < best[lead]):
                lead = end
            end += 1
        for group in range(begin, end):
            leader[group] = lead
        begin = end


@compiled
def strongest_rivals(leader: _Rows, rival: npt.NDArray[np.bool_], odds: _Bits, against: _Bits) -> None:
    """Per group the odds of the best that contradicts it: of its leader for a rival, of the best rival for any other."""
    begin = 0
    while begin < len(leader):
        end, top = begin, 0.0
        while end < len(leader) and leader[end] == leader[begin]:
            if rival[end]:
                top = max(top, odds[end])
            end += 1
        for group in range(begin, end):
            against[group] = odds[leader[group]] if rival[group] else top
        begin = end


@compiled
def ranks(left: _Rows, probability: _Bits, total: _Bits, right: _Rows, order: _Rows) -> Whole:
    """Within each run of equal `left`, bring `order` (positions, as they stand at first) into the order of probability, total
    weight (both falling) and row. Returns the length of the longest run."""
    begin, longest = 0, 0
    while begin < len(left):
        end = begin + 1
        while end < len(left) and left[end] == left[begin]:
            end += 1
        for place in range(begin + 1, end):
            moved, to = order[place], place
            while to > begin:
                other = order[to - 1]
                if probability[other] != probability[moved]:
                    behind = probability[other] < probability[moved]
                elif total[other] != total[moved]:
                    behind = total[other] < total[moved]
                else:
                    behind = right[other] > right[moved]
                if not behind:
                    break
                order[to] = other
                to -= 1
            order[to] = moved
        longest = max(longest, end - begin)
        begin = end
    return longest


@compiled
def absent_records(
    left: _Rows, right: _Rows, likely: npt.NDArray[np.bool_], entity: npt.NDArray[np.int32], members: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int32], more_left: _Rows, more_right: _Rows,
) -> Whole:  # fmt: skip
    """Records of the persons of `likely` pairs that are in no pair of the same account. Equal values of `left` are neighbours;
    the records of person e are members[offsets[e]:offsets[e + 1]]. Returns how many there are; they are written only where
    `more_left` has room for them."""
    filled, begin = 0, 0
    while begin < len(left):
        end = begin + 1
        while end < len(left) and left[end] == left[begin]:
            end += 1
        for place in range(begin, end):
            if not likely[place]:
                continue
            person = entity[right[place]]
            if offsets[person + 1] - offsets[person] == 1:
                continue
            again = False
            for earlier in range(begin, place):
                if likely[earlier] and entity[right[earlier]] == person:
                    again = True
                    break
            if again:
                continue
            for at in range(offsets[person], offsets[person + 1]):
                row = np.int64(members[at])
                known = False
                for other in range(begin, end):
                    if right[other] == row:
                        known = True
                        break
                if not known:
                    if filled < len(more_left):
                        more_left[filled], more_right[filled] = left[begin], row
                    filled += 1
        begin = end
    return filled
