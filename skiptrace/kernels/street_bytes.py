"""What the loops over street lines share: the arrays that hold cleaned lines and shapes, and questions about bytes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled_into

_Bytes = npt.NDArray[np.uint8]

MOST_SLOTS = 16
LONGEST_LINE = 120

ZERO, NINE, LETTER_A, LETTER_C, LETTER_Z, ONE, TWO = (ord(sign) for sign in "09ACZ12")
SPACE, COMMA, PERIOD, QUOTE, HYPHEN, SLASH, AND, NUMBER = (ord(sign) for sign in " ,.'-/&#")


def packed(texts: tuple[str, ...]) -> _Bytes:
    """Texts as rows of bytes, filled with zeros; each row ends with at least one."""
    rows = np.zeros((len(texts), max(map(len, texts)) + 1), np.uint8)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text)] = np.frombuffer(text.encode(), np.uint8)
    return rows


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
def is_digit(byte: Whole) -> bool:
    """0 to 9."""
    return bool(ZERO <= byte <= NINE)


@compiled_into
def is_letter(byte: Whole) -> bool:
    """A to Z."""
    return bool(LETTER_A <= byte <= LETTER_Z)


@compiled_into
def begins(clean: _Bytes, start: Whole, stop: Whole, heads: _Bytes) -> bool:
    """Whether clean[start:stop] begins with one of the rows of `heads`."""
    for head in range(len(heads)):
        at = 0
        while heads[head, at] and start + at < stop and clean[start + at] == heads[head, at]:
            at += 1
        if not heads[head, at]:
            return True
    return False
