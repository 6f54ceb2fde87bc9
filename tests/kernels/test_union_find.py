"""Groups of joined rows equal a plain search from row to row."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.union_find import count_joins, group_rows, join_rows, part, settle, strongest_joins

SIZE = 14
EDGES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=20)
WEIGHTS = st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=20, max_size=20)


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


def sides(edges: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    left, right = (np.array([edge[side] for edge in edges], np.int32) for side in (0, 1))
    return left, right


def joined(edges: list[tuple[int, int]], weights: list[float] | None = None, bar: float = 0.0) -> np.ndarray:
    heads = np.arange(SIZE, dtype=np.int32)
    weight = np.array(weights[: len(edges)] if weights else np.ones(len(edges)))
    join_rows(heads, *sides(edges), weight, np.zeros(SIZE, np.uint8), 0, bar)
    settle(heads)
    return heads


@given(EDGES, st.randoms())
def test_joining_equals_a_search_in_whatever_order_the_pairs_come(edges: list[tuple[int, int]], luck: object) -> None:
    wanted = searched(edges)
    assert joined(edges).tolist() == wanted
    turned = [(b, a) for a, b in edges]
    luck.shuffle(turned)  # type: ignore[attr-defined]
    assert joined(turned).tolist() == wanted


def test_a_long_chain_has_one_head_whichever_end_comes_first() -> None:
    chain = [(row, row + 1) for row in range(SIZE - 1)]
    assert joined(chain).tolist() == joined(chain[::-1]).tolist() == [0] * SIZE


@given(EDGES, WEIGHTS, st.sets(st.integers(0, SIZE - 1)))
def test_groups_that_are_parted_are_joined_by_what_weighs_more_and_the_others_stay(
    edges: list[tuple[int, int]], weights: list[float], doubtful: set[int]
) -> None:  # fmt: skip
    heads, steps, bad = joined(edges), np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.bool_)
    bad[heads[list(doubtful)]] = True
    before, parted = heads.tolist(), bad[heads].tolist()
    part(heads, bad, steps, 1)
    assert [step == 1 for step in steps] == parted
    weight = np.array(weights[: len(edges)])
    join_rows(heads, *sides(edges), weight, steps, 1, 2.0)
    settle(heads)
    surer = searched([edge for edge, bits in zip(edges, weights, strict=False) if bits >= 2.0])
    assert heads.tolist() == [new if moved else old for new, old, moved in zip(surer, before, parted, strict=True)]
    counts, wanted = np.zeros(SIZE, np.int64), [0] * SIZE
    count_joins(heads, sides(edges)[0], weight, steps, 1, 2.0, counts)
    strongest, most = np.full(SIZE, -np.inf), [-np.inf] * SIZE
    strongest_joins(*sides(edges), weight, steps, np.array([0.0, 2.0]), strongest)
    for edge, bits in zip(edges, weights, strict=False):
        if not parted[edge[0]] or bits >= 2.0:
            wanted[heads[edge[0]]] += parted[edge[0]]
            for row in edge:
                most[row] = max(most[row], bits)
    assert counts.tolist() == wanted
    assert strongest.tolist() == most


@given(EDGES)
def test_the_rows_of_a_group_stand_together(edges: list[tuple[int, int]]) -> None:
    heads, offsets, members = joined(edges), np.empty(SIZE + 1, np.int32), np.empty(SIZE, np.int32)
    group_rows(heads, offsets, members)
    for group in range(SIZE):
        assert members[offsets[group] : offsets[group + 1]].tolist() == np.flatnonzero(heads == group).tolist()
    assert (offsets[0], offsets[SIZE]) == (0, SIZE)
