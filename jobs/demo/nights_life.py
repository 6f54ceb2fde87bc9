"""What happens to the people of the sample project from one day to the next: they move, marry and die, change numbers and mailboxes.

Every array is replaced and never changed, so that what was said of an earlier night stays true. A day has a random stream of its
own. Rates are this project's choice, near what `shares` states for the years before; `pace` multiplies them all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from jobs.demo import shares
from jobs.demo.addresses import AddressBook, new_addresses, next_place
from jobs.demo.points import DISCONNECTED, DOMAINS, FORMER_MOBILE, LINES, MOBILE, REASSIGNED, RIGHT, WIDE_FROM, exchanges
from jobs.demo.population import Population
from jobs.demo.records import World
from jobs.demo.words import Days, Random, Text, Whole, draw, present, stream, texts

# Per person and year.
MOVES: Final = 0.12
ALONG: Final = 0.8  # Others of a household who move with its head.
DEATHS: Final = 0.02
MARRIAGES: Final = 0.015  # Women who take another surname.
NUMBERS: Final = 0.10  # Mobile numbers that are given up for another one.
LINES_DEAD: Final = 0.05  # Mobile numbers that go out of service, and nothing follows.
TO_OTHERS: Final = 0.4  # Numbers given up that somebody else has got; the others are out of service.
RELEASED: Final = 0.35  # New numbers that somebody else gave up before, where there are some.
MAILBOXES: Final = 0.07  # Mailboxes given up for another one.
MAILBOXES_DEAD: Final = 0.05  # Mailboxes that nobody reads any more.


@dataclass(frozen=True)
class Day:
    """What happened on one day: rows of the population, each once per kind."""

    moved: Whole
    died: Whole
    married: Whole
    renumbered: Whole
    disconnected: Whole
    remailed: Whole
    unread: Whole


def live(world: World, day: np.datetime64, accounts: int, seed: int, pace: float = 1.0) -> tuple[World, Day]:
    """The world a day later, and what happened. `accounts` says how many exchanges numbers may be of."""
    rng = stream(seed, f"life {day}")
    people, points = replace(world.people, as_of=day), world.points
    alive = np.isnat(people.died)
    adult = np.zeros(len(people), np.bool_)
    adult[people.adults()] = True
    adult &= alive

    def met(rate: float, among: np.ndarray) -> Whole:
        return np.flatnonzero(among & (rng.random(len(among)) < rate * pace / 365.25))

    heads = met(MOVES, adult)
    people, moved = _move(world, people, heads, day, rng)
    married = met(MARRIAGES, adult & (people.sex == 1) & (people.earlier_last < 0))
    people = _marry(world, people, married, day, rng)
    age = (day - people.born).astype(np.int64) / 365.25
    weight = np.exp((age - 50) / 16)
    weight = weight / max(float(weight[adult].mean()), 1e-9) if adult.any() else weight
    died = np.flatnonzero(adult & (rng.random(len(adult)) < np.clip(DEATHS * weight, 0, 0.6) * pace / 365.25))
    until = people.died.copy()
    until[died] = day - rng.integers(0, 3, len(died))
    people = replace(people, died=until)
    has = points.phone[:, MOBILE] > 0
    renumbered = met(NUMBERS, adult & has)
    dead = met(LINES_DEAD, adult & has & (points.state[:, MOBILE] == RIGHT))
    dead = dead[~np.isin(dead, renumbered)]
    mail = present(points.email[:, 0])
    remailed, unread = met(MAILBOXES, adult & mail), met(MAILBOXES_DEAD, adult & mail & points.email_read[:, 0])
    unread = unread[~np.isin(unread, remailed)]
    world = replace(world, people=people)
    world = _renumber(world, renumbered, day, accounts, rng)
    state, read = world.points.state.copy(), world.points.email_read.copy()
    state[dead, MOBILE] = DISCONNECTED
    read[unread, 0] = False
    world = replace(world, points=replace(world.points, state=state, email_read=read))
    world = _remail(world, remailed, rng)
    return world, Day(moved, died, married, renumbered, dead, remailed, unread)


def _move(world: World, people: Population, movers: Whole, day: np.datetime64, rng: Random) -> tuple[Population, Whole]:
    """Movers at a new address each; where the head of a household moves, most of those who live there move along."""
    if not len(movers):
        return people, movers
    now = people.address[:, 0]
    place = next_place(world.words, people.book.place[now[movers]], rng)
    book = new_addresses(world.words, place, rng)
    fresh = len(people.book.place) + np.arange(len(movers))
    target = np.full(len(people), -1)
    target[movers] = fresh
    leading = people.head[movers] == movers
    of_head = np.full(len(people), -1)
    of_head[movers[leading]] = fresh[leading]
    theirs = of_head[people.head]
    along = (theirs >= 0) & (target < 0) & (now == now[people.head]) & np.isnat(people.died) & (rng.random(len(people)) < ALONG)
    target = np.where(along, theirs, target)
    moved = np.flatnonzero(target >= 0)
    address, since = people.address.copy(), people.since.copy()
    address[moved, 1:], since[moved, 1:] = people.address[moved, :-1], people.since[moved, :-1]
    address[moved, 0], since[moved, 0] = target[moved], day
    joined = AddressBook(*(np.concatenate([getattr(people.book, name), getattr(book, name)]) for name in AddressBook.__dataclass_fields__))
    return replace(people, address=address, since=since, book=joined), moved


def _marry(world: World, people: Population, rows: Whole, day: np.datetime64, rng: Random) -> Population:
    last, earlier = people.last.copy(), people.earlier_last.copy()
    renamed, both = people.renamed.copy(), people.hyphenated.copy()
    other = draw(world.words.last_share, len(rows), rng)
    some = rows[other != last[rows]]
    earlier[some], last[some], renamed[some] = last[some], other[other != last[rows]], day
    both[some] = rng.random(len(some)) < shares.HYPHENATED
    return replace(people, last=last, earlier_last=earlier, renamed=renamed, hyphenated=both)


def _renumber(world: World, rows: Whole, day: np.datetime64, accounts: int, rng: Random) -> World:
    """A new mobile number each; the old one is dead, or somebody else's: some new numbers are such."""
    points, people = world.points, world.people
    if not len(rows):
        return world
    phone, state, since = points.phone.copy(), points.state.copy(), points.mobile_since.copy()
    free = np.setdiff1d(phone[:, FORMER_MOBILE][state[:, FORMER_MOBILE] == DISCONNECTED], phone[:, MOBILE])
    free = rng.permutation(free[free > 0])
    fresh = _numbers(world, people.book.place[people.address[rows, 0]], accounts, rng)
    again = np.flatnonzero(rng.random(len(rows)) < RELEASED)[: len(free)]
    fresh[again] = free[: len(again)]
    given = rng.random(len(rows)) < TO_OTHERS
    phone[rows, FORMER_MOBILE], state[rows, FORMER_MOBILE] = phone[rows, MOBILE], np.where(given, REASSIGNED, DISCONNECTED)
    taken = (
        (phone[:, FORMER_MOBILE, None] == fresh[again]).any(axis=1) & (phone[:, FORMER_MOBILE] > 0)
        if len(again)
        else np.zeros(len(phone), np.bool_)
    )
    state[taken, FORMER_MOBILE] = REASSIGNED
    phone[rows, MOBILE], state[rows, MOBILE], since[rows] = fresh, RIGHT, day
    return replace(world, points=replace(points, phone=phone, state=state, mobile_since=since))


