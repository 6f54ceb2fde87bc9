from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import ConfigError
from skiptrace.normalize.dates import (
    BIRTH_DATE_FIELDS,
    DATE_FIELDS,
    ParsedDate,
    normalize_birth_dates,
    normalize_dates,
    parse,
    parse_birth_date,
)

AS_OF = dt.date(2026, 6, 30)


def day(year: int, month: int, number: int) -> ParsedDate:
    value = dt.date(year, month, number)
    return ParsedDate(value, value, value, "day", None)


@pytest.mark.parametrize(
    "text",
    [
        "1980-01-05",
        "1980/1/5",
        "1980.01.05",
        "19800105",
        "01/05/1980",
        "1/5/1980",
        "1-5-1980",
        "01.05.1980",
        "01051980",
        "1/5/80",
        "010580",
        "Jan 5, 1980",
        "January 5 1980",
        "5 January 1980",
        "05-JAN-80",
        "05JAN1980",
        "Jan 5th, 1980",
        "1980-JAN-05",
        "1980 January 5",
        "Sat, 05 Jan 1980",
        "Saturday, January 5, 1980",
        "Sat Jan 05 1980",
        "1980-01-05T00:00:00Z",
        "1980-01-05 12:30:11.123",
        "1/5/1980 0:00",
        "1/5/1980 12:00:00 AM",
        " 1980-01-05 ",
        "19800105.0",
    ],
)
def test_forms_of_one_day(text: str) -> None:
    assert parse(text, AS_OF) == day(1980, 1, 5)


@pytest.mark.parametrize(
    ("text", "low", "high", "precision"),
    [
        ("1985", (1985, 1, 1), (1985, 12, 31), "year"),
        ("00/00/1985", (1985, 1, 1), (1985, 12, 31), "year"),
        ("19850000", (1985, 1, 1), (1985, 12, 31), "year"),
        ("1985-02", (1985, 2, 1), (1985, 2, 28), "month"),
        ("02/1984", (1984, 2, 1), (1984, 2, 29), "month"),
        ("198502", (1985, 2, 1), (1985, 2, 28), "month"),
        ("February 1985", (1985, 2, 1), (1985, 2, 28), "month"),
        ("1985-02-00", (1985, 2, 1), (1985, 2, 28), "month"),
        ("2026", (2026, 1, 1), (2026, 6, 30), "year"),
    ],
)
def test_a_year_or_month_is_a_range(text: str, low: tuple[int, int, int], high: tuple[int, int, int], precision: str) -> None:
    assert parse(text, AS_OF) == ParsedDate(None, dt.date(*low), dt.date(*high), precision, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0000-00-00", "placeholder"),
        ("1900-01-01", "placeholder"),
        ("9999-12-31", "placeholder"),
        ("99999999", "placeholder"),
        ("01/01/1900", "placeholder"),
        ("0001-01-01", "placeholder"),
        ("N/A", "placeholder"),
        ("unknown", "placeholder"),
        ("2026-07-01", "future"),
        ("8973-01-01", "future"),
        ("1850-05-05", "impossible_year"),
        ("0210-05-05", "impossible_year"),
        ("1985-02-30", "impossible_date"),
        ("13/13/1980", "impossible_date"),
        ("10/25/|962", "not_a_date"),
        ("06/10/19953", "not_a_date"),
        ("O1/05/1980", "not_a_date"),
        ("29221", "not_a_date"),
        ("²²²²", "not_a_date"),
        ("", None),
        ("  ", None),
    ],
)
def test_what_is_no_date_has_a_reason(text: str, reason: str | None) -> None:
    assert parse(text, AS_OF) == ParsedDate(None, None, None, None, reason)


def test_the_day_comes_first_only_where_nothing_else_is_possible() -> None:
    assert parse("25/12/1980", AS_OF) == day(1980, 12, 25)
    assert parse("12/11/1980", AS_OF) == day(1980, 12, 11)


