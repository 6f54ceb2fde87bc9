"""The calling hours of a rule file: its table [hours] and the moments that test it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, cast

from skiptrace.rulebook.fields import Fields, is_a
from skiptrace.rulebook.hours import moment_holds, zone
from skiptrace.rulebook.model import Hours, Moment

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NINE = dt.time(9)


def read_hours(fields: Fields) -> Hours | None:
    """The calling hours a rule states, where it has a table [hours]: opens and closes for every day, and for a weekday
    `sunday = [13:00:00, 17:00:00]`, or `sunday = "closed"`."""
    data = fields.get("hours", dict, {})
    if not data:
        return None
    inner = Fields(fields.file, data, fields.problems, "hours")
    daily = (inner.get("opens", dt.time, _NINE, required=True), inner.get("closes", dt.time, _NINE, required=True))
    week = tuple(_day(inner, name, daily) for name in WEEKDAYS)
    hours = Hours(
        week,
        inner.get("margin_minutes", int, 0, required=True),
        float(inner.get("plausible", float, 0.0, required=True)),
        inner.get("policy", str, "") or None,
    )
    for span in {daily, *week} - {None}:
        if span is not None and span[1] < span[0]:
            inner.problem("closes", "is before opens", "hours that cross midnight are not supported")
    if not 0 <= hours.margin_minutes <= 60:
        inner.problem("margin_minutes", "is not between 0 and 60")
    inner.finish()
    return hours


def _day(fields: Fields, name: str, daily: tuple[dt.time, dt.time]) -> tuple[dt.time, dt.time] | None:
    fields.seen.add(name)
    given = fields.data.get(name)
    if given is None or given == "closed":
        return daily if given is None else None
    if isinstance(given, list) and len(given) == 2 and all(is_a(value, dt.time) for value in given):
        return given[0], given[1]
    fields.problem(name, "is not a pair of times", '[13:00:00, 17:00:00], or "closed"')
    return daily


def read_moments(fields: Fields, hours: Hours | None) -> tuple[Moment, ...]:
    """The boundary cases of a rule's hours, each of which must hold; a rule without hours has none."""
    rows = fields.get("moments", list, [], required=hours is not None, mend="hours are not used without moments at their edges")
    if rows and hours is None:
        fields.problem("moments", "a rule without [hours] has no moments")
    moments = [
        _moment(Fields(fields.file, row, fields.problems, f"moments[{number}]"))
        for number, row in enumerate(rows, 1)
        if isinstance(row, Mapping)
    ]
    if hours is None:
        return ()
    for number, moment in enumerate(moments, 1):
        if moment.zones and not moment_holds(moment, hours):
            fields.problem(f"moments[{number}]", f'"{moment.name}" is not {moment.expect}', "correct the hours, or the moment")
    if moments and {moment.expect for moment in moments} != {"open", "closed"}:
        fields.problem("moments", "must lie on both sides of the hours", "some open, some closed")
    return tuple(moments)


def _moment(fields: Fields) -> Moment:
    zones = fields.words("zones", required=True)
    for name in zones:
        if zone(name) is None:
            fields.problem("zones", f"{name!r} is not an IANA zone")
    at: Any = fields.get("at", dt.datetime, dt.datetime(1, 1, 1, tzinfo=dt.UTC), required=True, mend="an instant in UTC, ending in Z")
    if at.tzinfo is None:
        fields.problem("at", "has no zone", "an instant in UTC, ending in Z")
        at = at.replace(tzinfo=dt.UTC)
    expect = fields.choice("expect", ("open", "closed"), "closed")
    name = fields.get("name", str, "", required=True)
    fields.finish()
    return Moment(name, zones, at, cast(Literal["open", "closed"], expect))
