"""Pairs within groups are all pairs of their rows but those that were joined."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.group_pairs import mark_joined, unmarked_pairs
from skiptrace.kernels.union_find import group_rows

SIZE = 12
PAIRS = st.sets(st.sampled_from(list(combinations(range(SIZE), 2))))


@given(st.lists(st.integers(0, SIZE - 1), min_size=SIZE, max_size=SIZE), PAIRS, st.sets(st.integers(0, SIZE - 1)))
def test_pairs_are_those_of_some_groups_that_were_not_joined(owner: list[int], joined: set[tuple[int, int]], left_out: set[int]) -> None:
    heads = np.array([owner.index(one) for one in owner], np.int32)
    offsets, members = np.empty(SIZE + 1, np.int32), np.empty(SIZE, np.int32)
    group_rows(heads, offsets, members)
    groups = np.array([row for row in range(SIZE) if heads[row] == row and row not in left_out], np.int32)
    every = [pair for group in groups for pair in combinations(np.flatnonzero(heads == group).tolist(), 2)]
    sizes = np.diff(offsets)[groups]
    first = np.full(SIZE, -1, np.int64)
    first[groups] = np.cumsum(sizes * (sizes - 1) // 2) - sizes * (sizes - 1) // 2
    marked, sides = np.zeros(len(every), np.bool_), np.array(sorted(joined), np.int32).reshape(-1, 2)
    mark_joined(heads, offsets, members, first, sides[:, 0].copy(), sides[:, 1].copy(), marked)
    left, right = np.empty(len(every), np.int64), np.empty(len(every), np.int64)
    filled = unmarked_pairs(groups, offsets, members, marked, left, right)
    found = list(zip(left[:filled].tolist(), right[:filled].tolist(), strict=True))
    assert found == [pair for pair in every if pair not in joined]
