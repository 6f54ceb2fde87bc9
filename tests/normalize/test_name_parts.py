from __future__ import annotations

import pytest

from skiptrace.normalize.name_parts import clean, is_stand_in, read_part


@pytest.mark.parametrize(
    ("text", "expected"),
    [("O'BRIEN", "OBRIEN"), ("J.SMITH", "J SMITH"), ("K.C.", "KC"), ("A - B", "A-B"), ("-A-", "A"), ("A/B,C", "A B C")],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("text", ["UNKNOWN", "N/A", "DON'T KNOW", "XXX", "123", "--"])
def test_stand_ins(text: str) -> None:
    assert is_stand_in(text)


def test_a_suffix_of_one_letter_repeated_is_no_stand_in() -> None:
    assert not is_stand_in("III")


def test_a_part_loses_remarks_and_keeps_what_they_said() -> None:
    assert read_part("John (Jack)") == ("JOHN", frozenset())
    assert read_part("The Estate of John") == ("JOHN", {"estate"})
    assert read_part("John aka Jack") == ("JOHN", frozenset())
    assert read_part("Estate of") == ("", {"estate"})
    assert read_part("Jos\ufffd") == ("", {"unreadable"})
    assert read_part("Unknown") == ("", {"placeholder"})
    assert read_part("x" * 5_000) == ("", {"unreadable"})
    assert read_part(" " * 5_000) == ("", frozenset())
