"""The stated model of what comes of attempts: whether a phone or mailbox works depends on who shows it, and since when nobody has.

For a number or mailbox of a debtor that a file shows, on the day on which the files were compiled,

    log-odds(works) = level - per_year * min(years since a source last showed it, 8) + source * min(further sources, 2)
                      + tape * (the seller's tape shows it too) - older * (a newer one of the same kind is known)

with the figures of MODEL: a source is the seller's tape or whoever first compiled a reference row; a copy is no further one.
Whether it works is drawn once; what a list says of a line is true where it says something. One attempt then ends as
`events.OUTCOMES` says, by whether the point works. So the probability of every use is known (`truth/uses.parquet`), and nobody
who knows only the files can do better. Letters have no such probability: they arrive where somebody lives. All figures are this
project's choice and no evidence about real lines or mailboxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from jobs.demo.coverage import CONTACT, compiled
from jobs.demo.events import CHANNELS, DEAD, GOOD, OTHERS, OUTCOMES
from jobs.demo.points import DISCONNECTED, LANDLINE, REASSIGNED, RIGHT, e164
from jobs.demo.records import World
from jobs.demo.sources import COPY, STATUSES
from jobs.demo.tape import Debtors, Portfolio
from jobs.demo.words import Days, Text, Whole, present, stream
from skiptrace.reach.teaching import load

TAPE = "tape"
_YEAR, _MOST_YEARS = 365.25, 8.0


@dataclass(frozen=True)
class Odds:
    """One kind of point: log-odds that it works, and what moves them. See the module's formula."""

    level: float
    per_year: float
    source: float
    tape: float
    older: float


MODEL: Final = {
    "phone": Odds(level=1.3, per_year=0.38, source=0.50, tape=0.35, older=0.80),
    "email": Odds(level=1.4, per_year=0.34, source=0.45, tape=0.40, older=0.90),
}


@dataclass(frozen=True)
class Shown:
    """Points of one kind that a source shows of debtors, parallel: whose, canonical values, days, what the source says of
    the line (None: nothing; COPY: it could not), and who compiled it first."""

    source: str
    kind: str
    person: Whole
    value: Text
    day: Days
    status: Text
    origin: Text


@dataclass(frozen=True)
class Use:
    """Uses on one channel, parallel: whose, canonical values, the probability that each works, and that an attempt of which
    something is told reaches the consumer."""

    channel: str
    kind: str
    person: Whole
    value: Text
    works: np.ndarray
    reached: np.ndarray


def settle(world: World, portfolio: Portfolio, debtors: Debtors, shown: Sequence[Shown], seed: int) -> World:
    """The world with what works drawn anew for every point of a debtor that a file shows."""
    rng, points = stream(seed, "works"), world.points
    state, read = points.state.copy(), points.email_read.copy()
    for kind in MODEL:
        person, slot, at, known = _own(world, portfolio, debtors, shown, kind)
        works = rng.random(len(at)) < _sigmoid(_odds(known, MODEL[kind]))[at]
        if kind == "email":
            read[person, slot] = works
        else:
            gone = np.where(points.state[person, slot] == REASSIGNED, REASSIGNED, DISCONNECTED)
            state[person, slot] = np.where(works, RIGHT, gone)
    return replace(world, points=replace(points, state=state, email_read=read))


def uses(world: World, portfolio: Portfolio, debtors: Debtors, shown: Sequence[Shown]) -> tuple[Use, ...]:
    """Every use, by channel, of what is theirs and what a file shows, of the living."""
    out = []
    for kind, channels in (("phone", ("voice", "sms")), ("email", ("email",))):
        person, slot, at, known = _own(world, portfolio, debtors, shown, kind)
        works = _told(_sigmoid(_odds(known, MODEL[kind])), known)[at]
        value = known["value"].to_numpy(zero_copy_only=False)[at]
        alive = np.isnat(world.people.died[person])
        for channel in channels:
            rows = np.flatnonzero(alive & ((channel != "sms") | (slot != LANDLINE)))
            reached = reaching(channel, works[rows])
            out.append(Use(channel, kind, person[rows], value[rows], works[rows], reached))
    return tuple(out)


def reaching(channel: str, works: np.ndarray) -> np.ndarray:
    """The probability that an attempt, of which something is told, reaches the consumer, by that that the point works."""
    number, labels = CHANNELS.index(channel), load().channels[channel]
    ends = [OUTCOMES[number, state] for state in (GOOD, DEAD, OTHERS) if (number, state) in OUTCOMES]
    told = [sum(share for name, share in end.items() if name in {*labels.reached, *labels.missed}) for end in ends]
    reach = sum(share for name, share in ends[0].items() if name in labels.reached)
    found: np.ndarray = works * reach / (works * told[0] + (1 - works) * np.mean(told[1:]))
    return found


