"""One person as a record shows them on a given day: name, birth date, last four digits, address, phone, e-mail.

The tape and every source write their records here and differ only in the day, the noise and what they leave out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.demo import mistakes, shares
from jobs.demo.addresses import written
from jobs.demo.points import LANDLINE, Points, formatted, phone_at
from jobs.demo.population import JUNIOR, SENIOR, Population
from jobs.demo.words import Days, Flags, Random, Text, Whole, Words, present, texts


@dataclass(frozen=True)
class World:
    """What the generator knows: the words, the people, and how they can be reached."""

    words: Words
    people: Population
    points: Points


@dataclass(frozen=True)
class Name:
    """Written names, parallel; `middle` and `suffix` are None where not written."""

    first: Text
    middle: Text
    last: Text
    suffix: Text

    def one_field(self, rows: Whole, last_first: bool) -> Text:
        """The names of some rows in one column: "LAST, FIRST M" or "First M Last", with the suffix at the end."""
        parts = zip(self.first[rows], self.middle[rows], self.last[rows], self.suffix[rows], strict=True)
        if last_first:
            return texts(
                [f"{last}, {first}{_gap(middle and middle[0])}{_gap(suffix)}" for first, middle, last, suffix in parts]
            )
        return texts(
            [f"{first}{_gap(middle and middle[0])} {last}{_gap(suffix)}" for first, middle, last, suffix in parts]
        )


def _gap(part: str | None) -> str:
    return f" {part}" if part else ""


def names(world: World, rows: Whole, day: Days, noise: float, rng: Random) -> Name:
    """The names of `rows` as written on `day`. Earlier surnames linger for up to two years after the change."""
    words, people, n = world.words, world.people, len(rows)
    number = people.first[rows]
    first, last = words.first[number], words.last[people.last[rows]]
    renamed = people.renamed[rows] + rng.integers(0, shares.LATE_SURNAME_DAYS, n)
    before = (people.earlier_last[rows] >= 0) & (renamed > day)
    last[before] = words.last[people.earlier_last[rows[before]]]
    both = np.flatnonzero(people.hyphenated[rows] & ~before)
    for row, luck in zip(both.tolist(), rng.random(len(both)).tolist(), strict=True):
        earlier = words.last[people.earlier_last[rows[row]]]
        if luck >= shares.ONE_OF_HYPHENATED:
            last[row] = f"{earlier}-{last[row]}"
        elif luck < shares.ONE_OF_HYPHENATED / 2:
            last[row] = earlier
    share = np.where(people.nickname[rows], shares.NICKNAME_IF_PREFERRED, shares.NICKNAME * noise)
    short = (words.nickname_count[number] > 0) & (rng.random(n) < share)
    pick = (rng.random(n) ** 2 * words.nickname_count[number]).astype(np.int64)  # the first of the list is commonest
    first[short] = words.nicknames[words.nickname_start[number[short]] + pick[short]]
    first = mistakes.letters(first, shares.FIRST_SLIP * noise, rng)
    last = mistakes.letters(last, shares.LAST_SLIP * noise, rng)
    cut = mistakes.hit(n, shares.INITIAL_ONLY * noise, rng)
    first[cut] = [name[:1] for name in first[cut]]
    turned = mistakes.hit(n, shares.NAMES_SWAPPED * noise, rng)
    first[turned], last[turned] = last[turned], first[turned]
    middle = np.full(n, None, object)
    told = (people.middle[rows] >= 0) & (rng.random(n) < shares.MIDDLE_WRITTEN)
    full = words.first[people.middle[rows]]
    initial = rng.random(n) < 0.8
    middle[told] = [name[:1] if one else name for name, one in zip(full[told], initial[told].tolist(), strict=True)]
    suffix = np.full(n, None, object)
    marked = rng.random(n) < shares.SUFFIX_WRITTEN
    suffix[marked & (people.suffix[rows] == JUNIOR)] = "Jr"
    suffix[marked & (people.suffix[rows] == SENIOR) & (rng.random(n) < 0.5)] = "Sr"  # a senior is seldom called one
    return Name(first, middle, last, suffix)


def birth_dates(world: World, rows: Whole, filled: float, noise: float, rng: Random) -> Days:
    """Birth dates of `rows` with mistakes; NaT where not written."""
    out = mistakes.dates(world.people.born[rows], noise, rng)
    return np.where(rng.random(len(rows)) < filled, out, np.datetime64("NaT", "D"))


def last_four(world: World, rows: Whole, filled: float, noise: float, rng: Random) -> Text:
    """Last four digits of `rows` with mistakes, now and then those of the head of household; None where not written."""
    people = world.people
    borrowed = mistakes.hit(len(rows), shares.SSN4_OF_HOUSEHOLD * noise, rng)
    owner = rows.copy()
    owner[borrowed] = people.head[rows[borrowed]]
    clean = texts([f"{number:04d}" for number in people.ssn4[owner].tolist()])
    out = mistakes.digits(clean, shares.SSN4_SLIP * noise, rng)
    out[rng.random(len(rows)) >= filled] = None
    return out


def addresses(world: World, rows: Whole, day: Days, noise: float, own_column: float, rng: Random,
              slot: Whole | None = None) -> dict[str, Text]:  # fmt: skip
    """Address columns of `rows` on `day` (see `addresses.written`); a share shows the home before that one.

    `slot`, where given, says which of their addresses is meant instead of the day."""
    people = world.people
    if slot is None:
        stale = (rng.random(len(rows)) < shares.STALE).astype(np.int64)
        slot = np.minimum(people.slot_at(rows, day) + stale, people.address.shape[1] - 1)
    return written(world.words, people.book, people.address[rows, slot], noise, own_column, rng)


@dataclass(frozen=True)
class Phones:
    """Phones of a batch of records: ten digits with slips as text (None: none), how written, and the kind of line."""

    digits: Text
    text: Text
    line_type: Text

    def canonical(self) -> Text:
        """E.164; None where there is none."""
        return texts([None if number is None else f"+1{number}" for number in self.digits])


def phones(world: World, rows: Whole, day: Days, filled: float, noise: float, rng: Random,
           which: Whole | None = None) -> Phones:  # fmt: skip
    """One phone of each of `rows` as a source knows it on `day` (or the given one of the three)."""
    points = world.points
    chosen = phone_at(world.people, points, rows, day, rng) if which is None else which
    number = np.where(rng.random(len(rows)) < filled, points.phone[rows, chosen], 0)
    plain = texts([str(value) if value else None for value in number.tolist()])
    digits = mistakes.digits(plain, shares.PHONE_SLIP * noise, rng, last=2)
    line_type = np.full(len(rows), "mobile", object)
    line_type[chosen == LANDLINE] = "landline"
    line_type[(chosen == LANDLINE) & points.voip[rows]] = "voip"
    line_type[number == 0] = None
    return Phones(digits, formatted(digits, rng), line_type)


def emails(world: World, rows: Whole, day: Days, filled: float, noise: float, rng: Random) -> Text:
    """One e-mail address of each of `rows`: the former one, where there is one, more often in old records."""
    points = world.points
    years = (world.people.as_of - day).astype(np.int64) / 365.25
    old = (rng.random(len(rows)) < np.clip(years / 8, 0.05, 0.8)) & present(points.email[rows, 1])
    out = points.email[rows, old.astype(np.int64)]
    slipped = mistakes.hit(len(rows), shares.FIRST_SLIP * noise / 2, rng)
    local = texts([None if value is None else value.split("@")[0] for value in out[slipped]])
    wrong = mistakes.letters_at(local, np.arange(len(local)), rng)
    out[slipped] = [
        value and f"{part}@{value.split('@')[1]}" for value, part in zip(out[slipped], wrong, strict=True)
    ]
    out[rng.random(len(rows)) >= filled] = None
    return out


def upper(values: Text, rows: Flags | None = None) -> Text:
    """A copy in capitals, of some rows or of all."""
    out = values.copy()
    which = np.arange(len(out)) if rows is None else np.flatnonzero(rows)
    out[which] = [value and value.upper() for value in out[which]]
    return out


def column(values: Text) -> pa.Array:
    """Text as an Arrow column, NULL where None."""
    return pa.array(values, pa.string())


def day_column(values: Days) -> pa.Array:
    """Days as an Arrow column, NULL where NaT."""
    return pa.array(values.astype("datetime64[D]"), pa.date32())


def day_text(values: Days, form: str) -> Text:
    """Days as text in a strftime form; None where NaT. Each distinct day is written once."""
    distinct, where = np.unique(values, return_inverse=True)
    known = texts([None if day is None else day.strftime(form) for day in distinct.tolist()])
    return known[where]


