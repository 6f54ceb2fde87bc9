from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.report import figures


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (1234567, "1,234,567"), (Decimal("0.2"), "<1"), (Decimal("0.5"), "1"), (Decimal("1233.5"), "1,234")],
)
def test_counts_have_separators_and_something_is_never_nothing(number: int | Decimal, text: str) -> None:
    assert figures.count(number) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (1, "<11"), (10, "<11"), (11, "11")])
def test_small_groups_are_not_told(number: int, text: str) -> None:
    assert figures.few(number) == text


def test_money_has_two_decimals_and_may_be_unknown_or_withheld() -> None:
    assert figures.money(Decimal("1234567.5")) == "1,234,567.50"
    assert figures.money(None) == "balance unknown"
    assert figures.money_of(11, Decimal("3.1"), True) == "3.10"
    assert figures.money_of(10, Decimal("3.1"), True) == "–"
    assert figures.money_of(0, None, True) == "0.00"
    assert figures.money_of(50, None, False) == "balance unknown"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 2, "50.0%"),
        (0, 5, "0.0%"),
        (5, 5, "100.0%"),
        (1, 5000, "<0.1%"),
        (4999, 5000, ">99.9%"),
        (1, 0, "–"),
        (None, 5, "–"),
    ],
)
def test_shares_never_claim_nothing_or_all(part: int | None, whole: int, text: str) -> None:
    assert figures.share(part, whole) == text


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_bar_is_within_its_track_and_visible_when_there_is_something(part: int, whole: int) -> None:
    half = int(figures.width(part, whole)[1:])
    assert 0 <= half <= 200
    assert (half > 0) == (part > 0)
    if part <= whole:
        assert abs(half / 200 - part / whole) <= 1 / 200


def test_bars_of_small_groups_do_not_tell_them_apart() -> None:
    assert len({figures.width_of_few(number, 300) for number in range(1, 11)}) == 1
    assert figures.width_of_few(0, 300) == "w0"


def test_days_and_durations_are_written_for_people() -> None:
    assert figures.day(datetime.date(2026, 6, 3)) == "3 June 2026"
    assert figures.seconds(Decimal("1234.56")) == "1,234.6 s"
    assert figures.memory(1_500_000_000) == "1,500 MB"
    assert figures.memory(None) == "–"
