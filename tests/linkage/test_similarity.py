"""Text similarity is rapidfuzz's own, and digit slips equal a plain reading of the digits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from skiptrace.linkage.similarity import digit_slip, jaro_winkler, nickname, one_slip, over_distinct

WORDS = st.lists(st.tuples(st.text("ABN12", max_size=5), st.text("ABN12", max_size=5)), max_size=12)


@given(WORDS)
def test_scores_equal_rapidfuzz_called_one_by_one(pairs: list[tuple[str, str]]) -> None:
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    assert jaro_winkler(left, right).tolist() == [np.float32(JaroWinkler.similarity(a, b)) for a, b in pairs]
    assert one_slip(left, right).tolist() == [OSA.distance(a, b) <= 1 for a, b in pairs]


@pytest.mark.parametrize(("a", "b", "expected"), [("12", "21", True), ("12", "2", True), ("12", "13", True),
                                                  ("12", "12", True), ("12", "34", False), ("123", "321", False)])  # fmt: skip
def test_one_slip_is_one_edit_or_one_swap_of_neighbours(a: str, b: str, expected: bool) -> None:
    assert one_slip([a], [b]).tolist() == [expected]


def test_nickname_knows_both_directions_and_no_strangers() -> None:
    assert nickname(["BOB", "ROBERT", "BOB"], ["ROBERT", "BOB", "ALICE"]).tolist() == [True, True, False]


def plain_slip(a: str, b: str) -> bool:
    """One digit replaced, or two neighbours exchanged; no other way to make `b` of `a`."""
    replaced = {a[:i] + digit + a[i + 1 :] for i in range(len(a)) for digit in "0123456789"}
    exchanged = {a[:i] + a[i + 1] + a[i] + a[i + 2 :] for i in range(len(a) - 1)}
    return a != b and b in replaced | exchanged


@st.composite
def numbers(draw: st.DrawFn) -> tuple[int, str, str]:
    """Two texts of equally many digits, often close to each other."""
    digits = draw(st.integers(2, 11))
    a = draw(st.text("0123456789", min_size=digits, max_size=digits))
    b = list(a)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, digits - 2))
        if draw(st.booleans()):
            b[place], b[place + 1] = b[place + 1], b[place]
        else:
            b[place] = draw(st.sampled_from("0123456789"))
    return digits, a, "".join(b)


@given(numbers())
def test_digit_slip_equals_the_plain_reading(case: tuple[int, str, str]) -> None:
    digits, a, b = case
    left, right = np.array([int(a), int(b), int(a)]), np.array([int(b), int(a), int(a)])
    assert digit_slip(left, right, digits).tolist() == [plain_slip(a, b), plain_slip(b, a), False]


def test_digit_slip_of_nothing_is_nothing() -> None:
    assert digit_slip(np.zeros(0, np.int64), np.zeros(0, np.int64), 8).tolist() == []


def test_each_distinct_pair_is_scored_once() -> None:
    seen: list[tuple[str, str]] = []

    def score(left: list[str], right: list[str]) -> np.ndarray:
        seen.extend(zip(left, right, strict=True))
        return np.array([len(a) * 10 + len(b) for a, b in zip(left, right, strict=True)])

    here, there = pa.array(["A", "BB"]), pa.array(["X", "YY", "ZZZ"])
    left, right = np.array([1, 0, 1, 1], np.int32), np.array([2, 0, 2, 1], np.int32)
    assert over_distinct(here, left, there, right, score).tolist() == [23, 11, 23, 22]
    assert sorted(seen) == [("A", "X"), ("BB", "YY"), ("BB", "ZZZ")]


def test_no_pairs_are_scored_as_none() -> None:
    nobody = np.zeros(0, np.int32)
    assert len(over_distinct(pa.array([], pa.string()), nobody, pa.array(["A"]), nobody, jaro_winkler)) == 0
