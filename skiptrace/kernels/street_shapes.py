"""The shape of a pair of street lines: what decides how the pair is read, without the words and numbers that do not.

Which word of "123 N MARLBERG ST APT 4" is what depends on ST and APT, on 123 being a number in front, on MARLBERG
being a word of seven or more letters that means nothing in particular; not on the digits or the name. The shape keeps
the first and replaces the second by slots: "<2 to 5 digits, slot 0> N <7+ letters, slot 1> ST APT <1 digit, slot 2>". Lines
of one shape are read alike, slot for slot, so a shape is read once (see `skiptrace.normalize.address_shapes`, which also
says why the readers cannot see more than the shape).

A run of letters stays literal where it is short, a word of the vocabulary, begins like a word that a pattern looks for,
touches a digit (but the A of "APT 4A" is a slot), or has hardly a letter besides those that a reader strips from
ordinals; a run of digits where it begins with zero. Runs of equal content share a slot. How many letters counts only as
"fewer than seven", two digits as three, two to five in front of a line as one, unless a word may hold more than the run.
To keep more than a reader needs is always right, only slower.

Lines are cleaned before (see `skiptrace.kernels.street_cleaning`); one that is not readable there gets no shape and is read
one by one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.interning import Table, code_of, find
from skiptrace.kernels.street_bytes import (
    AND,
    COMMA,
    HYPHEN,
    MOST_SLOTS,
    NUMBER,
    SLASH,
    SPACE,
    ZERO,
    Shapes,
    begins,
    is_digit,
    is_letter,
    packed,
)

_Bytes = npt.NDArray[np.uint8]

MOST_DIGITS = 9
LONG_WORD = 7
"""Letters from which on no reader asks how many there are."""
_FEW_LETTERS = 3
"""What counts for 3 to 6 letters in a line without hyphen, slash and "&": readers ask for more only around those."""
TWO_TO_FIVE = MOST_DIGITS + 1
"""What counts for two to five digits that a line begins with and that stand alone: a house number. Readers ask whether
there are at most, at least or exactly so many, four only behind a hyphen; a shape is tried with two and with five digits,
and each of these questions would tell the two apart."""
LETTERS_FROM, DIGITS_FROM, SLOT_FROM, LINE_BREAK = 0x80, 0xA0, 0xC0, 0x1F
"""Bytes of a slot in a shape: 0x80 + letters or 0xA0 + digits, then 0xC0 + number of the slot."""


_STRIPPED = np.isin(np.arange(256), np.frombuffer(b"STNDRH", np.uint8))
_MEANINGLESS = np.isin(np.arange(256), np.frombuffer(b"ABCGIJKMOPQUVXYZ", np.uint8))
"""Letters that behind a number say nothing by themselves: no direction, no ending of an ordinal, no floor, no rear."""

HEADS = (
    "PO", "OB", "OC", "OD", "OL", "BOX", "BX", "BUZON", "DRAWER", "CALLER", "BIN", "LOCK", "OFFICE", "APARTADO", "APDO", "BLQ",
    "BLOQUE", "BLK", "APT", "APARTMENT", "UNIT", "FLAT", "SUITE", "STE", "LOT", "SHOP",
)  # fmt: skip
"""A pattern may find these at the beginning of a longer word ("BOXER" holds a box)."""
TAILS = ("NO", "NUM", "NUMBER", "NBR")
"""The same for the end of one ("RRNO 5")."""
_HEADS, _TAILS = packed(HEADS), packed(TAILS)
_TAIL_SIZES = np.array([len(tail) for tail in TAILS])


@compiled_into
def _is_literal(clean: _Bytes, start: Whole, stop: Whole, vocabulary: Table) -> bool:
    if stop - start <= 2:
        return True
    for tail in range(len(_TAILS)):
        size = np.int64(_TAIL_SIZES[tail])
        if size <= stop - start and begins(clean, stop - size, stop, _TAILS[tail : tail + 1]):
            return True
    bare = stop
    while bare > start and _STRIPPED[clean[bare - 1]]:
        bare -= 1
    if bare - start <= 2 or begins(clean, start, stop, _HEADS):
        return True
    return bool(find(vocabulary, clean, start, stop, code_of(vocabulary, clean, start, stop)) >= 0)


@compiled_into
def _ends_a_number(clean: _Bytes, begin: Whole, start: Whole, after: Whole) -> bool:
    """Whether the letter at `start` and digits before it, the first not zero, are a word of their own (12B, but not B0X)."""
    head = start
    while head > begin and is_digit(clean[head - 1]):
        head -= 1
    if head == start or clean[head] == ZERO or after not in (SPACE, COMMA):
        return False
    return bool(head == begin or clean[head - 1] in (SPACE, COMMA, NUMBER))


@compiled
def shape_rows(contexts: _Bytes, vocabulary: Table, out: Shapes) -> None:
    """The shapes of the cleaned lines of `out`, each headed by its byte of `contexts`."""
    clean, firsts, lasts, _, shapes, bounds, slot_rows, starts, ends = out
    place, slots = np.int64(0), np.int64(0)
    for row in range(len(contexts)):
        known, first = place, slots
        readable = bool(lasts[0, row] >= 0 and lasts[1, row] >= 0)
        shapes[place] = contexts[row]
        place += 1
        for line in range(2 if readable else 0):
            begin, end = np.int64(firsts[line, row]), np.int64(lasts[line, row])
            if line == 1 and begin < end:
                shapes[place] = LINE_BREAK
                place += 1
            exact = False
            for at in range(begin, end):
                if clean[at] in (HYPHEN, SLASH, AND):
                    exact = True
            at, hyphened, counted = int(begin), 0, False
            while at < end and readable:
                byte = clean[at]
                start = at
                at += 1
                digits, letters = is_digit(byte), is_letter(byte)
                literal = not digits and not letters
                if literal:
                    counted = counted and byte != SPACE and byte != COMMA
                elif digits:
                    while at < end and is_digit(clean[at]):
                        at += 1
                    literal = byte == ZERO
                    readable = bool(at - start <= MOST_DIGITS)
                else:
                    while at < end and is_letter(clean[at]):
                        at += 1
                    literal = _is_literal(clean, start, at, vocabulary)
                before = clean[start - 1] if start > begin else np.uint8(SPACE)
                after = clean[at] if at < end else np.uint8(SPACE)
                if at - start == 1 and _MEANINGLESS[byte] and not exact and _ends_a_number(clean, begin, start, after):
                    literal = False
                elif letters and (is_digit(before) or is_digit(after)):
                    readable = literal or at - start <= 3
                    literal = True
                if literal:
                    for source in range(start, at):
                        shapes[place] = clean[source]
                        place += 1
                    continue
                size = at - start
                if letters and (before in (HYPHEN, SLASH) or after in (HYPHEN, SLASH)):
                    hyphened += 0 if counted else 1  # two such words may differ in no more than what a reader strips
                    readable = hyphened < 2
                    counted = True
                if letters and size == 1:
                    pass
                elif letters and not exact:
                    size = _FEW_LETTERS if size < LONG_WORD else size
                elif digits and start == begin and after == SPACE and not exact and 2 <= size <= 5:
                    size = TWO_TO_FIVE
                elif size == 3 and not exact and not is_letter(before) and not is_letter(after):
                    size = 2
                slot = first
                while slot < slots:
                    same = ends[slot] - starts[slot] == at - start
                    step = 0
                    while same and step < at - start:
                        same = clean[starts[slot] + step] == clean[start + step]
                        step += 1
                    if same:
                        break
                    slot += 1
                if slot == slots:
                    if slots - first == MOST_SLOTS:
                        readable = False
                        break
                    starts[slots], ends[slots] = start, at
                    slots += 1
                shapes[place] = DIGITS_FROM + size if digits else LETTERS_FROM + min(size, LONG_WORD)
                shapes[place + 1] = SLOT_FROM + slot - first
                place += 2
        if not readable:
            place, slots = known, first
        bounds[row + 1] = place
        slot_rows[row + 1] = slots
