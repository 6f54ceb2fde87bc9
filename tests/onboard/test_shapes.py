"""Shapes of values: shares of a column that look like something."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from skiptrace.onboard.shapes import Shape, shape_of

AS_OF = dt.date(2026, 6, 30)


def shape(*values: str | None) -> Shape:
    return shape_of(pa.chunked_array([pa.array(values, pa.string())]), AS_OF)


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("phone", ["(537)570-7208", "02609712509", "1-518-194-5481", "244.810.1048x79171", "3865286"], ["12345", "555-12", "call me", ""]),
        ("written_phone", ["(537)570-7208", "244.810.1048x79171"], ["8143586746", "3865286"]),
        ("email", ["A.B@EXAMPLE.COM"], ["A.B@EXAMPLE", "x y@example.com"]),
        ("zip", ["99224", "99224-1234", "4101", "K1A 0B1"], ["992245", "ABCDE"]),
        ("ssn", ["123-45-6789", "123456789"], ["123-456-789", "12345678"]),
        ("ssn4", ["6789", "12", "XXX-XX-6789"], ["67890", "X"]),
        ("amount", ["1,234.50", "$12", "-3.1", "($4.20)"], ["1,2345", "x"]),
        ("street_line", ["12 MAIN ST", "PO BOX 7", "N64W123 OAK RD"], ["MAIN ST", "12"]),
        ("unit", ["APT. 12", "#4", "Suite 5B"], ["12", "OAK"]),
        ("state", ["WA", "wa", "Oregon"], ["ZZ", "1"]),
        ("date", ["03/04/1980", "19800304", "1980-03-04", "1980"], ["13/45/1980", "soon"]),
        ("suffix", ["JR", "III", "Sr."], ["X", "JUNIOR HIGH"]),
    ],
)  # fmt: skip
def test_what_has_a_shape_and_what_has_not(name: str, yes: list[str], no: list[str]) -> None:
    for text in yes:
        assert shape(text).share(name) == 1, text
    for text in filter(None, no):
        assert shape(text).share(name) == 0, text


def test_shares_are_of_filled_rows() -> None:
    found = shape("WA", "WA", "12", None, " ", "")
    assert (found.filled, found.share("state")) == (0.5, pytest.approx(2 / 3))
    assert found.distinct == pytest.approx(2 / 3)


def test_years_are_told_and_a_typed_date_is_nothing_else() -> None:
    found = shape_of(pa.chunked_array([pa.array([dt.date(1980, 1, 2), dt.date(1975, 3, 4)])]), AS_OF)
    assert (found.years, found.share("date"), found.share("amount")) == ((1975, 1980), 1.0, 0.0)


def test_nothing_and_lists() -> None:
    assert shape().filled == 0
    assert shape(None, "").shares == {}
    assert shape_of(pa.chunked_array([pa.array([["509-555-0123"], []], pa.list_(pa.string()))]), AS_OF).share("phone") == 1
    assert shape_of(pa.chunked_array([pa.array([{"a": 1}])]), AS_OF).filled == 0
