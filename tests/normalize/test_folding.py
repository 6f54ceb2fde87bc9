from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.folding import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("José  Núñez", "JOSE NUNEZ"),
        ("Mc\u200bDonald’s", "MCDONALD'S"),
        ("\u202eSmith\u202c", "SMITH"),
        ("Ｆｕｌｌ　１２", "FULL 12"),
        ("Straße Øre Łódź Æthel", "STRASSE ORE LODZ AETHEL"),
        ("O&#39;Brien &amp; Co", "O'BRIEN & CO"),
        ("a–b", "A-B"),
        ("a\x00b\x1fc", "A B C"),
        ("Иван Smith", "SMITH"),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert fold(text) == (expected, False)


@pytest.mark.parametrize("text", ["Jоhn", "СМІТН", "Ροse"])
def test_look_alikes_are_replaced_and_reported(text: str) -> None:
    folded, homoglyph = fold(text)
    assert folded in {"JOHN", "CMITH", "POSE"}
    assert homoglyph


@given(st.text(max_size=80))
def test_the_result_is_upper_case_ascii_and_stays_as_it_is(text: str) -> None:
    folded = fold(text).text
    assert folded.isascii()
    assert folded == folded.upper() == " ".join(folded.split())
    assert "&" in folded or fold(folded) == (folded, False)


def test_too_long_texts_fold_to_nothing(strange: str) -> None:
    assert len(fold(strange).text) <= 18 * 1_000
    assert fold("x" * 1_001).text == ""
