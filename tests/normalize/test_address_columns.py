from __future__ import annotations

import random

import pyarrow as pa
import pytest

from skiptrace.columns import SEPARATOR
from skiptrace.normalize import address_columns, addresses
from skiptrace.normalize.address_columns import read_address_columns
from skiptrace.normalize.addresses import ADDRESS_FIELDS, normalize_addresses, read_by_value
from skiptrace.normalize.words import read_rows
from tests.bench.normalize_addresses import generated_lines

Rows = list[tuple[str | None, ...]]


def columns_of(rows: Rows) -> list[pa.ChunkedArray]:
    return [pa.chunked_array([pa.array(list(column), pa.string())]) for column in zip(*rows, strict=True)]


def compare(rows: Rows) -> None:
    columns = columns_of(rows)
    by_shapes, by_value = read_address_columns(columns, len(rows), ADDRESS_FIELDS), read_by_value(columns, len(rows))
    by_shapes.validate(full=True)
    assert by_shapes.schema == ADDRESS_FIELDS
    for given, ours, theirs in zip(rows, by_shapes.to_pylist(), by_value.to_pylist(), strict=True):
        assert ours == theirs, given


def generated(count: int, seed: int) -> Rows:
    draw = random.Random(seed)
    places = read_rows("demo_places")

    def odd(value: str, share: float, others: list[str | None]) -> str | None:
        return draw.choice(others) if draw.random() < share else value

    rows: Rows = []
    for line in generated_lines(count, seed, odd=0.1):
        place = draw.choice(places)
        rows.append(
            (
                odd(line, 0.05, [None, "", " ", f"5 Main St{SEPARATOR}"]),
                odd("", 0.1, ["Apt 4", "Rear", "C/O John Smith", "12 Oak St", "PO Box 7", "#3", "2nd Floor", " ", f"{place['city']}"]),
                odd(place["city"], 0.1, [None, " ", "Seattle, WA 98101", "Unknown", "Dallas, TX", "é"]),
                odd(place["state"], 0.1, [None, " ", "Washington", "wash.", "ON", "AE", "ZZ", "PR"]),
                odd(place["zip"], 0.2, [None, " ", f"{place['zip']}-1234", "981011234", "K1A 0B1", "981", "98101.0", "00501"]),
                odd("", 0.1, [None, " ", "US", "USA", "CA", "PR", "GB", "FR", "xx"]),
            )
        )
    return rows


def test_columns_are_read_as_their_values_are() -> None:
    compare(generated(2_000, seed=51))


def test_lines_that_hold_the_whole_address() -> None:
    lines = [line for line in generated_lines(1_500, seed=52) if "," in line][:500]
    compare([(line, None, None, None, None, None) for line in lines])


def test_a_city_that_the_street_ends_in() -> None:
    compare(
        [
            ("120 E 96th St New York", None, "New York", "NY", "10128", None),
            ("120 E 96th St New York", None, "Albany", "NY", "12203", None),
            ("1005 Gravenstein Hwy 95472", None, None, "CA", "95472", None),
        ]
    )


def test_rows_keep_their_places_over_slices_and_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_columns, "_SLICE_ROWS", 7)
    rows = generated(40, seed=53)
    columns = [pa.chunked_array([column.chunk(0)[:11], column.chunk(0)[11:11], column.chunk(0)[11:]]) for column in columns_of(rows)]
    assert read_address_columns(columns, 40, ADDRESS_FIELDS).to_pylist() == read_by_value(columns, 40).to_pylist()


def test_absent_columns_and_no_rows() -> None:
    line = pa.chunked_array([["5 Oak St", None, "é"]])
    columns = [line, None, None, None, None, None]
    assert read_address_columns(columns, 3, ADDRESS_FIELDS).to_pylist() == read_by_value(columns, 3).to_pylist()
    zips = [None, None, None, None, pa.chunked_array([[98101, None, 2134]]), None]
    assert read_address_columns(zips, 3, ADDRESS_FIELDS).to_pylist() == read_by_value(zips, 3).to_pylist()
    empty = read_address_columns([pa.chunked_array([], pa.string()), *[None] * 5], 0, ADDRESS_FIELDS)
    assert (empty.num_rows, empty.schema) == (0, ADDRESS_FIELDS)


def test_a_long_column_is_read_by_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = generated(60, seed=54)
    monkeypatch.setattr(addresses, "COLUMNS_FROM", 50)
    monkeypatch.setattr(addresses, "COLUMNS_FROM_UNCOMPILED", 50)
    by_value = read_by_value(columns_of(rows), 60)
    monkeypatch.setattr(addresses, "read_by_value", None)
    assert normalize_addresses(*columns_of(rows)).to_pylist() == by_value.to_pylist()


def test_no_text_raises(strange: str) -> None:
    compare([(strange[:1_000_000],) * 6, ("5 Oak St", strange[:1_000_000], None, None, None, None)])
