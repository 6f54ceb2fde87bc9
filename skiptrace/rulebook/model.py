"""What a contact rulebook is: rules, their cases, the steps they ask for, and what a channel must have covered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from skiptrace.rulebook.tokens import Node
from skiptrace.vocabulary import CHANNELS

Effect = Literal["stop", "require_step", "condition"]
Expectation = Literal["stop", "require_step", "condition", "none"]
Grain = Literal["account", "consumer", "contact_point", "debt"]

GRAINS: Final = ("account", "consumer", "contact_point", "debt")
"""What a rule is about. Account, consumer and debt read facts of the account alone, and may hold it; an account is one debt
here, and what is said of a consumer stands on every account of the consumer."""
EFFECTS: Final = ("stop", "require_step", "condition")
ON_MISSING: Final = ("stop", "require_step")
EXPECTATIONS: Final = (*EFFECTS, "none")
EVIDENCE: Final[dict[str, str]] = {
    "V": "text seen",
    "S": "one secondary source",
    "K": "general knowledge, to be checked against the cited text",
    "C": "computed from package data",
    "P": "policy: a choice of this product, not law",
    "nr": "not recorded: treat as K",
}
CERTAINTIES: Final = ("H", "M", "L")
COVERAGE_ID: Final = "COVERAGE"
"""The synthetic rule that stops a channel on which a required topic has no rule in force."""
COVERAGE_SENTENCE = "A topic that must be settled before this channel may be used here has no rule in force."
"""What it says to a person."""


@dataclass(frozen=True)
class Case:
    """One boundary case: facts (all others are unknown), scope facts taken away, and the effect expected."""

    name: str
    facts: Mapping[str, object]
    expect: Expectation
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hours:
    """Calling hours: for each weekday, Monday first, local opening and closing time (half-open), or None where the day is
    closed; minutes of margin at both ends; the least probability of a point that indicates a zone or a jurisdiction.
    `policy` names the pack of the project file that brings them into use; None: always."""

    week: tuple[tuple[dt.time, dt.time] | None, ...]
    margin_minutes: int
    plausible: float
    policy: str | None = None


@dataclass(frozen=True)
class Moment:
    """A boundary case of calling hours: zones, an instant (UTC), and whether it lies inside them."""

    name: str
    zones: tuple[str, ...]
    at: dt.datetime
    expect: Literal["open", "closed"]


@dataclass(frozen=True)
class Rule:
    """One contact rule. `condition` is the parsed `when`; `path` is relative to the rulebook's folder. `step` is what a
    true answer asks for, `missing_step` what an unknown one does."""

    id: str
    version: int
    topic: str
    sentence: str
    jurisdiction: str
    channels: tuple[str, ...]
    grain: Grain
    when: str
    condition: Node
    effect: Effect
    on_missing: Literal["stop", "require_step"]
    citations: tuple[str, ...]
    effective_from: dt.date
    effective_to: dt.date | None
    evidence: str
    certainty: str
    review_required: bool
    last_checked: dt.date
    cases: tuple[Case, ...]
    path: str
    step: str | None = None
    missing_step: str | None = None
    duty: str | None = None
    note: str | None = None
    hours: Hours | None = None
    moments: tuple[Moment, ...] = ()

    @property
    def all_channels(self) -> bool:
        """Whether the rule holds on every channel."""
        return set(self.channels) == set(CHANNELS)

    @property
    def holds_account(self) -> bool:
        """Whether the rule, where it is known to be true, stops a whole account."""
        return self.effect == "stop" and self.grain != "contact_point" and self.all_channels

    def in_force(self, as_of: dt.date) -> bool:
        """Whether the rule is law on a day; `effective_to` is its last day."""
        return self.effective_from <= as_of and (self.effective_to is None or as_of <= self.effective_to)

    def step_of(self, outcome: bool | None) -> str | None:
        """The step asked for where the condition is true or not known; None where none is."""
        if self.effect_of(outcome) != "require_step":
            return None
        return self.step if outcome else self.missing_step

    def effect_of(self, outcome: bool | None) -> Expectation:
        """What the rule does where its condition is true, false or not known."""
        if outcome is None:
            return self.on_missing
        return self.effect if outcome else "none"


@dataclass(frozen=True)
class Request:
    """What a vendor is asked: one row per account or per contact point, with these columns and no others."""

    per: Literal["account", "point"]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A precondition that a rule may ask for. An attestation not older than `max_age_days` gives facts that nobody
    reported the values in `settles`; `answers` says which facts a delivered answer gives, by its word."""

    name: str
    sentence: str
    settles: Mapping[str, object] = field(default_factory=dict)
    max_age_days: int | None = None
    answers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    request: Request | None = None