def _numbers(world: World, place: Whole, accounts: int, rng: Random) -> Whole:
    """Numbers of the area of each place that nobody has or had, while such are found in a few tries."""
    used, words = np.unique(world.points.phone), world.words
    open_ = np.array(exchanges(max(accounts, 1), len(world.people), len(words.area_code)) if accounts > WIDE_FROM else [555], np.int64)
    out = np.zeros(len(place), np.int64)
    for _ in range(30):
        rows = np.flatnonzero(np.isin(out, used) | (out == 0))
        if not len(rows):
            break
        area = words.area_code[words.place_area[place[rows]]]
        out[rows] = area * 10_000_000 + open_[rng.integers(0, len(open_), len(rows))] * 10_000 + 100 + rng.integers(0, LINES, len(rows))
    return out


def _remail(world: World, rows: Whole, rng: Random) -> World:
    points, words, people = world.points, world.words, world.people
    email, read = points.email.copy(), points.email_read.copy()
    names = zip(words.first[people.first[rows]], words.last[people.last[rows]], rng.integers(1000, 99_999, len(rows)).tolist(),
                DOMAINS[rng.integers(0, len(DOMAINS), len(rows))], strict=True)  # fmt: skip
    fresh: Text = texts(
        [f"{first}.{last}.{number}@{domain}".lower().replace(" ", "").replace("'", "") for first, last, number, domain in names]
    )
    email[rows, 1], read[rows, 1] = email[rows, 0], rng.random(len(rows)) < shares.FORMER_EMAIL_READ
    email[rows, 0], read[rows, 0] = fresh, True
    return replace(world, points=replace(points, email=email, email_read=read))


def known_by(world: World, delay: Whole) -> World:
    """The world as a source knows it that hears of a death so many days later: `delay` per person."""
    died: Days = world.people.died
    heard = died + delay
    return replace(world, people=replace(world.people, died=np.where(heard <= world.people.as_of, died, np.datetime64("NaT", "D"))))
