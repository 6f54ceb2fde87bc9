"""A folder of rule files → one Rulebook. Every problem of every file is reported together.

Layout: `federal/ policy/ states/<st>/ cities/<city>/` hold one rule per file; `coverage.toml steps.toml outcomes.toml
places.toml unenforced.toml` hold what rules refer to. The hash is over content, not over layout: comments and white
space do not change it.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root
from skiptrace.rulebook.fields import Fields, is_a, suggestion
from skiptrace.rulebook.model import City, Outcome, Places, Requirement, Rule, Rulebook, Step, Unenforced
from skiptrace.rulebook.reading import _PYTHON, read_rule
from skiptrace.rulebook.tokens import kind_of
from skiptrace.schema.facts import FACTS
from skiptrace.vocabulary import CHANNELS

TABLES = ("coverage.toml", "steps.toml", "outcomes.toml", "places.toml", "unenforced.toml")


@cache
def load(folder: Path | None = None) -> Rulebook:
    """The rulebook in a folder; the shipped one where none is named. Raises ConfigError with every Problem found."""
    folder = folder or rules_root() / "compliance"
    texts = tuple(
        (path.relative_to(folder).as_posix(), path.read_text("utf-8")) for path in sorted(folder.rglob("*.toml"))
    )
    return from_texts(texts)


def from_texts(texts: tuple[tuple[str, str], ...]) -> Rulebook:
    """The rulebook in texts, each with its path: a rulebook stored with a run is read back by this.

    Raises ConfigError with every Problem of every text."""
    problems: list[Problem] = []
    parsed: dict[str, dict[str, Any]] = {}
    for path, text in sorted(texts):
        try:
            parsed[path] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problems.append(Problem(path, "", f"is not TOML: {error}"))
    for name in TABLES:
        if name not in dict(texts):
            problems.append(Problem(name, "", "is missing", "a rulebook needs it"))
    places = _places(parsed.get("places.toml", {}), problems)
    steps = _steps(parsed.get("steps.toml", {}), problems)
    rules = []
    for path in sorted(set(parsed) - set(TABLES)):
        rule = read_rule(path, parsed[path], places.codes, steps, problems)
        if rule is not None:
            rules.append(rule)
    problems += _twice(parsed)
    problems += _misplaced(rules)
    outcomes, reasons = _outcomes(parsed.get("outcomes.toml", {}), problems)
    requirements, covered, valid = _coverage(parsed.get("coverage.toml", {}), places.codes, problems)
    topics = {str(parsed[path].get("topic")) for path in set(parsed) - set(TABLES)}
    for requirement in requirements:
        for topic in sorted(set(requirement.topics) - topics):
            problems.append(
                Problem("coverage.toml", "require.topics", f"no rule has the topic {topic}", suggestion(topic, topics))
            )
    unenforced = _unenforced(parsed.get("unenforced.toml", {}), problems)
    if problems:
        raise ConfigError(f"the contact rules have {len(problems)} problem(s)", tuple(sorted(problems)))
    return Rulebook(
        rules=tuple(sorted(rules, key=lambda rule: rule.id)),
        steps=steps,
        outcomes=outcomes,
        reasons=reasons,
        requirements=requirements,
        covered_channels=covered,
        valid_days=valid,
        places=places,
        unenforced=unenforced,
        files=tuple(sorted(texts)),
        hash=_hash(parsed),
    )


def _hash(parsed: Mapping[str, Mapping[str, Any]]) -> str:
    """SHA-256 of the parsed content, keys sorted."""
    text = json.dumps(parsed, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _twice(parsed: Mapping[str, Mapping[str, Any]]) -> list[Problem]:
    first: dict[str, str] = {}
    out = []
    for path in sorted(set(parsed) - set(TABLES)):
        identifier = str(parsed[path].get("id", ""))
        if identifier and first.setdefault(identifier, path) != path:
            out.append(Problem(path, "id", f"{identifier} is also the id of {first[identifier]}", "ids are unique"))
    return out


def _misplaced(rules: list[Rule]) -> list[Problem]:
    """A rule's folder and its jurisdiction must tell the same story."""
    out = []
    for rule in rules:
        home = rule.path.split("/")
        parts = rule.jurisdiction.split("-")
        wanted = {1: ("federal", "policy"), 2: ("states", parts[-1].lower()), 3: ("cities", parts[-1].lower())}[
            len(parts)
        ]
        fits = home[0] in wanted if len(parts) == 1 else tuple(home[:2]) == wanted
        if not fits:
            out.append(
                Problem(
                    rule.path,
                    "jurisdiction",
                    f"{rule.jurisdiction} does not belong in this folder",
                    " or ".join(wanted) if len(parts) == 1 else "/".join(wanted),
                )
            )
    return out