@dataclass(frozen=True)
class Outcome:
    """How a canonical outcome of a past attempt counts."""

    name: str
    call: bool = True
    conversation: bool = True
    contact: bool = True
    wrong_party: bool = False
    opt_out: bool = False
    from_consumer: bool = False
    reports: str | None = None


UNLISTED_OUTCOME: Final = Outcome("", call=True, conversation=True, contact=True)
"""An outcome that no file lists counts in every way that limits contact."""


@dataclass(frozen=True)
class Requirement:
    """Topics that must have a rule in force for a jurisdiction on some channels before these may be used there."""

    jurisdiction: str
    channels: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class City:
    """A city with rules of its own, recognised by state and ZIP prefix."""

    code: str
    name: str
    state: str
    postal_prefixes: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Jurisdictions: states by code, military pseudo-states, cities with rules of their own, provinces of Canada by code,
    and the zones of area codes whose zones a package gives wrongly."""

    states: Mapping[str, str]
    military: tuple[str, ...]
    cities: tuple[City, ...]
    area_code_zones: Mapping[str, tuple[str, ...]]
    provinces: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code a rule may be for: US, US-<state>, US-<state>-<city>, CA, CA-<province>."""
        cities = (f"US-{city.state}-{city.code}" for city in self.cities)
        canada = ("CA", *(f"CA-{province}" for province in self.provinces)) if self.provinces else ()
        return ("US", *(f"US-{state}" for state in self.states), *cities, *canada)


@dataclass(frozen=True)
class Limitation:
    """Limitation period of card debt in a state, in years, shorter and longer where sources or courts differ."""

    state: str
    shorter: int
    longer: int
    statute: str
    certainty: str
    note: str


@dataclass(frozen=True)
class SourceLimit:
    """What data of one purpose, or of one kind of source, may serve: these channels and no others."""

    name: str
    sentence: str
    channels: tuple[str, ...]
    citations: tuple[str, ...]
    evidence: str
    certainty: str
    last_checked: dt.date


@dataclass(frozen=True)
class Unenforced:
    """A row of law or lore that has no file on purpose, and why."""

    id: str
    where: str
    why: str


@dataclass(frozen=True)
class Rulebook:
    """All rules with what they refer to. `hash` identifies the content; `files` is that content, path and text. `carried`: channels
    whose uses go out on another one, which one by kind of point."""

    rules: tuple[Rule, ...]
    steps: Mapping[str, Step]
    outcomes: Mapping[str, Outcome]
    reasons: Mapping[str, str]
    point_reasons: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    covered_channels: tuple[str, ...]
    valid_days: Mapping[str, int]
    places: Places
    limitation: Mapping[str, Limitation]
    unenforced: tuple[Unenforced, ...]
    purpose_limits: Mapping[str, SourceLimit]
    kind_limits: Mapping[str, SourceLimit]
    files: tuple[tuple[str, str], ...]
    hash: str
    carried: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def in_force(self, as_of: dt.date) -> tuple[Rule, ...]:
        """Rules in force on a day, sorted by id."""
        return tuple(rule for rule in self.rules if rule.in_force(as_of))

    def rule(self, identifier: str) -> Rule | None:
        """The rule with an id, if there is one."""
        return next((rule for rule in self.rules if rule.id == identifier), None)

    def next_change(self, as_of: dt.date) -> dt.date | None:
        """The first later day on which another set of rules is in force, if any is known."""
        days = [rule.effective_from for rule in self.rules]
        days += [rule.effective_to + dt.timedelta(days=1) for rule in self.rules if rule.effective_to]
        return min((day for day in days if day > as_of), default=None)

    def stated_hours(self, as_of: dt.date) -> tuple[Rule, ...]:
        """Rules in force that state calling hours, sorted by id."""
        return tuple(rule for rule in self.in_force(as_of) if rule.hours)

    def plausible(self, as_of: dt.date) -> float:
        """The least probability of a point that indicates a zone or jurisdiction; 0 (every point) where no rule says."""
        return min((rule.hours.plausible for rule in self.stated_hours(as_of) if rule.hours), default=0.0)
