"""Text similarity equals rapidfuzz, and digit slips equal a plain reading of the digits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from skiptrace.kernels.text_similarity import LONGEST, bounds, digit_slip, jaro_winkler, letter_words, one_slip, similarities
from skiptrace.normalize.text_buffers import arrow_text


def measured(pairs: list[tuple[str, str]]) -> tuple[list[float], list[bool]]:
    """Both measures of pairs of texts."""
    left, right = (pa.array([pair[side] for pair in pairs], pa.string()) for side in (0, 1))
    scores, slips = np.empty(len(pairs)), np.empty(len(pairs), np.bool_)
    similarities(*arrow_text(left), *arrow_text(right), scores, slips)
    return scores.tolist(), slips.tolist()


@st.composite
def near(draw: st.DrawFn, longest: int) -> tuple[str, str]:
    """Two texts, the second one often a few edits from the first."""
    a = draw(st.text("ABNS1", max_size=longest))
    if draw(st.booleans()):
        return a, draw(st.text("ABNS1", max_size=longest))
    b = list(a)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(b)))
        match draw(st.sampled_from("+-=~")):
            case "+":
                b.insert(place, draw(st.sampled_from("ABNS1")))
            case "-":
                del b[place : place + 1]
            case "=":
                b[place : place + 1] = draw(st.sampled_from("ABNS1"))
            case "~":
                b[place : place + 2] = b[place : place + 2][::-1]
    return a, "".join(b)


@given(st.lists(near(8), max_size=20))
def test_names_score_as_rapidfuzz_scores_them(pairs: list[tuple[str, str]]) -> None:
    scores, slips = measured(pairs)
    assert scores == pytest.approx([JaroWinkler.similarity(a, b) for a, b in pairs], abs=1e-12)
    assert slips == [OSA.distance(a, b) <= 1 for a, b in pairs]


@given(near(80))
def test_longer_texts_score_alike_on_both_sides_of_a_machine_word(pair: tuple[str, str]) -> None:
    scores, slips = measured([pair])
    assert scores[0] == pytest.approx(JaroWinkler.similarity(*pair), abs=1e-12)
    assert slips == [OSA.distance(*pair) <= 1]


@pytest.mark.parametrize("size", [63, 64, 65, LONGEST, LONGEST + 40])
def test_only_the_first_bytes_of_a_very_long_text_count(size: int) -> None:
    draw = np.random.default_rng(size)
    a, b = ("".join(draw.choice(list("ABCDE"), size)) for _ in range(2))
    scores, _ = measured([(a, b), (a, a[:-2] + "AB")])
    cut = [(a[:LONGEST], b[:LONGEST]), (a[:LONGEST], (a[:-2] + "AB")[:LONGEST])]
    assert scores == pytest.approx([JaroWinkler.similarity(*pair) for pair in cut], abs=1e-12)


@pytest.mark.parametrize("pair", [("", ""), ("", "A"), ("A", ""), ("A", "A"), ("A", "B"), ("MARTHA", "MARHTA"), ("DWAYNE", "DUANE")])
def test_known_and_empty_texts_score_as_rapidfuzz_says(pair: tuple[str, str]) -> None:
    assert measured([pair])[0] == pytest.approx([JaroWinkler.similarity(*pair)], abs=1e-12)


def test_the_measures_read_only_their_part_of_the_bytes() -> None:
    data, other = np.frombuffer(b"xxMARTHAxx", np.uint8), np.frombuffer(b"yyyMARHTAy", np.uint8)
    assert jaro_winkler(data, 2, 8, other, 3, 9) == pytest.approx(JaroWinkler.similarity("MARTHA", "MARHTA"))
    assert one_slip(data, 2, 8, other, 3, 9)
    assert not one_slip(data, 0, 8, other, 3, 9)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("12", "21", True), ("12", "2", True), ("12", "13", True), ("12", "12", True), ("12", "34", False), ("123", "321", False),
     ("", "1", True), ("", "12", False)],
)  # fmt: skip
def test_one_slip_is_one_edit_or_one_swap_of_neighbours(a: str, b: str, expected: bool) -> None:
    assert measured([(a, b)])[1] == measured([(b, a)])[1] == [expected]


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
def test_a_digit_slip_equals_the_plain_reading(case: tuple[int, str, str]) -> None:
    digits, a, b = case
    assert bool(digit_slip(int(a), int(b), digits)) == bool(digit_slip(int(b), int(a), digits)) == plain_slip(a, b)


@pytest.mark.parametrize(("a", "b", "expected"), [(12, 21, True), (102, 201, False), (11, 22, False), (7, 7, False), (1000, 1, False)])
def test_a_slip_of_digits_is_one_digit_or_two_neighbours(a: int, b: int, expected: bool) -> None:
    assert bool(digit_slip(a, b, 4)) == expected


@given(st.lists(near(12), max_size=20))
def test_the_bound_by_letters_is_never_below_the_similarity(pairs: list[tuple[str, str]]) -> None:
    left, right = (arrow_text(pa.array([pair[side] for pair in pairs], pa.string())) for side in (0, 1))
    words = [np.empty(len(pairs), np.int32) for _ in range(2)]
    letter_words(*left, words[0])
    letter_words(*right, words[1])
    most = np.empty(len(pairs))
    bounds(*left, words[0], *right, words[1], most)
    for (one, other), bound in zip(pairs, most, strict=True):
        assert bound >= JaroWinkler.similarity(one, other) - 1e-12


def test_the_bound_by_letters_tells_most_names_apart() -> None:
    left, right = arrow_text(pa.array(["JOHN", "MARY", "ROBERT"])), arrow_text(pa.array(["ALICE", "JOHN", "ROBERTA"]))
    words = [np.empty(3, np.int32) for _ in range(2)]
    letter_words(*left, words[0])
    letter_words(*right, words[1])
    most = np.empty(3)
    bounds(*left, words[0], *right, words[1], most)
    assert most[0] == 0.0
    assert most[1] < 0.8 < most[2]
