"""ZIP codes in a column of texts: which of the plain forms each is, and its number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import compiled

EMPTY, FIVE, NINE, OTHER = 0, 1, 2, 3
"""No text; "98101"; "981011234", "98101-1234" or "98101 1234"; any other text."""


@compiled
def scan_zips(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int32], forms: npt.NDArray[np.uint8], numbers: npt.NDArray[np.int32]
) -> None:
    """The form of each row and the number of its first five digits (0 where the form is EMPTY or OTHER)."""
    for row in range(len(forms)):
        start, stop = np.int64(offsets[row]), np.int64(offsets[row + 1])
        size = stop - start
        forms[row] = EMPTY if size == 0 else OTHER
        numbers[row] = 0
        if size != 5 and size != 9 and size != 10:
            continue
        plain, number = True, np.int32(0)
        for at in range(size):
            byte = data[start + at]
            if size == 10 and at == 5:
                plain = plain and (byte == 45 or byte == 32)
            else:
                plain = plain and 48 <= byte <= 57
            if at < 5:
                number = number * 10 + byte - 48
        if plain:
            forms[row] = FIVE if size == 5 else NINE
            numbers[row] = number
