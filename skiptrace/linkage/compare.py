"""Comparison vectors: the level of every comparison for each candidate pair.

Integers are compared first, texts only where these differ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.linkage.index import Index
from skiptrace.linkage.people import People, Terms
from skiptrace.linkage.rules import MISSING, Comparison, LinkageRules
from skiptrace.linkage.similarity import Scorer, digit_slip, jaro_winkler, nickname, one_slip, over_distinct

Levels = NDArray[np.int8]
Flags = NDArray[np.bool_]
PHONE_DIGITS = 11
"""Digits looked at for a slip: a number of the North American plan with its 1; those before must be equal."""


class Pairs:
    """The two sides of candidate pairs: rows into the probing people (with their terms) and into the index."""

    def __init__(
        self, people: People, terms: Terms, index: Index, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> None:
        self.people, self.terms, self.index, self.left, self.right = people, terms, index, left, right

    def __len__(self) -> int:
        return len(self.left)

    def both(self, field: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """The field's values on both sides, pair by pair."""
        return getattr(self.people, field)[self.left], getattr(self.index.people, field)[self.right]

    def similar(
        self, field: str, chosen: Flags, left: NDArray[np.int32], right: NDArray[np.int32], score: Scorer
    ) -> NDArray[np.float32]:
        """`score` over the texts of `field` for the chosen pairs; elsewhere 0."""
        out = np.zeros(len(self), np.float32)
        here, there = self.terms.values[field], self.index.terms.values[field]
        out[chosen] = over_distinct(here, left[chosen], there, right[chosen], score)
        return out


def compare(pairs: Pairs, rules: LinkageRules) -> Levels:
    """Levels int8 [pairs, comparisons], columns in the order of `rules.comparisons`; -1 where a side is missing."""
    out = np.empty((len(pairs), len(rules.comparisons)), np.int8)
    for column, comparison in enumerate(rules.comparisons):
        out[:, column] = _COMPARERS[comparison.name](pairs, comparison, rules)
    return out


def _levels(size: int, comparison: Comparison, missing: Flags, *claims: tuple[str, Flags]) -> Levels:
    """The highest level any claim makes, 0 where none does. Claims come farthest first."""
    out = np.zeros(size, np.int8)
    for name, holds in claims:
        out[holds] = comparison.level(name)
    out[missing] = MISSING
    return out


