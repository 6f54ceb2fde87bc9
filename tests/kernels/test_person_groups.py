"""Sorting, choosing and ranking within accounts equal plain sorting of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.person_groups import order_within, ranks, strongest_rivals, weigh_persons

BITS = st.sampled_from([-3.0, 0.0, 1.5, 4.0])
PAIR = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 30), BITS, BITS)
"""An account, a person, a row, and two numbers."""
PAIRS = st.lists(PAIR, max_size=20, unique_by=lambda pair: (pair[0], pair[2])).map(lambda pairs: sorted(pairs, key=lambda pair: pair[0]))


def column(pairs: list[tuple[float, ...]], place: int, kind: type[np.generic] = np.int64) -> np.ndarray:
    return np.array([pair[place] for pair in pairs], kind)


@given(PAIRS)
def test_pairs_of_an_account_come_in_the_order_of_person_and_row(pairs: list[tuple[float, ...]]) -> None:
    order = np.arange(len(pairs))
    order_within(column(pairs, 0), column(pairs, 1, np.int32), column(pairs, 2), order)
    assert [pairs[place][:3] for place in order] == sorted(pair[:3] for pair in pairs)


@given(PAIRS)
def test_ranks_fall_by_probability_then_weight_then_rise_by_row(pairs: list[tuple[float, ...]]) -> None:
    order = np.arange(len(pairs))
    longest = ranks(column(pairs, 0), column(pairs, 3, np.float64), column(pairs, 4, np.float64), column(pairs, 2), order)
    assert order.tolist() == sorted(range(len(pairs)), key=lambda at: (pairs[at][0], -pairs[at][3], -pairs[at][4], pairs[at][2]))
    assert longest == max((sum(other[0] == pair[0] for other in pairs) for pair in pairs), default=0)


@given(PAIRS, st.lists(BITS, min_size=20, max_size=20), st.sampled_from([0.0, 0.5, 1.0]))
def test_a_person_weighs_by_its_records_together_and_its_best_one(pairs: list[tuple[float, ...]], drawn: list[float], share: float) -> None:
    pairs = sorted(pairs, key=lambda pair: pair[:3])
    keys = sorted({pair[:2] for pair in pairs})
    members = [[pair for pair in pairs if pair[:2] == key] for key in keys]
    starts, together = np.cumsum([0, *map(len, members)]), np.array(drawn[: len(keys)])
    best, total, leader = np.empty(len(keys), np.int64), np.empty(len(keys)), np.empty(len(keys), np.int64)
    weigh_persons(starts, column(pairs, 0), column(pairs, 2), column(pairs, 3, np.float64), together, share, best, total, leader)
    tops = [min(group, key=lambda pair: (-pair[3], pair[2])) for group in members]
    assert best.tolist() == [top[2] for top in tops]
    weights = [share * one + (1 - share) * top[3] for one, top in zip(drawn, tops, strict=False)]
    assert total == pytest.approx(weights)
    for number, (account, _) in enumerate(keys):
        rivals = [other for other, key in enumerate(keys) if key[0] == account]
        assert leader[number] == min(rivals, key=lambda other: (-total[other], best[other]))


def test_a_leader_stands_against_its_rivals_and_the_best_rival_against_everybody_else() -> None:
    leader, rival = np.array([1, 1, 1, 1, 4, 6, 6]), np.array([True, False, True, False, False, True, False])
    odds, against = np.array([2.0, 9.0, 5.0, 1.0, 7.0, 3.0, 8.0]), np.empty(7)
    strongest_rivals(leader, rival, odds, against)
    assert against.tolist() == [9.0, 5.0, 9.0, 5.0, 0.0, 8.0, 3.0]
