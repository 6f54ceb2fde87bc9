"""What the values of a column look like: shares of its values that have the shape of a phone, a ZIP, a date and so on.

Shapes and not proofs: an invented phone has the shape of one. Everything is counted on the distinct values of a sample, once each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.normalize import nicknames
from skiptrace.normalize.dates import parse
from skiptrace.normalize.places import read_state
from skiptrace.normalize.words import read_rows

MOST = 2_000
"""Distinct values of a column that are looked at."""
_EXTENSION = re.compile(r"\s*(?:ext\.?|x|#)\s*\d{1,6}$", re.IGNORECASE)
_SHAPES = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    "zip": re.compile(r"\d{5}(?:[- ]?\d{4})?|\d{3,4}|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d"),
    "five": re.compile(r"\d{5}(?:-\d{4})?"),
    "ssn": re.compile(r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}|\d{9}"),
    "dashed_ssn": re.compile(r"\d{3}-\d{2}-\d{4}"),
    "ssn4": re.compile(r"\d{1,4}|[Xx*]{3}-?[Xx*]{2}-?\d{4}"),
    "amount": re.compile(r"-?\$? ?-?\d{1,3}(?:,?\d{3})*(?:\.\d{1,4})?|\(\$?[\d,.]+\)"),
    "name": re.compile(r"[^\W\d_](?:[^\W\d_]|[ '.,’-])*"),
    "two_words": re.compile(r"[^\W\d_][^\d]*[ ,][^\d]*[^\W\d_.]\.?"),
    "initial": re.compile(r"[^\W\d_]\.?"),
    "house": re.compile(r"\d{1,6}(?:[A-Za-z]|[- ]?1/2|-\d{1,5})?"),
    "street_line": re.compile(r"(?:\d+[A-Za-z]?(?:-\d+)?|[Pp]\.?\s?[Oo]\.?\s?[Bb][Oo][Xx]|[NSEW]?\d+[NSEW]\d+)\s+\S.*"),
    "unit": re.compile(r"(?:apt|apartment|suite|ste|unit|lot|trlr|rm|room|fl|floor|bldg|#|no)\.? ?#? ?[\w-]+", re.IGNORECASE),
    "short": re.compile(r"#?[\w/-]{1,6}"),
    "flag": re.compile(r"[YyNnTtFf01]|yes|no|true|false", re.IGNORECASE),
    "sex": re.compile(r"[MFUX]|male|female|unknown", re.IGNORECASE),
    "suffix": re.compile(r"(?:jr|sr|ii|iii|iv|v|md|dds|dvm|phd|esq)\.?", re.IGNORECASE),
    "words": re.compile(r"[^\W\d_].*"),
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """`filled`: share of rows with a value; `distinct`: distinct values per value; `shares`: per shape the share of values that have
    it. `years`: the years that dates of the column name, ascending."""

    filled: float
    distinct: float
    shares: dict[str, float]
    years: tuple[int, ...]

    def share(self, name: str) -> float:
        """The share of a shape; 0 where nothing is filled."""
        return self.shares.get(name, 0.0)


def shape_of(column: pa.ChunkedArray, as_of: date) -> Shape:
    """The shape of a column of any type that text can be made of; `as_of`: for dates with short years."""
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pc.list_flatten(column)
    elif pa.types.is_nested(column.type):
        return Shape(0.0, 0.0, {}, ())
    typed = "date" if pa.types.is_temporal(column.type) else ""
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    text = text.filter(pc.and_kleene(pc.is_valid(text), pc.not_equal(text, "")))
    rows, filled = len(column), len(text)
    if not filled:
        return Shape(0.0, 0.0, {}, ())
    counted = pc.value_counts(text.combine_chunks())
    values, counts = counted.field("values").to_pylist()[:MOST], counted.field("counts").to_pylist()[:MOST]
    total = sum(counts)

    def share(holds: Callable[[str], object]) -> float:
        return float(sum(count for value, count in zip(values, counts, strict=True) if holds(value)) / total)

    shares = {name: share(form.fullmatch) for name, form in _SHAPES.items()}
    shares["phone"], shares["written_phone"] = share(_phone), share(lambda value: _phone(value) == 2)
    shares["state"] = share(lambda value: read_state(value)[0])
    shares["first"] = share(lambda value: value.upper() in _names("first"))
    shares["last"] = share(lambda value: value.upper() in _names("last"))
    dates = {value: parse(value, as_of) for value in values}
    years = sorted(found.low.year for found in dates.values() if found.low is not None)
    shares["date"] = share(lambda value: dates[value].low is not None)
    if typed:
        shares = dict.fromkeys(shares, 0.0) | {"date": shares["date"]}
    return Shape(filled / rows, len(counted) / filled, shares, tuple(years))


def _phone(value: str) -> int:
    """2: ten digits, or eleven with a leading 1 or 0, written as a phone; 1: the same bare, or seven digits; 0: anything else."""
    bare = _EXTENSION.sub("", value)
    digits = re.sub(r"[\s().+/-]", "", bare)
    if not digits.isdecimal():
        return 0
    long = len(digits) == 10 or (len(digits) == 11 and digits[0] in "01")
    if long and bare != digits:
        return 2
    return 1 if long or len(digits) == 7 else 0


@lru_cache(maxsize=2)
def _names(kind: str) -> frozenset[str]:
    """Widespread first or last names, in capitals."""
    known = nicknames.listed() if kind == "first" else ()
    return frozenset((*known, *(row["name"].upper() for row in read_rows("demo_names") if row["kind"] == kind)))
