from __future__ import annotations

import pyarrow as pa
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


@given(st.lists(st.text(max_size=12) | st.text("ABCDEFGHKNOPSWYZ -'a", max_size=300)))
def test_many_names_have_the_codes_of_each(names: list[str]) -> None:
    assert codes(pa.array(names, pa.string())).to_pylist() == [code(name) for name in names]


def test_a_null_and_a_slice_have_their_own_codes() -> None:
    names = pa.array(["SMITH", None, "KNIGHT", "MUÑOZ", ""], pa.string())
    assert codes(names.slice(1)).to_pylist() == ["", code("KNIGHT"), code("MUÑOZ"), ""]
    assert len(codes(names.slice(5))) == 0
