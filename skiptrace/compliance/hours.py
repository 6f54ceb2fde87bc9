"""Calling hours: when it is daytime in every zone where the consumer may be (12 CFR 1006.6(b)(1)).

Where address and numbers disagree, contact must be convenient in all of the places they indicate, so the window is the
intersection over every zone. It is computed in UTC from local clock times, hence right across daylight saving and where
two zones are so far apart that their common hours cross midnight. Minutes are whole; the end is not included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skiptrace.rulebook.model import Hours

Interval = tuple[dt.datetime, dt.datetime]
_DAY = dt.timedelta(days=1)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The zone with an IANA name; None for a name that is none (some address files hold place names instead)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local_window(place: ZoneInfo, day: dt.date, hours: Hours) -> Interval:
    """The hours of one local calendar day in one zone, in UTC, the margin taken off at both ends."""
    margin = dt.timedelta(minutes=hours.margin_minutes)
    opens = dt.datetime.combine(day, hours.opens, place).astimezone(dt.UTC)
    closes = dt.datetime.combine(day, hours.closes, place).astimezone(dt.UTC)
    return opens + margin, closes - margin


def intersection(zones: Iterable[str], day: dt.date, hours: Hours) -> list[Interval] | None:
    """Every interval of the day on which all zones allow contact, in order; empty where there is none.

    The day is the local calendar day of the westernmost zone, so that a window belongs to one day wherever the consumer
    is. None where no zone is given or a name is not a zone: then nothing is known."""
    places = [zone(name) for name in sorted(set(zones))]
    known = [place for place in places if place is not None]
    if not known or len(known) < len(places):
        return None
    west = max(known, key=lambda place: local_window(place, day, hours)[0])
    common = [local_window(west, day, hours)]
    for place in known:
        theirs = [local_window(place, day + shift * _DAY, hours) for shift in (-2, -1, 0, 1, 2)]
        common = [(max(a, c), min(b, d)) for a, b in common for c, d in theirs if max(a, c) < min(b, d)]
    return sorted(set(common))


def window(
    zones: Iterable[str], day: dt.date, hours: Hours
) -> tuple[dt.datetime | None, dt.datetime | None, int | None]:
    """(start, end, minutes) of the longest interval of the day, the earliest of equals. (None, None, 0) where all zones
    together leave none; (None, None, None) where it cannot be known."""
    found = intersection(zones, day, hours)
    if found is None:
        return None, None, None
    if not found:
        return None, None, 0
    start, end = max(found, key=lambda interval: (interval[1] - interval[0], -interval[0].timestamp()))
    return start, end, int((end - start).total_seconds() // 60)


def windows(
    zone_sets: Sequence[tuple[str, ...]], day: dt.date, hours: Hours | None
) -> list[tuple[dt.datetime | None, dt.datetime | None, int | None]]:
    """`window` for distinct zone sets. Without hours in force no window is known."""
    if hours is None:
        return [(None, None, None) for _ in zone_sets]
    return [window(zones, day, hours) for zones in zone_sets]
