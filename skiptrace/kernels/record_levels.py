"""Comparison levels of pairs of encoded people, by integers first and texts only where these differ.

A pair's levels are one integer, its pattern: four bits per comparison, the first comparison highest, level plus one, so
that 0 is a missing side. Which claims there are stands in CLAIMS; which level each makes is the rules' business.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels import record_layout as at
from skiptrace.kernels.compiling import Whole, compiled
from skiptrace.kernels.fetching import fetch_in_row
from skiptrace.kernels.letter_sketches import email_claim
from skiptrace.kernels.level_claims import (
    any_part,
    dob_claim,
    is_box,
    near_houses,
    near_streets,
    one_full_name,
    open_first,
    open_last,
    phone_claim,
    place_claim,
    same_mark,
    ssn_claim,
)  # fmt: skip
from skiptrace.kernels.text_similarity import most_similar

CLAIMS = {
    "ssn": ("different", "slip", "last4", "same"),
    "dob": ("different", "about", "year", "month_day", "january", "near", "year_month", "slip", "swapped", "same"),
    "first_name": (
        "different", "similar", "initial", "swapped_half", "close", "swapped_near", "nickname", "swapped",
        "same_widespread", "same_common", "same_medium", "same_rare", "same_rarest",
    ),
    "last_name": (
        "different", "similar", "close", "part", "swapped",
        "same_widespread", "same_common", "same_medium", "same_rare", "same_rarest",
    ),
    "middle_name": ("different", "initial", "same"),
    "suffix": ("different", "same"),
    "phone": ("different", "area", "slip", "same"),
    "email": ("different", "close", "user", "host_slip", "same"),
    "address": ("different", "state", "city_slip", "area", "zip", "street", "near", "same"),
}  # fmt: skip
"""Per comparison, what can be said of a pair; of those that hold, the last one counts."""
AHEAD = 12
"""Pairs whose records are asked for ahead."""
_Bytes = npt.NDArray[np.uint8]
_Offsets = npt.NDArray[np.int32]
_Codes = npt.NDArray[np.int32]


class Texts(NamedTuple):
    """A dictionary's texts: term i is data[offsets[i]:offsets[i + 1]]."""

    offsets: _Offsets
    data: _Bytes


class Side(NamedTuple):
    """One side of the pairs: records int32 [n, WORDS] and the dictionaries of its codes. nicknames: per first name its number
    in the table of nicknames, -1 for a name that is not in it; letters: per name its `text_similarity.letter_words`."""

    records: npt.NDArray[np.int32]
    first: Texts
    last: Texts
    street: Texts
    house: Texts
    nicknames: _Codes
    first_letters: _Codes
    last_letters: _Codes


class Bridge(NamedTuple):
    """From codes of the probing side to those of the index, by position of the term: the code there, 0 where unknown.
    bands: per name of the index from 0, widespread, to 4, the rarest. full_names: the full names that nickname number n may stand
    for, full_names[full_starts[n]:full_starts[n + 1]], ascending."""

    first: _Codes
    last: _Codes
    street: _Codes
    house: _Codes
    first_as_last: _Codes
    last_as_first: _Codes
    first_bands: _Bytes
    last_bands: _Bytes
    full_starts: _Codes
    full_names: _Codes


class Bars(NamedTuple):
    """Similarities from which texts are close or similar."""

    close_first: float
    similar_first: float
    close_last: float
    similar_last: float
    near_street: float
    close_mailbox: float


