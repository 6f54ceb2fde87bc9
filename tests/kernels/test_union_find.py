"""Groups of joined rows equal a plain search from row to row."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.union_find import join_rows, pairs_within

SIZE = 14
EDGES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=20)


def searched(edges: list[tuple[int, int]]) -> list[int]:
    """The lowest row that each row reaches."""
    out = []
    for row in range(SIZE):
        reached, ahead = {row}, [row]
        while ahead:
            here = ahead.pop()
            found = {b if a == here else a for a, b in edges if here in (a, b)} - reached
            reached |= found
            ahead += found
        out.append(min(reached))
    return out


def joined(edges: list[tuple[int, int]]) -> list[int]:
    heads = np.arange(SIZE, dtype=np.int64)
    left, right = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    join_rows(heads, left, right)
    return heads.tolist()


@given(EDGES, st.randoms())
def test_joining_equals_a_search_in_whatever_order_the_pairs_come(edges: list[tuple[int, int]], luck: object) -> None:
    wanted = searched(edges)
    assert joined(edges) == wanted
    turned = [(b, a) for a, b in edges]
    luck.shuffle(turned)  # type: ignore[attr-defined]
    assert joined(turned) == wanted


def test_a_long_chain_has_one_head_whichever_end_comes_first() -> None:
    chain = [(row, row + 1) for row in range(SIZE - 1)]
    assert joined(chain) == joined(chain[::-1]) == [0] * SIZE


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_all_pairs_of_a_group_and_no_others_are_written(sizes: list[int]) -> None:
    starts = np.cumsum([0, *sizes])
    members = np.arange(100, 100 + starts[-1])
    groups = [members[start:stop].tolist() for start, stop in pairwise(starts)]
    wanted = [pair for group in groups for pair in combinations(group, 2)]
    left, right = np.empty(len(wanted), np.int64), np.empty(len(wanted), np.int64)
    assert pairs_within(members, starts.astype(np.int64), left, right) == len(wanted)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == wanted
