from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.columns import SEPARATOR, as_text, combine, distinct, lift

FIELDS = pa.schema([("upper", pa.string()), ("length", pa.int64())])


def measure(text: str) -> tuple[object, ...] | None:
    return None if text == "skip" else (text.upper(), len(text))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array(["007", None, ""]), ["007", None, ""]),
        (pa.array([7, None], pa.int32()), ["7", None]),
        (pa.array([98101.0, None, float("nan"), 1.5, float("inf")]), ["98101", None, None, "1.5", None]),
        (pa.array([dt.date(2020, 1, 2), None]), ["2020-01-02", None]),
        (pa.array([dt.date(2020, 1, 2)], pa.date64()), ["2020-01-02"]),
        (
            pa.array([dt.datetime(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5)], pa.timestamp("us")),
            ["2020-01-02", "2020-01-02 03:04:05.000000"],
        ),
        (pa.array([dt.datetime(2020, 1, 2)], pa.timestamp("s", "UTC")), ["2020-01-02"]),
        (pa.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
        (pa.array([Decimal("12.00"), Decimal("12.50")]), ["12", "12.50"]),
        (pa.array([b"ok", b"\xff", None]), ["ok", "\ufffd", None]),
        (pa.array([True, None]), ["true", None]),
        (pa.nulls(2), [None, None]),
        (pa.array([["a", "b"], None]), ["['a', 'b']", None]),
        (pa.chunked_array([["1"], ["02"]], pa.large_string()), ["1", "02"]),
        (pa.array([], pa.string()), []),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_any_type_becomes_the_text_it_showed(column: pa.Array, expected: list[str | None]) -> None:
    assert as_text(column).to_pylist() == expected
    assert as_text(column).type == pa.string()


def test_a_function_is_called_once_for_each_distinct_text() -> None:
    calls: list[str] = []

    def parse(text: str) -> tuple[object, ...] | None:
        calls.append(text)
        return measure(text)

    table = lift(pa.chunked_array([["b", "a", None], ["a", "skip", "b"]]), parse, FIELDS)
    assert calls == ["b", "a", "skip"]
    assert table.schema == FIELDS
    assert table.to_pydict() == {"upper": ["B", "A", None, "A", None, "B"], "length": [1, 1, None, 1, None, 1]}


@given(st.lists(st.one_of(st.none(), st.sampled_from(["x", "yy", "skip", ""])), max_size=20), st.integers(1, 4))
def test_lifting_equals_a_loop_over_rows_whatever_the_chunks(values: list[str | None], size: int) -> None:
    chunks = [values[at : at + size] for at in range(0, len(values), size)]
    table = lift(pa.chunked_array(chunks, pa.string()), measure, FIELDS)
    rows = [(None, None) if value is None else measure(value) or (None, None) for value in values]
    assert list(zip(table["upper"].to_pylist(), table["length"].to_pylist(), strict=True)) == rows


def test_lists_are_lifted_too() -> None:
    fields = pa.schema([("letters", pa.list_(pa.string()))])
    table = lift(pa.array(["ab", None, ""]), lambda text: (tuple(text),), fields)
    assert table["letters"].to_pylist() == [["a", "b"], None, []]


def test_distinct_texts_come_in_order_of_appearance_across_chunks() -> None:
    texts, places = distinct(pa.chunked_array([["b"], ["a", "b"], [None]], pa.string()))
    assert texts == ["b", "a"]
    assert places.to_pylist() == [0, 1, 0, None]
    assert distinct(pa.chunked_array([], pa.string()))[0] == []


def test_combined_parts_can_be_split_again() -> None:
    left = pa.chunked_array([["a", None, None], ["x" + SEPARATOR]], pa.string())
    joined = combine([left, pa.array(["1", "2", None, "3"]), None], 4)
    assert joined.to_pylist() == [
        f"a{SEPARATOR}1{SEPARATOR}",
        f"{SEPARATOR}2{SEPARATOR}",
        None,
        f"x {SEPARATOR}3{SEPARATOR}",
    ]
    assert combine([None], 2).to_pylist() == [None, None]
    assert combine([], 1).to_pylist() == [None]
    assert combine([pa.array(["a", None]), pa.array(["b", "c"])], 2, " ").to_pylist() == ["a b", " c"]