def _known(world: World, portfolio: Portfolio, debtors: Debtors, shown: Sequence[Shown], kind: str) -> pa.Table:
    """person, value, years, sources (origins of the reference), tape (0 or 1), older (0 or 1), alive, dead (a list says so) and silent
    (rows of the list that say nothing) of every value that a file shows, by person and value."""
    tape = portfolio.phones if kind == "phone" else (portfolio.email,)
    parts = [one for one in shown if one.kind == kind]
    for values in tape:
        rows = np.flatnonzero(present(values))
        status = np.full(len(rows), COPY, object)
        parts.append(Shown(TAPE, kind, debtors.person[rows], values[rows], debtors.charged_off[rows], status, status))
    words = [word for _, word, _ in STATUSES]
    status = np.concatenate([one.status for one in parts])
    source = np.concatenate([np.full(len(one.person), one.source, object) for one in parts])
    table = pa.table({
        "person": np.concatenate([one.person for one in parts]),
        "value": pa.array(np.concatenate([one.value for one in parts]), pa.string()),
        "day": np.concatenate([one.day for one in parts]).astype("datetime64[D]").astype(np.int64),
        "origin": pa.array(np.concatenate([one.origin for one in parts]), pa.string(), mask=source == TAPE),
        "tape": (source == TAPE).astype(np.int64),
        "alive": (status == words[0]).astype(np.int64),
        "dead": np.isin(status.astype(str), words[1:]).astype(np.int64),
        "silent": ((source == CONTACT) & ~present(status)).astype(np.int64),
    })  # fmt: skip
    sums = [("day", "max"), ("origin", "count_distinct"), ("tape", "max"), ("alive", "max"), ("dead", "max"), ("silent", "sum")]
    found = table.group_by(["person", "value"]).aggregate(sums).sort_by([("person", "ascending"), ("value", "ascending")])
    day = found["day_max"].to_numpy()
    person = found["person"].to_numpy()
    newest = np.full(int(person.max(initial=0)) + 1, -(2**62))
    np.maximum.at(newest, person, day)
    years = np.maximum((compiled(world).astype("datetime64[D]").astype(np.int64) - day) / _YEAR, 0)
    names = {"sources": "origin_count_distinct", "tape": "tape_max", "alive": "alive_max", "dead": "dead_max", "silent": "silent_sum"}
    return pa.table({
        "person": person, "value": found["value"].combine_chunks(), "years": years, "older": (day < newest[person]).astype(np.int64),
        **{name: found[column].to_numpy() for name, column in names.items()},
    })  # fmt: skip


def _own(
    world: World, portfolio: Portfolio, debtors: Debtors, shown: Sequence[Shown], kind: str
) -> tuple[Whole, Whole, Whole, pa.Table]:  # fmt: skip
    """(person, slot, row of `known`, known) of the values that are the person's own: a mistyped one is nobody's."""
    known = _known(world, portfolio, debtors, shown, kind)
    person = np.unique(debtors.person)
    own = e164(world.points.phone[person].ravel()) if kind == "phone" else world.points.email[person].ravel()
    slots = len(own) // max(len(person), 1)
    rows = {pair: row for row, pair in enumerate(zip(known["person"].to_pylist(), known["value"].to_pylist(), strict=True))}
    whose, slot = np.repeat(person, slots), np.tile(np.arange(slots), len(person))
    at = np.array([rows.get(pair, -1) for pair in zip(whose.tolist(), own.tolist(), strict=True)], np.int64)
    found = np.flatnonzero(at >= 0)
    return whose[found], slot[found], at[found], known


def _odds(known: pa.Table, model: Odds) -> np.ndarray:
    """Log-odds that each value works, before what a list says of it."""
    column = {name: known[name].to_numpy() for name in ("years", "sources", "tape", "older")}
    further = np.clip(column["sources"] + column["tape"] - 1, 0, 2)
    odds: np.ndarray = (
        model.level - model.per_year * np.minimum(column["years"], _MOST_YEARS) + model.source * further
        + model.tape * (column["tape"] * (column["sources"] > 0)) - model.older * column["older"]
    )  # fmt: skip
    return odds


def _told(works: np.ndarray, known: pa.Table) -> np.ndarray:
    """Bayes' rule for what a list says of a line: true where it says something, and its silence says a little too."""
    silent = known["silent"].to_numpy()
    quiet = {state: (1 - share) ** silent for state, _, share in STATUSES}
    after = works * quiet[RIGHT] / (works * quiet[RIGHT] + (1 - works) * quiet[DISCONNECTED])
    after = np.where(known["alive"].to_numpy() > 0, 1.0, after)
    return np.where(known["dead"].to_numpy() > 0, 0.0, after)


def _sigmoid(odds: np.ndarray) -> np.ndarray:
    p: np.ndarray = 1 / (1 + np.exp(-odds))
    return p
