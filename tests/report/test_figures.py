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


@pytest.mark.parametrize(("number", "text"), [("1.5", "+1.50"), ("-3", "-3.00"), ("0", "+0.00"), ("-0.001", "+0.00")])
def test_bits_have_a_sign(number: str, text: str) -> None:
    assert figures.bits(Decimal(number)) == text


def test_a_chance_is_never_rounded_to_certainty() -> None:
    assert [figures.chance(Decimal(text)) for text in ("0.99999", "0.5", "0.00001")] == [">99.9%", "50.0%", "<0.1%"]


_BITS = st.decimals(min_value=-60, max_value=60, places=2)


@given(_BITS, _BITS, _BITS, _BITS)
def test_a_bar_between_two_values_stays_on_the_scale(one: Decimal, other: Decimal, third: Decimal, fourth: Decimal) -> None:
    low, high = min(one, other, third, fourth), max(one, other, third, fourth)
    gap, length = (int(text[1:]) for text in figures.span(one, other, low, high))
    assert length >= 1
    assert 0 <= gap < gap + length <= 200
    assert figures.span(one, other, low, high) == figures.span(other, one, low, high)


def test_a_bar_has_its_place_and_length() -> None:
    assert figures.span(Decimal(5), Decimal(0), Decimal(-5), Decimal(15)) == ("w50", "w50")
