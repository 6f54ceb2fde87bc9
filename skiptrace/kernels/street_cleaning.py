"""Street lines cleaned as far as bytes allow: upper case, single spaces, no apostrophes, periods dropped or made spaces.

Whatever needs more (other signs, text of a care-of, a fraction that lost its slash) is not read here. The plain function
beside it is `skiptrace.normalize.line_cleaning.clean_line`: it makes of a line cleaned here what it makes of the line.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled
from skiptrace.kernels.interning import Table, code_of, find
from skiptrace.kernels.street_bytes import (
    COMMA,
    LETTER_A,
    LETTER_C,
    LONGEST_LINE,
    ONE,
    PERIOD,
    QUOTE,
    SPACE,
    TWO,
    Shapes,
    begins,
    is_digit,
    is_letter,
    packed,
)

_Bytes = npt.NDArray[np.uint8]


def _upper() -> _Bytes:
    """Each byte in upper case; 0 for those that are not read here."""
    upper = np.zeros(256, np.uint8)
    for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,#/&-.'":
        upper[ord(sign)] = ord(sign)
        upper[ord(sign.lower())] = ord(sign)
    return upper


_UPPER = _upper()
_IN_WORD = np.isin(_UPPER, np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", np.uint8))
_CARE_OF = packed(("C/", "CARE OF", "ATTN", "ATTENTI"))


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
            if data[at] == PERIOD and start < at < stop - 1:
                if is_digit(data[at - 1]) and is_digit(data[at + 1]):
                    readable = False
                if at < stop - 2 and _IN_WORD[data[at - 1]] and _IN_WORD[data[at + 1]] and _IN_WORD[data[at + 2]]:
                    joined = True
            if data[at] == PERIOD or data[at] == QUOTE:
                signed[row] = True
        at = int(start)
        while at < stop and readable and signed[row]:  # a sign beside a word that counts may join it to another
            size = np.int64(0)
            while at < stop and is_letter(_UPPER[data[at]]):
                word[size] = _UPPER[data[at]]
                size, at = size + 1, at + 1
            beside = at < stop - 1 and (data[at] == PERIOD or data[at] == QUOTE) and _IN_WORD[data[at + 1]]
            if at - size > start + 1:
                sign = data[at - size - 1]
                beside = beside or (sign in (PERIOD, QUOTE) and _IN_WORD[data[at - size - 2]])
            if size > 2 and beside and find(vocabulary, word, np.int64(0), size, code_of(vocabulary, word, np.int64(0), size)) >= 0:
                readable = False
            at += 1
        if not readable:
            continue
        for at in range(start, stop):
            byte = _UPPER[data[at]]
            if byte == PERIOD:
                decimal = start < at < stop - 1 and is_digit(data[at - 1]) and is_digit(data[at + 1])
                readable = readable and not decimal  # the readers keep it
                if decimal or not joined:
                    continue
                byte = np.uint8(SPACE)
            if byte == QUOTE or (byte == SPACE and (end == begin or clean[end - 1] == SPACE)):
                continue
            clean[end] = byte
            end += 1
        while end > begin and clean[end - 1] == SPACE:
            end -= 1
        at = int(begin)
        while at < end and is_digit(clean[at]):
            at += 1
        if at > begin and end - at >= 4 and clean[at] == SPACE and clean[at + 1] == ONE and clean[at + 2] == SPACE:
            readable = readable and clean[at + 3] != TWO
        for at in range(begin, end):
            first = at == begin or clean[at - 1] == SPACE or clean[at - 1] == COMMA
            if first and (clean[at] == LETTER_C or clean[at] == LETTER_A) and begins(clean, at, end, _CARE_OF):
                readable = False
        if readable:
            lasts[row] = end
        else:
            end = begin
    return end
