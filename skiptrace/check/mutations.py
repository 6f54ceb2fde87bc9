"""Would a slip in a rule be noticed? Every comparison flipped, every threshold shifted, one at a time: some case must fail.

A rule whose cases pass with a changed condition has a boundary that nobody checks. Mutants are made of the tokens of `when`
(comparisons, numbers, dates, AND and OR, NOT, members of IN, truth facts) and of the times in [hours].
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skiptrace.rulebook.condition import parse
from skiptrace.rulebook.engine import ask_cases
from skiptrace.rulebook.hours import moment_holds
from skiptrace.rulebook.model import Hours, Rule, Rulebook
from skiptrace.rulebook.tokens import ConditionRefused, kind_of, tokens
from skiptrace.schema.facts import FACTS

FLIPS = {
    ">=": (">", "<"), ">": (">=", "<="), "<=": ("<", ">"), "<": ("<=", ">="), "=": ("<>",), "<>": ("=",), "!=": ("=",),
}  # fmt: skip
SMALL_STEP = 0.001
"""How far a threshold that is no whole number is shifted."""


@dataclass(frozen=True)
class Mutant:
    """One changed rule: the id, what was changed, and whether a case or moment noticed."""

    rule: str
    change: str
    killed: bool


def mutants(rulebook: Rulebook) -> list[Mutant]:
    """Every mutant of every rule, with its fate."""
    found = []
    for rule in rulebook.rules:
        changed = list(_conditions(rule))
        fates = _noticed(rule, [when for _, when in changed])
        found += [Mutant(rule.id, change, fate) for (change, _), fate in zip(changed, fates, strict=True)]
        found += [
            Mutant(rule.id, change, not all(moment_holds(moment, hours) for moment in rule.moments))
            for change, hours in _hours(rule.hours)
        ]
    return found


def _noticed(rule: Rule, conditions: list[str]) -> list[bool]:
    """For each changed condition, whether a case of the rule comes out otherwise."""
    if not conditions:
        return []
    changed = [replace(rule, when=when, condition=parse(when)) for when in conditions]
    told = ask_cases(rule, changed)
    return [any(effect != case.expect for case, effect in zip(rule.cases, effects, strict=True)) for effects in told]


def _conditions(rule: Rule) -> Iterator[tuple[str, str]]:
    """(what was changed, the changed condition) for each place of a condition; those that no longer parse are left out."""
    words = tokens(rule.when)
    for place, word in enumerate(words):
        for instead in _instead(words, place):
            changed = [*words[:place], *instead, *words[place + 1 :]]
            text = " ".join(changed)
            try:
                parse(text)
            except ConditionRefused:
                continue
            yield f"{word} at {place + 1} → {' '.join(instead) or 'nothing'}", text
    for start, end in _members(words):
        yield f"IN without {words[start]}", " ".join([*words[:start], *words[end:]])


def _instead(words: list[str], place: int) -> list[list[str]]:
    """What may stand for one token."""
    word, upper = words[place], words[place].upper()
    before = words[place - 1].upper() if place else ""
    if word in FLIPS:
        return [[flip] for flip in FLIPS[word]]
    if upper in ("AND", "OR"):
        return [] if _bounds_a_range(words, place) else [["OR" if upper == "AND" else "AND"]]
    if upper == "NOT":
        return [[]]
    if upper == "IN":
        return [["NOT", "IN"]] if before != "NOT" else []
    if upper in ("TRUE", "FALSE"):
        return [["FALSE" if upper == "TRUE" else "TRUE"]]
    if word[0].isdigit():
        number = float(word)
        shifts = (1.0, -1.0) if "." not in word else (SMALL_STEP, -SMALL_STEP)
        return [[f"{number + shift:g}"] for shift in shifts if number + shift >= 0]
    if before == "DATE":
        day = dt.date.fromisoformat(word.strip("'"))
        return [[f"'{day + dt.timedelta(days=shift)}'"] for shift in (1, -1)]
    truth = word in FACTS and kind_of(FACTS[word].type) == "truth"
    return [["NOT", word]] if (truth or word == "list_contains") and before != "NOT" else []


def _bounds_a_range(words: list[str], place: int) -> bool:
    """Whether an AND belongs to BETWEEN."""
    earlier = [word.upper() for word in words[:place]]
    return "BETWEEN" in earlier and "AND" not in earlier[len(earlier) - 1 - earlier[::-1].index("BETWEEN") :]


def _members(words: list[str]) -> Iterator[tuple[int, int]]:
    """Slices that take one literal out of a list of several, with the comma beside it."""
    for place, word in enumerate(words):
        if word.upper() != "IN" or words[place + 1] != "(":
            continue
        close = words.index(")", place)
        inside = list(range(place + 2, close, 2))
        if len(inside) > 1:
            for member in inside:
                yield (member, member + 2) if member != inside[-1] else (member - 1, member + 1)


def _hours(hours: Hours | None) -> Iterator[tuple[str, Hours]]:
    """Hours with one time shifted by a minute, or another margin; days with the same times are shifted together."""
    if hours is None:
        return
    for shift in (1, -1):
        if hours.margin_minutes + shift >= 0:
            yield f"margin {shift:+d}", replace(hours, margin_minutes=hours.margin_minutes + shift)
        for span in sorted({span for span in hours.week if span}):
            for place, name in enumerate(("opens", "closes")):
                moved = tuple(_shifted(time, shift) if at == place else time for at, time in enumerate(span))
                week = tuple((moved[0], moved[1]) if day == span else day for day in hours.week)
                yield f"{name} {span[place]:%H:%M} {shift:+d} minute", replace(hours, week=week)
    closed = [day for day, span in enumerate(hours.week) if span is None]
    for day in closed:
        some = next(span for span in hours.week if span)
        yield f"weekday {day + 1} open", replace(hours, week=(*hours.week[:day], some, *hours.week[day + 1 :]))


def _shifted(time: dt.time, minutes: int) -> dt.time:
    return (dt.datetime.combine(dt.date(2000, 1, 2), time, dt.UTC) + dt.timedelta(minutes=minutes)).time()
