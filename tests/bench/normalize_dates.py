"""Dates and numbers of people: rates, and accuracy on made-up messy values.

    python -m tests.bench.normalize_dates

A value is made from a known day in one of the forms that files use, so that what must come out is known. Ambiguous orders
follow the rule of `dates.parse`: month before day unless only the other is possible. Two-digit years are those of adults
below 100. Sources of the rules: ISO 8601 and the forms of United States files; POSIX's two-digit years are not used,
because a birth date must make the person an adult; placeholder days are in rules/words/dates.toml. Social security
numbers: 20 CFR 422.103 and SSA's list of invalid numbers.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial

import pyarrow as pa

from skiptrace.normalize.dates import normalize_birth_dates
from skiptrace.normalize.identifiers import normalize_ssn
from tests.bench.report import Figure, print_bench

AS_OF = date(2026, 6, 30)
_KEY = b"only for measuring"

_DAYS: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d:%m/%d/%Y}", lambda d: f"{d:%Y-%m-%d}", lambda d: f"{d:%Y%m%d}", lambda d: f"{d:%m%d%Y}",
    lambda d: f"{d.month}/{d.day}/{d.year}",
    lambda d: f"{d:%m-%d-%Y}", lambda d: f"{d:%d-%b-%Y}", lambda d: f"{d:%d%b%Y}".upper(),
    lambda d: f"{d:%B} {d.day}, {d.year}",
    lambda d: f"{d:%m/%d/%y}", lambda d: f"{d:%Y-%m-%d} 00:00:00",
    lambda d: f"{d:%Y-%m-%d}T00:00:00Z",
    lambda d: f"{d:%m.%d.%Y}",
    lambda d: f" {d:%m/%d/%Y} ", lambda d: f"{d:%Y/%m/%d}", lambda d: f"{d:%b} {d.day} {d.year}",
    lambda d: f"{d:%Y%m%d}.0",
)  # fmt: skip
_RANGES: tuple[tuple[Callable[[date], str], str], ...] = (
    (lambda d: f"{d.year}", "year"), (lambda d: f"{d:%m/%Y}", "month"), (lambda d: f"{d:%Y-%m}", "month"),
    (lambda d: f"{d:%b %Y}", "month"),
    (lambda d: f"{d:%Y}0000", "year"), (lambda d: f"{d:%Y%m}00", "month"),
)  # fmt: skip
_REFUSED = (
    ("00/00/0000", "placeholder"), ("0000-00-00", "placeholder"), ("1900-01-01", "placeholder"), ("01/01/1900", "placeholder"),
    ("12/31/9999", "placeholder"), ("99999999", "placeholder"), ("UNKNOWN", "placeholder"), ("N/A", "placeholder"),
    ("02/30/1970", "impossible_date"), ("13/13/1970", "impossible_date"), ("1O/12/1970", "not_a_date"), ("someday", "not_a_date"),
    ("01/02/2031", "implausible_birth_date"), ("06/10/19953", "not_a_date"), ("10/25/|962", "not_a_date"),
)  # fmt: skip

Expected = tuple[date | None, date | None, date | None, str | None, str | None]
"""Value, low, high, precision, reason."""


def known_values(count: int, seed: int) -> list[tuple[str, Expected]]:
    """Texts, and what must be read from them."""
    draw = random.Random(seed)
    made: list[tuple[str, Expected]] = []
    for _ in range(count):
        day = date(1930, 1, 2) + timedelta(days=draw.randrange(27_000))
        kind = draw.random()
        if kind < 0.85:
            made.append((draw.choice(_DAYS)(day), (day, day, day, "day", None)))
        elif kind < 0.93:
            form, precision = draw.choice(_RANGES)
            first = date(day.year, 1 if precision == "year" else day.month, 1)
            after = date(day.year + 1, 1, 1) if precision == "year" or day.month == 12 else date(day.year, day.month + 1, 1)
            made.append((form(day), (None, first, after - timedelta(days=1), precision, None)))
        else:
            text, reason = draw.choice(_REFUSED)
            made.append((text, (None, None, None, None, reason)))
    return made


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _rate(work: Callable[[], object], rows: int, rounds: int = 5) -> float:
    work()
    return rows / statistics.median(_seconds(work) for _ in range(rounds))


def figures(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Accuracy on 100,000 values, and rates on columns of a million."""
    known = known_values(100_000, seed=11)
    read = normalize_birth_dates(pa.array([text for text, _ in known]), AS_OF).to_pylist()
    names = ("value", "low", "high", "precision", "reason")
    wrong = [text for (text, expected), row in zip(known, read, strict=True) if tuple(row[name] for name in names) != expected]
    draw = random.Random(12)
    days = [f"{date(1930, 1, 2) + timedelta(days=draw.randrange(27_000)):%m/%d/%Y}" for _ in range(1_000_000)]
    numbers = [f"{draw.randint(1, 899):03}-{draw.randint(1, 99):02}-{draw.randint(1, 9999):04}" for _ in range(1_000_000)]
    dates_column, numbers_column = pa.array(days), pa.array(numbers)
    return [
        Figure("accuracy", round(1 - len(wrong) / len(known), 5), f"share of {len(known):,} made-up values, all five fields"),
        Figure("wrong_forms", len(set(wrong)), "distinct texts read wrongly"),
        Figure("rate", round(_rate(partial(normalize_birth_dates, dates_column, AS_OF), len(days)) / 1e6, 2), "M dates/s, 27,000 days"),
        Figure(
            "ssn_rate", round(_rate(partial(normalize_ssn, numbers_column, None, _KEY), len(numbers)) / 1e6, 2),
            "M numbers/s to tokens, all different",
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    print_bench("normalize_dates", figures())
