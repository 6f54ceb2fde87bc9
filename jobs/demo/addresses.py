"""Where people live: a book of invented addresses, and the ways in which one address is written down.

Apartment buildings are shared by strangers; the same place is written "123 N Main Street Apt 4" or
"123 NORTH MAIN ST #4".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jobs.demo import mistakes, shares
from jobs.demo.words import Days, Flags, Random, Text, Whole, Words, draw, texts

SLOTS = 4  # addresses a household is known to have had, the current one first

_SUFFIXES = (
    ("St", "Street", 30), ("Ave", "Avenue", 22), ("Rd", "Road", 12), ("Dr", "Drive", 14), ("Ln", "Lane", 7),
    ("Ct", "Court", 5), ("Blvd", "Boulevard", 4), ("Pl", "Place", 3), ("Ter", "Terrace", 2), ("Cir", "Circle", 1),
)  # fmt: skip
_SHORT = texts([short for short, _, _ in _SUFFIXES])
_LONG = texts([long for _, long, _ in _SUFFIXES])
_SUFFIX_SHARE = np.cumsum([weight for _, _, weight in _SUFFIXES]) / 100
_DIRECTION_SHARE = np.cumsum([0.70, 0.09, 0.08, 0.07, 0.06])
_DIRECTION = texts(["", "N ", "S ", "E ", "W "])
_DIRECTION_LONG = texts(["", "North ", "South ", "East ", "West "])
_UNITS = texts(["Apt ", "#", "Unit ", "Apt. ", "Apt #"])
_UNIT_SHARE = np.cumsum([0.52, 0.20, 0.16, 0.07, 0.05])
_BOXES = texts(["PO Box ", "P.O. Box ", "P O Box "])
_HOMES_PER_BUILDING = 14


@dataclass(frozen=True)
class AddressBook:
    """One address per row. `unit` is "" where there is none; `box` is 0 for a street address."""

    place: Whole
    number: Whole
    street: Whole
    suffix: Whole
    direction: Whole
    unit: Text
    box: Whole

    def one_line(self, words: Words, rows: Whole) -> Text:
        """The clean address of each row: upper case, abbreviated as the Postal Service does, with city, state, ZIP."""
        line = street_line(words, self, rows, short=np.ones(len(rows), np.bool_))
        place = self.place[rows]
        unit = self.unit[rows]
        return texts(
            [
                f"{text}{' APT ' + home if home else ''}, {city}, {state} {postal}".upper()
                for text, home, city, state, postal in zip(
                    line, unit, words.city[place], words.state[place], words.postal[place], strict=True
                )
            ]
        )


def next_place(words: Words, here: Whole, rng: Random) -> Whole:
    """Where somebody who lives `here` moves to: often the same ZIP, mostly the same state."""
    luck = rng.random(len(here))
    anywhere = draw(words.place_share, len(here), rng)
    order = np.argsort(words.state_number, kind="stable")
    begins = np.searchsorted(words.state_number[order], np.arange(len(words.states)))
    count = np.bincount(words.state_number, minlength=len(words.states))
    state = words.state_number[here]
    in_state = order[begins[state] + (rng.random(len(here)) * count[state]).astype(np.int64)]
    near = luck < shares.SAME_ZIP_MOVE
    return np.where(near, here, np.where(rng.random(len(here)) < shares.SAME_STATE_MOVE, in_state, anywhere))


def new_addresses(words: Words, place: Whole, rng: Random) -> AddressBook:
    """One address in each of the given places."""
    n = len(place)
    number = np.clip(np.exp(rng.normal(6.7, 1.2, n)).astype(np.int64), 2, 19_999)
    street, suffix = draw(words.street_share, n, rng), draw(_SUFFIX_SHARE, n, rng)
    direction = draw(_DIRECTION_SHARE, n, rng)
    flat = rng.random(n) < shares.APARTMENT
    buildings = max(4, n // (len(words.city) * _HOMES_PER_BUILDING))  # per place
    home = place * buildings + rng.integers(0, buildings, n)
    for column in (number, street, suffix, direction):
        pool = column[rng.integers(0, n, len(words.city) * buildings)]  # each building has an address like any other
        column[flat] = pool[home[flat]]
    floor, door = rng.integers(1, 13, n), rng.integers(1, 9, n)
    lettered = rng.random(n) < 0.4
    with_unit = flat | (rng.random(n) < shares.HOUSE_WITH_UNIT)
    unit = texts(
        [
            "" if not has else f"{level}{'ABCDEFGH'[side - 1]}" if letter else f"{level}{side:02d}"
            for has, letter, level, side in zip(
                with_unit.tolist(), lettered.tolist(), floor.tolist(), door.tolist(), strict=True
            )
        ]
    )
    box = np.where(rng.random(n) < shares.PO_BOX, rng.integers(11, 9999, n), 0)
    unit[box > 0] = ""
    return AddressBook(place, number, street, suffix, direction, unit, box)


def moves(words: Words, households: int, as_of: np.datetime64, rng: Random) -> tuple[Days, Whole]:
    """Dates since when, and places where, each household lived: shape (households, SLOTS), the current home first."""
    years = np.cumsum(rng.exponential(shares.YEARS_BETWEEN_MOVES, (households, SLOTS)), axis=1)
    since = as_of - np.clip(years * 365.25, 20, 30_000).astype(np.int64)
    place = np.empty((households, SLOTS), np.int64)
    place[:, SLOTS - 1] = draw(words.place_share, households, rng)
    for slot in range(SLOTS - 2, -1, -1):
        place[:, slot] = next_place(words, place[:, slot + 1], rng)
    return since, place


def street_line(words: Words, book: AddressBook, rows: Whole, short: Flags, noise: float = 0.0,
                rng: Random | None = None) -> Text:  # fmt: skip
    """Number, direction, street and suffix (or the PO box) without the unit; with slips where `rng` is given."""
    number = texts([str(value) for value in book.number[rows].tolist()])
    street = words.street[book.street[rows]]
    box_word = np.zeros(len(rows), np.int64)
    if rng is not None:
        number = mistakes.digits(number, shares.NUMBER_SLIP * noise, rng)
        street = mistakes.letters(street, shares.STREET_SLIP * noise, rng)
        box_word = rng.integers(0, len(_BOXES), len(rows))
    direction, suffix = book.direction[rows], book.suffix[rows]
    before = np.where(short, _DIRECTION[direction], _DIRECTION_LONG[direction])
    after = np.where(short, _SHORT[suffix], _LONG[suffix])
    line = texts([f"{n} {d}{s} {x}" for n, d, s, x in zip(number, before, street, after, strict=True)])
    boxed = np.flatnonzero(book.box[rows])
    line[boxed] = [f"{_BOXES[word]}{book.box[rows[row]]}" for row, word in zip(boxed, box_word[boxed], strict=True)]
    return line


def written(words: Words, book: AddressBook, rows: Whole, noise: float, own_column: float,
            rng: Random) -> dict[str, Text]:  # fmt: skip
    """The addresses as a source writes them: line1, line2, city, state, postal.

    `own_column` is the share of units in `line2`; the others stand at the end of `line1`."""
    n = len(rows)
    line = street_line(words, book, rows, rng.random(n) < 0.72, noise, rng)
    unit = book.unit[rows]
    word = _UNITS[draw(_UNIT_SHARE, n, rng)]
    there = (unit != "") & (rng.random(n) >= shares.UNIT_LOST)
    apart = rng.random(n) < own_column
    line2 = np.full(n, None, object)
    for row in np.flatnonzero(there).tolist():
        text = f"{word[row]}{unit[row]}"
        if apart[row]:
            line2[row] = text
        else:
            line[row] = f"{line[row]} {text}"
    place = book.place[rows]
    return {
        "line1": line,
        "line2": line2,
        "city": mistakes.letters(words.city[place], shares.CITY_SLIP * noise, rng),
        "state": words.state[place],
        "postal": mistakes.digits(words.postal[place], shares.ZIP_SLIP * noise, rng),
    }
