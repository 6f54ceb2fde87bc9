"""Jaro-Winkler similarity and single slips over bytes, to be called from compiled loops; rapidfuzz defines what is right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into

_Bytes = npt.NDArray[np.uint8]
_Offsets = npt.NDArray[np.int32]
PREFIX, PREFIX_SHARE, BOOSTED_ABOVE = 4, 0.1, 0.7
"""Winkler's bonus: so much of what is missing per equal leading character, of four at most, above this similarity."""
LONGEST = 256
"""Longer texts are compared by their first bytes."""


@compiled
def jaro_winkler(data: _Bytes, start: Whole, stop: Whole, data2: _Bytes, start2: Whole, stop2: Whole) -> float:
    """Similarity of data[start:stop] and data2[start2:stop2], 0 to 1: `rapidfuzz.distance.JaroWinkler.similarity`."""
    size, size2 = min(stop - start, LONGEST), min(stop2 - start2, LONGEST)
    if size == 0 or size2 == 0:
        return 1.0 if size == size2 else 0.0
    reach = max(max(size, size2) // 2 - 1, 0)
    common, swaps = 0, 0
    if size <= 64 and size2 <= 64:
        taken, met = np.uint64(0), np.uint64(0)
        one = np.uint64(1)
        for j in range(size2):
            letter = data2[start2 + j]
            for i in range(max(0, j - reach), min(size, j + reach + 1)):
                if data[start + i] == letter and not (taken >> np.uint64(i)) & one:
                    taken |= one << np.uint64(i)
                    met |= one << np.uint64(j)
                    common += 1
                    break
        if common == 0:
            return 0.0
        i = 0
        for j in range(size2):
            if (met >> np.uint64(j)) & one:
                while not (taken >> np.uint64(i)) & one:
                    i += 1
                swaps += data[start + i] != data2[start2 + j]
                i += 1
    else:
        used, seen = np.zeros(size, np.bool_), np.zeros(size2, np.bool_)
        for j in range(size2):
            for i in range(max(0, j - reach), min(size, j + reach + 1)):
                if data[start + i] == data2[start2 + j] and not used[i]:
                    used[i] = seen[j] = True
                    common += 1
                    break
        if common == 0:
            return 0.0
        i = 0
        for j in range(size2):
            if seen[j]:
                while not used[i]:
                    i += 1
                swaps += data[start + i] != data2[start2 + j]
                i += 1
    similarity = (common / size + common / size2 + (common - swaps // 2) / common) / 3.0
    if similarity > BOOSTED_ABOVE:
        lead = 0
        while lead < min(PREFIX, size, size2) and data[start + lead] == data2[start2 + lead]:
            lead += 1
        similarity += lead * PREFIX_SHARE * (1.0 - similarity)
    return float(similarity)


@compiled_into
def one_slip(data: _Bytes, start: Whole, stop: Whole, data2: _Bytes, start2: Whole, stop2: Whole) -> bool:
    """Whether one edit or one swap of neighbours turns one text into the other: `rapidfuzz.distance.OSA.distance` <= 1."""
    size, size2 = stop - start, stop2 - start2
    if abs(size - size2) > 1:
        return False
    lead = 0
    while lead < min(size, size2) and data[start + lead] == data2[start2 + lead]:
        lead += 1
    left, left2 = size, size2
    while left > lead and left2 > lead and data[start + left - 1] == data2[start2 + left2 - 1]:
        left -= 1
        left2 -= 1
    rest, rest2 = left - lead, left2 - lead
    if max(rest, rest2) <= 1:
        return True
    at, at2 = start + lead, start2 + lead
    return bool(rest == 2 and rest2 == 2 and data[at] == data2[at2 + 1] and data[at + 1] == data2[at2])


@compiled
def similarities(
    offsets: _Offsets, data: _Bytes, offsets2: _Offsets, data2: _Bytes, out: npt.NDArray[np.float64], slips: npt.NDArray[np.bool_]
) -> None:  # fmt: skip
    """Both measures of parallel columns, row by row."""
    for row in range(len(out)):
        a, b, c, d = offsets[row], offsets[row + 1], offsets2[row], offsets2[row + 1]
        out[row] = jaro_winkler(data, a, b, data2, c, d)
        slips[row] = one_slip(data, a, b, data2, c, d)


@compiled_into
def digit_slip(a: Whole, b: Whole, digits: Whole) -> bool:
    """Whether two numbers of so many digits differ by one digit or by two neighbours swapped. Equal ones do not."""
    unequal, last, first_a, first_b, second_a, second_b = 0, -2, 0, 0, 0, 0
    apart = 0
    for place in range(digits):
        x, y = a % 10, b % 10
        if x != y:
            unequal += 1
            if unequal > 2:
                return False
            if unequal == 1:
                first_a, first_b = x, y
            else:
                second_a, second_b = x, y
                apart = place - last
            last = place
        a //= 10
        b //= 10
    if unequal == 1:
        return True
    return unequal == 2 and apart == 1 and first_a == second_b and first_b == second_a


@compiled_into
def letters_of(data: _Bytes, start: Whole, stop: Whole) -> Whole:
    """Which letters data[start:stop] has, one bit for each of 26 kinds of byte, and above them the kind of its first byte."""
    found = np.int64(0)
    for at in range(start, stop):
        found |= np.int64(1) << (np.int64(data[at]) % 26)
    if stop > start:
        found |= (np.int64(data[start]) % 26) << 26
    return found


@compiled
def letter_words(offsets: _Offsets, data: _Bytes, out: npt.NDArray[np.int32]) -> None:
    """The letters of each text, as `letters_of` has them."""
    for row in range(len(out)):
        out[row] = letters_of(data, offsets[row], offsets[row + 1])


@compiled_into
def count_bits(word: Whole) -> Whole:
    """How many of the 26 lowest bits are set."""
    word = word & 0x3FFFFFF
    word = word - ((word >> 1) & 0x55555555)
    word = (word & 0x33333333) + ((word >> 2) & 0x33333333)
    word = (word + (word >> 4)) & 0x0F0F0F0F
    return ((word * 0x01010101) & 0xFFFFFFFF) >> 24


@compiled_into
def most_common(letters: Whole, size: Whole, letters2: Whole, size2: Whole) -> float:
    """The most that the Jaro similarity of two texts can be, by their letters and lengths, without reading them.

    Each kind of letter that only one text has is at least one of its characters that finds no partner."""
    one, two = np.int64(letters), np.int64(letters2)
    common = min(size - count_bits(one & ~two), size2 - count_bits(two & ~one))
    if common <= 0:
        return 0.0
    return float((common / size + common / size2 + 1.0) / 3.0)


@compiled_into
def most_similar(letters: Whole, size: Whole, letters2: Whole, size2: Whole) -> float:
    """The most that `jaro_winkler` of two texts can be, by their `letter_words` and lengths, without reading them."""
    bound = most_common(letters, size, letters2, size2)
    if bound > BOOSTED_ABOVE and np.int64(letters) >> 26 == np.int64(letters2) >> 26:
        bound += PREFIX * PREFIX_SHARE * (1.0 - bound)
    return float(bound)


@compiled
def bounds(
    offsets: _Offsets, data: _Bytes, letters: npt.NDArray[np.int32], offsets2: _Offsets, data2: _Bytes, letters2: npt.NDArray[np.int32],
    most: npt.NDArray[np.float64],
) -> None:  # fmt: skip
    """`most_similar` of parallel columns, row by row."""
    for row in range(len(most)):
        size, size2 = offsets[row + 1] - offsets[row], offsets2[row + 1] - offsets2[row]
        most[row] = most_similar(letters[row], size, letters2[row], size2) if size and size2 else 1.0
