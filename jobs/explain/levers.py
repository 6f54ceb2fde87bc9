"""What would have to happen for a fact to be another: steps of the rulebook, and what `rules/words/levers.toml` lists beside them.

A lever changes one row of the fact sheet as the fact sheet itself would change: an attestation or an answer fills in what nobody
reported and never takes away what somebody did; a day that it depends on is the day on which it happened.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from skiptrace.errors import ConfigError, Problem
from skiptrace.normalize.words import read_lists
from skiptrace.rulebook.model import Rulebook, Step
from skiptrace.schema.facts import FACTS

KINDS: Final = ("step", "consent", "wait", "evidence", "settings", "report")
"""Kinds of levers, those first that a person would try first."""
FILE: Final = "levers"
_WINDOW: Final = re.compile(r"_(\d+)_days$")
_AGES: Final = {"bankruptcy_scrub": "bankruptcy_scrub_days", "assignment_notice": "assignment_notice_days"}
"""Steps whose age is a fact, and which."""
Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Lever:
    """Something that would change facts. `day`: facts that get the day on which it happened; `ago`: days before the run on which it is
    tried first; `copies`: facts that get another one's value; `where`: what a fact must be for the lever to be tried, `unknown`: facts
    that must not be known; `step`: the step of the rulebook that it is."""

    name: str
    kind: str
    sentence: str
    gives: Mapping[str, Any] = field(default_factory=dict)
    day: tuple[str, ...] = ()
    ago: int = 0
    copies: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    step: Step | None = None

    @property
    def dated(self) -> bool:
        """Whether it matters on which day it happened."""
        return self.kind == "wait" or "{dated}" in self.sentence

    def fits(self, row: Row) -> bool:
        """Whether it can be tried on a row at all, and would change it."""
        if self.channels and row["channel"] not in self.channels:
            return False
        if any(row.get(name) not in values for name, values in self.where.items()):
            return False
        if any(row.get(name) is not None for name in self.unknown):
            return False
        return self.kind == "wait" or self.applied(row, self.ago) != dict(row)

    def applied(self, row: Row, ago: int) -> dict[str, Any]:
        """The row if the lever had been there for `ago` days; of waiting, the row so many days later."""
        out, as_of = dict(row), row["as_of"]
        if self.kind == "wait":
            return _later(out, ago)
        if self.step is not None and (self.step.max_age_days is None or ago <= self.step.max_age_days):
            _done(out, self.step, ago)
        out |= self.gives
        out |= dict.fromkeys(self.day, as_of - dt.timedelta(days=ago))
        for name, other in self.copies.items():
            out[name] = row.get(other) or as_of - dt.timedelta(days=ago + 1)
        return out


WAIT: Final = Lever("wait", "wait", "time", ago=1)
"""Nothing but time: counts of the last days fall to nought, dates grow older."""


def levers(rulebook: Rulebook) -> tuple[Lever, ...]:
    """Every lever: waiting, those of the file, and an attestation of each other step of the rulebook."""
    listed = _listed(rulebook)
    named = {lever.step.name for lever in listed if lever.step is not None and lever.kind == "step"}
    attested = tuple(
        Lever(f"attest:{name}", "step", f"the step {name} done{' with nothing found' if step.settles else ''}{{dated}}", step=step)
        for name, step in rulebook.steps.items() if name not in named
    )  # fmt: skip
    return (*attested, *listed, WAIT)


def _listed(rulebook: Rulebook) -> tuple[Lever, ...]:
    out = []
    for name, part in _file().items():
        step = rulebook.steps.get(part["step"]) if "step" in part else None
        if "step" in part and step is None:
            continue  # the run was decided by a rulebook that did not know the step
        where = {fact: tuple(values) for fact, values in part.get("where", {}).items()}
        out.append(Lever(
            name, part["kind"], part["sentence"], part["gives"], tuple(part.get("day", ())), part.get("ago", 0), part.get("copies", {}),
            where, tuple(part.get("unknown", ())), tuple(part.get("channels", ())), step if part["kind"] == "step" else None,
        ))  # fmt: skip
    return tuple(out)


@cache
def _file() -> Mapping[str, Mapping[str, Any]]:
    """The levers of the file. Raises ConfigError where one has an unknown kind or names no fact."""
    found: Mapping[str, Mapping[str, Any]] = read_lists(FILE)["levers"]
    for name, part in found.items():
        facts = {*part.get("gives", ()), *part.get("day", ()), *part.get("where", ()), *part.get("unknown", ())}
        facts |= {*part.get("copies", {}).keys(), *part.get("copies", {}).values()}
        if part.get("kind") not in KINDS or not facts <= set(FACTS):
            what, mend = "has an unknown kind or names no fact", "name one of the kinds, and facts that rules know"
            raise ConfigError("a lever cannot be used", (Problem(f"words/{FILE}.toml", name, what, mend),))
    return found


def _done(row: dict[str, Any], step: Step, ago: int) -> None:
    """A step attested `ago` days ago, as `skiptrace.compliance.settings.settle` and the account facts have it."""
    row["steps_done"] = sorted({*(row.get("steps_done") or ()), step.name})
    for fact, value in step.settles.items():
        if row.get(fact) is None:
            row[fact] = value
    if step.name in _AGES:
        known = row.get(_AGES[step.name])
        row[_AGES[step.name]] = ago if known is None or step.name == "assignment_notice" else min(known, ago)


def _later(row: dict[str, Any], days: int) -> dict[str, Any]:
    """The row some days later, if nothing happens until then."""
    row["as_of"] += dt.timedelta(days=days)
    for name, value in row.items():
        if isinstance(value, int) and not isinstance(value, bool):
            if name in _AGES.values():
                row[name] = value + days
            elif (window := _WINDOW.search(name)) and days >= int(window[1]):
                row[name] = 0
    return row


def worded(lever: Lever, row: Row, days: Sequence[int], farthest: int) -> str:
    """The lever in words. `days`: on which days before the run it would do, each counted back; `farthest`: the last that was tried."""
    changed = lever.applied(row, days[0] if days else lever.ago)
    said = {name: str(changed.get(name)) for name in (*lever.copies, *lever.day)}
    return lever.sentence.format(**said, dated=_dated(row["as_of"], days, farthest))


def _dated(as_of: dt.date, days: Sequence[int], farthest: int) -> str:
    """` dated 2026-05-01 or later`; nothing where any day will do."""
    if not days or (min(days) == 0 and max(days) >= farthest):
        return ""
    first, latest = (as_of - dt.timedelta(days=ago) for ago in (max(days), min(days)))
    if min(days) == 0:
        return f" dated {first} or later"
    if max(days) >= farthest:
        return f" dated {latest} or earlier"
    return f" dated {latest}" if first == latest else f" dated {first} to {latest}"
