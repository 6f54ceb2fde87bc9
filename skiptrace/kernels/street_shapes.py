"""The shape of a pair of street lines: what decides how the pair is read, without the words and numbers that do not.

Which word of "123 N MARLBERG ST APT 4" is what depends on ST and APT, on 123 being a number of three digits, on MARLBERG
being a word of seven or more letters that means nothing in particular; not on the digits or the name. The shape keeps
the first and replaces the second by slots: "<3 digits, slot 0> N <7+ letters, slot 1> ST APT <1 digit, slot 2>". Lines
of one shape are read alike, slot for slot, so a shape is read once (see `skiptrace.normalize.address_shapes`, which also
says why the readers cannot see more than the shape).

A run of letters stays literal where it is short, a word of the vocabulary, begins like a word that a pattern looks for,
touches a digit, or has hardly a letter besides those that a reader strips from ordinals; a run of digits where it
begins with zero. Runs of equal content share a slot. How many letters counts only as "fewer than seven", two digits as
three, unless a word may hold more than the run. To keep more than a reader needs is always right, only slower.

Lines are cleaned on the way as far as bytes allow: upper case, single spaces, no apostrophes, periods dropped or made
spaces. Whatever needs more (other signs, text of a care-of, a fraction that lost its slash) gets no shape and is read
one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.interning import Table, find, hash_of

_Bytes = npt.NDArray[np.uint8]

MOST_SLOTS = 16
LONGEST_LINE = 120
MOST_DIGITS = 9
LONG_WORD = 7
"""Letters from which on no reader asks how many there are."""
_FEW_LETTERS = 3
"""What counts for 3 to 6 letters in a line without hyphen, slash and "&": readers ask for more only around those."""
LETTERS_FROM, DIGITS_FROM, SLOT_FROM, LINE_BREAK = 0x80, 0xA0, 0xC0, 0x1F
"""Bytes of a slot in a shape: 0x80 + letters or 0xA0 + digits, then 0xC0 + number of the slot."""

_ZERO, _NINE, _A, _Z = (ord(sign) for sign in "09AZ")
_SPACE, _COMMA, _PERIOD, _QUOTE, _HYPHEN, _SLASH, _AND = (ord(sign) for sign in " ,.'-/&")
_C = ord("C")
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
_IN_WORD = np.isin(_UPPER, np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", np.uint8))
_CARE_OF = _packed(("C/", "CARE OF", "ATTN", "ATTENTI"))
_STRIPPED = np.isin(np.arange(256), np.frombuffer(b"STNDRH", np.uint8))

HEADS = (
    "PO", "OB", "OC", "OD", "OL", "BOX", "BX", "BUZON", "DRAWER", "CALLER", "BIN", "LOCK", "OFFICE", "APARTADO", "APDO", "BLQ",
    "BLOQUE", "BLK", "APT", "APARTMENT", "UNIT", "FLAT", "SUITE", "STE", "LOT", "SHOP",
)  # fmt: skip
"""A pattern may find these at the beginning of a longer word ("BOXER" holds a box)."""
TAILS = ("NO", "NUM", "NUMBER", "NBR")
"""The same for the end of one ("RRNO 5")."""
_HEADS, _TAILS = _packed(HEADS), _packed(TAILS)
_TAIL_SIZES = np.array([len(tail) for tail in TAILS])


class Shapes(NamedTuple):
    """Shapes of n rows and where their slots are. A row without shape has an empty one.

    clean: the cleaned lines; line k of row i is clean[firsts[k, i]:lasts[k, i]], lasts -1 for one that is not read here;
    signed[i]: a period or apostrophe was dropped. Row i has the shape shapes[bounds[i]:bounds[i + 1]] and the slots
    slot_rows[i] up to slot_rows[i + 1]: clean[starts[k]:ends[k]].
    """

    clean: _Bytes
    firsts: npt.NDArray[np.int32]
    lasts: npt.NDArray[np.int32]
    signed: npt.NDArray[np.bool_]
    shapes: _Bytes
    bounds: npt.NDArray[np.int64]
    slot_rows: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]


def room_for_shapes(rows: int, size: int) -> Shapes:
    """Arrays for so many rows whose lines have together `size` bytes."""
    return Shapes(
        np.empty(size, np.uint8),
        np.empty((2, rows), np.int32),
        np.empty((2, rows), np.int32),
        np.zeros(rows, np.bool_),
        np.empty(2 * size + 2 * rows, np.uint8),
        np.zeros(rows + 1, np.int64),
        np.zeros(rows + 1, np.int64),
        np.empty(MOST_SLOTS * rows, np.int32),
        np.empty(MOST_SLOTS * rows, np.int32),
    )


@compiled_into
def _is_digit(byte: Whole) -> bool:
    return bool(_ZERO <= byte <= _NINE)


@compiled_into
def _is_letter(byte: Whole) -> bool:
    return bool(_A <= byte <= _Z)


@compiled_into
def _begins(clean: _Bytes, start: Whole, stop: Whole, heads: _Bytes) -> bool:
    """Whether clean[start:stop] begins with one of the rows of `heads`."""
    for head in range(len(heads)):
        at = 0
        while heads[head, at] and start + at < stop and clean[start + at] == heads[head, at]:
            at += 1
        if not heads[head, at]:
            return True
    return False


@compiled
def clean_lines(
    data: _Bytes, offsets: npt.NDArray[np.int32], line: Whole, begin: Whole, vocabulary: Table, out: Shapes
) -> Whole:
    """Clean a column of lines into `out` as line `line` of its rows, from `begin` on; returns where the last one ends."""
    word = np.empty(LONGEST_LINE, np.uint8)
    clean, firsts, lasts, signed = out.clean, out.firsts[line], out.lasts[line], out.signed
    end = np.int64(begin)
    for row in range(len(firsts)):
        start, stop = np.int64(offsets[row]), np.int64(offsets[row + 1])
        begin = end
        firsts[row], lasts[row] = begin, -1
        readable, joined = bool(stop - start <= LONGEST_LINE), False
        for at in range(start, stop if readable else start):
            if not _UPPER[data[at]]:
                readable = False
            if data[at] == _PERIOD and start < at < stop - 1:
                if _is_digit(data[at - 1]) and _is_digit(data[at + 1]):
                    readable = False
                if at < stop - 2 and _IN_WORD[data[at - 1]] and _IN_WORD[data[at + 1]] and _IN_WORD[data[at + 2]]:
                    joined = True
            if data[at] == _PERIOD or data[at] == _QUOTE:
                signed[row] = True
        at = int(start)
        while at < stop and readable and signed[row]:  # a sign beside a word that counts may join it to another
            size = np.int64(0)
            while at < stop and _is_letter(_UPPER[data[at]]):
                word[size] = _UPPER[data[at]]
                size, at = size + 1, at + 1
            beside = at < stop - 1 and (data[at] == _PERIOD or data[at] == _QUOTE) and _IN_WORD[data[at + 1]]
            if at - size > start + 1:
                sign = data[at - size - 1]
                beside = beside or (sign in (_PERIOD, _QUOTE) and _IN_WORD[data[at - size - 2]])
            if size > 2 and beside and find(vocabulary, word, np.int64(0), size, hash_of(word, np.int64(0), size)) >= 0:
                readable = False
            at += 1
        if not readable:
            continue
        for at in range(start, stop):
            byte = _UPPER[data[at]]
            if byte == _PERIOD:
                decimal = start < at < stop - 1 and _is_digit(data[at - 1]) and _is_digit(data[at + 1])
                readable = readable and not decimal  # the readers keep it
                if decimal or not joined:
                    continue
                byte = np.uint8(_SPACE)
            if byte == _QUOTE or (byte == _SPACE and (end == begin or clean[end - 1] == _SPACE)):
                continue
            clean[end] = byte
            end += 1
        while end > begin and clean[end - 1] == _SPACE:
            end -= 1
        at = int(begin)
        while at < end and _is_digit(clean[at]):
            at += 1
        if at > begin and end - at >= 4 and clean[at] == _SPACE and clean[at + 1] == _ONE and clean[at + 2] == _SPACE:
            readable = readable and clean[at + 3] != _TWO
        for at in range(begin, end):
            first = at == begin or clean[at - 1] == _SPACE or clean[at - 1] == _COMMA
            if first and (clean[at] == _C or clean[at] == _A) and _begins(clean, at, end, _CARE_OF):
                readable = False
        if readable:
            lasts[row] = end
        else:
            end = begin
    return end


@compiled_into
def _is_literal(clean: _Bytes, start: Whole, stop: Whole, vocabulary: Table) -> bool:
    if stop - start <= 2:
        return True
    for tail in range(len(_TAILS)):
        size = np.int64(_TAIL_SIZES[tail])
        if size <= stop - start and _begins(clean, stop - size, stop, _TAILS[tail : tail + 1]):
            return True
    bare = stop
    while bare > start and _STRIPPED[clean[bare - 1]]:
        bare -= 1
    if bare - start <= 2 or _begins(clean, start, stop, _HEADS):
        return True
    return bool(find(vocabulary, clean, start, stop, hash_of(clean, start, stop)) >= 0)


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
                if clean[at] in (_HYPHEN, _SLASH, _AND):
                    exact = True
            at, hyphened, counted = int(begin), 0, False
            while at < end and readable:
                byte = clean[at]
                start = at
                at += 1
                digits, letters = _is_digit(byte), _is_letter(byte)
                literal = not digits and not letters
                if literal:
                    counted = counted and byte != _SPACE and byte != _COMMA
                elif digits:
                    while at < end and _is_digit(clean[at]):
                        at += 1
                    literal = byte == _ZERO
                    readable = bool(at - start <= MOST_DIGITS)
                else:
                    while at < end and _is_letter(clean[at]):
                        at += 1
                    literal = _is_literal(clean, start, at, vocabulary)
                before = clean[start - 1] if start > begin else np.uint8(_SPACE)
                after = clean[at] if at < end else np.uint8(_SPACE)
                if letters and (_is_digit(before) or _is_digit(after)):
                    readable = literal or at - start <= 3
                    literal = True
                if literal:
                    for source in range(start, at):
                        shapes[place] = clean[source]
                        place += 1
                    continue
                size = at - start
                if letters and (before in (_HYPHEN, _SLASH) or after in (_HYPHEN, _SLASH)):
                    hyphened += 0 if counted else 1  # two such words may differ in no more than what a reader strips
                    readable = hyphened < 2
                    counted = True
                if letters and not exact:
                    size = _FEW_LETTERS if size < LONG_WORD else size
                elif size == 3 and not exact and not _is_letter(before) and not _is_letter(after):
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
