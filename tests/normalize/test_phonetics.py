from __future__ import annotations

import pytest

from skiptrace.normalize.phonetics import code


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
