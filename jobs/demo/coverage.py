"""Who is in which source, at which of their addresses and when: the records of each delivery, planned as integers.

Debtors in no source are left out of all of them; their households are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.demo import shares
from jobs.demo.addresses import SLOTS
from jobs.demo.records import World
from jobs.demo.words import Days, Flags, Random, Whole, stream

BATCH = 50_000  # records written at a time
HEADER, UTILITY, VOTER, CONTACT = "header", "utility", "voter", "contact"
NAMES = (HEADER, UTILITY, VOTER, CONTACT)


@dataclass(frozen=True)
class Plan:
    """Which records a source holds: a person, an address slot and a day each, in the order of the delivery.

    `slot` is the address shown; `since` is the first day of the record, `day` its last, NaT where it has none."""

    person: Whole
    slot: Whole
    since: Days
    day: Days

    def part(self, start: int) -> Plan:
        """The batch that starts at a record."""
        cut = slice(start, start + BATCH)
        return Plan(self.person[cut], self.slot[cut], self.since[cut], self.day[cut])


def plans(world: World, debtors: Whole, seed: int) -> dict[str, Plan]:
    """The records of each source. `debtors` are rows of the population; a share of them is in no source."""
    rng = stream(seed, "coverage")
    people = world.people
    n = len(people)
    owes = np.zeros(n, np.bool_)
    owes[debtors] = True
    covered = np.zeros(n, np.bool_)
    covered[people.adults()] = True
    covered &= rng.random(n) >= np.where(owes, shares.ABSENT_DEBTORS, shares.ABSENT_OTHERS)
    among: dict[str, Flags] = {}
    for name, share in ((HEADER, shares.IN_HEADER), (UTILITY, shares.IN_UTILITY), (VOTER, shares.IN_VOTER),
                        (CONTACT, shares.IN_CONTACT)):  # fmt: skip
        among[name] = covered & (rng.random(n) < share)
    among[CONTACT] |= covered & ~(among[HEADER] | among[UTILITY] | among[VOTER])
    twice = np.flatnonzero(among[CONTACT] & (rng.random(n) < shares.SECOND_CONTACT))
    return {
        HEADER: _header_plan(world, np.flatnonzero(among[HEADER]), rng),
        UTILITY: _dated_plan(world, np.flatnonzero(among[UTILITY]), 400.0, rng),
        VOTER: _voter_plan(world, np.flatnonzero(among[VOTER]), rng),
        CONTACT: _dated_plan(world, np.concatenate([np.flatnonzero(among[CONTACT]), twice]), 800.0, rng),
    }


def compiled(world: World) -> np.datetime64:
    """The day on which the sources' files were compiled: nothing in them is later."""
    return world.people.as_of - np.timedelta64(shares.FILES_AGE_DAYS, "D")


def _header_plan(world: World, rows: Whole, rng: Random) -> Plan:
    """The current address and a share of the earlier ones, each with the days between which it was reported."""
    people, as_of = world.people, compiled(world)
    n = len(rows)
    out: list[tuple[Whole, Whole, Days, Days]] = []
    for slot in range(SLOTS - 1):
        since = people.since[rows, slot]
        if slot == 0:
            # Who moved within the last months is still reported at the old address.
            keep = rng.random(n) < np.clip((as_of - since).astype(np.int64) / 240, 0.15, 1.0)
            day = as_of - np.clip(rng.exponential(220, n), 3, 2500).astype(np.int64)
        else:
            until = people.since[rows, slot - 1]
            former = people.address[rows, slot] != people.address[rows, slot - 1]
            keep = former & (rng.random(n) < shares.HEADER_FORMER_ADDRESS) & (until > as_of - 15 * 365)
            day = until - rng.integers(0, 120, n)
            late = rng.random(n) < shares.STALE
            day = np.minimum(np.where(late, until + rng.integers(30, 500, n), day), as_of - 5)
        day = np.maximum(day, np.minimum(since + 10, as_of - 2))
        day = _before_death(world, rows, day, rng)
        first = np.minimum(np.maximum(since + rng.integers(5, 150, n), people.born[rows] + 18 * 366), day)
        out.append((rows[keep], np.full(int(keep.sum()), slot), first[keep], day[keep]))
    person, which, first, day = (np.concatenate(parts) for parts in zip(*out, strict=True))
    order = rng.permutation(len(person))
    return Plan(person[order], which[order], first[order], day[order])


def _dated_plan(world: World, rows: Whole, days: float, rng: Random) -> Plan:
    """One record of each row, on a day before as_of that is `days` ago on average."""
    people = world.people
    day = compiled(world) - np.clip(rng.exponential(days, len(rows)), 3, 3600).astype(np.int64)
    day = _before_death(world, rows, day, rng)
    order = rng.permutation(len(rows))
    since = np.maximum(day - rng.integers(20, 900, len(rows)), people.born[rows] + 18 * 366)
    slot = people.slot_at(rows, day) + (rng.random(len(rows)) < shares.STALE)
    return Plan(rows[order], np.minimum(slot, SLOTS - 1)[order], np.minimum(since, day)[order], day[order])


def _voter_plan(world: World, rows: Whole, rng: Random) -> Plan:
    """Registration and last vote. The roll keeps an address until the voter registers again."""
    people, as_of = world.people, compiled(world)
    n = len(rows)
    since = np.maximum(as_of - rng.integers(30, 12 * 365, n), people.born[rows] + 18 * 366)
    since = np.minimum(_before_death(world, rows, since, rng), as_of - 10)
    slot = people.slot_at(rows, since)
    left = np.where(slot > 0, people.since[rows, np.maximum(slot - 1, 0)], as_of)
    last = np.minimum(np.where(np.isnat(people.died[rows]), as_of, people.died[rows]), left + 200)
    year = last.astype("datetime64[Y]").astype(np.int64) + 1970
    polls = _election(year - year % 2)
    day = np.where(polls <= last, polls, _election(year - year % 2 - 2))
    day = np.where((rng.random(n) < 0.65) & (day > since), day, np.datetime64("NaT", "D"))
    order = rng.permutation(n)
    return Plan(rows[order], slot[order], since[order], day[order])


def _election(years: Whole) -> Days:
    return (years - 1970).astype("datetime64[Y]").astype("datetime64[D]") + 308


def _before_death(world: World, rows: Whole, day: Days, rng: Random) -> Days:
    died = world.people.died[rows]
    late = ~np.isnat(died) & (day > died) & (rng.random(len(rows)) >= shares.SEEN_AFTER_DEATH)
    return np.where(late, died - rng.integers(1, 500, len(rows)), day)
