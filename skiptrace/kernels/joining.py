"""Two text columns joined row by row, the separator only where both have something to say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled

_Bytes = npt.NDArray[np.uint8]
_Offsets = npt.NDArray[np.int32]


def join_plain(left: str, right: str, separator: str) -> str:
    """One row: what the loops below must equal."""
    return separator.join(filter(None, (left, right)))


@compiled
def joined_size(left: _Offsets, right: _Offsets, separator: Whole, offsets: _Offsets) -> None:
    """Fill the offsets of the joined column; `separator`: its bytes."""
    total = np.int32(0)
    for row in range(len(offsets) - 1):
        offsets[row] = total
        first, second = left[row + 1] - left[row], right[row + 1] - right[row]
        total += first + second + (separator if first and second else 0)
    offsets[-1] = total


@compiled
def join_rows(
    left: _Bytes, left_offsets: _Offsets, right: _Bytes, right_offsets: _Offsets, separator: _Bytes, offsets: _Offsets, out: _Bytes
) -> None:
    """Write the bytes that `joined_size` counted."""
    for row in range(len(offsets) - 1):
        place = np.int64(offsets[row])
        for at in range(left_offsets[row], left_offsets[row + 1]):
            out[place] = left[at]
            place += 1
        if left_offsets[row] < left_offsets[row + 1] and right_offsets[row] < right_offsets[row + 1]:
            for at in range(len(separator)):
                out[place] = separator[at]
                place += 1
        for at in range(right_offsets[row], right_offsets[row + 1]):
            out[place] = right[at]
            place += 1
