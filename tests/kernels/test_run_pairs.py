"""Pairs read off runs equal all pairs of rows that share a key meant for it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.run_pairs import count_ahead, distinct_ahead, fill_ahead
from skiptrace.kernels.sorted_keys import AMONG, HOT

ROWS, PREFIXES = 40, 8
TABLES = st.lists(
    st.tuples(st.integers(0, PREFIXES - 1), st.integers(0, 2), st.booleans(), st.booleans(), st.sets(st.integers(0, ROWS - 1), min_size=1)),
    max_size=12, unique_by=lambda run: run[:2],
)  # fmt: skip
"""Runs: prefix, rest of the key, whether records look each other up by it, whether it is hot, its rows."""


def table(runs: list[tuple[int, int, bool, bool, set[int]]]) -> tuple[np.ndarray, np.ndarray]:
    """Entries and prefix table."""
    held: list[list[int]] = [[] for _ in range(PREFIXES)]
    for prefix, rest, among, hot, rows in runs:
        low = [int(HOT)] if hot else [row | (int(AMONG) if among else 0) for row in rows]
        held[prefix] += [rest << 32 | one for one in low]
    entries = [entry for one in held for entry in sorted(one)]
    return np.array(entries, np.uint64), np.cumsum([0, *(len(one) for one in held)]).astype(np.uint32)


def distinct(tables: list[tuple[np.ndarray, np.ndarray]], first: int, last: int) -> list[tuple[int, int]]:
    """The pairs of rows `first` to `last`."""
    counts = np.zeros(ROWS, np.int64)
    for one in tables:
        count_ahead(*one, counts)
    mine = counts[first:last]
    fill, others = np.cumsum(mine) - mine, np.empty(int(mine.sum()), np.int32)
    for one in tables:
        fill_ahead(*one, first, last, fill, others)
    assert np.array_equal(fill, np.cumsum(mine)), "what was counted was written"
    left, right = np.empty(len(others), np.int32), np.empty(len(others), np.int32)
    filled = distinct_ahead(fill, others, first, left, right)
    return list(zip(left[:filled].tolist(), right[:filled].tolist(), strict=True))


@given(TABLES, TABLES, st.integers(0, ROWS), st.integers(0, ROWS))
def test_pairs_are_those_that_share_a_run(
    one: list[tuple[int, int, bool, bool, set[int]]], two: list[tuple[int, int, bool, bool, set[int]]], first: int, last: int
) -> None:  # fmt: skip
    wanted = {pair for _, _, among, hot, rows in one + two if among and not hot for pair in combinations(sorted(rows), 2)}
    found = distinct([table(one), table(two)], first, last)
    assert found == sorted(pair for pair in wanted if first <= pair[0] < last)


def test_a_run_ends_with_its_prefix() -> None:
    """The same rest of two prefixes is two keys."""
    runs = [(0, 2, True, False, {1, 2}), (1, 2, True, False, {3})]
    assert distinct([table(runs)], 0, ROWS) == [(1, 2)]


def test_many_and_few_others_are_sorted_alike() -> None:
    runs = [(0, 0, True, False, set(range(ROWS))), (1, 0, True, False, {0, 39})]
    assert distinct([table(runs)], 0, ROWS) == list(combinations(range(ROWS), 2))
