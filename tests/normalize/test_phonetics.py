from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.phonetics import code, codes


@pytest.mark.parametrize(
    ("left", "right"), [("SMITH", "smith"), ("O BRIEN", "OBRIEN"), ("PHILIPS", "FILIPS"), ("MC DONALD", "MCDONALD")]
)
def test_names_that_sound_alike_share_a_code(left: str, right: str) -> None:
    assert code(left) == code(right) != ""


def test_names_that_differ_do_not() -> None:
    assert len({code(name) for name in ("SMITH", "JONES", "GARCIA", "NGUYEN")}) == 4


def test_any_text_has_a_code(strange: str) -> None:
    assert code(strange).isascii()
    assert code("123") == ""


@given(st.lists(st.text(max_size=12) | st.text("ABCDEFGHKNOPSWYZ", max_size=300)))
def test_many_names_have_the_codes_of_each(names: list[str]) -> None:
    assert codes(names) == [code(name) for name in names]
