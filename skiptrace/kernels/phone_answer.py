"""What scanned phone numbers are, by one look into the table of the numbering plan, and their digits as text.

`judge` gives each row one number for all that is said of it (kind, region, zones, flags, reason): its answer. Rows with
the same answer share these columns' values, so the columns are made by gathering from a short list. `spell` writes the
decimal digits of a column of integers straight into the buffers of an Arrow text column.

The answers of ten-digit numbers, after the fixed ones below: REFUSED + flags, then ACCEPTED + 64 * class + flags, where
flags is a sum of the bits below. Bits stand in the alphabetical order of the flags' names.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.kernels.compiling import compiled
from skiptrace.kernels.phone_form import FALLBACK, NUMBER

FLAGS = ("fictional", "n11", "placeholder", "premium", "repeated", "toll_free")
"""The flag of bit 0, bit 1, …"""
FICTIONAL, N11, PLACEHOLDER, PREMIUM, REPEATED, TOLL_FREE = (1 << bit for bit in range(len(FLAGS)))
REFUSED = 8
"""Below it an answer is the code of a scanned row that holds no ten digits."""
ACCEPTED = REFUSED + (1 << len(FLAGS))

_INVALID, _ASK, _FIRST = 0, 1, 2
_LOOK = 128
_COUNTRY = 10**10


class Known(NamedTuple):
    """What numbers are judged by.

    area uint16[1000], rows uint16[:, 10**4]: the numbering plan (0 no such number, 1 ask the library, 2 + class).
    of_class uint8[classes]: flags that a class brings (toll-free, premium).
    of_exchange uint8[1000]: PLACEHOLDER for exchanges without subscribers, PREMIUM for those billed so.
    lines int64[:]: exchange and line (seven digits) that reach no subscriber. fillers int64[:]: ten digits likewise.
    """

    area: npt.NDArray[np.uint16]
    rows: npt.NDArray[np.uint16]
    of_class: npt.NDArray[np.uint8]
    of_exchange: npt.NDArray[np.uint8]
    lines: npt.NDArray[np.int64]
    fillers: npt.NDArray[np.int64]


def judge_number(number: int, known: Known) -> int:
    """The answer of one ten-digit number; -1 where the library must be asked."""
    digits = f"{number:010d}"
    area, exchange, line = digits[:3], digits[3:6], digits[6:]
    entry = int(known.rows[known.area[int(area)], int(digits[3:7])])
    if entry == _ASK:
        return -1
    flags = int(known.of_exchange[int(exchange)])
    if int(exchange + line) in known.lines or number in known.fillers:
        flags |= PLACEHOLDER
    if len(set(exchange + line)) == 1:
        flags |= REPEATED
    if exchange == "555" and line.startswith("01"):
        flags |= FICTIONAL
    if exchange.endswith("11") or area.endswith("11"):
        flags |= N11
    if entry == _INVALID or flags & (N11 | PLACEHOLDER) or len(set(digits)) == 1:
        return REFUSED + flags
    return ACCEPTED + 64 * (entry - _FIRST) + (flags | int(known.of_class[entry - _FIRST]))


@compiled
def _judge(
    numbers: npt.NDArray[np.int64],
    area: npt.NDArray[np.uint16],
    rows: npt.NDArray[np.uint16],
    of_class: npt.NDArray[Any],
    of_exchange: npt.NDArray[Any],
    lines: npt.NDArray[np.int64],
    fillers: npt.NDArray[np.int64],
    codes: npt.NDArray[Any],
    answers: npt.NDArray[np.int32],
    accepted: npt.NDArray[np.int64],
    extensions: npt.NDArray[np.int32],
) -> None:
    for row in range(len(codes)):
        accepted[row] = 0
        answers[row] = codes[row]
        if codes[row] != NUMBER:
            continue
        number = numbers[row]
        prefix = number // 1000
        area_code = prefix // 10_000
        rest = prefix - area_code * 10_000
        entry = np.int64(rows[area[area_code], rest])
        if entry == _ASK:
            codes[row], answers[row], extensions[row] = FALLBACK, FALLBACK, 0
            continue
        flags = np.int64(of_exchange[rest // 10]) | (np.int64(of_exchange[area_code]) & N11)
        refused = entry == _INVALID or flags & (N11 | PLACEHOLDER) != 0
        if flags & _LOOK:
            flags -= _LOOK
            seven = number - area_code * 10_000_000
            for each in lines:
                if seven == each:
                    flags, refused = flags | PLACEHOLDER, True
            for each in fillers:
                if number == each:
                    flags, refused = flags | PLACEHOLDER, True
            if seven % 1_111_111 == 0:
                flags, refused = flags | REPEATED, refused or number % 1_111_111_111 == 0
            if seven // 100 == 55_501:
                flags |= FICTIONAL
        if refused:
            answers[row], extensions[row] = REFUSED + flags, 0
        else:
            answers[row] = ACCEPTED + 64 * (entry - _FIRST) + (flags | of_class[entry - _FIRST])
            accepted[row] = _COUNTRY + number


def _watched(known: Known) -> npt.NDArray[np.uint8]:
    """Flags of each exchange, with N11, and with _LOOK where the other digits matter as well (few exchanges)."""
    found = known.of_exchange.copy()
    found[11::100] |= N11
    exchanges = np.concatenate([known.lines // 10_000, known.fillers // 10_000 % 1000, [555], np.arange(0, 1000, 111)])
    found[exchanges] |= _LOOK
    return found


def judge(
    codes: npt.NDArray[np.uint8],
    numbers: npt.NDArray[np.int64],
    extensions: npt.NDArray[np.int32],
    known: Known,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """(answer of each row, number with its country code where it is accepted, else 0) of scanned rows.

    `judge_number` for each row that holds ten digits; other rows answer their code. Changed in place: the code of rows
    that the library must be asked for becomes FALLBACK, the extension of rows without an accepted number 0.
    """
    answers, accepted = np.empty(len(codes), np.int32), np.empty(len(codes), np.int64)
    _judge(numbers, *known._replace(of_exchange=_watched(known)), codes, answers, accepted, extensions)
    return answers, accepted


# --- digits as text ---------------------------------------------------------------------------------------------------


_E164 = 12
"""Bytes of a number of country code 1 with its plus sign."""
_THREE = np.array([list(f"{number:03d}".encode()) for number in range(1000)], np.uint8)
_FOUR = np.array([list(f"{number:04d}".encode()) for number in range(10_000)], np.uint8)


@compiled
def _spell_numbers(
    accepted: npt.NDArray[np.int64],
    three: npt.NDArray[Any],
    four: npt.NDArray[Any],
    offsets: npt.NDArray[Any],
    data: npt.NDArray[Any],
) -> None:
    end = 0
    offsets[0] = 0
    for row in range(len(accepted)):
        if accepted[row] > 0:
            number = accepted[row] - _COUNTRY
            leading = number // 10_000
            area = leading // 1000
            data[end], data[end + 1] = 43, 49
            for place in range(3):
                data[end + 2 + place] = three[area, place]
                data[end + 5 + place] = three[leading - area * 1000, place]
            for place in range(4):
                data[end + 8 + place] = four[number - leading * 10_000, place]
            end += _E164
        offsets[row + 1] = end


@compiled
def _spell_extensions(extensions: npt.NDArray[np.int32], offsets: npt.NDArray[Any], data: npt.NDArray[Any]) -> int:
    end = 0
    offsets[0] = 0
    for row in range(len(extensions)):
        left = np.int64(extensions[row])
        if left > 0:
            ten, length = 10, 0
            while ten <= left:
                ten, length = ten * 10, length + 1
            for place in range(length):
                data[end + length - 1 - place] = 48 + left % 10
                left //= 10
            end += length
        offsets[row + 1] = end
    return end


def spell_number(accepted: int) -> str | None:
    """E.164 of a number with its country code; None for 0."""
    return f"+{accepted}" if accepted else None


def spell_extension(extension: int) -> str | None:
    """The digits behind the leading 1 of a scanned extension; None for 0."""
    return str(extension)[1:] if extension else None


def spell_numbers(accepted: npt.NDArray[np.int64]) -> pa.StringArray:
    """`spell_number` of each value of a column of eleven-digit numbers and zeros, at most 100 million of them."""
    filled = int(np.count_nonzero(accepted))
    offsets, data = np.empty(len(accepted) + 1, np.int32), np.empty(filled * _E164, np.uint8)
    _spell_numbers(accepted, _THREE, _FOUR, offsets, data)
    return _texts(accepted > 0, filled, offsets, data)


def spell_extensions(extensions: npt.NDArray[np.int32]) -> pa.StringArray:
    """`spell_extension` of each value of a column."""
    filled = int(np.count_nonzero(extensions))
    if not filled:
        return pa.nulls(len(extensions), pa.string())
    offsets, data = np.empty(len(extensions) + 1, np.int32), np.empty(filled * 9, np.uint8)
    size = _spell_extensions(extensions, offsets, data)
    return _texts(extensions > 0, filled, offsets, data[:size])


def _texts(there: npt.NDArray[np.bool_], filled: int, offsets: npt.NDArray[np.int32], data: npt.NDArray[np.uint8]) -> pa.StringArray:
    missing = len(there) - filled
    validity = pa.py_buffer(np.packbits(there, bitorder="little")) if missing else None
    return pa.StringArray.from_buffers(len(there), pa.py_buffer(offsets), pa.py_buffer(data), validity, missing)
