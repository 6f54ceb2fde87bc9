"""Hours in rule files: by weekday, with moments that must hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from skiptrace.errors import Problem
from skiptrace.rulebook.fields import Fields
from skiptrace.rulebook.model import Hours
from skiptrace.rulebook.reading_hours import read_hours, read_moments

NINE, SIX = dt.time(9), dt.time(18)
STATED = {"opens": NINE, "closes": SIX, "margin_minutes": 0, "plausible": 0.05}
OPEN = {"name": "noon", "zones": ["America/New_York"], "at": dt.datetime(2026, 7, 1, 16, tzinfo=dt.UTC), "expect": "open"}
CLOSED = {**OPEN, "name": "night", "at": dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC), "expect": "closed"}


def read(hours: dict[str, Any], moments: list[dict[str, Any]]) -> tuple[Hours | None, list[Problem]]:
    problems: list[Problem] = []
    fields = Fields("x.toml", {"hours": hours, "moments": moments}, problems)
    found = read_hours(fields)
    read_moments(fields, found)
    return found, problems


def test_weekdays_may_differ_or_be_closed() -> None:
    hours, problems = read({**STATED, "saturday": [dt.time(10), SIX], "sunday": "closed"}, [OPEN, CLOSED])
    assert problems == []
    assert hours is not None
    assert hours.week == ((NINE, SIX),) * 5 + ((dt.time(10), SIX), None)


@pytest.mark.parametrize(
    ("hours", "moments", "place"),
    [
        (STATED, [], "moments"),
        (STATED, [OPEN], "moments"),
        (STATED, [{**OPEN, "expect": "closed"}, CLOSED], "moments[1]"),
        (STATED, [{**OPEN, "zones": ["Napakiak"]}, CLOSED], "moments[1].zones"),
        (STATED, [{**OPEN, "at": dt.datetime(2026, 7, 1, 16)}, CLOSED], "moments[1].at"),
        ({**STATED, "sunday": [NINE]}, [OPEN, CLOSED], "hours.sunday"),
        ({**STATED, "sunday": [SIX, NINE]}, [OPEN, CLOSED], "hours.closes"),
        ({}, [OPEN], "moments"),
    ],
)
def test_what_is_wrong_is_named(hours: dict[str, Any], moments: list[dict[str, Any]], place: str) -> None:
    assert place in [problem.place for problem in read(hours, moments)[1]]
