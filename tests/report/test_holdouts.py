"""Intervals of sums: beside the definition of a jackknife, and beside sums that are drawn anew."""

from __future__ import annotations

import statistics
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.report.holdouts import FOLDS, STUDENT, dealt, interval


@given(st.lists(st.integers(0, 10**6), min_size=FOLDS, max_size=FOLDS))
def test_it_is_what_leaving_out_each_fold_gives(parts: list[int]) -> None:
    total = sum(parts)
    left_out = [(total - part) * FOLDS / (FOLDS - 1) for part in parts]
    error = ((FOLDS - 1) ** 2 / FOLDS * statistics.variance(left_out)) ** 0.5
    low, high = interval([Decimal(part) for part in parts])
    assert float(high) == pytest.approx(total + float(STUDENT) * error, abs=1e-3)
    assert float(low) == pytest.approx(max(0.0, total - float(STUDENT) * error), abs=1e-3)


def test_a_sum_that_may_be_negative_has_no_least() -> None:
    parts = [Decimal(-10 if place % 2 else 10) for place in range(FOLDS)]
    assert interval(parts)[0] == 0
    assert interval(parts, None)[0] < -50


def test_intervals_hold_the_expected_sum_nineteen_times_of_twenty() -> None:
    draw, held = np.random.default_rng(5), 0
    for _ in range(400):
        size = draw.poisson(600)
        worth = np.where(draw.random(size) < 0.15, draw.random(size), 0)
        parts = np.bincount(draw.integers(0, FOLDS, size), worth, FOLDS)
        low, high = interval([Decimal(float(part)) for part in parts])
        held += low <= 600 * 0.15 * 0.5 <= high
    assert 0.92 <= held / 400 <= 0.98


def test_accounts_of_one_consumer_are_in_one_fold_whatever_else_is_there() -> None:
    names = [f"c-{number % 500}" for number in range(2000)]
    accounts = pa.table({"account_id": [str(number) for number in range(2000)], "consumer_id": names})
    folds = dealt(accounts)
    assert {len(set(folds[place::500].tolist())) for place in range(500)} == {1}
    assert set(folds.tolist()) == set(range(FOLDS))
    assert np.bincount(folds[:500]).min() > 10
    assert (dealt(accounts.slice(700, 50)) == folds[700:750]).all()


def test_where_no_consumer_is_known_each_account_is_its_own() -> None:
    ids = pa.chunked_array([["a", "b"], ["c"]])
    assert (dealt(pa.table({"account_id": ids})) == dealt(pa.table({"account_id": pa.array("xyz"), "consumer_id": ids}))).all()
    assert len(dealt(pa.table({"account_id": pa.array([], pa.string())}))) == 0
