"""Groups from pairs equal those of a plain union of sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.grouping import components, positions


def plain(size: int, pairs: list[tuple[int, int]]) -> list[int]:
    """Lowest row of each row's group, by joining sets."""
    groups = [{row} for row in range(size)]
    for a, b in pairs:
        joined = groups[a] | groups[b]
        for row in joined:
            groups[row] = joined
    return [min(group) for group in groups]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    size = draw(st.integers(1, 15))
    row = st.integers(0, size - 1)
    return size, draw(st.lists(st.tuples(row, row), max_size=20))


@given(graphs())
def test_groups_equal_a_union_of_sets(graph: tuple[int, list[tuple[int, int]]]) -> None:
    size, pairs = graph
    left, right = np.array([a for a, _ in pairs], np.int64), np.array([b for _, b in pairs], np.int64)
    assert components(size, left, right).tolist() == plain(size, pairs)
    assert components(size, right[::-1], left[::-1]).tolist() == plain(size, pairs)


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_a_long_chain_is_one_group_in_few_rounds(seed: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    size, rounds = 20_000, 0
    rows = np.arange(size) if seed is None else np.random.default_rng(seed).permutation(size)
    equal = np.array_equal

    def counted(*sides: object) -> bool:
        nonlocal rounds
        rounds += 1
        return equal(*sides)

    monkeypatch.setattr(np, "array_equal", counted)
    assert not components(size, rows[:-1], rows[1:]).any()
    assert rounds < 30


def test_no_pairs_leave_every_row_alone() -> None:
    nobody = np.zeros(0, np.int64)
    assert components(3, nobody, nobody).tolist() == [0, 1, 2]
    assert components(0, nobody, nobody).tolist() == []


@given(st.lists(st.integers(0, 3), max_size=20))
def test_positions_count_within_each_run(codes: list[int]) -> None:
    wanted = [1] * len(codes)
    for row in range(1, len(codes)):
        wanted[row] = wanted[row - 1] + 1 if codes[row] == codes[row - 1] else 1
    assert positions(np.array(codes, np.int64)).tolist() == wanted
