"""Codes equal those of jellyfish for every word of letters."""

from __future__ import annotations

import jellyfish
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skiptrace.kernels.nysiis import nysiis
from skiptrace.normalize.text_buffers import arrow_text, text_of


def codes(words: list[str]) -> tuple[list[str], list[bool]]:
    """The code of each word, and whether it was plain."""
    offsets, data = arrow_text(pa.array(words, pa.string()))
    starts, out, plain = np.empty(len(words) + 1, np.int32), np.empty(len(data), np.uint8), np.empty(len(words), np.bool_)
    nysiis(offsets, data, starts, out, plain)
    return text_of(starts, out[: starts[-1]]).to_pylist(), plain.tolist()


@given(st.lists(st.text("AEIOUHWKNSCPFVDTRMQZY", max_size=9) | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=90), min_size=1))
@example(["MACINTOSH", "KNUTH", "KANT", "PHILLIPS", "PFISTER", "SCHMIDT", "LEE", "BURT", "EVANS", "SHAH", "HOWE", "S", "K", "KN", "IE"])
def test_codes_are_those_of_the_library(words: list[str]) -> None:
    assert codes(words) == ([jellyfish.nysiis(word) if word else "" for word in words], [True] * len(words))


@pytest.mark.parametrize(("word", "letters"), [("O'Brien", "OBRIEN"), ("de la cruz", "DELACRUZ"), ("12-3", "")])
def test_only_letters_count(word: str, letters: str) -> None:
    assert codes([word, "SMITH"]) == ([jellyfish.nysiis(letters) if letters else "", jellyfish.nysiis("SMITH")], [True, True])


def test_letters_of_other_alphabets_are_left_to_the_caller() -> None:
    assert codes(["PEÑA", "PENA"]) == (["", jellyfish.nysiis("PENA")], [False, True])
