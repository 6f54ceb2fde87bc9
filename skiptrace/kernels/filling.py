"""Text columns from templates: per row a template, whose pieces are fixed bytes, slots of that row, or ordinal endings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.street_bytes import Shapes

_Bytes = npt.NDArray[np.uint8]

LITERAL, SLOT, ENDING = 0, 1, 2
"""Kinds of piece: bytes a to b of the literals; slot a; the ordinal ending (ST, ND, RD, TH) of the number in slot a."""

_ENDINGS = np.frombuffer(b"STNDRDTH", np.uint8).reshape(4, 2)
_ONE = ord("1")


class Templates(NamedTuple):
    """Template t writes field f by the pieces bounds[t * fields + f] up to the next bound, of (kind, a, b) each."""

    fields: int
    bounds: npt.NDArray[np.int32]
    pieces: npt.NDArray[np.int32]
    literals: _Bytes


@compiled_into
def _ending_of(clean: _Bytes, start: Whole, end: Whole) -> Whole:
    last = np.int64(clean[end - 1]) - 48
    teen = end - start > 1 and clean[end - 2] == _ONE
    return 3 if teen or last == 0 or last > 3 else last - 1


@compiled
def measure(templates: Templates, field: Whole, rows: npt.NDArray[np.int32], slots: Shapes, offsets: npt.NDArray[np.int32]) -> None:
    """Fill the offsets of a text column: field `field` of the template of each row; nothing for rows of template -1."""
    _, bounds, pieces, _ = templates
    slot_rows, starts, ends = slots.slot_rows, slots.starts, slots.ends
    total = np.int32(0)
    for row in range(len(rows)):
        offsets[row] = total
        if rows[row] >= 0:
            first = rows[row] * templates.fields + field
            for piece in range(bounds[first], bounds[first + 1]):
                kind, a = pieces[piece, 0], pieces[piece, 1]
                if kind == SLOT:
                    slot = slot_rows[row] + a
                    total += ends[slot] - starts[slot]
                else:
                    total += 2 if kind == ENDING else pieces[piece, 2] - a
    offsets[len(rows)] = total


@compiled
def fill(
    templates: Templates, field: Whole, rows: npt.NDArray[np.int32], slots: Shapes, offsets: npt.NDArray[np.int32], out: _Bytes
) -> None:
    """Write the bytes that `measure` counted."""
    _, bounds, pieces, literals = templates
    clean, slot_rows, starts, ends = slots.clean, slots.slot_rows, slots.starts, slots.ends
    for row in range(len(rows)):
        if rows[row] < 0:
            continue
        place = np.int64(offsets[row])
        first = rows[row] * templates.fields + field
        for piece in range(bounds[first], bounds[first + 1]):
            kind, a = pieces[piece, 0], np.int64(pieces[piece, 1])
            if kind == LITERAL:
                for at in range(a, pieces[piece, 2]):
                    out[place] = literals[at]
                    place += 1
            elif kind == SLOT:
                slot = slot_rows[row] + a
                for at in range(starts[slot], ends[slot]):
                    out[place] = clean[at]
                    place += 1
            else:
                slot = slot_rows[row] + a
                ending = _ending_of(clean, starts[slot], ends[slot])
                out[place], out[place + 1] = _ENDINGS[ending, 0], _ENDINGS[ending, 1]
                place += 2
