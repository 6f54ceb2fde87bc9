"""Text columns as numbers: hashes, digits, postal codes, computed from the bytes of an Arrow column.

The hash is our own with fixed constants, so that what it made may be kept on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.interning import hash_of
from skiptrace.kernels.record_layout import ZIP_SHIFT

_Bytes = npt.NDArray[np.uint8]
_Offsets = npt.NDArray[np.int32]
_LOW = np.uint64(0xFFFFFFFF)
_GOLDEN, _MIX1, _MIX2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)


@compiled_into
def mix(value: Any) -> Any:
    """SplitMix64's finaliser of a uint64."""
    z = value + _GOLDEN
    z = (z ^ (z >> _S30)) * _MIX1
    z = (z ^ (z >> _S27)) * _MIX2
    return z ^ (z >> _S31)


@compiled_into
def low_word(value: Any) -> Whole:
    """The low half of a uint64 as an int32 that is 0 only where the whole is."""
    if value == np.uint64(0):
        return np.int32(0)
    word = np.uint32(value & _LOW)
    return np.int32(1) if word == np.uint32(0) else np.int32(word)


@compiled
def hash_texts(offsets: _Offsets, data: _Bytes, out: npt.NDArray[np.uint64]) -> None:
    """64-bit hash of each text to `out`, 0 for an empty one."""
    for row in range(len(out)):
        start, stop = offsets[row], offsets[row + 1]
        out[row] = hash_of(data, start, stop) if stop > start else np.uint64(0)


@compiled
def hash_words(offsets: _Offsets, data: _Bytes, least: Whole, out: npt.NDArray[np.int32]) -> None:
    """32-bit hash of each text of at least `least` bytes; 0 elsewhere."""
    for row in range(len(out)):
        start, stop = offsets[row], offsets[row + 1]
        out[row] = low_word(hash_of(data, start, stop)) if stop - start >= least else np.int32(0)


@compiled
def first_bytes(offsets: _Offsets, data: _Bytes, out: npt.NDArray[np.int32]) -> None:
    """The first byte of each text, 0 for an empty one."""
    for row in range(len(out)):
        out[row] = data[offsets[row]] if offsets[row + 1] > offsets[row] else 0


@compiled
def digit_values(offsets: _Offsets, data: _Bytes, most: Whole, out: npt.NDArray[np.int64]) -> None:
    """The last `most` digits of each text as a number, whatever stands between them; -1 where it has none."""
    bound = np.int64(1)
    for _ in range(most):
        bound *= 10
    for row in range(len(out)):
        value, found = np.int64(0), False
        for at in range(offsets[row], offsets[row + 1]):
            digit = np.int64(data[at]) - 48
            if 0 <= digit <= 9:
                value = (value * 10 + digit) % bound
                found = True
        out[row] = value if found else -1


@compiled
def zip_words(offsets: _Offsets, data: _Bytes, out: npt.NDArray[np.int32]) -> None:
    """Postal codes: the first three characters above ZIP_SHIFT, the rest below. Five digits never share a word; of other
    codes about one pair in 2**31 does."""
    for row in range(len(out)):
        start, stop = offsets[row], offsets[row + 1]
        if start == stop:
            out[row] = 0
            continue
        plain = stop - start == 5
        head: Whole = 0
        tail: Whole = 0
        for at in range(start, stop):
            digit = np.int64(data[at]) - 48
            if not 0 <= digit <= 9:
                plain = False
                break
            if at - start < 3:
                head = head * 10 + digit
            else:
                tail = tail * 10 + digit
        if not plain:
            cut = min(start + 3, stop)
            head = 1000 + np.int64(hash_of(data, start, cut) % np.uint64(500_000))
            tail = np.int64(hash_of(data, cut, stop) % np.uint64(4000)) if stop > cut else 0
        out[row] = np.int32(((head + 1) << ZIP_SHIFT) | (tail + 1))


@compiled
def state_words(offsets: _Offsets, data: _Bytes, out: npt.NDArray[np.int32]) -> None:
    """States: two letters as they are, longer names by hash; 0 for none."""
    for row in range(len(out)):
        start, stop = offsets[row], offsets[row + 1]
        if stop - start == 2:
            out[row] = np.int32(data[start]) * 256 + np.int32(data[start + 1])
        else:
            out[row] = low_word(hash_of(data, start, stop)) if stop > start else np.int32(0)
