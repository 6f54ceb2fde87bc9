"""Pairs read off runs equal all pairs of rows that share a key meant for it."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.run_pairs import BUCKET, distinct_ahead, pairs_ahead
from skiptrace.kernels.sorted_keys import AMONG, HOT

PREFIXES, BUCKETS = 8, 3
ROWS = range(0, BUCKETS * BUCKET, BUCKET // 14)
"""Rows in use: they lie in all buckets."""
TABLES = st.lists(
    st.tuples(st.integers(0, PREFIXES - 1), st.integers(0, 2), st.booleans(), st.booleans(), st.sets(st.sampled_from(ROWS), min_size=1)),
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


def distinct(tables: list[tuple[np.ndarray, np.ndarray]], first: int = 0, last: int = BUCKETS) -> list[tuple[int, int]]:
    """The pairs of rows of the buckets `first` to `last`."""
    counts = np.zeros(BUCKETS, np.int64)
    for one in tables:
        pairs_ahead(*one, counts, np.empty(0, np.int64))
    ends = np.append(0, np.cumsum(counts))
    fill, pairs = ends[:-1].copy(), np.empty(int(ends[-1]), np.int64)
    for one in tables if len(pairs) else ():
        pairs_ahead(*one, fill, pairs)
    assert np.array_equal(fill, ends[1:]), "what was counted was written"
    some = pairs[ends[first] : ends[last]]
    left, right = np.empty(len(some), np.int32), np.empty(len(some), np.int32)
    filled = distinct_ahead(ends[first + 1 : last + 1] - ends[first], some, left, right)
    return list(zip(left[:filled].tolist(), right[:filled].tolist(), strict=True))


@given(TABLES, TABLES, st.sampled_from(list(combinations(range(BUCKETS + 1), 2))))
def test_pairs_are_those_that_share_a_run(
    one: list[tuple[int, int, bool, bool, set[int]]], two: list[tuple[int, int, bool, bool, set[int]]], buckets: tuple[int, int]
) -> None:  # fmt: skip
    wanted = {pair for _, _, among, hot, rows in one + two if among and not hot for pair in combinations(sorted(rows), 2)}
    found = distinct([table(one), table(two)], *buckets)
    assert found == sorted(pair for pair in wanted if buckets[0] <= pair[0] // BUCKET < buckets[1])


def test_a_run_ends_with_its_prefix() -> None:
    """The same rest of two prefixes is two keys."""
    runs = [(0, 2, True, False, {1, 2}), (1, 2, True, False, {3})]
    assert distinct([table(runs)]) == [(1, 2)]


def test_many_and_few_others_are_sorted_alike() -> None:
    runs = [(0, 0, True, False, set(ROWS)), (1, 0, True, False, {ROWS[0], ROWS[-1]})]
    assert distinct([table(runs)]) == list(combinations(ROWS, 2))
