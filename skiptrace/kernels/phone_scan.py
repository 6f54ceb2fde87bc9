"""Phone numbers out of an Arrow text column, byte by byte.

`scan_column` runs a machine over the column's own buffers and gives each row what `phone_form.scan_text`, the plain
statement of the same form, says of its text. One pass, one state: `_START` (edges), `_WORD` and `_LABELLED` (a label),
`_LEAD` (marks and a plus before the digits), `_BODY` (digits and marks), `_MARKER`, `_SPACED` and `_EXTENDED` (an
extension), `_END` (edges). A byte that has no place in its state ends the row as FALLBACK. Most rows are nothing but
digits, marks and spaces: a tight loop tries that first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.kernels.compiling import compiled
from skiptrace.kernels.phone_form import (
    ANYWHERE,
    BLANK,
    FALLBACK,
    LABELS,
    LONGEST,
    MOST_DIGITS,
    MOST_DIGITS_OF_ONE,
    MOST_EXTENSION,
    NO_AREA_CODE,
    NULL,
    NUMBER,
    TOO_LONG,
    TOO_SHORT,
)

# Kinds of bytes. Their order makes ranges: edges SPACE to EDGE, marks MARK to POINT, POINT to SHARP behind a label.
_OTHER, _SKIP, _SPACE, _BREAK, _EDGE, _MARK, _SLASH, _POINT, _COLON, _SHARP, _PLUS, _LETTER, _DIGIT, _WIDE = range(14)
_START, _WORD, _LABELLED, _LEAD, _BODY, _MARKER, _SPACED, _EXTENDED, _END = range(9)


def _kinds_of_bytes() -> npt.NDArray[Any]:
    kinds = np.full(256, _OTHER, np.int64)
    for kind, signs in (
        (_SPACE, " \t"), (_BREAK, "\r\n"), (_EDGE, ",;|"), (_MARK, "-()"), (_POINT, "."), (_SLASH, "/"), (_PLUS, "+"),
        (_SHARP, "#"), (_COLON, ":"), (_DIGIT, "0123456789"), (_WIDE, "\xc2\xe2\xef"),
        (_LETTER, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    ):  # fmt: skip
        kinds[[ord(sign) for sign in signs]] = kind
    return kinds


def _packed(word: str) -> int:
    """Letters in five bits each; up to twelve fit."""
    packed = 0
    for letter in word:
        packed = packed << 5 | ord(letter) & 31
    return packed


def _steps_of_bytes() -> npt.NDArray[Any]:
    """What a byte does to the digits before it: factor (4 bits), addend (4 bits); above them counters of 8 bits each:
    digits, points, bytes that have no place in a plain number."""
    steps = np.full(256, 1 | 1 << 24, np.int64)
    steps[(_KINDS == _SPACE) | (_KINDS == _MARK)] = 1
    steps[ord(".")] = 1 | 1 << 16
    for digit in range(10):
        steps[ord("0") + digit] = 10 | digit << 4 | 1 << 8
    return steps


_KINDS = _kinds_of_bytes()
_STEPS = _steps_of_bytes()
_LONGEST_PLAIN = 48
_WITH_POINT, _WITH_OTHER = 1 << 8, 1 << 16
_PACKED_LABELS = np.array([_packed(label) for label in LABELS], np.int64)
_PACKED_MARKERS = np.array([_packed(word) for word in ("X", "EXT", "EXTN")], np.int64)
_PACKED_EXTENSION = _packed("EXTENSION")
_TENS = 10 ** np.arange(18, dtype=np.int64)


@compiled
def _is_one(word: int, of: npt.NDArray[np.int64]) -> bool:
    found = False
    for each in of:
        found = found or word == each
    return found


@compiled
def _wide(data: npt.NDArray[Any], at: int, end: int) -> tuple[int, int]:
    """(kind, bytes) of a character that begins with one of the three bytes of `_WIDE`."""
    size = 2 if data[at] == 0xC2 else 3
    if at + size > end:
        return _OTHER, 1
    point = data[at] & 15
    for place in range(at + 1, at + size):
        if data[place] >> 6 != 2:
            return _OTHER, 1
        point = point << 6 | data[place] & 63
    if 0x2010 <= point <= 0x2015 or point == 0x2212:
        return _MARK, size
    if point == 0xA0 or point == 0x202F:
        return _SPACE, size
    hidden = 0x200B <= point <= 0x200F or 0x202A <= point <= 0x202E or 0x2060 <= point <= 0x206F
    return (_SKIP if hidden or point == 0xAD or point == 0xFEFF else _OTHER), size


@compiled
def _meaning(value: int, length: int, plus: bool, extended: bool) -> tuple[int, int]:
    """(code, national number): `_meaning_of`, for the digits' value and how many they are."""
    if length < 3:
        return FALLBACK, 0
    leading = value // _TENS[length - 2]
    first, abroad = leading // 10, value // _TENS[length - 3] == 11
    if plus:
        return (NUMBER, value - _TENS[10]) if length == 11 and first == 1 and leading != 11 else (FALLBACK, 0)
    if length == 10 and not abroad:
        return NUMBER, value
    if length == 11 and first == 1 and leading != 11:
        return NUMBER, value - _TENS[10]
    if extended or abroad or (first == 1 and (length < 10 or leading == 11)):
        return FALLBACK, 0
    if length == 7:
        return (FALLBACK if value // _TENS[4] == ANYWHERE else NO_AREA_CODE), 0
    return (TOO_LONG if length > 10 else TOO_SHORT), 0


@compiled
def _scan_row(data: npt.NDArray[Any], at: int, end: int) -> tuple[int, int, int]:
    """(code, national number, extension) of the text data[at:end]."""
    state, word, letters, blank = _START, 0, 0, True
    value, length, marks, plus, slash = 0, 0, 0, False, False
    gap, marked, decimal = False, False, -1  # spaces or marks since the last digit; digits before the only mark, a point
    extension, extended = 1, 0
    while at < end:
        byte = data[at] + 0  # eight bits become an integer that arithmetic does not wrap
        kind, size = _KINDS[byte], 1
        if kind == _WIDE:
            kind, size = _wide(data, at, end)
        at += size
        if kind == _SKIP:
            blank = False
        elif kind == _OTHER:
            return FALLBACK, 0, 0
        elif state == _BODY:
            if kind == _DIGIT:
                if length == MOST_DIGITS:
                    return FALLBACK, 0, 0
                value, length, marks = value * 10 + (byte - 48), length + 1, marks + gap
                gap, marked = False, False
            elif kind == _SPACE:
                gap = True
            elif _MARK <= kind <= _POINT:
                if kind == _POINT and marks == 0 and not gap:
                    decimal = length
                marks, gap, marked = marks + 1 + gap, False, True
                slash = slash or kind == _SLASH
            elif _BREAK <= kind <= _EDGE:
                state = _END
            elif kind == _SHARP and not marked:
                state, letters = _MARKER, 0
            elif kind == _LETTER and not marked:
                state, word, letters = _MARKER, byte & 31, 1
            else:
                return FALLBACK, 0, 0
        elif state <= _LEAD:
            if state == _WORD:
                if kind == _LETTER:
                    word, letters = word << 5 | byte & 31, letters + 1
                    if letters > 12:
                        return FALLBACK, 0, 0
                    continue
                if kind == _DIGIT or not _is_one(word, _PACKED_LABELS):
                    return FALLBACK, 0, 0
                state = _LABELLED
            if kind == _DIGIT:
                state, value, length, marked = _BODY, byte - 48, 1, False
            elif state == _START and _SPACE <= kind <= _EDGE:
                blank = blank and kind != _EDGE
            elif state == _START and kind == _LETTER:
                state, word, letters = _WORD, byte & 31, 1
            elif state == _LABELLED and kind == _SPACE:
                pass
            elif state == _LABELLED and not marked and _POINT <= kind <= _SHARP:
                marked = True
            elif _MARK <= kind <= _POINT or (state == _LEAD and kind == _SPACE):
                state, marks, slash = _LEAD, marks + 1, slash or kind == _SLASH
            elif kind == _PLUS and not plus:
                state, plus = _LEAD, True
            else:
                return FALLBACK, 0, 0
        elif state == _END:
            if not _SPACE <= kind <= _EDGE:
                return FALLBACK, 0, 0
        elif state == _EXTENDED:
            if kind == _DIGIT and extended < MOST_EXTENSION:
                extension, extended = extension * 10 + (byte - 48), extended + 1
            elif _SPACE <= kind <= _EDGE:
                state = _END
            else:
                return FALLBACK, 0, 0
        elif state == _MARKER and kind == _LETTER and letters and letters < 12:
            word, letters = word << 5 | byte & 31, letters + 1
        else:  # behind the marker of an extension
            if state == _MARKER and letters:
                long = word == _PACKED_EXTENSION and gap and kind != _DIGIT
                if not (long or _is_one(word, _PACKED_MARKERS)):
                    return FALLBACK, 0, 0
            if kind == _DIGIT:
                state, extension, extended = _EXTENDED, 10 + (byte - 48), 1
            elif kind == _SPACE or (state == _MARKER and _POINT <= kind <= _COLON):
                state = _SPACED
            else:
                return FALLBACK, 0, 0
    if state == _START and blank:
        return BLANK, 0, 0
    if state != _BODY and state != _EXTENDED and state != _END:
        return FALLBACK, 0, 0
    if slash and (extended or length > MOST_DIGITS_OF_ONE):
        return FALLBACK, 0, 0
    if marks == 1 and decimal == length - 1 and 10 <= decimal <= 15 and not extended and value % 10 == 0:
        value, length = value // 10, length - 1
    code, number = _meaning(value, length, plus, extended > 0)
    return code, number, extension if extended and code == NUMBER else 0


@compiled
def _plain_number(data: npt.NDArray[Any], at: int, end: int) -> int:
    """The ten digits of a text of nothing but digits, marks and spaces, perhaps behind a plus; -1 if it is not so.

    What most rows are. It knows less than the whole machine, and decides nothing until the last byte: forms follow each
    other at random, and a processor that guesses wrong at every mark would take longer than the arithmetic does.
    """
    if end - at > _LONGEST_PLAIN:
        return -1
    value, seen, plus = 0, 0, at < end and data[at] == 43
    for place in range(at + plus, end):
        step = _STEPS[data[place]]
        value = value * (step & 15) + (step >> 4 & 15)
        seen += step >> 8
    length = seen & 255
    if length == 10 and seen < _WITH_OTHER and not plus and value // 10_000_000 != 11:
        return value
    if length == 11 and seen < _WITH_POINT and value // 10_000_000_000 == 1 and value // 1_000_000_000 != 11:
        return value - 10_000_000_000
    return -1


@compiled
def _scan(
    offsets: npt.NDArray[Any],
    data: npt.NDArray[Any],
    validity: npt.NDArray[Any],
    first: int,
    codes: npt.NDArray[np.uint8],
    numbers: npt.NDArray[np.int64],
    extensions: npt.NDArray[np.int32],
) -> None:
    for row in range(len(codes)):
        at, end = offsets[row], offsets[row + 1]
        place = first + row
        if len(validity) and not validity[place >> 3] >> (place & 7) & 1:
            codes[row], numbers[row], extensions[row] = NULL, 0, 0
        elif end - at > LONGEST:
            codes[row], numbers[row], extensions[row] = FALLBACK, 0, 0
        else:
            numbers[row] = _plain_number(data, at, end)
            if numbers[row] >= 0:
                codes[row], extensions[row] = NUMBER, 0
            else:
                codes[row], numbers[row], extensions[row] = _scan_row(data, at, end)


class Scanned(NamedTuple):
    """Rows of a column. code: uint8, NULL to TOO_LONG. number: int64, the ten digits where the code is NUMBER, else 0.
    extension: int32, its digits behind a 1 (so that leading zeros live), 0 where there is none."""

    code: npt.NDArray[np.uint8]
    number: npt.NDArray[np.int64]
    extension: npt.NDArray[np.int32]


def scan_column(texts: pa.StringArray) -> Scanned:
    """Scan a text array of any offset, straight from its buffers. Nothing is copied; nothing is raised for any bytes."""
    rows = len(texts)
    found = Scanned(np.empty(rows, np.uint8), np.empty(rows, np.int64), np.empty(rows, np.int32))
    if rows:
        validity, offsets, data = texts.buffers()
        starts = _view(offsets, np.int32)[texts.offset : texts.offset + rows + 1]
        _scan(starts, _view(data, np.uint8), _view(validity, np.uint8), texts.offset, *found)
    return found


def _view(buffer: pa.Buffer | None, kind: type[np.generic]) -> npt.NDArray[Any]:
    """A buffer as an array; always one that cannot be written to, so that one form of each loop is compiled."""
    view = np.empty(0, kind) if buffer is None else np.frombuffer(buffer, kind)
    view.flags.writeable = False
    return view
