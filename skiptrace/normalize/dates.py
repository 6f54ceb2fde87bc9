"""Dates as people and systems write them, to a day, a month or a year, or None with a reason.

A bare year or month is a range and never its first day. A year of two digits is read so that the date is plausible at
`as_of`. Values that only fill the field are refused. No letter is repaired into a digit.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa

from skiptrace.columns import lift
from skiptrace.errors import ConfigError, Problem
from skiptrace.normalize.words import read_lists, word_set

_DAY, _TEXT = pa.date32(), pa.string()
DATE_FIELDS = pa.schema([("value", _DAY), ("low", _DAY), ("high", _DAY), ("precision", _TEXT), ("reason", _TEXT)])
"""Columns of `normalize_dates`: see `ParsedDate`."""
BIRTH_DATE_FIELDS = DATE_FIELDS.append(pa.field("minor", pa.bool_()))
"""Columns of `normalize_birth_dates`; minor: under 18 at as_of, null where the date leaves it open or there is none."""

FIRST_YEAR = 1880
"""Earlier years are impossible for anybody who owes money."""
OLDEST = 130
"""Years of life beyond which a birth date is not believed."""
ADULT = 18
LONGEST = 64


class ParsedDate(NamedTuple):
    """A day (value = low = high), or a range low to high (both included) with value None, or nothing and a reason.

    precision: "day", "month", "year" or None. reason: "placeholder", "not_a_date", "impossible_date",
    "impossible_year", "future", "implausible_birth_date", "ambiguous_year"; None where there is a date or no text.
    """

    value: date | None
    low: date | None
    high: date | None
    precision: str | None
    reason: str | None


class _Fields(NamedTuple):
    """What a text says before it is judged; None where it does not say. `short`: the year had two digits."""

    year: int
    month: int | None
    day: int | None
    short: bool = False


_NOTHING = ParsedDate(None, None, None, None, None)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "JAN JANUARY", "FEB FEBRUARY", "MAR MARCH", "APR APRIL", "MAY", "JUN JUNE", "JUL JULY", "AUG AUGUST",
            "SEP SEPT SEPTEMBER", "OCT OCTOBER", "NOV NOVEMBER", "DEC DECEMBER",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = re.compile(r"[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AP]M)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})$")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})$")
_MONTH_AND_YEAR = re.compile(r"(?:(\d{1,2})[-/.](\d{4})|(\d{4})[-/.](\d{1,2}))$")
_DAY_NAMED_MONTH = re.compile(r"(\d{1,2})(?:ST|ND|RD|TH)?[- /.,]*([A-Z]{3,9})[- /.,]*(\d{4}|\d{2})$")
_NAMED_MONTH_DAY = re.compile(r"([A-Z]{3,9})[- /.,]*(\d{1,2})(?:ST|ND|RD|TH)?(?:[- /.]*,[- /.]*|[- /.]+)(\d{4}|\d{2})$")
_YEAR_NAMED_MONTH = re.compile(r"(\d{4})[- /.,]*([A-Z]{3,9})[- /.,]*(\d{1,2})$")
_WEEKDAY = re.compile(r"(?:MON|TUES?|WED(?:NES)?|THU(?:RS?)?|FRI|SAT(?:UR)?|SUN)(?:DAY)?(?:[., ]+|(?=\d))")
_NINES = re.compile(r"9{6,8}")
_NAMED_MONTH = re.compile(r"([A-Z]{3,9})[- /.,']*(\d{4})$")


@lru_cache(maxsize=1)
def _placeholders() -> frozenset[date]:
    return frozenset(read_lists("dates")["dates"])


@lru_cache(maxsize=1)
def _stand_ins() -> frozenset[str]:
    return word_set("dates", "words")


def _month_first(a: int, b: int) -> tuple[int, int]:
    """(month, day) of two numbers as written in the United States; day first only where nothing else is possible."""
    return (b, a) if a > 12 and b <= 12 else (a, b)


def _read_digits(text: str) -> _Fields | None:
    """Four, six or eight digits without separators."""
    head, tail = int(text[:4]), int(text[-4:])
    if len(text) == 4:
        return _Fields(head, None, None)
    if len(text) == 6:
        if FIRST_YEAR <= head <= 2100 and 1 <= int(text[4:]) <= 12:
            return _Fields(head, int(text[4:]), None)
        month, day = _month_first(int(text[:2]), int(text[2:4]))
        return _Fields(int(text[4:]), month, day, True)
    if len(text) == 8:
        month, day = int(text[4:6]), int(text[6:])
        if (month <= 12 and day <= 31 and (head >= FIRST_YEAR or head == 0)) or tail < FIRST_YEAR:
            return _Fields(head, month, day)
        month, day = _month_first(int(text[:2]), int(text[2:4]))
        return _Fields(tail, month, day)
    return None


def _read(text: str) -> _Fields | None:
    """What an upper-case text without surrounding space says, in one of the known forms."""
    if ":" in text:
        text = _CLOCK.sub("", text)
    if text.endswith(".0") and text[:-2].isdigit():
        text = text[:-2]
    if text.isdigit():
        return _read_digits(text) if len(text) <= 8 else None
    if found := _YEAR_FIRST.match(text):
        month, day = int(found[3]), int(found[4])
        month, day = (day, month) if month > 12 and day <= 12 else (month, day)
        return _Fields(int(found[1]), month, day)
    if found := _YEAR_LAST.match(text):
        month, day = _month_first(int(found[1]), int(found[3]))
        return _Fields(int(found[4]), month, day, len(found[4]) == 2)
    if found := _MONTH_AND_YEAR.match(text):
        return _Fields(int(found[2] or found[3]), int(found[1] or found[4]), None)
    if weekday := _WEEKDAY.match(text):
        text = text[weekday.end() :]
    if found := _DAY_NAMED_MONTH.match(text):
        month_name, day_text, year = found[2], found[1], found[3]
    elif found := _NAMED_MONTH_DAY.match(text):
        month_name, day_text, year = found[1], found[2], found[3]
    elif found := _YEAR_NAMED_MONTH.match(text):
        month_name, day_text, year = found[2], found[3], found[1]
    elif found := _NAMED_MONTH.match(text):
        month_name, day_text, year = found[1], "0", found[2]
    else:
        return None
    named = _MONTHS.get(month_name)
    return None if named is None else _Fields(int(year), named, int(day_text), len(year) == 2)


def _read_form(text: str, form: str) -> _Fields | None:
    """What a text says under a strptime form. A form without day or month gives none."""
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None
    directives = set(re.findall(r"%([A-Za-z])", form))
    whole = bool(directives & {"j", "x", "c"})
    month = moment.month if whole or directives & {"m", "b", "B"} else None
    day = moment.day if whole or "d" in directives else None
    short = "y" in directives and "Y" not in directives
    return _Fields(moment.year % 100 if short else moment.year, month, day, short)


@lru_cache(maxsize=256)
def _years_before(as_of: date, years: int) -> date:
    """The day so many years earlier; 29 February becomes the 28th."""
    year = max(as_of.year - years, 1)
    return as_of.replace(year=year, day=min(as_of.day, monthrange(year, as_of.month)[1]))


def _judge(fields: _Fields, as_of: date, latest: date) -> ParsedDate:
    """A range of days out of what a text says. `latest`: the last plausible day, for years of two digits."""
    year, month, day, short = fields
    month, day = month or None, day or None
    if year == 0 and not short:
        return _NOTHING._replace(reason="placeholder" if month is None and day is None else "impossible_year")
    if month is None and day is not None:
        return _NOTHING._replace(reason="impossible_date")
    if month is not None and month > 12:
        return _NOTHING._replace(reason="impossible_date")
    if short:
        year += 100 * (latest.year // 100)
        if (year, month or 1, day or 1) > (latest.year, latest.month, latest.day):
            year -= 100
    if not 1 <= year <= 9999 or (day is not None and day > 28 and day > monthrange(year, month or 1)[1]):
        return _NOTHING._replace(reason="impossible_date")
    low = date(year, month or 1, day or 1)
    high = low if day is not None else date(year, month or 12, monthrange(year, month or 12)[1])
    if day is not None and low in _placeholders():
        return _NOTHING._replace(reason="placeholder")
    if year < FIRST_YEAR:
        return _NOTHING._replace(reason="impossible_year")
    if low > as_of:
        return _NOTHING._replace(reason="placeholder" if year == 9999 else "future")
    if day is not None:
        return ParsedDate(low, low, low, "day", None)
    return ParsedDate(None, low, min(high, as_of), "year" if month is None else "month", None)


def _parse(text: str, as_of: date, latest: date, form: str | None) -> ParsedDate:
    if len(text) > LONGEST:
        return _NOTHING if not text.strip() else _NOTHING._replace(reason="not_a_date")
    text = " ".join(text.upper().split())
    if not text:
        return _NOTHING
    if text in _stand_ins() or (not text.strip("0-/. :T") and "0" in text) or _NINES.fullmatch(text):
        return _NOTHING._replace(reason="placeholder")
    if not text.isascii():
        return _NOTHING._replace(reason="not_a_date")
    fields = _read(text) if form is None else _read_form(text, form)
    return _NOTHING._replace(reason="not_a_date") if fields is None else _judge(fields, as_of, latest)


def parse(text: str, as_of: date) -> ParsedDate:
    """Read one date in any common United States or ISO form. Never raises.

    Years of two digits are the latest that is not in the future of `as_of`; month and day are in that order unless
    only the other is possible. Ranges end at `as_of` at the latest.
    """
    return _parse(text, as_of, as_of, None)


def parse_birth_date(text: str, as_of: date, form: str | None = None) -> ParsedDate:
    """Read one birth date. Never raises.

    As `parse`, or by a strptime `form`; refuses a birth after `as_of` or more than `OLDEST` years before it. A year of
    two digits is read so that the person is an adult below 100; where no century does that, it is refused.
    """
    parsed = _parse(text, as_of, _years_before(as_of, ADULT), form)
    if parsed.reason == "future" or (parsed.high is not None and parsed.high < _years_before(as_of, OLDEST)):
        return _NOTHING._replace(reason="implausible_birth_date")
    if parsed.low is not None and parsed.low <= _years_before(as_of, 100):
        short = _parse(text, as_of, as_of, form)
        if short.low != parsed.low:
            return _NOTHING._replace(reason="ambiguous_year")
    return parsed


def _is_minor(parsed: ParsedDate, as_of: date) -> bool | None:
    limit = _years_before(as_of, ADULT)
    if parsed.low is None or parsed.high is None:
        return None
    if parsed.low > limit:
        return True
    return False if parsed.high <= limit else None


def _checked(form: str) -> str:
    """A strptime form as Python writes it (without the `-` of `%-m`); ConfigError where Python does not know it."""
    form = form.replace("%-", "%")
    try:
        datetime.strptime(date(2001, 2, 3).strftime(form), form)  # noqa: DTZ007  a day has no zone
    except ValueError as error:
        problem = Problem("formats", form, str(error), "write it as Python's strptime does")
        raise ConfigError("a date form cannot be read", (problem,)) from error
    return form


def _lift(
    values: pa.Array | pa.ChunkedArray,
    form: str | None,
    fields: pa.Schema,
    read: Callable[[str, str | None], tuple[object, ...]],
) -> pa.Table:
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    textual = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    used = _checked(form) if form is not None and textual else None
    return lift(values, lambda text: read(text, used), fields)


def normalize_dates(values: pa.Array | pa.ChunkedArray, as_of: date, form: str | None = None) -> pa.Table:
    """Dates of a date, timestamp, number or text column to DATE_FIELDS, same rows in the same order.

    `form`: a strptime form for text; then only that form is read. Raises ConfigError for a form that strptime does
    not know.
    """
    return _lift(values, form, DATE_FIELDS, lambda text, used: _parse(text, as_of, as_of, used))


def normalize_birth_dates(values: pa.Array | pa.ChunkedArray, as_of: date, form: str | None = None) -> pa.Table:
    """Birth dates to BIRTH_DATE_FIELDS, same rows in the same order; see `parse_birth_date` and `normalize_dates`."""

    def read(text: str, used: str | None) -> tuple[object, ...]:
        parsed = parse_birth_date(text, as_of, used)
        return (*parsed, _is_minor(parsed, as_of))

    return _lift(values, form, BIRTH_DATE_FIELDS, read)
