"""Putting the several phones, mailboxes and addresses of a person into the slots of an encoded record."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled

_Words = npt.NDArray[np.int32]


@compiled
def fill_slots(rows: _Words, values: _Words, base: Whole, width: Whole, counts: npt.NDArray[np.uint8], records: _Words) -> None:
    """Put each row of `values` [m, words] into the next free slot of the record that `rows` [m] names, in their order.

    Slot s begins at word `base + s * words`; there are `width` of them. Left out: rows of -1, values that are 0 in every
    word, those that the record has already, and those for which no slot is left. counts [records]: slots in use, 0 at
    first."""
    words = values.shape[1]
    for place in range(len(rows)):
        row = rows[place]
        if row < 0:
            continue
        some = False
        for word in range(words):
            some |= values[place, word] != 0
        if not some:
            continue
        used, known = np.int64(counts[row]), False
        for slot in range(used):
            same = True
            for word in range(words):
                same &= records[row, base + slot * words + word] == values[place, word]
            known |= same
        if known or used == width:
            continue
        for word in range(words):
            records[row, base + used * words + word] = values[place, word]
        counts[row] = used + 1


@compiled
def match_terms(
    offsets: _Words, data: npt.NDArray[np.uint8], hashes: npt.NDArray[np.uint64], sorted_hashes: npt.NDArray[np.uint64], codes: _Words,
    offsets2: _Words, data2: npt.NDArray[np.uint8], out: _Words,
) -> None:  # fmt: skip
    """For each text its code in another dictionary (position plus one), 0 where that does not hold it.

    `sorted_hashes` and `codes`: the hashes of the other dictionary's terms, ascending, and their positions. A text counts as
    held when its bytes are equal, not only its hash."""
    for place in range(len(out)):
        out[place] = 0
        low, high = 0, len(sorted_hashes)
        while low < high:
            middle = (low + high) >> 1
            if sorted_hashes[middle] < hashes[place]:
                low = middle + 1
            else:
                high = middle
        size = offsets[place + 1] - offsets[place]
        while low < len(sorted_hashes) and sorted_hashes[low] == hashes[place] and size > 0:
            code = codes[low]
            if offsets2[code + 1] - offsets2[code] == size:
                same = True
                for at in range(size):
                    if data[offsets[place] + at] != data2[offsets2[code] + at]:
                        same = False
                        break
                if same:
                    out[place] = code + 1
                    break
            low += 1
