"""One rule file → one Rule, or the Problems that keep it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, cast

import pyarrow as pa

from skiptrace.errors import Problem
from skiptrace.rulebook.condition import parse
from skiptrace.rulebook.fields import Fields, is_a, suggestion
from skiptrace.rulebook.model import (
    CERTAINTIES,
    EFFECTS,
    EVIDENCE,
    EXPECTATIONS,
    GRAINS,
    ON_MISSING,
    Case,
    Effect,
    Expectation,
    Grain,
    Rule,
    Step,
)
from skiptrace.rulebook.reading_hours import read_hours, read_moments
from skiptrace.rulebook.tokens import ConditionRefused, Kind, Node, kind_of
from skiptrace.schema.facts import ACCOUNT_FACT_NAMES, FACTS
from skiptrace.vocabulary import CHANNELS

PYTHON: Mapping[Kind, type] = {"truth": bool, "text": str, "number": float, "date": dt.date, "words": list}
_NOTHING = Node("truth", "NULL")


def read_rule(
    path: str, data: Mapping[str, Any], places: tuple[str, ...], steps: Mapping[str, Step], problems: list[Problem]
) -> Rule | None:
    """The rule in a parsed TOML file. `path` is relative to the rulebook; `places` are the jurisdiction codes.

    Appends every finding to `problems`; returns None when there was one about this file."""
    before = len(problems)
    fields = Fields(path, data, problems)
    identifier = fields.get("id", str, "", required=True)
    named = PurePosixPath(path).stem.upper().replace("_", "-")
    if identifier and identifier != named:
        fields.problem(
            "id", f"{identifier} does not agree with the file's name", f"call it {named}, or rename the file"
        )
    effect = cast(Effect, fields.choice("effect", EFFECTS, "stop"))
    on_missing = fields.choice("on_missing", ON_MISSING, "stop")
    step = fields.get("step", str, "", required=effect == "require_step" or (on_missing == "require_step" and "missing_step" not in data))
    missing_step = fields.get("missing_step", str, "") or step
    for key, name in (("step", step), ("missing_step", missing_step if missing_step != step else "")):
        if name and name not in steps:
            fields.problem(key, f"{name} is not in steps.toml", suggestion(name, steps))
    duty = fields.get("duty", str, "", required=effect == "condition", mend="say what the person who contacts must do")
    starts = fields.get("effective_from", dt.date, dt.date.min, required=True)
    ends = fields.get("effective_to", dt.date, dt.date.max)
    if ends < starts:
        fields.problem("effective_to", "ends before effective_from", "check both dates")
    grain = cast(Grain, fields.choice("grain", GRAINS, "contact_point"))
    condition = _condition(fields, grain)
    certainty = fields.choice("certainty", CERTAINTIES, "L")
    review = fields.get("review_required", bool, certainty != "H")
    if certainty != "H" and not review:
        fields.problem("review_required", "a rule of medium or low certainty needs review", "leave it out, or say true")
    channels = _channels(fields)
    hours = read_hours(fields)
    rule = Rule(
        id=identifier,
        version=fields.get("version", int, 1, required=True),
        topic=fields.get("topic", str, "", required=True, mend="coverage.toml names the topics it requires"),
        sentence=fields.get("sentence", str, "", required=True, mend="one sentence for a person"),
        jurisdiction=fields.choice("jurisdiction", places, "US"),
        channels=channels,
        grain=grain,
        when=str(data.get("when", "")),
        condition=condition,
        effect=effect,
        on_missing="require_step" if on_missing == "require_step" else "stop",
        step=step or None,
        missing_step=missing_step or None,
        duty=duty or None,
        citations=fields.words("citation", required=True, mend="a rule without a citation is not used"),
        effective_from=starts,
        effective_to=None if ends == dt.date.max else ends,
        evidence=_evidence(fields),
        certainty=certainty,
        review_required=review,
        last_checked=fields.get(
            "last_checked", dt.date, dt.date.min, required=True, mend="when the source was last read"
        ),
        note=fields.get("note", str, "") or None,
        hours=hours,
        moments=read_moments(fields, hours),
        cases=_cases(fields, condition, effect, on_missing),
        path=path,
    )
    fields.finish()
    return rule if len(problems) == before else None


def _evidence(fields: Fields) -> str:
    """One or more marks joined by '+'."""
    text = fields.get("evidence", str, "", required=True, mend=f"of {', '.join(EVIDENCE)}, joined by +")
    for mark in text.split("+"):
        if text and mark not in EVIDENCE:
            fields.problem("evidence", f"{mark!r} is not a mark", f"of {', '.join(EVIDENCE)}, joined by +")
    return text


def _channels(fields: Fields) -> tuple[str, ...]:
    """The channels of a rule, in the vocabulary's order; `["all"]` is every one."""
    named = fields.words("channels", required=True, mend='a list of channels, or ["all"]')
    if named == ("all",):
        return CHANNELS
    for channel in named:
        if channel not in CHANNELS:
            fields.problem("channels", f"{channel!r} is not a channel", suggestion(channel, CHANNELS))
    return tuple(channel for channel in CHANNELS if channel in named)


