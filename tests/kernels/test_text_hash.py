"""Texts as numbers: equal texts alone have equal numbers, 0 is for none, and what was stored stays readable."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.record_layout import ZIP_SHIFT
from skiptrace.kernels.text_hash import digit_values, first_bytes, hash_texts, hash_words, low_word, mix, state_words, zip_words
from skiptrace.normalize.text_buffers import arrow_text

TEXTS = st.lists(st.text("AB1 é", max_size=4), max_size=30)


def filled(function: object, texts: list[str | None], kind: type[np.generic], *given: object) -> list[int]:
    """What a loop writes for a column of texts, taken through a slice so that offsets do not begin at 0."""
    column = pa.array(["before", *texts], pa.string()).slice(1)
    out = np.full(len(texts), 99, kind)
    function(*arrow_text(column), *given, out)  # type: ignore[operator]
    return out.tolist()


@given(TEXTS)
def test_equal_texts_alone_have_equal_hashes_and_none_has_zero(texts: list[str]) -> None:
    found = filled(hash_texts, texts, np.uint64)
    assert len(set(found)) == len(set(texts))
    assert [one == 0 for one in found] == [not text for text in texts]
    assert len({(text, one) for text, one in zip(texts, found, strict=True)}) == len(set(texts))


def test_a_missing_text_is_hashed_as_an_empty_one() -> None:
    assert filled(hash_texts, [None, ""], np.uint64) == [0, 0]
    assert filled(first_bytes, [None, "", "ABC", "é"], np.int32) == [0, 0, ord("A"), 0xC3]


def test_hashes_that_lie_on_disk_never_change() -> None:
    """A layer that another version of the program wrote must find the same texts."""
    assert filled(hash_texts, ["A", "ANN", "MAIN ST"], np.uint64) == [0xC9BC205988777D44, 0x34F61C02DA5348CB, 0xA74A209B9BC2F192]
    assert filled(hash_words, ["ANN"], np.int32, 1) == [-632076085]
    assert filled(zip_words, ["12207"], np.int32) == [(123 << ZIP_SHIFT) | 8]


def plain_mix(value: int) -> int:
    bound = (1 << 64) - 1
    z = (value + 0x9E3779B97F4A7C15) & bound
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & bound
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & bound
    return z ^ (z >> 31)


@given(st.integers(0, 2**64 - 1))
def test_mixing_is_splitmix64(value: int) -> None:
    assert int(mix(np.uint64(value))) == plain_mix(value)
    assert int(mix(np.uint64(0))) == 0xE220A8397B1DCDAF, "the first number of the published generator for seed 0"


@pytest.mark.parametrize(("value", "word"), [(0, 0), (1, 1), (1 << 32, 1), (5 << 32, 1), (0xFFFFFFFF, -1), ((7 << 32) | 9, 9)])
def test_the_low_word_is_zero_only_for_zero(value: int, word: int) -> None:
    assert int(low_word(np.uint64(value))) == word


@given(TEXTS, st.integers(1, 3))
def test_words_are_the_low_half_of_the_hash_of_texts_that_are_long_enough(texts: list[str], least: int) -> None:
    whole = filled(hash_texts, texts, np.uint64)
    low = np.array(whole, np.uint64).astype(np.uint32).view(np.int32).tolist()
    wanted = [word if len(text.encode()) >= least else 0 for text, word in zip(texts, low, strict=True)]
    assert filled(hash_words, texts, np.int32, least) == wanted


@given(st.lists(st.text("+0123456789 -x", max_size=20), max_size=20), st.integers(1, 15))
def test_digits_are_read_whatever_stands_between_them(texts: list[str], most: int) -> None:
    digits = [re.sub(r"\D", "", text) for text in texts]
    assert filled(digit_values, texts, np.int64, most) == [int(one[-most:]) if one else -1 for one in digits]


def test_five_digits_never_share_a_word_and_their_area_is_the_first_three() -> None:
    codes = [f"{number:05d}" for number in range(100_000)]
    words = np.array(filled(zip_words, codes, np.int32))
    assert len(np.unique(words)) == len(codes)
    assert (words > 0).all()
    assert np.array_equal(words >> ZIP_SHIFT, np.arange(100_000) // 100 + 1)


@given(st.lists(st.text("K1A0B9 -", min_size=1, max_size=9), max_size=20))
def test_other_codes_have_a_word_of_their_own_and_the_area_of_their_first_three(codes: list[str]) -> None:
    codes = [code for code in codes if not re.fullmatch("[0-9]{5}", code)]
    words = filled(zip_words, codes, np.int32)
    assert all(word > 0 for word in words)
    assert len(set(words)) == len(set(codes))
    areas = [word >> ZIP_SHIFT for word in words]
    assert len(set(areas)) == len({code[:3] for code in codes})
    assert all(area > 1000 for area in areas), "no area of five digits"


def test_no_code_and_no_state_are_zero_and_two_letters_stand_as_they_are() -> None:
    assert filled(zip_words, ["", None], np.int32) == [0, 0]
    words = filled(state_words, ["NY", "YN", "", None, "ONTARIO", "O"], np.int32)
    assert words[:4] == [ord("N") * 256 + ord("Y"), ord("Y") * 256 + ord("N"), 0, 0]
    assert len(set(words)) == 5
