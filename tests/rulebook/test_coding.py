"""Codes of columns: equal where and only where values are equal."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.rulebook.coding import code, code_table, distinct_rows, first_rows


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["a", None, "a", "b", ""]),
        pa.array([1, None, 1, -5, 0], pa.int32()),
        pa.array([0.5, None, 0.5, 0.25, 0.0]),
        pa.array([True, None, True, False, False]),
        pa.array([["a"], None, ["a"], ["a", "b"], []], pa.list_(pa.string())),
    ],
)
def test_codes_are_equal_where_values_are(values: pa.Array) -> None:
    coded, plain = code(pa.chunked_array([values])), values.to_pylist()
    for one in range(5):
        for other in range(5):
            assert (coded.codes[one] == coded.codes[other]) == (plain[one] == plain[other])
    assert coded.size == len(coded.words) == len({str(value) for value in plain})


def test_each_code_has_a_row_that_shows_it() -> None:
    assert first_rows(np.array([1, 0, 1, 2]), 3).tolist() == [1, 0, 3]


def test_distinct_rows_stand_once() -> None:
    codes, rows = distinct_rows(np.array([[1, 0], [0, 0], [1, 0]], np.int8))
    assert (codes.tolist(), rows.tolist()) == ([0, 1, 0], [[1, 0], [0, 0]])
    assert code_table(pa.table({"x": ["a"]}))["x"].codes.tolist() == [0]
