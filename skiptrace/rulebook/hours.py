"""Calling hours: when it is daytime in every zone where the consumer may be (12 CFR 1006.6(b)(1)).

Where address and numbers disagree, contact must be convenient in all of the places they indicate, so the window is the
intersection over every zone. It is computed in UTC from local clock times, hence right across daylight saving and where
two zones are so far apart that their common hours cross midnight. Minutes are whole; the end is not included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from skiptrace.rulebook.model import Hours, Moment, Rule

Interval = tuple[dt.datetime, dt.datetime]
Window = tuple[dt.datetime | None, dt.datetime | None, int | None]
_DAY = dt.timedelta(days=1)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The zone with an IANA name; None for a name that is none (some address files hold place names instead)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def tightest(stated: Sequence[Hours]) -> Hours | None:
    """The hours that keep all of `stated`; None where there are none, so that no window is known."""
    if not stated:
        return None
    week: list[tuple[dt.time, dt.time] | None] = []
    for spans in zip(*(hours.week for hours in stated), strict=True):
        known = [span for span in spans if span is not None]
        opens, closes = max((s[0] for s in known), default=dt.time.max), min((s[1] for s in known), default=dt.time.min)
        week.append((opens, closes) if len(known) == len(spans) and opens < closes else None)
    return Hours(tuple(week), max(h.margin_minutes for h in stated), min(h.plausible for h in stated))


def hours_for(
    stated: Sequence[Rule], channel: str, jurisdictions: Collection[str] | None, policies: Collection[str] | None
) -> Hours | None:
    """The hours that rules of `Rulebook.stated_hours` set for one use. Where its jurisdictions or the project's policies are
    not known, every rule that cannot be excluded counts. None where no rule states hours for the channel everywhere in the
    country of the use: then no window is known."""

    def applies(rule: Rule) -> bool:
        here = jurisdictions is None or rule.jurisdiction in jurisdictions
        policy = rule.hours.policy if rule.hours else None
        return channel in rule.channels and here and (policy is None or policies is None or policy in policies)

    found = [rule for rule in stated if applies(rule)]
    if not any(rule.jurisdiction in ("US", "CA") for rule in found):
        return None
    return tightest([rule.hours for rule in found if rule.hours])


def local_window(place: ZoneInfo, day: dt.date, hours: Hours) -> Interval | None:
    """The hours of one local calendar day in one zone, in UTC, the margin taken off at both ends; None where closed."""
    span = hours.week[day.weekday()]
    if span is None:
        return None
    margin = dt.timedelta(minutes=hours.margin_minutes)
    opens = dt.datetime.combine(day, span[0], place).astimezone(dt.UTC) + margin
    closes = dt.datetime.combine(day, span[1], place).astimezone(dt.UTC) - margin
    return (opens, closes) if opens < closes else None


def intersection(zones: Iterable[str], day: dt.date, hours: Hours) -> list[Interval] | None:
    """Every interval of the day on which all zones allow contact, in order; empty where there is none.

    The day is the local calendar day of the westernmost zone, so that a window belongs to one day wherever the consumer
    is. None where no zone is given or a name is not a zone: then nothing is known."""
    places = [zone(name) for name in sorted(set(zones))]
    known = [place for place in places if place is not None]
    if not known or len(known) < len(places):
        return None
    west = max(known, key=lambda place: dt.datetime.combine(day, dt.time(12), place).astimezone(dt.UTC))
    first = local_window(west, day, hours)
    common = [first] if first else []
    for place in known:
        theirs = [local_window(place, day + shift * _DAY, hours) for shift in (-2, -1, 0, 1, 2)]
        common = [
            (max(a, other[0]), min(b, other[1]))
            for a, b in common
            for other in theirs
            if other and max(a, other[0]) < min(b, other[1])
        ]
    return sorted(set(common))


def window(zones: Iterable[str], day: dt.date, hours: Hours | None) -> Window:
    """(start, end, minutes) of the longest interval of the day, the earliest of equals. (None, None, 0) where all zones
    together leave none; (None, None, None) where it cannot be known: no hours in force, or a zone that is none."""
    found = intersection(zones, day, hours) if hours is not None else None
    if found is None:
        return None, None, None
    if not found:
        return None, None, 0
    start, end = max(found, key=lambda interval: (interval[1] - interval[0], -interval[0].timestamp()))
    return start, end, int((end - start).total_seconds() // 60)


def is_open(zones: Iterable[str], at: dt.datetime, hours: Hours) -> bool | None:
    """Whether an instant lies inside the hours of all zones; None where that cannot be known."""
    zones = tuple(zones)
    days = [at.astimezone(dt.UTC).date() + shift * _DAY for shift in (-1, 0, 1)]
    found = [intersection(zones, day, hours) for day in days]
    if any(intervals is None for intervals in found):
        return None
    return any(start <= at < end for intervals in found for start, end in intervals or ())


def moment_holds(moment: Moment, hours: Hours) -> bool:
    """Whether a boundary case of hours comes out as it expects; an unknown window is neither open nor closed."""
    return is_open(moment.zones, moment.at, hours) is (moment.expect == "open")