@compiled
def compare_pairs(
    left: Side, right: Side, bridge: Bridge, bars: Bars, rows: npt.NDArray[np.int32], others: npt.NDArray[np.int32],
    levels: npt.NDArray[np.int8], out: npt.NDArray[np.int64],
) -> None:  # fmt: skip
    """The pattern of each pair (rows of `left`, rows of `right`) to `out`. levels int8 [comparisons, claims + 1]: the level of
    each claim plus one, in the order of CLAIMS; first column 0, for a missing side."""
    # Arrays are unpacked once: reading one out of a tuple inside the loop counts a reference each time.
    a, b = left.records, right.records
    first, first2, last, last2 = left.first, right.first, left.last, right.last
    street, street2, house, house2 = left.street, right.street, left.house, right.house
    letters, letters2, last_letters, last_letters2 = left.first_letters, right.first_letters, left.last_letters, right.last_letters
    pet, pet2, full_starts, full_names = left.nicknames, right.nicknames, bridge.full_starts, bridge.full_names
    to_first, to_last, to_street, to_house = bridge.first, bridge.last, bridge.street, bridge.house
    first_as_last, last_as_first = bridge.first_as_last, bridge.last_as_first
    first_bands, last_bands = bridge.first_bands, bridge.last_bands
    for place in range(len(rows)):
        if place + AHEAD < len(rows):  # records lie anywhere in memory
            for word in (0, at.WORDS // 2):
                fetch_in_row(a, rows[place + AHEAD], word)
                fetch_in_row(b, others[place + AHEAD], word)
        i, j = rows[place], others[place]
        found: Whole = np.int64(levels[0, ssn_claim(a, i, b, j) + 1])
        found = found << 4 | levels[1, dob_claim(a[i, at.DOB], b[j, at.DOB]) + 1]

        x, y, p, q = a[i, at.FIRST] - 1, b[j, at.FIRST] - 1, a[i, at.LAST] - 1, b[j, at.LAST] - 1
        claim: Whole = -1
        claim2: Whole = -1
        best: Whole = -1
        # Is this side's first name the other's last name, and the reverse?
        forth, back = x >= 0 and q >= 0 and first_as_last[x] == q + 1, p >= 0 and y >= 0 and last_as_first[p] == y + 1
        swapped = forth and back
        if x >= 0 and y >= 0:
            if to_first[x] == y + 1:
                claim = 8 + np.int64(first_bands[y])
            elif swapped:
                claim = 7
            elif one_full_name(pet[x], pet2[y], full_starts, full_names):
                claim = 6
            else:
                size, size2 = first.offsets[x + 1] - first.offsets[x], first2.offsets[y + 1] - first2.offsets[y]
                if min(size, size2) > 1 and most_similar(letters[x], size, letters2[y], size2) < bars.similar_first:
                    claim = 0
                else:
                    claim = open_first(first.offsets, first.data, x, first2.offsets, first2.data, y, bars.close_first, bars.similar_first)
        if p >= 0 and q >= 0:
            if to_last[p] == q + 1:
                claim2 = 5 + np.int64(last_bands[q])
            elif swapped:
                claim2 = 4
            elif any_part(a, i, b, j):
                claim2 = 3
            else:
                size, size2 = last.offsets[p + 1] - last.offsets[p], last2.offsets[q + 1] - last2.offsets[q]
                if most_similar(last_letters[p], size, last_letters2[q], size2) < bars.similar_last:
                    claim2 = 0
                else:
                    claim2 = open_last(last.offsets, last.data, p, last2.offsets, last2.data, q, bars.close_last, bars.similar_last)
        if claim <= 1 and claim2 <= 1:  # neither agrees: they may be exchanged, and misspelt or one of them not known
            if claim >= 0 and claim2 >= 0:
                size, size2 = first.offsets[x + 1] - first.offsets[x], last2.offsets[q + 1] - last2.offsets[q]
                if most_similar(letters[x], size, last_letters2[q], size2) >= bars.similar_last:
                    near = open_last(first.offsets, first.data, x, last2.offsets, last2.data, q, bars.close_last, bars.similar_last)
                    if near > 0:
                        near += open_last(last.offsets, last.data, p, first2.offsets, first2.data, y, bars.close_last, bars.similar_last)
                    if near >= 3:  # both alike, one of them at least a slip
                        claim, claim2 = 5, 4
            elif (forth and (p < 0 or y < 0)) or (back and (x < 0 or q < 0)):
                claim, claim2 = 3, 4 if claim2 >= 0 else -1
        found = found << 4 | levels[2, claim + 1]
        found = found << 4 | levels[3, claim2 + 1]

        marks, marks2 = a[i, at.MARKS], b[j, at.MARKS]
        claim = same_mark(marks & 255, marks2 & 255, 1)
        if claim >= 0 and a[i, at.MIDDLE] != 0 and a[i, at.MIDDLE] == b[j, at.MIDDLE]:
            claim = 2
        found = found << 4 | levels[4, claim + 1]
        found = found << 4 | levels[5, same_mark(marks >> at.SUFFIX_SHIFT & 15, marks2 >> at.SUFFIX_SHIFT & 15, 1) + 1]
        found = found << 4 | levels[6, phone_claim(a, i, b, j) + 1]
        found = found << 4 | levels[7, email_claim(a, i, b, j, bars.close_mailbox) + 1]

        for one in range(at.ADDRESSES):
            s = at.ADDRESS + at.ADDRESS_WORDS * one
            lane, code, number = a[i, s + at.STREET], a[i, s + at.ZIP], a[i, s + at.HOUSE]
            if lane == 0 and code == 0 and a[i, s + at.CITY] == 0:
                continue
            for two in range(at.ADDRESSES):
                t = at.ADDRESS + at.ADDRESS_WORDS * two
                lane2, code2, number2 = b[j, t + at.STREET], b[j, t + at.ZIP], b[j, t + at.HOUSE]
                if lane2 == 0 and code2 == 0 and b[j, t + at.CITY] == 0:
                    continue
                claim = place_claim(code, code2, a[i, s + at.CITY], b[j, t + at.CITY], a[i, s + at.STATE], b[j, t + at.STATE])
                if (claim == 4 or claim == 13) and lane != 0 and lane2 != 0:
                    same_house = number != 0 and number2 != 0 and to_house[number - 1] == number2
                    if to_street[lane - 1] == lane2:
                        claim = 5
                        if same_house or (number == 0 and number2 == 0 and is_box(street.offsets, street.data, lane - 1)):
                            claim = 7
                        elif near_houses(house.offsets, house.data, number - 1, house2.offsets, house2.data, number2 - 1):
                            claim = 6
                    elif same_house and near_streets(
                        street.offsets, street.data, lane - 1, street2.offsets, street2.data, lane2 - 1, bars.near_street
                    ):
                        claim = 6
                best = max(best, 3 if claim == 13 else claim)
        out[place] = found << 4 | levels[8, best + 1]
