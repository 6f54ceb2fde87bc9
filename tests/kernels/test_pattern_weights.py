"""Weights of patterns are the model's own, counting is a Counter, and what is worth keeping is a plain choice per account."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.pattern_weights import count_patterns, pool_patterns, weigh_patterns, worth_keeping
from skiptrace.linkage.model import weigh
from skiptrace.linkage.patterns import pack, unpack
from tests.linkage.people_tables import plain_model

MODEL = plain_model()
SIZES = [table.shape[1] for table in MODEL.levels]


@given(st.lists(st.tuples(*(st.integers(-1, size - 1) for size in SIZES)), max_size=12))
def test_a_patterns_weight_is_that_of_its_levels(rows: list[tuple[int, ...]]) -> None:
    levels = np.array(rows, np.int8).reshape(-1, len(SIZES))
    out = np.empty(len(rows))
    weigh_patterns(pack(levels), MODEL.joint, out)
    assert out == pytest.approx(weigh(MODEL, levels).weight, abs=1e-9)


@given(st.lists(st.integers(0, 12), max_size=60))
def test_counting_equals_a_counter(patterns: list[int]) -> None:
    slots, counts = np.full(64, -1, np.int64), np.zeros(64, np.int64)
    used, done = count_patterns(np.array(patterns, np.int64), slots, counts, 0)
    assert (used, done) == (len(set(patterns)), len(patterns))
    assert dict(zip(slots[slots >= 0].tolist(), counts[slots >= 0].tolist(), strict=True)) == Counter(patterns)
    assert not counts[slots < 0].any()


def test_counting_stops_where_the_table_is_half_full_and_goes_on_in_a_larger_one() -> None:
    slots, counts = np.full(8, -1, np.int64), np.zeros(8, np.int64)
    patterns = np.array([3, 1 << 36, 3, 5, 7, 9, 11, 3], np.int64)
    used, done = count_patterns(patterns, slots, counts, 0)
    assert (used, done) == (5, 6)
    assert count_patterns(patterns[done:], slots, counts, used) == (5, 0), "a full table takes nothing"
    some = slots >= 0
    assert dict(zip(slots[some].tolist(), counts[some].tolist(), strict=True)) == {3: 2, 5: 1, 7: 1, 9: 1, 1 << 36: 1}


def plainly_worth(left: list[int], right: list[int], weights: list[float], floor: float) -> list[bool]:
    best = {row: sorted((place for place, one in enumerate(left) if one == row), key=lambda p: (-weights[p], right[p]))[:2] for row in left}
    return [weight >= floor or place in best[row] for place, (row, weight) in enumerate(zip(left, weights, strict=True))]


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([-20.0, -10.0, -9.5, 0.0, 3.0])), max_size=30), st.randoms())
def test_pairs_above_the_floor_and_each_accounts_best_two_are_worth_keeping(drawn: list[tuple[int, float]], luck: Random) -> None:
    drawn = sorted(drawn, key=lambda one: one[0])
    left, weights = [row for row, _ in drawn], [weight for _, weight in drawn]
    right = luck.sample(range(100), len(left))
    keep = np.empty(len(drawn), np.bool_)
    worth_keeping(np.array(left, np.int64), np.array(right, np.int64), np.array(weights, np.float64), -10.0, keep)
    assert keep.tolist() == plainly_worth(left, right, weights, -10.0)


def test_of_equal_weights_the_lower_row_is_kept() -> None:
    keep = np.empty(4, np.bool_)
    worth_keeping(np.zeros(4, np.int64), np.array([7, 1, 5, 9]), np.array([-20.0, -15.0, -20.0, -20.0]), -10.0, keep)
    assert keep.tolist() == [False, True, True, False]


@given(st.lists(st.lists(st.tuples(*(st.integers(-1, size - 1) for size in SIZES)), min_size=1, max_size=4), max_size=5))
def test_a_group_has_the_closest_level_of_each_comparison(groups: list[list[tuple[int, ...]]]) -> None:
    levels = np.array([row for group in groups for row in group], np.int8).reshape(-1, len(SIZES))
    starts, out = np.cumsum([0, *(len(group) for group in groups)]).astype(np.int64), np.empty(len(groups), np.int64)
    pool_patterns(pack(levels), starts, len(SIZES), out)
    assert unpack(out, len(SIZES)).tolist() == [np.max(group, axis=0).tolist() for group in groups]
