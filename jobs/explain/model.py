"""What an explanation holds, as plain frozen objects: what `explain --json` prints and the command line renders."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from jobs.lineage import Basis


@dataclass(frozen=True)
class Fact:
    """A fact that a rule saw: its name, its value in words (masked where it is a person's), and what it means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True)
class RuleWords:
    """A contact rule that acted: its id, its sentence, the sources it rests on, whether it acted because a fact is not known, and the
    facts that it saw; none where the run kept no fact sheet."""

    rule: str
    sentence: str
    citation: str
    unknown: bool = False
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Way:
    """Something that would open a stopped use: as a sentence; each thing that would have to be so; from which day on, where time must
    pass; of which kinds these things are (step, consent, wait, evidence, settings, report); and the decision then."""

    sentence: str
    needs: tuple[str, ...]
    since: dt.date | None
    kinds: tuple[str, ...]
    decision: str


@dataclass(frozen=True)
class StepWords:
    """A step that must be done first."""

    step: str
    sentence: str


@dataclass(frozen=True)
class Bar:
    """One comparison of a pair: its level (-1 missing), the level's sentence, and its evidence in bits."""

    comparison: str
    level: int
    sentence: str
    bits: float


@dataclass(frozen=True)
class Record:
    """A reference record that was compared with the account. `prior` and the bars' bits sum to `match_weight`.

    `person_weight`: bits of the account against the whole person that the record belongs to, before rivals; `person` says so in
    words where it matters, and what the probability rests on."""

    source: str
    record_id: str
    rank: int
    status: str
    relation: str
    match_probability: float
    match_weight: float
    person_weight: float
    margin: float | None
    via: str | None
    prior: float
    bars: tuple[Bar, ...]
    verdict: str
    person: str


@dataclass(frozen=True)
class Death:
    """A reported death. `date` is ISO, the year alone where masked; `reported_by` are names of sources."""

    date: str | None
    reported_by: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class State:
    """What was told of an account in the inventory: its state, the first day of it, and why."""

    state: str
    since: dt.date
    reason: str | None
    sentence: str


@dataclass(frozen=True)
class Noted:
    """What somebody noted about a contact point: the note's id, where it was told, of which account, what it says, the value (masked, if
    asked for), who says so, why, for which day, and all of it as a sentence."""

    note_id: str
    source: str
    account_id: str
    says: str
    value: str
    by: str
    reason: str | None
    date: dt.date
    sentence: str


@dataclass(frozen=True)
class Sighting:
    """Where a contact point was seen, or what came of an attempt on it; `relation` says whose record that is."""

    source: str
    record_id: str
    origin: str | None
    first_seen: dt.date | None
    last_seen: dt.date | None
    match_probability: float | None
    status: str | None
    relation: str = "same"


@dataclass(frozen=True)
class Reason:
    """A factor of a score with its points (log-odds)."""

    code: str
    text: str
    points: float


@dataclass(frozen=True)
class Hours:
    """The calling window on the clocks of one zone, such as 08:05–20:55."""

    zone: str
    hours: str


@dataclass(frozen=True)
class Decision:
    """What the rules say of one use, which of them acted, and what would change it."""

    decision: str
    stopped_by: tuple[RuleWords, ...]
    conditions: tuple[RuleWords, ...]
    steps_required: tuple[StepWords, ...]
    only_steps_stop: bool
    remedy: str
    window_start: dt.datetime | None
    window_end: dt.datetime | None
    window: str
    local_hours: tuple[Hours, ...]
    valid_until: dt.date | None
    ways: tuple[Way, ...] = ()
    """What would open it, each tried on every rule, the easiest first; empty where nothing would, it is open, or no facts were kept."""
    stuck: tuple[str, ...] = ()
    """Rules that stop it whatever was tried."""
    ends: dt.date | None = None
    """Of an open use the first day on which time alone stops it; None where none within four months does."""
    ended_by: tuple[RuleWords, ...] = ()
    """The rules that stop it then."""


@dataclass(frozen=True)
class Use:
    """One contact point on one channel, scored. The points of the reasons sum to `log_odds`, those of `p_reach`."""

    channel: str
    rank: int
    p_reach: float
    p_reach_low: float
    p_reach_high: float
    grade: str
    log_odds: float
    reasons: tuple[Reason, ...]
    decision: Decision | None


@dataclass(frozen=True)
class Point:
    """A way to reach the consumer; `value` is masked unless asked for."""

    point_id: str
    kind: str
    value: str
    rank: int
    origin: str
    status: str
    line_type: str
    shared_by: int
    first_seen: dt.date | None
    last_seen: dt.date | None
    p_current: float
    p_right_party: float
    sightings: tuple[Sighting, ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Delivered:
    """A group of columns of the tape: as written (by its shape unless asked for), as used, and why anything was not."""

    field: str
    raw: tuple[str, ...]
    canonical: tuple[str, ...]
    not_used: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What sources were asked about an account, each as a sentence; where nobody was asked in the last order, why (a word and its
    sentence), and the first day on which somebody may be asked again."""

    asks: tuple[str, ...]
    stop_reason: str | None
    stop: str | None
    next_refresh: dt.date | None


@dataclass(frozen=True)
class Explanation:
    """Everything a run says of one account."""

    run_id: str
    as_of: str
    account_id: str
    masked: bool
    name: str | None
    balance: Decimal | None
    locate_status: str
    meaning: str
    holds: tuple[RuleWords, ...]
    death: Death | None
    channel_order: tuple[str, ...]
    p_any_channel: float
    linked: tuple[Record, ...]
    considered: tuple[Record, ...]
    nobody: tuple[str, ...]
    """Why nobody was linked and what would help; empty where somebody was."""
    runner_up: tuple[str, ...]
    """Why the best record of anybody else lost; empty where nobody was linked or nobody else was considered."""
    points: tuple[Point, ...]
    next_steps: tuple[str, ...]
    notes: tuple[str, ...]
    delivered: tuple[Delivered, ...] = ()
    """What the tape said, beside what was made of it; empty where the tape is no longer what the run read."""
    consumer_id: str = ""
    consumer: tuple[str, ...] = ()
    """Since when the consumer has this id, and which others became it; empty where the project keeps no register of it."""
    state: State | None = None
    """Its state in the inventory; None where no account event speaks of it."""
    placed: str | None = None
    """With whom it is placed, as a sentence; None where its owner works it."""
    noted: tuple[Noted, ...] = ()
    """What people noted about contact points of the consumer."""
    basis: tuple[Basis, ...] = ()
    """What the sources of its points and links permit; empty where the project file cannot be read any more."""
    asked: Asked | None = None
    """What sources were asked about it by requests, and why none is asked now; None where nothing was ever ordered."""
