"""Calling hours against known examples and a minute-by-minute brute force."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from skiptrace.rulebook.hours import hours_for, intersection, is_open, local_window, tightest, window
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Hours
from tests.bench.windows import differences, us_zones


def hours(opens: int = 8, closes: int = 21, margin: int = 0) -> Hours:
    return Hours(((dt.time(opens), dt.time(closes)),) * 7, margin, 0.05)


PLAIN = hours()
EAST, WEST = "America/New_York", "America/Los_Angeles"
BOOK = load()


@pytest.mark.parametrize(
    ("zones", "month", "opens", "closes"),
    [
        ((EAST, WEST), 7, "11:00", "21:00"),
        ((EAST, WEST), 1, "11:00", "21:00"),
        ((EAST, "America/Denver"), 7, "10:00", "21:00"),
        ((EAST, "Pacific/Honolulu"), 7, "14:00", "21:00"),
        ((EAST, "Pacific/Honolulu"), 1, "13:00", "21:00"),
        ((EAST, "Pacific/Guam"), 7, "18:00", "21:00"),
        ((EAST, "Pacific/Guam"), 1, "17:00", "21:00"),
        (("America/Phoenix", WEST), 7, "08:00", "21:00"),
        (("America/Phoenix", WEST), 1, "09:00", "21:00"),
    ],
)
def test_known_intersections(zones: tuple[str, ...], month: int, opens: str, closes: str) -> None:
    start, end, minutes = window(zones, dt.date(2026, month, 15), PLAIN)
    assert start is not None
    assert end is not None
    here = ZoneInfo(zones[0])
    assert (f"{start.astimezone(here):%H:%M}", f"{end.astimezone(here):%H:%M}") == (opens, closes)
    assert minutes == (end - start) // dt.timedelta(minutes=1)


@pytest.mark.parametrize("margin", [0, 1])
def test_a_slice_of_all_pairs_equals_a_minute_by_minute_count(margin: int) -> None:
    """The whole count, every pair over two years, is `make bench-windows`."""
    zones = us_zones()
    assert len(zones) > 25
    draw = np.random.default_rng(20261122)
    pairs = [tuple(zones[n] for n in draw.choice(len(zones), 2, replace=False)) for _ in range(6)]
    assert differences([*pairs, (EAST, "Pacific/Guam")], dt.date(2026, 2, 20), 30, hours(margin=margin)) == 0


def test_weekdays_that_are_shorter_or_closed_count_as_well() -> None:
    nine = (dt.time(9), dt.time(21, 30))
    week = (nine,) * 5 + ((dt.time(10), dt.time(18)), None)
    pairs = [(EAST, WEST), (EAST, "Pacific/Guam"), (WEST, "Pacific/Honolulu")]
    assert differences(pairs, dt.date(2026, 10, 20), 30, Hours(week, 1, 0.05)) == 0


@pytest.mark.parametrize(
    "zones", [("America/St_Johns", "Asia/Kolkata"), (EAST, "Asia/Manila"), ("Pacific/Honolulu", "Europe/Berlin")]
)
def test_windows_of_zones_far_apart(zones: tuple[str, ...]) -> None:
    assert differences([zones], dt.date(2026, 3, 1), 20, PLAIN) == 0
    found = intersection(zones, dt.date(2026, 3, 8), PLAIN)
    longest = max((b - a for a, b in found or ()), default=dt.timedelta())
    assert window(zones, dt.date(2026, 3, 8), PLAIN)[2] == longest // dt.timedelta(minutes=1)


def test_order_of_zones_does_not_matter() -> None:
    day = dt.date(2026, 3, 8)
    assert window((EAST, WEST, "Pacific/Guam"), day, PLAIN) == window(("Pacific/Guam", WEST, EAST, EAST), day, PLAIN)


def test_an_empty_window_is_zero_minutes_not_unknown() -> None:
    assert window((EAST, WEST, "Asia/Shanghai", "Europe/Berlin"), dt.date(2026, 7, 1), PLAIN) == (None, None, 0)


@pytest.mark.parametrize("zones", [(), ("Napakiak",), (EAST, "Napakiak"), ("../etc",)])
def test_unknown_zones_give_no_window(zones: tuple[str, ...]) -> None:
    assert window(zones, dt.date(2026, 7, 1), PLAIN) == (None, None, None)


def test_without_hours_in_force_no_window_is_known() -> None:
    day = dt.date(2021, 11, 29)
    assert hours_for(BOOK.stated_hours(day), "voice", ["US"], []) is None
    assert window((EAST,), day, None) == (None, None, None)
    found = hours_for(BOOK.stated_hours(dt.date(2021, 11, 30)), "voice", ["US"], [])
    assert window((EAST,), dt.date(2021, 11, 30), found)[2] == 13 * 60 - 2


def test_hours_are_those_of_every_place_that_may_count() -> None:
    stated = BOOK.stated_hours(dt.date(2026, 6, 30))
    home = hours_for(stated, "voice", ["US", "US-WA"], [])
    assert home is not None
    assert home.week == ((dt.time(8), dt.time(21)),) * 7
    quebec = hours_for(stated, "sms", ["CA", "CA-QC", "US"], ["canada"])
    assert quebec is not None
    assert (quebec.week[0], quebec.week[6]) == ((dt.time(8), dt.time(20)), None)
    everywhere = hours_for(stated, "voice", None, None)
    assert everywhere is not None
    assert (everywhere.week[0], everywhere.week[6]) == ((dt.time(9), dt.time(20)), None)
    assert hours_for(stated, "mail", ["US"], []) is None
    assert tightest([]) is None


def test_the_margin_is_taken_off_both_ends() -> None:
    found = local_window(ZoneInfo(EAST), dt.date(2026, 1, 15), hours(margin=5))
    assert found is not None
    assert (found[0].hour, found[0].minute, found[1].hour, found[1].minute) == (13, 5, 1, 55)


def test_an_instant_is_inside_or_outside_or_not_known() -> None:
    noon = dt.datetime(2026, 7, 1, 16, tzinfo=dt.UTC)
    assert is_open((EAST, WEST), noon, PLAIN) is True
    assert is_open((EAST, WEST), noon - dt.timedelta(hours=3), PLAIN) is False
    assert is_open(("Napakiak",), noon, PLAIN) is None
