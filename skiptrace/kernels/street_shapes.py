"""The shape of a pair of street lines: what decides how the pair is read, without the words and numbers that do not.

Which word of "123 N MARLBERG ST APT 4" is what depends on ST and APT, on 123 being a number of three digits, on MARLBERG
being a word of seven or more letters that means nothing in particular; not on the digits or the name. The shape keeps
the first and replaces the second by slots: "<3 digits, slot 0> N <7+ letters, slot 1> ST APT <1 digit, slot 2>". Lines
of one shape are read alike, slot for slot, so a shape is read once (see `skiptrace.normalize.address_shapes`, which also
says why the readers cannot see more than the shape).

A run of letters stays literal where it is short, a word of the vocabulary, begins like a word that a pattern looks for,
touches a digit, or has hardly a letter besides those that a reader strips from ordinals; a run of digits where it
begins with zero. Runs of equal content share a slot. To keep a word literal is always right, only slower.

Lines are cleaned on the way as far as bytes allow: upper case, single spaces, no apostrophes, periods dropped or made
spaces. Whatever needs more (other signs, text of a care-of, a fraction that lost its slash) gets no shape and is read
one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import compiled, compiled_into
from skiptrace.kernels.interning import Table, find, hash_of

_Bytes = npt.NDArray[np.uint8]

MOST_SLOTS = 16
LONGEST_LINE = 120
MOST_DIGITS = 9
LONG_WORD = 7
"""Letters from which on no reader asks how many there are."""
LETTERS_FROM, DIGITS_FROM, SLOT_FROM, LINE_BREAK = 0x80, 0xA0, 0xC0, 0x1F
"""Bytes of a slot in a shape: 0x80 + letters (at most 7) or 0xA0 + digits, then 0xC0 + number of the slot."""

_ZERO, _NINE, _A, _Z = (ord(sign) for sign in "09AZ")
_SPACE, _COMMA, _PERIOD, _QUOTE, _HYPHEN, _SLASH = (ord(sign) for sign in " ,.'-/")
_C, _O, _N = (ord(sign) for sign in "CON")
_ONE, _TWO = ord("1"), ord("2")


def _upper() -> _Bytes:
    """Each byte in upper case; 0 for those that are not read here."""
    upper = np.zeros(256, np.uint8)
    for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,#/&-.'":
        upper[ord(sign)] = ord(sign)
        upper[ord(sign.lower())] = ord(sign)
    return upper


def _packed(texts: tuple[str, ...]) -> _Bytes:
    """Texts as rows of bytes, filled with zeros; each row ends with at least one."""
    rows = np.zeros((len(texts), max(map(len, texts)) + 1), np.uint8)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text)] = np.frombuffer(text.encode(), np.uint8)
    return rows


_UPPER = _upper()
_CARE_OF = _packed(("C/", "CARE OF", "ATTN", "ATTENTI"))
_STRIPPED = np.isin(np.arange(256), np.frombuffer(b"STNDRH", np.uint8))

HEADS = (
    "PO", "OB", "OD", "BOX", "BX", "DRAWER", "OFFICE", "APT", "APARTMENT", "UNIT", "FLAT", "SUITE", "STE", "LOT", "SHOP",
)  # fmt: skip
"""A pattern may find these at the beginning of a longer word ("BOXER" holds a box). So does "NO" at the end of one."""
_HEADS = _packed(HEADS)


class Shapes(NamedTuple):
    """Shapes of n rows and where their slots are. A row without shape has an empty one.

    clean: the cleaned lines, one after another. Row i has the shape shapes[bounds[i]:bounds[i + 1]] and the slots
    slot_rows[i] up to slot_rows[i + 1]: clean[starts[k]:ends[k]].
    """

    clean: _Bytes
    shapes: _Bytes
    bounds: npt.NDArray[np.int64]
    slot_rows: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]


def room_for_shapes(rows: int, size: int) -> Shapes:
    """Arrays for so many rows whose lines have together `size` bytes."""
    return Shapes(
        np.empty(size + MOST_SLOTS, np.uint8),
        np.empty(2 * size + 2 * rows, np.uint8),
        np.zeros(rows + 1, np.int64),
        np.zeros(rows + 1, np.int64),
        np.empty(MOST_SLOTS * rows, np.int32),
        np.empty(MOST_SLOTS * rows, np.int32),
    )


@compiled_into
def _is_digit(byte: int) -> bool:
    return _ZERO <= byte <= _NINE


@compiled_into
def _is_letter(byte: int) -> bool:
    return _A <= byte <= _Z


@compiled_into
def _is_sign_of_word(byte: int) -> bool:
    return _is_digit(byte) or _is_letter(byte)


@compiled_into
def _begins(clean: _Bytes, start: int, stop: int, heads: _Bytes) -> bool:
    """Whether clean[start:stop] begins with one of the rows of `heads`."""
    for head in range(len(heads)):
        at = 0
        while heads[head, at] and start + at < stop and clean[start + at] == heads[head, at]:
            at += 1
        if not heads[head, at]:
            return True
    return False


@compiled
def _clean(data: _Bytes, start: int, stop: int, clean: _Bytes, begin: int) -> int:
    """Write a line cleaned to `clean` from `begin` on; returns its end, or -1 where the line needs more than that."""
    if stop - start > LONGEST_LINE:
        return -1
    joined = False
    for at in range(start, stop):
        if not _UPPER[data[at]]:
            return -1
        if data[at] == _PERIOD and start < at < stop - 2:
            before, after, second = _UPPER[data[at - 1]], _UPPER[data[at + 1]], _UPPER[data[at + 2]]
            joined = joined or (_is_sign_of_word(before) and _is_sign_of_word(after) and _is_sign_of_word(second))
    end = begin
    for at in range(start, stop):
        byte = _UPPER[data[at]]
        if byte == _PERIOD:
            decimal = start < at < stop - 1 and _is_digit(data[at - 1]) and _is_digit(data[at + 1])
            if decimal or not joined:
                continue
            byte = np.uint8(_SPACE)
        if byte == _QUOTE or (byte == _SPACE and (end == begin or clean[end - 1] == _SPACE)):
            continue
        clean[end] = byte
        end += 1
    while end > begin and clean[end - 1] == _SPACE:
        end -= 1
    at = begin
    while at < end and _is_digit(clean[at]):
        at += 1
    if at > begin and end - at >= 4 and clean[at] == _SPACE and clean[at + 1] == _ONE and clean[at + 2] == _SPACE and clean[at + 3] == _TWO:
        return -1
    for at in range(begin, end):
        if (at == begin or clean[at - 1] == _SPACE or clean[at - 1] == _COMMA) and _begins(clean, at, end, _CARE_OF):
            return -1
    return end


@compiled
def _is_literal(clean: _Bytes, start: int, stop: int, vocabulary: Table) -> bool:
    if stop - start <= 2 or (clean[stop - 2] == _N and clean[stop - 1] == _O):
        return True
    bare = stop
    while bare > start and _STRIPPED[clean[bare - 1]]:
        bare -= 1
    if bare - start <= 2 or _begins(clean, start, stop, _HEADS):
        return True
    return find(vocabulary, clean, start, stop, hash_of(clean, start, stop)) >= 0


@compiled
def _shape(clean: _Bytes, begin: int, end: int, vocabulary: Table, out: Shapes, place: int, first: int, last: int) -> tuple[int, int]:
    """Write the shape of a cleaned line from `place` on. Slots `first` to `last` exist already.

    Returns the shape's end and the end of the slots; -1 and any number where the line has no shape.
    """
    at, hyphened, word = begin, 0, -1
    while at < end:
        byte = clean[at]
        start = at
        at += 1
        digits = _is_digit(byte)
        if digits:
            while at < end and _is_digit(clean[at]):
                at += 1
            literal = byte == _ZERO
            if at - start > MOST_DIGITS:
                return -1, last
        elif _is_letter(byte):
            while at < end and _is_letter(clean[at]):
                at += 1
            literal = _is_literal(clean, start, at, vocabulary)
            if (start > begin and _is_digit(clean[start - 1])) or (at < end and _is_digit(clean[at])):
                if not literal and at - start > 3:
                    return -1, last
                literal = True
        else:
            literal = True
            if byte == _SPACE or byte == _COMMA:
                word = at
        if literal:
            for source in range(start, at):
                out.shapes[place] = clean[source]
                place += 1
            continue
        if not digits and ((start > begin and clean[start - 1] == _HYPHEN) or (at < end and clean[at] == _HYPHEN)):
            hyphened += word != -2
            word = -2
            if hyphened > 1:  # two such words may differ in letters that a reader strips
                return -1, last
        slot = first
        while slot < last:
            same = out.ends[slot] - out.starts[slot] == at - start
            step = 0
            while same and step < at - start:
                same = clean[out.starts[slot] + step] == clean[start + step]
                step += 1
            if same:
                break
            slot += 1
        if slot == last:
            if last - first == MOST_SLOTS:
                return -1, last
            out.starts[last], out.ends[last] = start, at
            last += 1
        out.shapes[place] = DIGITS_FROM + at - start if digits else LETTERS_FROM + min(at - start, LONG_WORD)
        out.shapes[place + 1] = SLOT_FROM + slot - first
        place += 2
    return place, last


@compiled
def shape_rows(
    data1: _Bytes, offsets1: npt.NDArray[np.int32], data2: _Bytes, offsets2: npt.NDArray[np.int32], contexts: _Bytes,
    base: int, vocabulary: Table, out: Shapes,
) -> None:  # fmt: skip
    """Shapes of the pairs of lines from row `base` on, each headed by its byte of `contexts`; as many as `out` holds."""
    place, filled, slots = 0, 0, 0
    for row in range(len(out.bounds) - 1):
        source = base + row
        middle = _clean(data1, offsets1[source], offsets1[source + 1], out.clean, filled)
        end = np.int64(-1)
        if middle >= 0:
            end = _clean(data2, offsets2[source], offsets2[source + 1], out.clean, middle)
        if end >= 0:
            out.shapes[place] = contexts[source]
            stop, last = _shape(out.clean, filled, middle, vocabulary, out, place + 1, slots, slots)
            if stop >= 0 and end > middle:
                out.shapes[stop] = LINE_BREAK
                stop, last = _shape(out.clean, middle, end, vocabulary, out, stop + 1, slots, last)
            if stop >= 0:
                place, slots, filled = stop, last, end
        out.bounds[row + 1] = place
        out.slot_rows[row + 1] = slots
