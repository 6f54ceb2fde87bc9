"""The people: households, names and former names, births and deaths, and where each lived since when.

Hard for linkage on purpose: fathers and sons of one name at one address, twins, spouses, parents and housemates, former
and hyphenated surnames, nicknames, members who left home while the others stayed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.demo import shares
from jobs.demo.addresses import SLOTS, AddressBook, moves, new_addresses, next_place
from jobs.demo.words import Days, Flags, Random, Whole, Words, draw

HEAD, SPOUSE, CHILD, OTHER = 0, 1, 2, 3
NO_SUFFIX, SENIOR, JUNIOR = 0, 1, 2
NONE = -1
_DAY = np.timedelta64(1, "D")
_YEAR = 365.25


@dataclass(frozen=True)
class Population:
    """One person per row; the members of a household stand together, its head first.

    `address` and `since` have shape (people, SLOTS): rows of `book`, and the day from which each was home; the current
    one first. `died` and `renamed` are NaT where nothing of the kind happened; `earlier_last` and `middle` are NONE."""

    household: Whole
    head: Whole
    role: Whole
    sex: Whole
    first: Whole
    middle: Whole
    last: Whole
    earlier_last: Whole
    renamed: Days
    hyphenated: Flags
    suffix: Whole
    nickname: Flags
    born: Days
    died: Days
    ssn4: Whole
    left_home: Flags
    address: Whole
    since: Days
    book: AddressBook
    as_of: np.datetime64

    def __len__(self) -> int:
        return len(self.household)

    def adults(self) -> Whole:
        """Rows of those who were 18 by as_of."""
        return np.flatnonzero(self.born <= self.as_of - np.int64(18 * _YEAR + 5) * _DAY)

    def slot_at(self, people: Whole, day: Days) -> Whole:
        """Which of their addresses each of `people` lived at on `day`."""
        later: Whole = (self.since[people] > day[:, None]).sum(axis=1)
        return np.minimum(later, SLOTS - 1)


def populate(words: Words, adults: int, as_of: np.datetime64, rng: Random) -> Population:
    """About `adults` grown people, their children, and seventy years of their lives before `as_of`."""
    households = max(3, int(adults / 2.2))
    size = 1 + draw(np.cumsum(shares.HOUSEHOLD_SIZES), households, rng)
    household = np.repeat(np.arange(households), size)
    n = len(household)
    head = (np.cumsum(size) - size)[household]
    position = np.arange(n) - head
    role = _roles(position, rng)
    sex = rng.integers(0, 2, n)
    spouse = role == SPOUSE
    sex[spouse] = np.where(rng.random(int(spouse.sum())) < 0.95, 1 - sex[head[spouse]], sex[head[spouse]])
    born, parent = _births(role, head, position, as_of, rng)
    last = draw(words.last_share, n, rng)
    own = (role == OTHER) & ~parent
    own |= spouse & (rng.random(n) < shares.OWN_SURNAME_SPOUSE)
    own |= (role == CHILD) & (rng.random(n) < shares.OWN_SURNAME_CHILD)
    last = np.where(own, last, last[head])
    first = np.where(sex == 0, draw(words.first_share[0], n, rng), draw(words.first_share[1], n, rng))
    namesake = np.where(sex == 0, draw(words.first_share[0], n, rng), draw(words.first_share[1], n, rng))
    middle = np.where((rng.random(n) < shares.MIDDLE_NAME) & (namesake != first), namesake, NONE)
    suffix = np.zeros(n, np.int64)
    junior = (role == CHILD) & (position <= 2) & (sex == 0) & (sex[head] == 0) & (rng.random(n) < shares.JUNIOR)
    first[junior], middle[junior], last[junior] = first[head[junior]], middle[head[junior]], last[head[junior]]
    suffix[junior], suffix[head[junior]] = JUNIOR, SENIOR
    earlier, renamed, hyphenated = _surnames(words, sex, last, as_of, rng)
    nickname = (words.nickname_count[first] > 0) & (rng.random(n) < shares.PREFERS_NICKNAME)
    address, since, left_home, book = _homes(words, household, head, households, as_of, rng)
    return Population(
        household=household, head=head, role=role, sex=sex, first=first, middle=middle, last=last,
        earlier_last=earlier, renamed=renamed, hyphenated=hyphenated, suffix=suffix, nickname=nickname,
        born=born, died=_deaths(born, as_of, rng), ssn4=rng.integers(1, 10_000, n), left_home=left_home,
        address=address, since=since, book=book, as_of=as_of,
    )  # fmt: skip


def _roles(position: Whole, rng: Random) -> Whole:
    luck = rng.random(len(position))
    second = np.where(luck < shares.SPOUSE, SPOUSE, OTHER)
    further = np.where(luck < shares.CHILD, CHILD, OTHER)
    return np.select([position == 0, position == 1], [np.full(len(position), HEAD), second], further)


def _births(role: Whole, head: Whole, position: Whole, as_of: np.datetime64, rng: Random) -> tuple[Days, Flags]:
    """Birth dates, and who is a parent of the head."""
    n = len(role)
    age = np.clip(rng.normal(49, 16, n), 20, 94)
    spouse, child = role == SPOUSE, role == CHILD
    parent = (role == OTHER) & (position >= 2) & (rng.random(n) < shares.PARENT)
    age[spouse] = np.clip(age[head[spouse]] + rng.normal(0, 4, int(spouse.sum())), 20, 96)
    age[child] = np.clip(age[head[child]] - rng.uniform(19, 38, int(child.sum())), 0.2, 70)
    age[parent] = np.clip(age[head[parent]] + rng.uniform(20, 34, int(parent.sum())), 42, 99)
    born = as_of - (age * _YEAR).astype(np.int64)
    twin = np.flatnonzero(child & (position >= 3) & np.roll(child, 1) & (rng.random(n) < shares.TWIN))
    born[twin] = born[twin - 1]
    return born, parent


def _surnames(
    words: Words, sex: Whole, last: Whole, as_of: np.datetime64, rng: Random
) -> tuple[Whole, Days, Flags]:
    """Earlier surnames of women, the day of the change (the last twelve years count most), and who writes both."""
    n = len(sex)
    changed = (sex == 1) & (rng.random(n) < shares.FORMER_SURNAME)
    earlier = np.where(changed, draw(words.last_share, n, rng), NONE)
    earlier[earlier == last] = NONE
    changed &= earlier != NONE
    day = as_of - np.clip(rng.exponential(6 * _YEAR, n), 60, 40 * _YEAR).astype(np.int64)
    renamed = np.where(changed, day, np.datetime64("NaT", "D"))
    return earlier, renamed, changed & (rng.random(n) < shares.HYPHENATED)


def _deaths(born: Days, as_of: np.datetime64, rng: Random) -> Days:
    """Days of death within four and a half years before `as_of`, more often of the old; NaT for the living."""
    age = (as_of - born).astype(np.int64) / _YEAR
    adult = age >= 22
    hazard = np.where(adult, np.exp((age - 50) / 16), 0.0)
    mean = float(hazard[adult].mean()) if adult.any() else 1.0
    share = np.clip(hazard * shares.DECEASED / mean, 0, 0.6)
    dead = rng.random(len(born)) < share
    day = as_of - rng.integers(15, 1640, len(born))
    return np.where(dead, day, np.datetime64("NaT", "D"))


def _homes(
    words: Words, household: Whole, head: Whole, households: int, as_of: np.datetime64, rng: Random
) -> tuple[Whole, Days, Flags, AddressBook]:
    """Addresses and dates of each person. Who left home has an address of their own and, before it, the household's."""
    n = len(household)
    house_since, house_place = moves(words, households, as_of, rng)
    left = (np.arange(n) != head) & (rng.random(n) < shares.LEFT_HOME)
    leavers = np.flatnonzero(left)
    days = rng.exponential(shares.YEARS_SINCE_LEAVING * _YEAR, len(leavers))
    gone = as_of - np.clip(days, 20, 20_000).astype(np.int64)
    theirs = household[leavers]
    before = np.minimum((house_since[theirs] > gone[:, None]).sum(axis=1), SLOTS - 1)
    own_place = next_place(words, house_place[theirs, before], rng)
    book = new_addresses(words, np.concatenate([house_place.ravel(), own_place]), rng)
    address = (np.arange(households)[:, None] * SLOTS + np.arange(SLOTS))[household]
    since = house_since[household]
    slots = np.clip(before[:, None] + np.arange(-1, SLOTS - 1), 0, SLOTS - 1)  # the first column is overwritten below
    address[leavers] = np.take_along_axis(address[leavers], slots, axis=1)
    since[leavers] = np.take_along_axis(since[leavers], slots, axis=1)
    address[leavers, 0] = households * SLOTS + np.arange(len(leavers))
    since[leavers, 0] = gone
    since = np.minimum.accumulate(since, axis=1)  # who left before anything is known lived at the oldest known home
    return address, since, left, book