@pytest.mark.parametrize(("text", "year"), [("6/30/26", 2026), ("7/1/26", 1926), ("1/1/00", 2000), ("1/1/99", 1999)])
def test_years_of_two_digits_are_the_latest_possible(text: str, year: int) -> None:
    assert parse(text, AS_OF).value == dt.date(year, *(int(part) for part in text.split("/")[:2]))


def test_birth_years_of_two_digits_make_an_adult_or_nothing() -> None:
    assert parse_birth_date("6/30/08", AS_OF).value == dt.date(2008, 6, 30)
    assert parse_birth_date("7/1/30", AS_OF).value == dt.date(1930, 7, 1)
    assert parse_birth_date("5/1/15", AS_OF).reason == "ambiguous_year"


def test_implausible_births_are_refused() -> None:
    for text in ("2026-07-01", "1896-06-29", "1890"):
        assert parse_birth_date(text, AS_OF) == ParsedDate(None, None, None, None, "implausible_birth_date")
    assert parse_birth_date("1896-06-30", AS_OF) == day(1896, 6, 30)


def test_minors_are_told_where_the_date_tells() -> None:
    table = normalize_birth_dates(pa.array(["2008-06-30", "2008-07-01", "2008", "2009", "1950", None, "x"]), AS_OF)
    assert table.schema == BIRTH_DATE_FIELDS
    assert table["minor"].to_pylist() == [False, True, None, True, False, None, None]


def test_every_column_type_gives_the_same_dates() -> None:
    value = dt.date(1980, 1, 5)
    columns = [
        pa.array([value, None]),
        pa.array([value, None], pa.date64()),
        pa.array([dt.datetime(1980, 1, 5, 7, 30), None], pa.timestamp("ns")),
        pa.array(["01/05/1980", None]),
        pa.array([19800105, None]),
        pa.array([19800105.0, None]),
        pa.array(["1980-01-05", None]).dictionary_encode(),
    ]
    for column in columns:
        table = normalize_dates(column, AS_OF)
        assert table.schema == DATE_FIELDS
        assert table["value"].to_pylist() == [value, None]
        assert table["reason"].to_pylist() == [None, None]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%d/%m/%Y", "05/01/1980", day(1980, 1, 5)),
        ("%-m/%-d/%y", "1/5/80", day(1980, 1, 5)),
        ("%m%d%Y", "01051980", day(1980, 1, 5)),
        ("%Y-%m", "1980-01", ParsedDate(None, dt.date(1980, 1, 1), dt.date(1980, 1, 31), "month", None)),
        ("%Y", "1980", ParsedDate(None, dt.date(1980, 1, 1), dt.date(1980, 12, 31), "year", None)),
        ("%m/%d/%Y", "1980-01-05", ParsedDate(None, None, None, None, "not_a_date")),
    ],
)
def test_a_given_form_is_the_only_one(form: str, text: str, expected: ParsedDate) -> None:
    assert list(normalize_dates(pa.array([text]), AS_OF, form).to_pylist()[0].values()) == list(expected)


def test_an_unknown_form_is_refused_before_any_value_is_read() -> None:
    with pytest.raises(ConfigError, match="date form") as caught:
        normalize_dates(pa.array(["1980-01-05"]), AS_OF, "%Q")
    assert "1980" not in str(caught.value)


def test_no_text_raises(strange: str) -> None:
    assert parse(strange, AS_OF).value is None
    assert parse_birth_date(strange, AS_OF, "%m/%d/%Y").value is None


@given(st.text("0123456789-/. JANFEB,T:", max_size=16))
def test_a_result_is_a_range_in_the_past_or_a_reason(text: str) -> None:
    parsed = parse(text, AS_OF)
    if parsed.low is None or parsed.high is None:
        assert parsed[:4] == (None, None, None, None)
        assert parsed.reason is not None or not text.strip()
    else:
        assert dt.date(1880, 1, 1) <= parsed.low <= parsed.high <= AS_OF
        assert (parsed.value is not None) == (parsed.precision == "day")


@given(st.dates(dt.date(1902, 1, 2), AS_OF))
def test_unambiguous_forms_read_back(value: dt.date) -> None:
    for form in ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d %B %Y", "%b %d, %Y"):
        assert parse(value.strftime(form), AS_OF).value == value
