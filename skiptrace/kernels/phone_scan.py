"""Phone numbers out of an Arrow text column, byte by byte, where the writing leaves no doubt.

`scan_column` runs a machine over the column's own buffers; `scan_text` says the same for one text with regular
expressions, and the two must agree on every text. What is read, after invisible marks are dropped and typographic dashes
and no-break spaces made plain:

    edges  [label]  [marks + marks]  digit (marks digit)*  [extension | marks]  edges

    edges      spaces, tabs, line ends and , ; |
    label      one of LABELS with at most one of : . # and spaces behind it; a digit never stands directly behind it
    marks      - . ( ) / and spaces
    extension  spaces, then x, # , ext, extn (or, after a space, extension), at most one . or :, spaces, 1 to 7 digits

Digits may be grouped in any way, because the phone library takes out all of these marks before it reads a number; how
many digits there are, and with which they begin, then decides what they are (`_meaning`). A number exported as a
decimal ("2065550134.0") loses its ".0". Everything else is FALLBACK: letters, other countries, two numbers in a cell,
more digits than a number has, texts above LONGEST bytes. Of a text with "/" at most 13 digits and no extension are
read, so that it cannot be two numbers.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.kernels.compiling import compiled

NULL, FALLBACK, NUMBER, BLANK, NO_AREA_CODE, TOO_SHORT, TOO_LONG = range(7)
"""What a row is: no text; for the library; ten digits; nothing but spaces; refused for its digits."""

LONGEST = 250
"""Bytes of the longest text that is read here."""
LABELS = ("TEL", "TELEPHONE", "PHONE", "PH", "CELL", "MOBILE", "HOME", "WORK", "FAX")

_MOST_DIGITS, _MOST_DIGITS_OF_ONE, _MOST_EXTENSION = 17, 13, 7
_X, _EXTENSION = "X", "EXTENSION"

# --- one text ---------------------------------------------------------------------------------------------------------

_HIDDEN = [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
_DASHES = [*range(0x2010, 0x2016), 0x2212]
_PLAIN = str.maketrans(
    {**dict.fromkeys(map(chr, _HIDDEN), ""), **dict.fromkeys(map(chr, _DASHES), "-"), "\xa0": " ", "\u202f": " "}
)
_EDGES = r"[ \t\r\n,;|]*"
_MARKS = r"[-.()/ \t]*"
_FORM = re.compile(
    rf"{_EDGES}(?:(?:{'|'.join(LABELS)})(?![A-Z0-9])[ \t]*[:.#]?[ \t]*)?"
    rf"(?P<core>{_MARKS}(?P<plus>\+?){_MARKS}(?P<body>[0-9](?:{_MARKS}[0-9])*)"
    rf"(?:[ \t]*(?:(?:X|\#|EXTN?)[.:]?|(?<=[ \t])EXTENSION(?:[.:]|(?=[ \t])))[ \t]*(?P<extension>[0-9]{{1,7}})|{_MARKS}))"
    rf"{_EDGES}",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"\+?[0-9]{10,15}\.0")


def scan_text(text: str | None) -> tuple[int, int, int]:
    """(code, national number, extension) of one text: what `scan_column` says of a row that holds it."""
    nothing = (FALLBACK, 0, 0)
    if text is None:
        return NULL, 0, 0
    if len(text.encode("utf-8", "replace")) > LONGEST:
        return nothing
    if not text.strip(" \t\r\n"):
        return BLANK, 0, 0
    found = _FORM.fullmatch(text.translate(_PLAIN)) if text.isascii() or not re.search(r"[ıſK]", text) else None
    if found is None:
        return nothing
    digits = re.sub(r"[^0-9]", "", found["body"])
    if len(digits) > _MOST_DIGITS or ("/" in found["core"] and (len(digits) > _MOST_DIGITS_OF_ONE or found["extension"])):
        return nothing
    if _DECIMAL.fullmatch(found["core"].strip(" \t")):
        digits = digits[:-1]
    code, number = _meaning_of(digits, bool(found["plus"]), bool(found["extension"]))
    return code, number, int(f"1{found['extension'] or ''}") if found["extension"] and code == NUMBER else 0


def _meaning_of(digits: str, plus: bool, extended: bool) -> tuple[int, int]:
    length, long_distance = len(digits), digits[0] == "1"
    abroad = digits.startswith("011")
    if plus:
        return (NUMBER, int(digits[1:])) if length == 11 and long_distance and digits[1] != "1" else (FALLBACK, 0)
    if length == 10 and not abroad:
        return NUMBER, int(digits)
    if length == 11 and long_distance and digits[1] != "1":
        return NUMBER, int(digits[1:])
    if extended or abroad or length < 3 or (long_distance and (length < 10 or digits[1] == "1")):
        return FALLBACK, 0
    return TOO_LONG if length > 10 else NO_AREA_CODE if length == 7 else TOO_SHORT, 0


# --- a column ---------------------------------------------------------------------------------------------------------

_OTHER, _SKIP, _SPACE, _BREAK, _EDGE, _MARK, _POINT, _SLASH, _PLUS, _SHARP, _COLON, _LETTER, _DIGIT, _WIDE = range(14)
_START, _WORD, _LABELLED, _LEAD, _BODY, _MARKER, _MARKED, _SPACED, _EXTENDED, _END = range(10)


def _kinds_of_bytes() -> npt.NDArray[np.uint8]:
    kinds = np.full(256, _OTHER, np.uint8)
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


_KINDS = _kinds_of_bytes()
_PACKED_LABELS = np.array([_packed(label) for label in LABELS], np.int64)
_PACKED_X, _PACKED_EXT, _PACKED_EXTN, _PACKED_EXTENSION = (_packed(word) for word in ("X", "EXT", "EXTN", "EXTENSION"))
_TENS = 10 ** np.arange(18, dtype=np.int64)


@compiled
def _wide(data: npt.NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """(kind, bytes) of a character that begins with one of the three bytes of `_WIDE`."""
    first = data[at]
    if at + 1 >= end:
        return _OTHER, 1
    second = data[at + 1]
    if first == 0xC2:
        return (_SPACE if second == 0xA0 else _SKIP if second == 0xAD else _OTHER), 2
    if at + 2 >= end:
        return _OTHER, 1
    third = data[at + 2]
    kind = _OTHER
    if first == 0xEF:
        kind = _SKIP if second == 0xBB and third == 0xBF else _OTHER
    elif second == 0x80:
        if 0x8B <= third <= 0x8F or 0xAA <= third <= 0xAE:
            kind = _SKIP
        elif 0x90 <= third <= 0x95:
            kind = _MARK
        elif third == 0xAF:
            kind = _SPACE
    elif second == 0x81:
        kind = _SKIP if 0xA0 <= third <= 0xAF else _OTHER
    elif second == 0x88 and third == 0x92:
        kind = _MARK
    return kind, 3


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
    return (TOO_LONG if length > 10 else NO_AREA_CODE if length == 7 else TOO_SHORT), 0


@compiled
def _scan_row(data: npt.NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int]:
    """(code, national number, extension) of the text data[at:end]."""
    state, word, extension, extension_length = _START, 0, 1, 0
    value, length, marks, gap, before_point = 0, 0, 0, False, -1
    plus, slash, blank = False, False, True
    while at < end:
        kind = np.int64(_KINDS[data[at]])
        size = 1
        if kind == _WIDE:
            kind, size = _wide(data, at, end)
        byte = data[at]
        at += size
        if kind == _DIGIT:
            if state == _BODY:
                value = value * 10 + (byte - 48)
                length += 1
                marks += gap
                gap = False
                if length > _MOST_DIGITS:
                    return FALLBACK, 0, 0
            elif state == _START or state == _LABELLED or state == _LEAD:
                state, value, length = _BODY, np.int64(byte - 48), 1
            elif state == _EXTENDED or state >= _MARKER and state <= _SPACED:
                if state == _MARKER and not (word == _PACKED_X or word == _PACKED_EXT or word == _PACKED_EXTN):
                    return FALLBACK, 0, 0
                state = _EXTENDED
                extension = extension * 10 + (byte - 48)
                extension_length += 1
                if extension_length > _MOST_EXTENSION:
                    return FALLBACK, 0, 0
            else:
                return FALLBACK, 0, 0
            continue
        if kind == _SKIP:
            blank = False
            continue
        if kind == _OTHER:
            return FALLBACK, 0, 0
        if state == _BODY:
            if kind == _SPACE:
                gap = True
            elif kind == _MARK or kind == _POINT or kind == _SLASH:
                if kind == _POINT and marks == 0 and not gap:
                    before_point = length
                marks += 1 + gap
                gap = False
                slash = slash or kind == _SLASH
            elif kind == _EDGE or kind == _BREAK:
                state = _END
            elif (kind == _LETTER or kind == _SHARP) and not slash:
                ...
        at = at
    return FALLBACK, 0, 0
