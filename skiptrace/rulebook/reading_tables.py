"""The tables beside the rule files: places, steps, outcomes, coverage, limitation periods, and rows without a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, cast
from zoneinfo import available_timezones

from skiptrace.errors import Problem
from skiptrace.rulebook.fields import Fields, is_a, suggestion
from skiptrace.rulebook.model import (
    CERTAINTIES,
    City,
    Limitation,
    Outcome,
    Places,
    Request,
    Requirement,
    Step,
    Unenforced,
)
from skiptrace.rulebook.reading import PYTHON
from skiptrace.rulebook.tokens import kind_of
from skiptrace.schema.facts import FACTS, REPORTABLE
from skiptrace.vocabulary import CHANNELS, POINT_KINDS

REQUEST_COLUMNS = ("account_id", "first_name", "middle_name", "last_name", "suffix", "address", "phone", "date_to_ask")
"""What a request to a vendor may hold: identifiers only, never a balance, a creditor or a word of debt."""


def places_of(data: Mapping[str, Any], problems: list[Problem]) -> Places:
    """Places from places.toml."""
    fields = Fields("places.toml", data, problems)
    states: dict[str, str] = fields.get("states", dict, {}, required=True)
    for code in sorted(states):
        if not re.fullmatch(r"[A-Z]{2}", code) or not isinstance(states[code], str):
            fields.problem(f"states.{code}", "is not a two-letter code with a name")
    cities = []
    for code, row in sorted(fields.get("cities", dict, {}).items()):
        inner = Fields("places.toml", row if isinstance(row, Mapping) else {}, problems, f"cities.{code}")
        cities.append(
            City(
                code,
                inner.get("name", str, "", required=True),
                inner.choice("state", states, ""),
                inner.words("postal_prefixes", required=True),
            )
        )
        inner.finish()
    military = fields.words("military")
    zones, known = {}, available_timezones()  # which reads them from disk each time
    for area, names in sorted(fields.get("area_code_zones", dict, {}).items()):
        wrong = [name for name in names if name not in known] if isinstance(names, list) else ["?"]
        if wrong or not re.fullmatch(r"[2-9]\d\d", area):
            fields.problem(f"area_code_zones.{area}", "is not an area code with a list of IANA zones")
        zones[area] = tuple(sorted(names)) if not wrong else ()
    provinces: dict[str, str] = fields.get("provinces", dict, {})
    fields.finish()
    return Places(states, military, tuple(cities), zones, provinces)


def steps_of(data: Mapping[str, Any], problems: list[Problem]) -> dict[str, Step]:
    """Steps by name from steps.toml."""
    steps = {}
    for name, row in sorted(data.items()):
        fields = Fields("steps.toml", row if isinstance(row, Mapping) else {}, problems, name)
        answers: dict[str, dict[str, object]] = {}
        for word, given in sorted(fields.get("answers", dict, {}).items()):
            answers[word] = given if isinstance(given, dict) else {}
            _facts(fields, f"answers.{word}", given)
        age = fields.get("max_age_days", int, 0)
        sentence, settles = fields.get("sentence", str, "", required=True), fields.get("settles", dict, {})
        _facts(fields, "settles", settles)
        steps[name] = Step(name, sentence, settles, age or None, answers, _request(fields))
        fields.finish()
    return steps


def _facts(fields: Fields, place: str, given: object) -> None:
    """Facts that a step gives: each must exist, and its value be of its kind."""
    if not isinstance(given, Mapping):
        fields.problem(place, "is not a table of facts")
        return
    for fact, value in sorted(given.items()):
        if fact not in FACTS:
            fields.problem(f"{place}.{fact}", "unknown fact", suggestion(fact, FACTS))
        elif not is_a(value, PYTHON[kind_of(FACTS[fact].type)]):
            fields.problem(f"{place}.{fact}", f"is not a {kind_of(FACTS[fact].type)}")


def _request(fields: Fields) -> Request | None:
    data = fields.get("request", dict, {})
    if not data:
        return None
    inner = Fields(fields.file, data, fields.problems, f"{fields.place}.request")
    per = inner.choice("per", ("account", "point"), "account")
    columns = inner.words("columns", required=True)
    for column in sorted(set(columns) - set(REQUEST_COLUMNS)):
        inner.problem("columns", f"{column!r} must not leave in a request", f"of {', '.join(REQUEST_COLUMNS)}")
    inner.finish()
    return Request(cast(Literal["account", "point"], per), columns)


def outcomes_of(data: Mapping[str, Any], problems: list[Problem]) -> tuple[dict[str, Outcome], dict[str, str], tuple[str, ...]]:
    """Outcomes by name, reasons with the fact they report, and reasons that only state something of a point."""
    fields = Fields("outcomes.toml", data, problems)
    outcomes = {}
    for name, row in sorted(fields.get("outcomes", dict, {}, required=True).items()):
        inner = Fields("outcomes.toml", row if isinstance(row, Mapping) else {}, problems, f"outcomes.{name}")
        reports = inner.choice("reports", REPORTABLE, "", required=False)
        counts = {
            key: inner.get(key, bool, False) for key in ("call", "conversation", "contact", "wrong_party", "opt_out", "from_consumer")
        }
        outcomes[name] = Outcome(name, reports=reports or None, **counts)
        inner.finish()
    reasons: dict[str, str] = fields.get("reasons", dict, {}, required=True)
    for reason, fact in sorted(reasons.items()):
        if fact not in REPORTABLE:
            fields.problem(f"reasons.{reason}", f"{fact} is no fact that can be reported", suggestion(str(fact), REPORTABLE))
    stated = fields.words("point_reasons")
    for reason in sorted(set(stated) & set(reasons)):
        fields.problem("point_reasons", f"{reason} is among the reasons too", "a reason is one or the other")
    fields.finish()
    return outcomes, reasons, stated


def coverage_of(
    data: Mapping[str, Any], places: tuple[str, ...], problems: list[Problem]
) -> tuple[tuple[Requirement, ...], tuple[str, ...], dict[str, int], dict[str, dict[str, str]]]:
    """Requirements, the channels that are covered (some federal one names them, or channels so named carry them), days of validity
    by channel, and by carried channel the carrier for each kind of point."""
    fields = Fields("coverage.toml", data, problems)
    requirements = []
    for number, row in enumerate(fields.get("require", list, [], required=True), 1):
        inner = Fields("coverage.toml", row if isinstance(row, Mapping) else {}, problems, f"require[{number}]")
        channels = inner.words("channels", required=True)
        for channel in sorted(set(channels) - set(CHANNELS)):
            inner.problem("channels", f"{channel!r} is not a channel", suggestion(channel, CHANNELS))
        requirements.append(
            Requirement(inner.choice("jurisdiction", places, "US"), channels, inner.words("topics", required=True))
        )
        inner.finish()
    days: dict[str, int] = fields.get("valid_days", dict, {}, required=True)
    for channel, value in sorted(days.items()):
        if channel not in CHANNELS or not is_a(value, int) or not 0 <= value <= 366:
            fields.problem(f"valid_days.{channel}", "is not a channel with a number of days")
    carried: dict[str, Any] = fields.get("carried", dict, {})
    for channel, by_kind in sorted(carried.items()):
        named = by_kind.items() if isinstance(by_kind, Mapping) else [("", "")]
        if channel not in CHANNELS or not all(kind in POINT_KINDS and one in CHANNELS and one not in carried for kind, one in named):
            fields.problem(f"carried.{channel}", "is not a channel with another channel for each kind of point", 'such as email = "email"')
            carried = {}
            break
    fields.finish()
    federal = {
        channel for requirement in requirements if requirement.jurisdiction == "US" for channel in requirement.channels
    }
    federal |= {channel for channel, by_kind in carried.items() if by_kind and set(by_kind.values()) <= federal}
    return tuple(requirements), tuple(channel for channel in CHANNELS if channel in federal), days, carried


def unenforced_of(data: Mapping[str, Any], problems: list[Problem]) -> tuple[Unenforced, ...]:
    """Rows without a rule, from unenforced.toml."""
    fields = Fields("unenforced.toml", data, problems)
    rows = []
    for number, row in enumerate(fields.get("row", list, [], required=True), 1):
        inner = Fields("unenforced.toml", row if isinstance(row, Mapping) else {}, problems, f"row[{number}]")
        rows.append(Unenforced(*(inner.get(key, str, "", required=True) for key in ("id", "where", "why"))))
        inner.finish()
    fields.finish()
    return tuple(rows)


def limitation_of(data: Mapping[str, Any], places: Places, problems: list[Problem]) -> dict[str, Limitation]:
    """Limitation periods by state from limitation.toml."""
    found = {}
    for state, row in sorted(data.items()):
        fields = Fields("limitation.toml", row if isinstance(row, Mapping) else {}, problems, state)
        if state not in places.states:
            fields.problem("", "is not a state", suggestion(state, places.states))
        shorter = fields.get("years", int, 0, required=True)
        longer = fields.get("or_years", int, 0) or shorter
        if not 1 <= shorter <= longer <= 30:
            fields.problem("years", "must be from 1 to 30, and or_years no less than years")
        found[state] = Limitation(
            state,
            shorter,
            longer,
            fields.get("statute", str, "", required=True, mend="a period without its statute is not used"),
            fields.choice("certainty", CERTAINTIES, "L"),
            fields.get("note", str, ""),
        )
        fields.finish()
    return found
