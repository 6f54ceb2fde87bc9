"""Blocking keys of encoded people: every value that a person has of every key, as 64-bit hashes.

A key is a row of a `program`: how many parts it has, the parts, and where it is a refinement. A part with several values
(phones, halves of a name) makes a key for each; house, street, ZIP, city and state are taken from one address.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels import record_layout as at
from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.letter_sketches import HOST_BITS
from skiptrace.kernels.text_hash import low_word, mix

PART_NAMES = (
    "first", "first_group", "first_sound", "first_initial", "last", "last_group", "last_sound", "last_initial", "last_part",
    "phone", "email", "email_user", "house", "street", "zip", "zip3", "city", "state", "dob", "dob_ym", "dob_md", "birth_year", "ssn",
    "ssn4", "middle_initial",
)  # fmt: skip
"""What a key may be made of. Names may be used whole, by nickname family, by sound and by initial."""
FORMS = 4
"""Columns of a name dictionary's hashes: whole, group, sound, initial."""
_PART, _PHONE, _EMAIL, _HOUSE, _STATE, _DOB = 8, 9, 10, 12, 17, 18
_Hashes = npt.NDArray[np.uint64]
_TOP, _LOWEST = np.uint64(1 << 63), np.uint64(1)
MOST_PARTS = 5
SLOTS = 3


class NameHashes(NamedTuple):
    """Hashes of the terms of dictionaries: names uint64 [terms, FORMS], streets and houses uint64 [terms]."""

    first: npt.NDArray[np.uint64]
    last: npt.NDArray[np.uint64]
    street: npt.NDArray[np.uint64]
    house: npt.NDArray[np.uint64]


class Program(NamedTuple):
    """Keys as numbers: parts int32 [keys, MOST_PARTS] (-1 behind the last); slots int32 [keys, 4] as `slots_of`; salts uint64
    [keys]; swapped bool [keys]: with first and last name exchanged; narrow bool [keys]: whether its values have the top bit set,
    which says that fewer people may share one; among bool [keys]: whether they have the lowest bit set, which says that records
    of the reference look each other up by it; number int32 [keys]: position of the key in the rules."""

    parts: npt.NDArray[np.int32]
    slots: npt.NDArray[np.int32]
    salts: npt.NDArray[np.uint64]
    swapped: npt.NDArray[np.bool_]
    narrow: npt.NDArray[np.bool_]
    among: npt.NDArray[np.bool_]
    number: npt.NDArray[np.int32]


@compiled_into
def _number(value: Any) -> Any:
    return np.uint64(0) if value == 0 else mix(np.uint64(value))


