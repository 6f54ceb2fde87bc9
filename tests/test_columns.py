from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace import columns
from skiptrace.columns import SEPARATOR, as_text, batches, combine, distinct, lift

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


def test_what_a_file_calls_text_is_decoded_where_it_is_none(tmp_path: Path) -> None:
    offsets, data = np.array([0, 2, 4, 4, 7], np.int32), b"ab\xff\xfe\xe2\x98\x83"
    broken = pa.StringArray.from_buffers(4, pa.py_buffer(offsets), pa.py_buffer(data))
    pq.write_table(pa.table({"x": broken}), tmp_path / "x.parquet")
    read = pq.read_table(tmp_path / "x.parquet").column("x")
    for column in (broken, read, read.cast(pa.large_string()), broken.cast(pa.binary())):
        assert as_text(column).to_pylist() == ["ab", "\ufffd\ufffd", "", "☃"]


def test_batches_hold_so_many_rows_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "BATCH_ROWS", 3)
    monkeypatch.setattr(columns, "BATCH_BYTES", 60)
    left = pa.chunked_array([["a", "b"], ["c", "d", "e" * 100, "f"]], pa.string())
    found = [[piece.to_pylist() for piece in batch if piece is not None] for batch in batches([left, None])]
    assert [piece for batch in found for piece in batch[0]] == left.to_pylist()
    assert max(len(batch[0]) for batch in found) == 3
    assert [batch[0] for batch in found if "e" * 100 in batch[0]] == [["e" * 100]]
    assert list(batches([None])) == []
    assert list(batches([left.slice(0, 0)])) == []


def test_a_function_of_numbers_and_days_is_called_once_for_each() -> None:
    calls: list[str] = []

    def parse(text: str) -> tuple[object, ...] | None:
        calls.append(text)
        return measure(text)

    day = dt.date(2020, 1, 2)
    for column in (pa.array([7, None, 7]), pa.chunked_array([[day], [None, day]]), pa.array([1.5, float("nan"), 1.5])):
        calls.clear()
        table = lift(column, parse, FIELDS)
        assert len(calls) == 1
        assert table["upper"].to_pylist() == [calls[0], None, calls[0]]


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


@given(st.lists(st.one_of(st.none(), st.text(max_size=3))))
def test_ranks_are_in_the_order_of_the_texts_whatever_else_is_there(texts: list[str | None]) -> None:
    known = sorted({text.encode() for text in texts if text is not None})
    wanted = [-1 if text is None else known.index(text.encode()) for text in texts]
    assert columns.ranked(pa.array(texts, pa.string())).tolist() == wanted


def test_rows_of_some_accounts() -> None:
    table = pa.table({"account_id": ["A", "B", "A", "C"], "record_id": ["B", "B", "C", "A"]})
    assert columns.of_accounts(table, pa.array(["A"]))["record_id"].to_pylist() == ["B", "C"]
    assert columns.of_accounts(table, pa.array(["B"]), "record_id")["account_id"].to_pylist() == ["A", "B"]


def test_rows_stand_by_account_whatever_their_origin() -> None:
    table = pa.table({"account_id": ["B", "B", "A", "C"], "n": [1, 2, 3, 4]})
    assert columns.by_accounts(table, pa.array(["A", "B", "C"]))["n"].to_pylist() == [3, 1, 2, 4]
    assert columns.by_accounts(table, pa.array(["B", "A", "C"])) is table
    assert columns.by_accounts(table.slice(0, 0), pa.array([], pa.string())).num_rows == 0
    other = pa.table({"record_id": ["C", "A"], "n": [1, 2]})
    assert columns.by_accounts(other, pa.array(["A", "B", "C"]), "record_id")["n"].to_pylist() == [2, 1]
