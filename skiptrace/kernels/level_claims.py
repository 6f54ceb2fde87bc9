"""What can be said of two encoded people's fields, one claim per field, for the loop of `record_levels` alone.

-1 is a missing side; other claims are positions in `record_levels.CLAIMS`. Records are `record_layout`'s, codes are a term's
position plus one, terms are positions.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skiptrace.kernels import record_layout as at
from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.letter_sketches import cities_alike
from skiptrace.kernels.text_similarity import digit_slip, jaro_winkler, one_slip

_Bytes = npt.NDArray[np.uint8]
_Offsets = npt.NDArray[np.int32]
_Codes = npt.NDArray[np.int32]
_Records = npt.NDArray[np.int32]
_BOX = tuple(b"PO BOX ")
NEAR, ABOUT = 62, 403
"""Days between birth dates, every month counted as 31: two months, and a year and a month."""


@compiled_into
def ssn_claim(a: _Records, i: Whole, b: _Records, j: Whole) -> Whole:
    """By the token of nine digits, else by the last four."""
    four, four2 = a[i, at.MARKS] >> at.SSN4_SHIFT, b[j, at.MARKS] >> at.SSN4_SHIFT
    if four == 0 or four2 == 0:
        return -1
    if a[i, at.SSN] == b[j, at.SSN] and a[i, at.SSN + 1] == b[j, at.SSN + 1] and (a[i, at.SSN] != 0 or a[i, at.SSN + 1] != 0):
        return 3
    if four == four2:
        return 2
    return 1 if digit_slip(four - 1, four2 - 1, 4) else 0


@compiled_into
def dob_claim(x: Whole, y: Whole) -> Whole:
    """Birth dates as yyyymmdd."""
    if x == 0 or y == 0:
        return -1
    if x == y:
        return 9
    year, month, day = y // 10000, (y // 100) % 100, y % 100
    if x == year * 10000 + day * 100 + month:
        return 8
    if digit_slip(x, y, 8):
        return 7
    if x // 100 == y // 100:
        return 6
    # In months of 31 days, which keeps two dates in their order and at most six days in a year too far apart.
    apart = abs((x // 10000 - year) * 372 + ((x // 100) % 100 - month) * 31 + x % 100 - day)
    if apart <= NEAR:
        return 5
    if x // 10000 == year and (x % 10000 == 101 or y % 10000 == 101):
        return 4
    if x % 10000 == y % 10000:
        return 3
    if x // 10000 == year:
        return 2
    return 1 if apart <= ABOUT else 0


@compiled_into
def same_mark(one: Whole, two: Whole, claim: Whole) -> Whole:
    """-1 where a side is missing, `claim` where they agree."""
    if one == 0 or two == 0:
        return -1
    return claim if one == two else 0


@compiled_into
def any_part(a: _Records, i: Whole, b: _Records, j: Whole) -> bool:
    """Whether a half of one last name, or a former name, is one of the other."""
    for one in range(at.PARTS):
        part = a[i, at.PART + one]
        if part != 0:
            for two in range(at.PARTS):
                if part == b[j, at.PART + two]:
                    return True
    return False


@compiled_into
def phone_claim(a: _Records, i: Whole, b: _Records, j: Whole) -> Whole:
    """The best claim of any two phones. A slip is looked for in the last eleven digits; those before must be equal."""
    if a[i, at.PHONE] == 0 or b[j, at.PHONE] == 0:
        return -1
    best = 0
    for one in range(at.PHONES):
        head, rest = np.int64(a[i, at.PHONE + 2 * one]), np.int64(a[i, at.PHONE + 2 * one + 1])
        if head == 0:
            break
        for two in range(at.PHONES):
            head2, rest2 = np.int64(b[j, at.PHONE + 2 * two]), np.int64(b[j, at.PHONE + 2 * two + 1])
            if head2 == 0:
                break
            if head == head2:
                if rest == rest2:
                    return 3
                if best < 2:
                    best = 2 if digit_slip(rest, rest2, 7) else 1 if head > 1 else best
            elif best < 2 and (head - 1) // 10_000 == (head2 - 1) // 10_000:
                whole, whole2 = (head - 1) % 10_000 * 10_000_000 + rest, (head2 - 1) % 10_000 * 10_000_000 + rest2
                if digit_slip(whole, whole2, 11):
                    best = 2
    return best


@compiled_into
def one_full_name(one: Whole, two: Whole, starts: _Codes, names: _Codes) -> bool:
    """Whether two listed names may stand for one full name."""
    if one < 0 or two < 0:
        return False
    x, y = starts[one], starts[two]
    while x < starts[one + 1] and y < starts[two + 1]:
        if names[x] == names[y]:
            return True
        if names[x] < names[y]:
            x += 1
        else:
            y += 1
    return False


@compiled
def open_first(
    offsets: _Offsets, data: _Bytes, x: Whole, offsets2: _Offsets, data2: _Bytes, y: Whole, close: float, similar: float
) -> Whole:  # fmt: skip
    """The claim of two first names (terms) that are neither equal, nor exchanged, nor forms of one name."""
    a, b, c, d = offsets[x], offsets[x + 1], offsets2[y], offsets2[y + 1]
    near = jaro_winkler(data, a, b, data2, c, d)
    if near >= close:
        return 4
    if (b - a == 1 or d - c == 1) and data[a] == data2[c]:
        return 2
    return 1 if near >= similar else 0


@compiled
def open_last(
    offsets: _Offsets, data: _Bytes, x: Whole, offsets2: _Offsets, data2: _Bytes, y: Whole, close: float, similar: float
) -> Whole:  # fmt: skip
    """The claim of two last names (terms) that are neither equal nor exchanged and share no part."""
    near = jaro_winkler(data, offsets[x], offsets[x + 1], data2, offsets2[y], offsets2[y + 1])
    if near >= close:
        return 2
    return 1 if near >= similar else 0


@compiled
def near_streets(offsets: _Offsets, data: _Bytes, x: Whole, offsets2: _Offsets, data2: _Bytes, y: Whole, bar: float) -> bool:
    """Whether two streets (terms) are alike."""
    return bool(jaro_winkler(data, offsets[x], offsets[x + 1], data2, offsets2[y], offsets2[y + 1]) >= bar)


@compiled
def near_houses(offsets: _Offsets, data: _Bytes, x: Whole, offsets2: _Offsets, data2: _Bytes, y: Whole) -> bool:
    """Whether two house numbers (terms, -1 for none) are a slip apart."""
    if x < 0 or y < 0:
        return False
    return one_slip(data, offsets[x], offsets[x + 1], data2, offsets2[y], offsets2[y + 1])


@compiled
def is_box(offsets: _Offsets, data: _Bytes, term: Whole) -> bool:
    """Whether a street is a PO box: "PO BOX 12"."""
    begin, stop = offsets[term], offsets[term + 1]
    if stop - begin <= len(_BOX):
        return False
    differs = False
    for place in range(len(_BOX)):
        differs |= data[begin + place] != _BOX[place]
    return not differs


@compiled_into
def place_claim(code: Whole, code2: Whole, city: Whole, city2: Whole, state: Whole, state2: Whole) -> Whole:
    """What two addresses share above the street: 0 nothing, 1 state, 2 city but for a slip, 3 area, 4 ZIP; 13 a city that is no
    ZIP."""
    if code == code2 and code != 0:
        return 4
    near = city != 0 and city2 != 0 and (state == state2 or state == 0 or state2 == 0) and cities_alike(city, city2)
    if near and city == city2:
        return 13
    if code != 0 and code2 != 0 and code >> at.ZIP_SHIFT == code2 >> at.ZIP_SHIFT:
        return 3
    if near:
        return 2
    return 1 if state == state2 and state != 0 else 0
