"""Claims about fields as numbers: every one is reached, whichever side asks, and a missing side claims nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.kernels import level_claims as claims
from skiptrace.kernels import record_layout as at
from skiptrace.kernels.record_levels import CLAIMS
from skiptrace.normalize.text_buffers import arrow_text


def record(words: dict[int, int]) -> np.ndarray:
    """One encoded person with these words."""
    found = np.zeros((1, at.WORDS), np.int32)
    for word, value in words.items():
        found[0, word] = value
    return found


def both_ways(claim: Any, one: dict[int, int], other: dict[int, int]) -> int:
    """What a claim says of two records, the same from both sides."""
    a, b = record(one), record(other)
    found = int(claim(a, 0, b, 0))
    assert found == int(claim(b, 0, a, 0))
    return found


def named(name: str, claim: int) -> str:
    return "missing" if claim < 0 else CLAIMS[name][claim]


def number(four: int | None, *token: int) -> dict[int, int]:
    words = {} if four is None else {at.MARKS: ((four + 1) << at.SSN4_SHIFT) | 65}
    return words | {at.SSN + place: half for place, half in enumerate(token)}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (number(6789, 5, 7), number(6789, 5, 7), "same"), (number(6789, 0, 7), number(6789, 0, 7), "same"),
        (number(6789, 5, 7), number(6789, 5, 8), "last4"), (number(6789), number(6789), "last4"),
        (number(6789, 5, 7), number(6789), "last4"), (number(0), number(1), "slip"), (number(6789), number(6798), "slip"),
        (number(6789, 5, 7), number(6987, 4, 7), "different"), (number(0), number(9999), "different"),
        (number(None), number(0), "missing"), (number(None, 5, 7), number(None, 5, 7), "missing"),
    ],
)  # fmt: skip
def test_numbers(one: dict[int, int], other: dict[int, int], expected: str) -> None:
    assert named("ssn", both_ways(claims.ssn_claim, one, other)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (19800203, 19800203, "same"), (19800203, 19800302, "swapped"), (19800203, 19800213, "slip"), (19800203, 19080203, "slip"),
        (19800203, 19800214, "year_month"), (19800724, 19800101, "january"), (19800724, 19550724, "month_day"),
        (19800724, 19801103, "year"), (19800724, 19551103, "different"), (19800724, 19800830, "near"), (19801231, 19810107, "near"),
        (19800724, 19811125, "different"), (19800724, 19810822, "about"), (19800105, 19810205, "about"),
        (19800710, 19800909, "near"), (19800724, 19550101, "different"),
        (19800101, 19801231, "january"), (0, 19800724, "missing"),
    ],
)  # fmt: skip
def test_birth_dates(one: int, other: int, expected: str) -> None:
    assert named("dob", int(claims.dob_claim(one, other))) == named("dob", int(claims.dob_claim(other, one))) == expected


def test_marks_agree_as_the_caller_says() -> None:
    assert [int(claims.same_mark(*pair, 1)) for pair in ((65, 65), (65, 66), (0, 65), (65, 0), (0, 0))] == [1, 0, -1, -1, -1]
    assert int(claims.same_mark(3, 3, 7)) == 7


def test_any_half_or_former_name_of_one_may_be_any_of_the_other() -> None:
    for one in range(at.PARTS):
        for other in range(at.PARTS):
            assert both_ways(claims.any_part, {at.PART + one: 5}, {at.PART + other: 5})
            assert not both_ways(claims.any_part, {at.PART + one: 5}, {at.PART + other: 6})
    assert not both_ways(claims.any_part, {}, {})


def phones(*numbers: int) -> dict[int, int]:
    words: dict[int, int] = {}
    for slot, one in enumerate(numbers):
        words |= {at.PHONE + 2 * slot: one // 10_000_000 + 1, at.PHONE + 2 * slot + 1: one % 10_000_000}
    return words


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((15185550100,), (15185550100,), "same"), ((15185550100,), (15185550110,), "slip"), ((15185550123,), (15185550132,), "slip"),
        ((15185550123,), (15815550123,), "slip"), ((15185550123,), (15158550123,), "slip"), ((15185550123,), (15185559876,), "area"),
        ((15185550123,), (12125550123,), "different"), ((), (15185550123,), "missing"),
        ((447911123456,), (357911123456,), "different"), ((447911123456,), (447911123465,), "slip"),
        ((13035550111, 12125550147, 15185550100), (14045550111, 15185550100), "same"),
        ((13035550111, 12125550147), (12125550174, 13035559999), "slip"), ((13035550111, 12125550147), (14045550111, 12125559999), "area"),
        ((999_999_999_999_999,), (999_999_999_999_999,), "same"),
    ],
)  # fmt: skip
def test_phones(one: tuple[int, ...], other: tuple[int, ...], expected: str) -> None:
    assert named("phone", both_ways(claims.phone_claim, phones(*one), phones(*other))) == expected


def test_two_listed_names_may_stand_for_one_full_name() -> None:
    starts, names = np.array([0, 2, 4, 5, 5], np.int32), np.array([1, 8, 3, 8, 4], np.int32)
    table = [[bool(claims.one_full_name(one, two, starts, names)) for two in range(-1, 4)] for one in range(-1, 4)]
    assert table == [
        [False] * 5, [False, True, True, False, False], [False, True, True, False, False], [False, False, False, True, False], [False] * 5,
    ]  # fmt: skip


def side(*texts: str) -> tuple[np.ndarray, np.ndarray]:
    return arrow_text(pa.array(["before", *texts], pa.string()))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("MARTHA", "MARHTA", "close"), ("J", "JAMES", "initial"), ("DWAYNE", "DUANE", "similar"), ("JAMES", "MARY", "different"),
     ("K", "JAMES", "different"), ("J", "JO", "initial")],
)  # fmt: skip
def test_first_names_that_differ(one: str, other: str, expected: str) -> None:
    for a, b in ((one, other), (other, one)):
        assert named("first_name", int(claims.open_first(*side(a), 1, *side(b), 1, 0.92, 0.8))) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("JOHNSON", "JOHNSEN", "close"), ("PETERSON", "PEDERSEN", "similar"), ("GRANT", "SMITH", "different")],
)  # fmt: skip
def test_last_names_that_differ(one: str, other: str, expected: str) -> None:
    for a, b in ((one, other), (other, one)):
        assert named("last_name", int(claims.open_last(*side(a), 1, *side(b), 1, 0.92, 0.85))) == expected


def test_streets_are_alike_from_the_bar_on_and_houses_a_slip_apart() -> None:
    assert claims.near_streets(*side("MAIN ST"), 1, *side("MAINE ST"), 1, 0.88)
    assert not claims.near_streets(*side("MAIN ST"), 1, *side("OAK AVE"), 1, 0.88)
    assert claims.near_houses(*side("12"), 1, *side("21"), 1)
    assert not claims.near_houses(*side("12"), 1, *side("345"), 1)
    assert not claims.near_houses(*side("12"), -1, *side("12"), 1)
    assert not claims.near_houses(*side("12"), 1, *side("12"), -1)


@pytest.mark.parametrize(
    ("street", "expected"),
    [("PO BOX 9", True), ("PO BOX 1234", True), ("PO BOX ", False), ("MAIN ST", False), ("PO", False), ("POND BAY RD", False)],
)  # fmt: skip
def test_a_po_box_is_known_by_its_name(street: str, expected: bool) -> None:
    assert bool(claims.is_box(*side(street, "AFTER IT"), 1)) == expected


HERE, AREA, THERE = (123 << at.ZIP_SHIFT) | 8, (123 << at.ZIP_SHIFT) | 9, (200 << at.ZIP_SHIFT) | 8
"""Three postal codes: the first two lie in one area. Cities are words of letters, a bit for each: 7 and 6 are a slip apart."""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((HERE, 7, 7), (HERE, 7, 7), 4), ((HERE, 7, 7), (HERE, 56, 8), 4), ((HERE, 7, 7), (THERE, 7, 7), 13), ((0, 7, 7), (0, 7, 0), 13),
        ((HERE, 7, 7), (THERE, 7, 8), 0), ((HERE, 7, 7), (AREA, 6, 7), 3), ((HERE, 7, 7), (THERE, 6, 7), 2), ((0, 7, 7), (0, 15, 0), 2),
        ((HERE, 7, 7), (THERE, 6, 8), 0), ((HERE, 7, 7), (THERE, 56, 7), 1), ((HERE, 0, 7), (0, 0, 7), 1),
        ((HERE, 0, 7), (THERE, 0, 8), 0), ((0, 0, 0), (0, 0, 0), 0), ((HERE, 0, 0), (0, 0, 0), 0),
    ],
)  # fmt: skip
def test_places(one: tuple[int, int, int], other: tuple[int, int, int], expected: int) -> None:
    for a, b in ((one, other), (other, one)):
        assert int(claims.place_claim(a[0], b[0], a[1], b[1], a[2], b[2])) == expected
