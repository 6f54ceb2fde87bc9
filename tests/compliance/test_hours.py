"""Calling hours against known examples and a minute-by-minute brute force."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from skiptrace.compliance.hours import intersection, local_window, window, windows
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import Hours

PLAIN = Hours(dt.time(8), dt.time(21), 0, 0.05)
EAST, WEST = "America/New_York", "America/Los_Angeles"


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


def brute_force(zones: tuple[str, ...], day: dt.date, hours: Hours) -> list[tuple[dt.datetime, dt.datetime]]:
    """Every run of minutes that all clocks allow and that lies on `day` on the westernmost clock."""
    places = [ZoneInfo(name) for name in zones]
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    west = min(places, key=lambda place: noon.astimezone(place).utcoffset() or dt.timedelta())
    begin = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(), dt.UTC)
    margin, minute = hours.margin_minutes, dt.timedelta(minutes=1)
    first, last = hours.opens.hour * 60 + margin, hours.closes.hour * 60 - margin
    runs: list[tuple[dt.datetime, dt.datetime]] = []
    for number in range(3 * 1440):
        now = begin + number * minute
        clocks = [now.astimezone(place) for place in places]
        if all(first <= c.hour * 60 + c.minute < last for c in clocks) and now.astimezone(west).date() == day:
            if runs and runs[-1][1] == now:
                runs[-1] = (runs[-1][0], now + minute)
            else:
                runs.append((now, now + minute))
    return runs


@pytest.mark.parametrize(
    "zones",
    [
        (EAST,),
        ("Pacific/Guam",),
        (EAST, WEST),
        (EAST, "Pacific/Guam"),
        ("America/Phoenix", "America/Denver"),
        ("America/St_Johns", "Asia/Kolkata"),
        (EAST, "Asia/Manila"),
        ("Pacific/Honolulu", "Europe/Berlin"),
    ],
)
@pytest.mark.parametrize("day", [dt.date(2026, 3, 7), dt.date(2026, 3, 8), dt.date(2026, 11, 1), dt.date(2026, 12, 31)])
def test_windows_equal_a_minute_by_minute_count(zones: tuple[str, ...], day: dt.date) -> None:
    hours = Hours(dt.time(8), dt.time(21), 1, 0.05)
    expected = brute_force(zones, day, hours)
    assert intersection(zones, day, hours) == expected
    longest = max((b - a for a, b in expected), default=dt.timedelta())
    assert window(zones, day, hours)[2] == longest // dt.timedelta(minutes=1)


def test_order_of_zones_does_not_matter() -> None:
    day = dt.date(2026, 3, 8)
    assert window((EAST, WEST, "Pacific/Guam"), day, PLAIN) == window(("Pacific/Guam", WEST, EAST, EAST), day, PLAIN)


def test_an_empty_window_is_zero_minutes_not_unknown() -> None:
    assert window((EAST, WEST, "Asia/Shanghai", "Europe/Berlin"), dt.date(2026, 7, 1), PLAIN) == (None, None, 0)


@pytest.mark.parametrize("zones", [(), ("Napakiak",), (EAST, "Napakiak"), ("../etc",)])
def test_unknown_zones_give_no_window(zones: tuple[str, ...]) -> None:
    assert window(zones, dt.date(2026, 7, 1), PLAIN) == (None, None, None)


def test_without_hours_in_force_no_window_is_known() -> None:
    assert windows([(EAST,)], dt.date(2021, 11, 29), load().hours(dt.date(2021, 11, 29))) == [(None, None, None)]
    assert windows([(EAST,)], dt.date(2021, 11, 30), load().hours(dt.date(2021, 11, 30)))[0][2] == 13 * 60 - 2


def test_the_margin_is_taken_off_both_ends() -> None:
    start, end = local_window(ZoneInfo(EAST), dt.date(2026, 1, 15), Hours(dt.time(8), dt.time(21), 5, 0.05))
    assert (start.hour, start.minute, end.hour, end.minute) == (13, 5, 1, 55)