def _ssn(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    nine, nine_ref = pairs.both("ssn")
    four, four_ref = pairs.both("ssn4")
    missing = (four < 0) | (four_ref < 0)
    both_nine = (nine != 0) & (nine_ref != 0)
    return _levels(
        len(pairs), comparison, missing, ("slip", digit_slip(np.maximum(four, 0), np.maximum(four_ref, 0), 4)),
        ("last4", four == four_ref), ("same", both_nine & (nine == nine_ref)),
    )  # fmt: skip


def _dob(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    a, b = pairs.both("dob")
    missing = (a == 0) | (b == 0)
    year, year_ref, md, md_ref = a // 10000, b // 10000, a % 10000, b % 10000
    flipped = year_ref * 10000 + (b % 100) * 100 + (b // 100) % 100
    january = (year == year_ref) & ((md == 101) | (md_ref == 101))
    return _levels(
        len(pairs), comparison, missing, ("year", year == year_ref), ("month_day", md == md_ref),
        ("january", january), ("year_month", a // 100 == b // 100), ("slip", digit_slip(a, b, 8)),
        ("swapped", a == flipped), ("same", a == b),
    )  # fmt: skip


def _swapped(pairs: Pairs) -> Flags:
    """Pairs whose first and last names agree crosswise."""
    first, first_ref = pairs.both("first")
    last, last_ref = pairs.both("last")
    over = _translate(pairs, "first", "last")
    back = _translate(pairs, "last", "first")
    crosswise = (over[first] == last_ref) & (back[last] == first_ref)
    found: Flags = (first >= 0) & (last >= 0) & (first_ref >= 0) & (last_ref >= 0) & crosswise
    return found


def _translate(pairs: Pairs, here: str, there: str) -> NDArray[np.int64]:
    """Code in the index's `there` terms of each of our `here` terms, -2 where it is unknown; last entry for code -1."""
    codes = pc.fill_null(pc.index_in(pairs.terms.values[here], pairs.index.terms.values[there]), -2)
    return np.append(_plain(codes).astype(np.int64), -2)


def _plain(column: pa.Array) -> NDArray[Any]:
    values: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return values


def _first_name(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    a, b = pairs.both("first")
    missing = (a < 0) | (b < 0)
    same = (a == b) & ~missing
    open_pairs = ~same & ~missing
    near = pairs.similar("first", open_pairs, a, b, jaro_winkler)
    pet = pairs.similar("first", open_pairs, a, b, nickname) > 0
    band = np.append(pairs.index.first_band, 2)[np.where(same, b, -1)]
    return _levels(
        len(pairs), comparison, missing, ("similar", open_pairs & (near >= rules.similarity["similar_first"])),
        ("initial", open_pairs & _initial(pairs, a, b)),
        ("close", open_pairs & (near >= rules.similarity["close_first"])), ("nickname", pet),
        ("swapped", open_pairs & _swapped(pairs)),
        ("same_common", same & (band == 0)), ("same_medium", same & (band == 1)), ("same_rare", same & (band == 2)),
    )  # fmt: skip


def _initial(pairs: Pairs, a: NDArray[np.int32], b: NDArray[np.int32]) -> Flags:
    """One side is a single letter and the other begins with it."""

    def parts(terms: pa.Array) -> tuple[NDArray[np.int32], Flags]:
        letter = pc.fill_null(pc.index_in(pc.utf8_slice_codeunits(terms, 0, 1), letters), -1)
        single = pc.equal(pc.utf8_length(terms), 1)
        return np.append(_plain(letter), np.int32(-1)), np.append(_plain(single), False)

    letters = pc.unique(pc.utf8_slice_codeunits(pairs.index.terms.values["first"], 0, 1))
    first, single = parts(pairs.terms.values["first"])
    first_ref, single_ref = parts(pairs.index.terms.values["first"])
    found: Flags = (first[a] == first_ref[b]) & (first[a] >= 0) & (single[a] | single_ref[b])
    return found


def _last_name(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    a, b = pairs.both("last")
    missing = (a < 0) | (b < 0)
    same = (a == b) & ~missing
    open_pairs = ~same & ~missing
    near = pairs.similar("last", open_pairs, a, b, jaro_winkler)
    parts, parts_ref = pairs.both("last_parts")
    shares = _any_equal(parts, parts_ref)
    band = np.append(pairs.index.last_band, 2)[np.where(same, b, -1)]
    return _levels(
        len(pairs), comparison, missing, ("similar", open_pairs & (near >= rules.similarity["similar_last"])),
        ("close", open_pairs & (near >= rules.similarity["close_last"])), ("part", open_pairs & shares),
        ("swapped", open_pairs & _swapped(pairs)),
        ("same_common", same & (band == 0)), ("same_medium", same & (band == 1)), ("same_rare", same & (band == 2)),
    )  # fmt: skip


def _any_equal(a: NDArray[Any], b: NDArray[Any]) -> Flags:
    """Whether any present value of one row's set is in the other's: bool [pairs]."""
    out = np.zeros(len(a), bool)
    for left in range(a.shape[1]):
        for right in range(b.shape[1]):
            out |= (a[:, left] == b[:, right]) & (a[:, left] != 0)
    return out


def _middle_name(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    a, b = pairs.both("middle_initial")
    full, full_ref = pairs.both("middle")
    return _levels(
        len(pairs), comparison, (a == 0) | (b == 0), ("initial", a == b), ("same", (full == full_ref) & (full != 0))
    )


def _suffix(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    a, b = pairs.both("suffix")
    return _levels(len(pairs), comparison, (a == 0) | (b == 0), ("same", a == b))


def _phone(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    a, b = pairs.both("phone")
    missing = (a[:, 0] == 0) | (b[:, 0] == 0)
    same = _any_equal(a, b)
    area = _any_equal(a // 10**7, b // 10**7)
    slip = np.zeros(len(a), bool)
    beyond = 10**PHONE_DIGITS
    for left in range(a.shape[1]):
        for right in range(b.shape[1]):
            here, there = a[:, left], b[:, right]
            test = np.flatnonzero(~same & (here != 0) & (there != 0) & (here // beyond == there // beyond))
            slip[test] |= digit_slip(here[test], there[test], PHONE_DIGITS)
    return _levels(len(pairs), comparison, missing, ("area", area), ("slip", slip), ("same", same))


def _email(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    a, b = pairs.both("email")
    user, user_ref = pairs.both("email_user")
    missing = (a[:, 0] == 0) | (b[:, 0] == 0)
    return _levels(len(pairs), comparison, missing, ("user", _any_equal(user, user_ref)), ("same", _any_equal(a, b)))


def _address(pairs: Pairs, comparison: Comparison, rules: LinkageRules) -> Levels:
    """The best level over all pairs of addresses the two sides have."""
    fields = {name: pairs.both(name) for name in ("house", "street", "zip", "zip3", "city", "state")}
    width = fields["street"][0].shape[1]
    best = np.full(len(pairs), MISSING, np.int8)
    for left in range(width):
        for right in range(width):
            one = {name: (a[:, left], b[:, right]) for name, (a, b) in fields.items()}
            best = np.maximum(best, _one_address(pairs, comparison, rules, one))
    return best


def _one_address(
    pairs: Pairs, comparison: Comparison, rules: LinkageRules, one: dict[str, tuple[NDArray[Any], NDArray[Any]]]
) -> Levels:
    """Levels of one address on each side. A city is the same only where the states do not differ; a PO box is whole
    without a house number."""
    street, street_ref = one["street"]
    house, house_ref = one["house"]
    known, known_ref = (street >= 0) | (one["zip"][0] != 0), (street_ref >= 0) | (one["zip"][1] != 0)
    equal = {name: (one[name][0] == one[name][1]) & (one[name][0] != 0) for name in ("zip", "zip3", "city", "state")}
    state, state_ref = one["state"]
    city = equal["city"] & (equal["state"] | (state == 0) | (state_ref == 0))
    place = equal["zip"] | city
    streets = (street >= 0) & (street_ref >= 0)
    same_street = streets & (street == street_ref) & place
    same_house = (house >= 0) & (house == house_ref)
    box = _boxes(pairs.terms.values["street"])[street] & (house < 0) & (house_ref < 0)
    test = streets & same_house & ~same_street & place
    alike = pairs.similar("street", test, street, street_ref, jaro_winkler) >= rules.similarity["near_street"]
    test_house = same_street & ~same_house & (house >= 0) & (house_ref >= 0)
    slip = pairs.similar("house", test_house, house, house_ref, one_slip) > 0
    return _levels(
        len(pairs), comparison, ~(known & known_ref), ("state", equal["state"]), ("area", equal["zip3"] | city),
        ("zip", equal["zip"]), ("street", same_street), ("near", (test & alike) | (test_house & slip)),
        ("same", same_street & (same_house | box)),
    )  # fmt: skip


def _boxes(streets: pa.Array) -> Flags:
    """Whether each street term is a PO box; the last entry is for code -1."""
    return np.append(_plain(pc.starts_with(streets, "PO BOX ")), False)


_COMPARERS: dict[str, Callable[[Pairs, Comparison, LinkageRules], Levels]] = {
    "ssn": _ssn, "dob": _dob, "first_name": _first_name, "last_name": _last_name, "middle_name": _middle_name,
    "suffix": _suffix, "phone": _phone, "email": _email, "address": _address,
}  # fmt: skip