def _places(data: Mapping[str, Any], problems: list[Problem]) -> Places:
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
    zones = {}
    for area, names in sorted(fields.get("area_code_zones", dict, {}).items()):
        wrong = [name for name in names if name not in available_timezones()] if isinstance(names, list) else ["?"]
        if wrong or not re.fullmatch(r"[2-9]\d\d", area):
            fields.problem(f"area_code_zones.{area}", "is not an area code with a list of IANA zones")
        zones[area] = tuple(sorted(names)) if not wrong else ()
    fields.finish()
    return Places(states, military, tuple(cities), zones)


def _steps(data: Mapping[str, Any], problems: list[Problem]) -> dict[str, Step]:
    steps = {}
    for name, row in sorted(data.items()):
        fields = Fields("steps.toml", row if isinstance(row, Mapping) else {}, problems, name)
        settles: dict[str, object] = fields.get("settles", dict, {})
        for fact, value in sorted(settles.items()):
            if fact not in FACTS:
                fields.problem(f"settles.{fact}", "unknown fact", suggestion(fact, FACTS))
            elif not is_a(value, _PYTHON[kind_of(FACTS[fact].type)]):
                fields.problem(f"settles.{fact}", f"is not a {kind_of(FACTS[fact].type)}")
        age = fields.get("max_age_days", int, 0)
        steps[name] = Step(name, fields.get("sentence", str, "", required=True), settles, age or None)
        fields.finish()
    return steps


def _outcomes(data: Mapping[str, Any], problems: list[Problem]) -> tuple[dict[str, Outcome], dict[str, str]]:
    fields = Fields("outcomes.toml", data, problems)
    outcomes = {}
    for name, row in sorted(fields.get("outcomes", dict, {}, required=True).items()):
        inner = Fields("outcomes.toml", row if isinstance(row, Mapping) else {}, problems, f"outcomes.{name}")
        reports = inner.choice("reports", FACTS, "", required=False)
        counts = {
            key: inner.get(key, bool, False) for key in ("call", "conversation", "contact", "wrong_party", "opt_out")
        }
        outcomes[name] = Outcome(name, reports=reports or None, **counts)
        inner.finish()
    reasons: dict[str, str] = fields.get("reasons", dict, {}, required=True)
    for reason, fact in sorted(reasons.items()):
        if fact not in FACTS:
            fields.problem(f"reasons.{reason}", f"unknown fact {fact}", suggestion(str(fact), FACTS))
    fields.finish()
    return outcomes, reasons


def _coverage(
    data: Mapping[str, Any], places: tuple[str, ...], problems: list[Problem]
) -> tuple[tuple[Requirement, ...], tuple[str, ...], dict[str, int]]:
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
    fields.finish()
    federal = {
        channel for requirement in requirements if requirement.jurisdiction == "US" for channel in requirement.channels
    }
    return tuple(requirements), tuple(channel for channel in CHANNELS if channel in federal), days


def _unenforced(data: Mapping[str, Any], problems: list[Problem]) -> tuple[Unenforced, ...]:
    fields = Fields("unenforced.toml", data, problems)
    rows = []
    for number, row in enumerate(fields.get("row", list, [], required=True), 1):
        inner = Fields("unenforced.toml", row if isinstance(row, Mapping) else {}, problems, f"row[{number}]")
        rows.append(Unenforced(*(inner.get(key, str, "", required=True) for key in ("id", "where", "why"))))
        inner.finish()
    fields.finish()
    return tuple(rows)
