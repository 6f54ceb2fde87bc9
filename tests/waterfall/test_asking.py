from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from skiptrace.schema.waterfall import ASKED
from skiptrace.waterfall.asking import asked_column
from skiptrace.waterfall.cells import states


def test_a_column_is_the_opposite_of_its_states() -> None:
    rng = np.random.default_rng(2)
    state = rng.integers(0, 4, (50, 3)).astype(np.int8)
    days = np.where(state > 0, rng.integers(20_000, 20_005, (50, 3)), 0).astype(np.int32)
    column = asked_column(state, days, ["b", "a", "c"])
    assert column.type == ASKED
    again = states(pa.chunked_array([column]), ["b", "a", "c"])
    assert np.array_equal(again[0], state)
    assert np.array_equal(again[1], days)


def test_the_oldest_comes_first_and_of_one_day_the_first_name() -> None:
    column = asked_column(np.array([[1, 2, 3]], np.int8), np.array([[2, 2, 1]], np.int32), ["b", "a", "c"])
    assert [(one["source"], one["asked_on"], one["hit"]) for one in column.to_pylist()[0]] == [
        ("c", dt.date(1970, 1, 2), None), ("a", dt.date(1970, 1, 3), True), ("b", dt.date(1970, 1, 3), False),
    ]  # fmt: skip


def test_nobody_and_no_source_are_an_empty_column() -> None:
    assert asked_column(np.zeros((2, 1), np.int8), np.zeros((2, 1), np.int32), ["a"]).to_pylist() == [[], []]
    assert asked_column(np.zeros((1, 0), np.int8), np.zeros((1, 0), np.int32), []).to_pylist() == [[]]
