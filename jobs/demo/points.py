"""Phones and e-mail addresses of the people: which are theirs, which are dead, which belong to somebody else by now.

Numbers are fictional: area code, exchange 555, line 0100 to 0199. That is a hundred per area code, so in larger
projects they repeat among people. Above `WIDE_FROM` accounts further exchanges are used, with the same lines 0100 to
0199, because shared numbers would otherwise drown every other signal; those may be assigned to real subscribers, and
like every number of the sample project they must never be dialled. E-mail addresses are under example.com, example.net
and example.org.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.demo import shares
from jobs.demo.population import Population
from jobs.demo.words import Days, Flags, Random, Text, Whole, Words, texts

WIDE_FROM = 15_000  # accounts above which exchanges beside 555 are used
LINES = 100  # fictional lines of an exchange: 0100 to 0199

MOBILE, FORMER_MOBILE, LANDLINE = 0, 1, 2
RIGHT, DISCONNECTED, REASSIGNED = 0, 1, 2

_HOSTS = ("", "mail.", "inbox.", "post.", "web.", "letters.")
DOMAINS = texts([f"{host}example.{end}" for host in _HOSTS for end in ("com", "net", "org")])


@dataclass(frozen=True)
class Points:
    """Contact points of the people, parallel to the population. Numbers are ten digits, 0 where there is none.

    `phone` and `state` have shape (people, 3): mobile, former mobile, landline; the mobile is in use
    since `mobile_since`.
    `email` and `email_read` have shape (people, 2): current, former."""

    phone: Whole
    state: Whole
    mobile_since: Days
    voip: Flags
    email: Text
    email_read: Flags

    def right_phone(self, people: Population) -> Flags:
        """Whether a call on each number reaches the person: in service, still theirs, and they are alive."""
        right: Flags = (self.phone > 0) & (self.state == RIGHT) & np.isnat(people.died)[:, None]
        return right

    def right_email(self, people: Population) -> Flags:
        """Whether a message to each address is read by the person."""
        return self.email_read & np.isnat(people.died)[:, None]


def endow(words: Words, people: Population, accounts: int, rng: Random) -> Points:
    """Phones and e-mail addresses for everybody of the population who is grown up."""
    n = len(people)
    adult = np.zeros(n, np.bool_)
    adult[people.adults()] = True
    mobile = adult & (rng.random(n) < shares.MOBILE)
    former = adult & (rng.random(n) < shares.FORMER_MOBILE)
    place = people.book.place[people.address]
    kept = rng.random(n) < shares.NUMBER_KEPT
    home = np.where(kept, place[:, 2], place[:, 0])
    house_line = (np.arange(n) == people.head) & (rng.random(n) < shares.LANDLINE)
    house_dead, voip = rng.random(n) < shares.LANDLINE_DEAD, rng.random(n) < shares.VOIP
    states = np.full((n, 3), RIGHT, np.int64)
    states[rng.random(n) < shares.MOBILE_DEAD, MOBILE] = DISCONNECTED
    states[:, FORMER_MOBILE] = rng.choice(3, n, p=shares.FORMER_STATES)
    states[house_dead[people.head], LANDLINE] = DISCONNECTED
    states[people.left_home & ~house_dead[people.head], LANDLINE] = REASSIGNED  # it rings where they no longer live
    reassigned = former & (states[:, FORMER_MOBILE] == REASSIGNED)
    own_former = former & ~reassigned
    owners = (np.flatnonzero(house_line), np.flatnonzero(mobile), np.flatnonzero(own_former))
    wanted = np.concatenate([place[owners[0], 0], home[owners[1]], place[owners[2], 2]])
    number = _numbers(words, wanted, accounts, rng)
    cut = np.cumsum([len(found) for found in owners])
    phone = np.zeros((n, 3), np.int64)
    line = np.zeros(n, np.int64)
    line[owners[0]] = number[: cut[0]]
    phone[:, LANDLINE] = np.where(adult, line[people.head], 0)
    phone[owners[1], MOBILE] = number[cut[0] : cut[1]]
    phone[owners[2], FORMER_MOBILE] = number[cut[1] :]
    if len(owners[1]):
        heirs = owners[1][rng.integers(0, len(owners[1]), int(reassigned.sum()))]
        phone[reassigned, FORMER_MOBILE] = phone[heirs, MOBILE]  # somebody else carries the number now
        phone[phone[:, FORMER_MOBILE] == phone[:, MOBILE], FORMER_MOBILE] = 0
    since = people.as_of - np.clip(rng.exponential(1300, n), 30, 6000).astype(np.int64)
    email, read = _emails(words, people, adult, rng)
    return Points(phone, np.where(phone > 0, states, DISCONNECTED), since, voip[people.head], email, read)


def exchanges(accounts: int, demand: int, codes: int) -> list[int]:
    """555 alone, or as many exchanges as the demand needs: none that ends in 11 (services), none of another 55x."""
    if accounts <= WIDE_FROM:
        return [555]
    others = [number for number in range(220, 1000) if number % 100 != 11 and number // 10 != 55]
    return [555, *others[: demand // (codes * LINES) + 2]]


def _numbers(words: Words, place: Whole, accounts: int, rng: Random) -> Whole:
    """A number for each place: of its own area code while these last, then of its state, then of any, then repeated."""
    open_ = np.array(exchanges(accounts, len(place), len(words.area_code)), np.int64)
    area = np.repeat(np.arange(len(words.area_code)), len(open_) * LINES)
    line = np.tile((open_[:, None] * 10_000 + 100 + np.arange(LINES)).ravel(), len(words.area_code))
    pool = words.area_code[area] * 10_000_000 + line
    shuffled = rng.permutation(len(pool))
    pool, area = pool[shuffled], area[shuffled]
    out = np.zeros(len(place), np.int64)
    free = np.ones(len(pool), np.bool_)
    nowhere, anywhere = np.zeros(len(pool), np.int64), np.zeros(len(place), np.int64)
    for asked, offered in (
        (words.place_area[place], area),
        (words.state_number[place], words.area_state[area]),
        (anywhere, nowhere),
    ):
        wanting, left = np.flatnonzero(out == 0), np.flatnonzero(free)
        wanting = wanting[np.argsort(asked[wanting], kind="stable")]
        left = left[np.argsort(offered[left], kind="stable")]
        groups, has = asked[wanting], offered[left]
        turn = np.arange(len(groups)) - np.searchsorted(groups, groups)
        found = np.searchsorted(has, groups) + turn
        ok = found < np.searchsorted(has, groups, side="right")
        out[wanting[ok]] = pool[left[found[ok]]]
        free[left[found[ok]]] = False
    rest = np.flatnonzero(out == 0)
    out[rest] = pool[rng.integers(0, len(pool), len(rest))]
    return out


def _emails(words: Words, people: Population, adult: Flags, rng: Random) -> tuple[Text, Flags]:
    """Current and former e-mail addresses, one owner each except where a household shares; who reads them."""
    n = len(people)
    has = np.stack([adult & (rng.random(n) < shares.EMAIL), np.zeros(n, np.bool_)], axis=1)
    has[:, 1] = has[:, 0] & (rng.random(n) < shares.FORMER_EMAIL)
    style = rng.integers(0, 4, (n, 2))
    number = rng.integers(1, 1000, (n, 2))
    domain = DOMAINS[rng.integers(0, len(DOMAINS), (n, 2))]
    out = np.full((n, 2), None, object)
    taken: set[str] = set()
    clean = {ord(mark): None for mark in "'- ."}
    first = [str(name).lower().translate(clean) for name in words.first]
    last = [str(name).lower().translate(clean) for name in words.last]
    old_last = np.where(people.earlier_last >= 0, people.earlier_last, people.last)
    for column, surname in ((0, people.last), (1, old_last)):
        for row in np.flatnonzero(has[:, column]).tolist():
            given, family = first[people.first[row]], last[surname[row]]
            kind, digits = int(style[row, column]), int(number[row, column])
            plain = (f"{given}.{family}", f"{given[0]}{family}")
            local = (*plain, f"{given}{digits}", f"{family}_{given[0]}{digits}")[kind]
            address = f"{local}@{domain[row, column]}"
            if address in taken:
                address = f"{local}.{row}@{domain[row, column]}"
            taken.add(address)
            out[row, column] = address
    share = has[:, 0] & (np.arange(n) != people.head) & has[people.head, 0] & (rng.random(n) < shares.SHARED_EMAIL)
    out[share, 0] = out[people.head[share], 0]
    read = rng.random((n, 2)) < np.array([shares.EMAIL_READ, shares.FORMER_EMAIL_READ])
    return out, read & has


def phone_at(people: Population, points: Points, rows: Whole, day: Days, rng: Random, home: float = 0.4) -> Whole:
    """Which number a source learns on `day`: MOBILE, FORMER_MOBILE or, in the share `home` of cases and where there is
    no mobile, LANDLINE. The number itself may be 0."""
    early = points.mobile_since[rows] > day
    mobile = np.where(early & (points.phone[rows, FORMER_MOBILE] > 0), FORMER_MOBILE, MOBILE)
    at_home = (points.phone[rows, LANDLINE] > 0) & (rng.random(len(rows)) < home)
    return np.where(at_home | (points.phone[rows, mobile] == 0), LANDLINE, mobile)


def e164(numbers: Whole) -> Text:
    """Ten digits as +1 and the digits; None for 0."""
    return texts([f"+1{number}" if number else None for number in numbers.tolist()])


def formatted(numbers: Text, rng: Random) -> Text:
    """Ten-digit text as people write it: bare, with brackets, with dashes, with +1. None stays None."""
    kinds = np.searchsorted(np.array([0.40, 0.65, 0.88]), rng.random(len(numbers))).tolist()
    pairs = zip(numbers, kinds, strict=True)
    return texts([None if number is None else _format(number, kind) for number, kind in pairs])


def _format(number: str, kind: int) -> str:
    area, exchange, line = number[:3], number[3:6], number[6:]
    return (number, f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"+1 {area} {exchange} {line}")[kind]