def _condition(fields: Fields, grain: str) -> Node:
    """The parsed `when`; an account rule may use facts of the account only."""
    text = fields.get("when", str, "", required=True)
    if not text:
        return _NOTHING
    try:
        condition = parse(text)
    except ConditionRefused as refusal:
        fields.problem("when", refusal.what, refusal.mend)
        return _NOTHING
    narrow = sorted(condition.facts - ACCOUNT_FACT_NAMES)
    if grain != "contact_point" and narrow:
        fields.problem("when", f"a rule of grain {grain} uses {', '.join(narrow)}", 'say grain = "contact_point"')
    return condition


def _cases(fields: Fields, condition: Node, effect: str, on_missing: str) -> tuple[Case, ...]:
    """The cases of a rule; there must be some on both sides, and one where a fact is missing."""
    rows = fields.get("cases", list, [], required=True, mend="a rule is not used without boundary cases")
    cases = [
        _case(Fields(fields.file, row, fields.problems, f"cases[{number}]"), condition)
        for number, row in enumerate(rows, 1)
        if isinstance(row, Mapping)
    ]
    if condition is _NOTHING:
        return tuple(cases)  # the slip in `when` is told; what follows from it would bury it
    whole = [case for case in cases if not _gaps(case, condition)]
    if cases and not any(case.expect == effect for case in whole):
        fields.problem(
            "cases", f"no case where all facts are given and the rule acts ({effect})", "add one at the boundary"
        )
    if cases and not any(case.expect == "none" for case in cases):
        fields.problem("cases", "no case where the rule does not act", "add one just beyond the boundary")
    if cases and not any(case.expect == on_missing and _gaps(case, condition) for case in cases):
        fields.problem(
            "cases", f"no case with a missing fact ({on_missing})", "leave out a fact, or name one in `missing`"
        )
    for fact, bound in sorted(condition.thresholds if cases else ()):
        given = [case.facts[fact] for case in whole if is_a(case.facts.get(fact), float)]
        step = 1.0 if pa.types.is_integer(FACTS[fact].type) else None
        sides = {"under": bound - 1 if step else None, "at": bound, "over": bound + 1 if step else None}
        lacking = [side for side, value in sides.items() if not _beside(given, bound, side, value)]
        if lacking:
            fields.problem("cases", f"no case {' or '.join(lacking)} the boundary {fact} = {bound:g}", "one under, one at, one over")
    return tuple(cases)


def _beside(given: list[Any], bound: float, side: str, exact: float | None) -> bool:
    """Whether a case lies on a side of a boundary: a count right beside it, a share anywhere on that side."""
    if exact is not None:
        return exact in given or (side == "under" and exact < 0)
    return any(value < bound if side == "under" else value > bound for value in given)


def _gaps(case: Case, condition: Node) -> bool:
    return bool(case.missing) or bool(condition.facts - set(case.facts) - {"channel", "jurisdictions"})


def _case(fields: Fields, condition: Node) -> Case:
    facts: dict[str, object] = fields.get("facts", dict, {})
    missing = fields.words("missing")
    for name in (*facts, *missing):
        column = FACTS.get(name)
        if column is None:
            fields.problem(f"facts.{name}", "unknown fact", suggestion(name, FACTS))
        elif condition is not _NOTHING and name not in condition.facts | {"channel", "jurisdictions"}:
            fields.problem(f"facts.{name}", "the condition does not use this fact")
        elif name in facts and not is_a(facts[name], PYTHON[kind_of(column.type)]):
            fields.problem(f"facts.{name}", f"is not a {kind_of(column.type)}")
        elif name in facts and name in missing:
            fields.problem(f"facts.{name}", "is both given and missing")
    expect = cast(Expectation, fields.choice("expect", EXPECTATIONS, "none"))
    case = Case(fields.get("name", str, "", required=True), facts, expect, missing)
    fields.finish()
    return case