@compiled_into
def part_values(
    records: npt.NDArray[np.int32], row: Whole, first_forms: _Hashes, last_forms: _Hashes, streets: _Hashes, houses: _Hashes, swapped: bool,
    out: npt.NDArray[np.uint64],
) -> None:  # fmt: skip
    """Every part's values of one person to out [parts, SLOTS], 0 where missing. Only the slots that a part has are written."""
    zero = np.uint64(0)
    first, last = records[row, at.FIRST], records[row, at.LAST]
    for form in range(FORMS):
        one = first_forms[first - 1, form] if first > 0 else zero
        two = last_forms[last - 1, form] if last > 0 else zero
        out[form, 0] = two if swapped else one
        out[FORMS + form, 0] = one if swapped else two
    for slot in range(at.PARTS):
        out[_PART, slot] = zero if swapped else _number(records[row, at.PART + slot])
    if swapped:
        out[_PART, 0] = _number(low_word(out[FORMS, 0]))
    for slot in range(at.PHONES):
        head = records[row, at.PHONE + 2 * slot]
        out[_PHONE, slot] = _number(np.int64(head) * 10_000_000 + records[row, at.PHONE + 2 * slot + 1] if head > 0 else np.int64(0))
    for slot in range(at.EMAILS):
        base = at.EMAIL + at.EMAIL_WORDS * slot
        user, tail = np.int64(records[row, base + at.USER]), np.int64(records[row, base + at.REST])
        out[_EMAIL, slot] = _number(np.int64(records[row, base + at.HOST]) ^ np.int64(mix(np.uint64(user << 32 | tail)))) if user else zero
        out[_EMAIL + 1, slot] = _number(user << 32 | tail >> HOST_BITS)
    for slot in range(at.ADDRESSES):
        base = at.ADDRESS + at.ADDRESS_WORDS * slot
        house, street, code = records[row, base + at.HOUSE], records[row, base + at.STREET], records[row, base + at.ZIP]
        out[_HOUSE, slot] = houses[house - 1] if house > 0 else zero
        out[_HOUSE + 1, slot] = streets[street - 1] if street > 0 else zero
        out[_HOUSE + 2, slot] = _number(code)
        out[_HOUSE + 3, slot] = _number(code >> at.ZIP_SHIFT)
        out[_HOUSE + 4, slot] = _number(records[row, base + at.CITY])
        out[_STATE, slot] = _number(records[row, base + at.STATE])
    dob = records[row, at.DOB]
    out[_DOB, 0] = _number(dob)
    out[_DOB + 1, 0] = _number(dob // 100)
    out[_DOB + 2, 0] = _number(dob % 10000)
    out[_DOB + 3, 0] = _number(dob // 10000)
    low, high = np.int64(records[row, at.SSN]), np.int64(records[row, at.SSN + 1])
    out[_DOB + 4, 0] = _number((high << 32) ^ (low & 0xFFFFFFFF))
    marks = records[row, at.MARKS]
    out[_DOB + 5, 0] = _number(marks >> at.SSN4_SHIFT)
    out[_DOB + 6, 0] = _number(marks & 255)


@compiled_into
def _used(values: npt.NDArray[np.uint64], part: Whole, many: Whole) -> Whole:
    """How many of the slots of a part, or of some parts in a row, hold anything: up to the last one that does."""
    used = 1
    for slot in range(1, SLOTS):
        for one in range(part, part + many):
            if values[one, slot] != np.uint64(0):
                used = slot + 1
    return used


@compiled_into
def _slot(part: Whole, a: Whole, b: Whole, c: Whole, d: Whole) -> Whole:
    if part == _PART:
        return a
    if part == _PHONE:
        return b
    if part == _EMAIL or part == _EMAIL + 1:
        return c
    return d if _HOUSE <= part <= _STATE else 0


@compiled
def record_keys(
    records: npt.NDArray[np.int32], hashes: NameHashes, program: Program, chosen: npt.NDArray[np.int32],
    keys: npt.NDArray[np.uint64], rows: npt.NDArray[np.int32], which: npt.NDArray[np.int16],
) -> Whole:  # fmt: skip
    """Write the key values of people, each value of a key once per person, with its row and its row of the program.

    `chosen` int32 [n]: -1 for all keys, else the only key (by its number in the rules) that is made for the person.
    `keys` and the rest must have room for `most_keys` per person. Returns how many were written."""
    values = np.zeros((len(PART_NAMES), SLOTS), np.uint64)
    # Read once: reading an array out of a tuple inside the loop counts a reference each time.
    parts, slots, salts, swapped = program.parts, program.slots, program.salts, program.swapped
    narrow, among, numbers = program.narrow, program.among, program.number
    first_forms, last_forms, streets, houses = hashes.first, hashes.last, hashes.street, hashes.house
    filled, zero = 0, np.uint64(0)
    most_a, most_b, most_c, most_d = 1, 1, 1, 1
    for row in range(len(records)):
        for turn in range(2):
            made = False
            for key in range(len(salts)):
                if swapped[key] != (turn == 1) or (chosen[row] >= 0 and chosen[row] != numbers[key]):
                    continue
                if not made:
                    part_values(records, row, first_forms, last_forms, streets, houses, turn == 1, values)
                    most_a, most_b = _used(values, _PART, 1), _used(values, _PHONE, 1)
                    most_c, most_d = _used(values, _EMAIL, 2), _used(values, _HOUSE, _STATE - _HOUSE + 1)
                    made = True
                before = filled
                slots_a, slots_b = min(slots[key, 0], most_a), min(slots[key, 1], most_b)
                slots_c, slots_d = min(slots[key, 2], most_c), min(slots[key, 3], most_d)
                for number in range(slots_a * slots_b * slots_c * slots_d):
                    rest, a, b, c = number, 0, 0, 0
                    if slots_a > 1:
                        a, rest = rest % slots_a, rest // slots_a
                    if slots_b > 1:
                        b, rest = rest % slots_b, rest // slots_b
                    if slots_c > 1:
                        c, rest = rest % slots_c, rest // slots_c
                    d = rest
                    found = salts[key]
                    for place in range(MOST_PARTS):
                        part = parts[key, place]
                        if part < 0:
                            break
                        value = values[part, _slot(part, a, b, c, d)]
                        if value == zero:
                            found = zero
                            break
                        found = mix(found ^ (value + np.uint64(part + 1)))
                    if found == zero:
                        continue
                    found = found | _TOP if narrow[key] else found & ~_TOP
                    found = found | _LOWEST if among[key] else found & ~_LOWEST
                    new = True
                    for other in range(before, filled):
                        new &= keys[other] != found
                    if new:
                        keys[filled], rows[filled], which[filled] = found, row, key
                        filled += 1
    return filled


def slots_of(parts: tuple[str, ...]) -> tuple[int, int, int, int]:
    """How many values the parts of a key may have: halves of a name, phones, e-mails, addresses."""
    numbers = {PART_NAMES.index(part) for part in parts}
    address = any(_HOUSE <= part <= _STATE for part in numbers)
    return (3 if _PART in numbers else 1, 3 if _PHONE in numbers else 1, 2 if numbers & {_EMAIL, _EMAIL + 1} else 1, 2 if address else 1)


def most_keys(program: Program) -> int:
    """The most key values that one person can have."""
    return int(program.slots.prod(axis=1).sum())
