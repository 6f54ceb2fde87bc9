"""Where the records of delimited text begin and end, and which of them cannot be believed: one pass over the bytes.

The grammar is RFC 4180's, with any delimiter and quote: a cell may be quoted as a whole, a quote inside one is doubled, a
record ends with LF, CR LF or CR outside quotes, empty lines are no records. Whatever is not of that form gets a reason, and the
scan goes on at the next line. A quotation mark that is never closed ends the scan: nothing after it can be believed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled

GOOD, NUL_BYTE, UNDECODABLE, TOO_LONG, TEXT_AFTER_QUOTE, QUOTE_SPANS_ROWS, RAGGED = range(7)
"""Why a record cannot be used, in the order in which one is told; GOOD where it can."""
NO_QUOTE = 256
MOST_LINES = 1000
"""Lines within one quoted cell from which on its mark counts as never closed."""

_Bytes = npt.NDArray[np.uint8]
_Longs = npt.NDArray[np.int64]
_LF, _CR = 10, 13


@compiled
def scan_records(
    data: _Bytes,
    size: Whole,
    final: bool,
    delimiter: Whole,
    quote: Whole,
    width: Whole,
    longest: Whole,
    starts: _Longs,
    ends: _Longs,
    lines: _Longs,
    reasons: _Bytes,
    state: _Longs,
) -> Whole:
    """The records of data[:size], to `starts`, `ends` (without the line end), `lines` (from 0) and `reasons`; returns how many.

    `final`: no byte follows. `width`: cells of a record (0: any number). `longest`: bytes of one. The arrays have room for one
    record per line end and one more. `state` gets the bytes consumed, the lines in them, and the line of a quotation mark that
    is never closed (-1: none)."""
    at, line, count = 0, 0, 0
    state[2] = -1
    special = np.zeros(257, np.bool_)
    for mark in (_LF, _CR, 0, delimiter, quote):
        special[mark] = True
    while at < size:
        start, first = at, line
        if data[at] == _LF:
            at, line = at + 1, line + 1
            continue
        if data[at] == _CR:
            if at + 1 == size and not final:
                break
            at, line = at + (2 if at + 1 < size and data[at + 1] == _LF else 1), line + 1
            continue
        cells, fresh, stray, nul, spans = 1, True, False, False, False
        end = -1
        while at < size:
            byte = data[at]
            if byte == delimiter:
                cells, fresh, at = cells + 1, not stray, at + 1
            elif byte == _LF:
                end, at, line = at, at + 1, line + 1
                break
            elif byte == _CR:
                if at + 1 == size and not final:
                    break
                end, at, line = at, at + (2 if at + 1 < size and data[at + 1] == _LF else 1), line + 1
                break
            elif byte == quote and fresh:
                opened, inner, marks, closed = line, 0, 0, False
                fresh, at = False, at + 1
                while at < size:
                    byte = data[at]
                    if byte == quote:
                        if at + 1 == size and not final:
                            break
                        if at + 1 < size and data[at + 1] == quote:
                            at += 2
                            continue
                        closed, at = True, at + 1
                        break
                    if byte == delimiter:
                        marks += 1
                    elif byte == _LF or (byte == _CR and at + 1 < size and data[at + 1] != _LF):
                        if at - start > longest and inner == 0:
                            break
                        if inner > 0 and width > 3 and marks >= width - 1:
                            spans = True
                        inner, marks, line = inner + 1, 0, line + 1
                        if inner > MOST_LINES or at - start > longest:
                            state[2] = opened
                            return count
                    elif byte == 0:
                        nul = True
                    at += 1
                    while at < size and not special[data[at]]:
                        at += 1
                if not closed:
                    if at < size and (data[at] == _LF or data[at] == _CR):  # far too long before its first line end
                        continue
                    if inner > 0 and size - start > longest:
                        state[2] = opened
                        return count
                    if final:
                        state[2] = opened
                        return count
                    at, line = size, first
                    break
                if inner > 0 and width > 3 and marks >= width - 1:
                    spans = True
                if at < size and data[at] != delimiter and data[at] != _LF and data[at] != _CR:
                    if inner > 0:
                        state[2] = opened
                        return count
                    stray = True
            else:
                if byte == 0:
                    nul = True
                fresh, at = False, at + 1
                while at < size and not special[data[at]]:
                    at += 1
        if end < 0:
            if not final:
                line = first
                at = start
                break
            end = at
        starts[count], ends[count], lines[count] = start, end, first
        reason = GOOD
        if nul:
            reason = NUL_BYTE
        elif end - start > longest:
            reason = TOO_LONG
        elif stray:
            reason = TEXT_AFTER_QUOTE
        elif spans:
            reason = QUOTE_SPANS_ROWS
        elif width > 0 and cells != width:
            reason = RAGGED
        reasons[count] = reason
        count += 1
    state[0], state[1] = min(at, size), line
    return count


@compiled
def mark_undecodable(data: _Bytes, starts: _Longs, ends: _Longs, reasons: _Bytes) -> None:
    """UNDECODABLE to the reason of each record that is not UTF-8 (Unicode 15, table 3-7), except where it holds a NUL byte."""
    for row in range(len(starts)):
        at, end = starts[row], ends[row]
        whole = True
        while at < end and whole:
            lead = data[at]
            if lead < 0x80:
                at += 1
                continue
            more, low, high = 0, 0x80, 0xBF
            if 0xC2 <= lead <= 0xDF:
                more = 1
            elif 0xE0 <= lead <= 0xEF:
                more = 2
                if lead == 0xE0:
                    low = 0xA0
                elif lead == 0xED:
                    high = 0x9F
            elif 0xF0 <= lead <= 0xF4:
                more = 3
                if lead == 0xF0:
                    low = 0x90
                elif lead == 0xF4:
                    high = 0x8F
            if more == 0 or at + more >= end:
                whole = False
                break
            for step in range(1, more + 1):
                byte = data[at + step]
                if byte < low or byte > high:
                    whole = False
                low, high = 0x80, 0xBF
            at += more + 1
        if not whole and reasons[row] != NUL_BYTE:
            reasons[row] = UNDECODABLE
