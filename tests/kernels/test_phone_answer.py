from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.phone_answer import (
    ACCEPTED,
    FLAGS,
    PLACEHOLDER,
    PREMIUM,
    REFUSED,
    TOLL_FREE,
    Known,
    judge,
    judge_number,
    spell_extension,
    spell_extensions,
    spell_number,
    spell_numbers,
)
from skiptrace.kernels.phone_form import FALLBACK, NUMBER, TOO_LONG


def known() -> Known:
    """A plan of three rows: nothing valid; classes 0 and 1 by the exchange's first digit; always the library."""
    rows = np.zeros((3, 10_000), np.uint16)
    rows[1, 2000:8000], rows[1, 8000:], rows[2] = 2, 3, 1
    area = np.zeros(1000, np.uint16)
    area[200:900], area[900:] = 1, 2
    of_exchange = np.zeros(1000, np.uint8)
    of_exchange[[950, 958]], of_exchange[976] = PLACEHOLDER, PREMIUM
    lines, fillers = np.array([5_551_212]), np.array([2_345_678_901, 4_445_556_666])
    return Known(area, rows, np.array([0, TOLL_FREE], np.uint8), of_exchange, lines, fillers)


def answers(numbers: list[int]) -> list[int]:
    codes, extensions = np.full(len(numbers), NUMBER, np.uint8), np.ones(len(numbers), np.int32)
    found, accepted = judge(codes, np.array(numbers, np.int64), extensions, known())
    for number, code, answer, full, extension in zip(numbers, codes, found, accepted, extensions, strict=True):
        assert (full, extension) == ((10**10 + number, 1) if answer >= ACCEPTED else (0, 0))
        assert code == (NUMBER if answer != FALLBACK else FALLBACK)
    return [-1 if answer == FALLBACK else int(answer) for answer in found]


def flags_of(answer: int) -> list[str]:
    bits = (answer - (REFUSED if answer < ACCEPTED else ACCEPTED)) % 64
    return [flag for bit, flag in enumerate(FLAGS) if bits >> bit & 1]


ODD = st.sampled_from([2_345_678_901, 4_445_556_666, 2_065_551_212, 2_222_222_222, 0, 2_063_333_333, 2_065_550_199, 2_115_550_100])
PARTS = st.tuples(st.sampled_from([111, 206, 211, 400, 899, 900, 11, 0]), st.sampled_from([0, 111, 222, 411, 555, 950, 976, 958, 267, 800]))
PLAIN = st.tuples(PARTS, st.integers(0, 9999)).map(lambda p: p[0][0] * 10**7 + p[0][1] * 10**4 + p[1])


@given(st.lists(st.one_of(ODD, PLAIN, st.integers(0, 10**10 - 1)), max_size=80))
def test_the_loop_equals_the_plain_judgement(numbers: list[int]) -> None:
    assert answers(numbers) == [judge_number(number, known()) for number in numbers]


@pytest.mark.parametrize(
    ("number", "accepted", "flags"),
    [
        (2_062_671_234, True, []),
        (2_068_001_234, True, ["toll_free"]),
        (2_065_550_134, True, ["fictional"]),
        (2_069_761_234, True, ["premium", "toll_free"]),
        (2_067_777_777, True, ["repeated"]),
        (7_777_777_777, False, ["repeated"]),
        (2_069_501_234, False, ["placeholder"]),
        (2_345_678_901, False, ["placeholder"]),
        (2_065_551_212, False, ["placeholder"]),
        (2_064_111_234, False, ["n11"]),
        (2_112_671_234, False, ["n11"]),
        (2_061_671_234, False, []),
    ],
)
def test_what_is_accepted_and_what_is_odd(number: int, accepted: bool, flags: list[str]) -> None:
    (answer,) = answers([number])
    assert (answer >= ACCEPTED, flags_of(answer)) == (accepted, flags)


def test_a_number_that_the_plan_leaves_open_is_for_the_library() -> None:
    assert answers([9_002_345_678]) == [-1]


def test_other_rows_answer_their_code() -> None:
    codes = np.array([TOO_LONG, FALLBACK], np.uint8)
    found, accepted = judge(codes, np.zeros(2, np.int64), np.zeros(2, np.int32), known())
    assert (found.tolist(), accepted.tolist()) == ([TOO_LONG, FALLBACK], [0, 0])


@given(st.lists(st.one_of(st.just(0), st.integers(10**10, 2 * 10**10 - 1)), max_size=50))
def test_numbers_are_spelled(values: list[int]) -> None:
    assert spell_numbers(np.array(values, np.int64)).to_pylist() == [spell_number(value) for value in values]


@given(st.lists(st.one_of(st.just(0), st.text("0123456789", min_size=1, max_size=7).map(lambda text: int(f"1{text}"))), max_size=50))
def test_extensions_are_spelled(values: list[int]) -> None:
    array = spell_extensions(np.array(values, np.int32))
    array.validate(full=True)
    assert array.to_pylist() == [spell_extension(value) for value in values]
    assert spell_extension(1007) == "007"
