"""Layouts are written, read, found again, and compared."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.onboard.layouts import Layout, columns_text, difference, layout_text, likely_layout, read_layout, text_of
from skiptrace.onboard.proposal import Proposed

ONE = Proposed("account_id", ("Acct No",), ('"Acct No"',), 1.0, "the name says so")
TWO = Proposed("phones", ("a", "b"), ("a", "b"), 0.9, "two columns")
OPEN = Proposed("dob", ("x",), ("x",), 0.5, "the earliest dates")


def layout(*headers: str) -> Layout:
    return Layout("north", "portfolio", headers, {}, {})


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    text = layout_text(
        "portfolio", ["Acct No", "a", "b", "x"], {"delimiter": "|", "header": False}, columns_text([ONE, TWO], [OPEN], ["x"])
    )
    (tmp_path / "north.toml").write_text(text)
    assert read_layout(tmp_path / "north.toml") == Layout(
        "north",
        "portfolio",
        ("Acct No", "a", "b", "x"),
        {"account_id": ('"Acct No"',), "phones": ("a", "b")},
        {"delimiter": "|", "header": False},
    )
    assert "# dob" in text


@pytest.mark.parametrize("text", ["", "kind = 1", "not toml at all", 'kind = "x"\nheaders = ["a"]\ncolumns = 3'])
def test_another_file_is_no_layout(text: str, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(text)
    with pytest.raises(ConfigError, match="is no layout"):
        read_layout(tmp_path / "other.toml")


@pytest.mark.parametrize("value", ["plain", 'with "quotes"', 'it\'s "both"', "back\\slash", "line\nend", "Ünï", True, 7, ["a", 'b"c']])
def test_values_are_toml(value: object) -> None:
    assert tomllib.loads(f"value = {text_of(value)}") == {"value": value}


def test_the_layout_with_most_in_common_is_found() -> None:
    near, far = layout("a", "b", "c", "d"), Layout("south", "portfolio", ("a", "x", "y", "z"), {}, {})
    assert likely_layout([near, far], ["a", "b", "c", "e"]) == near
    assert likely_layout([near, far], ["p", "q", "a"]) is None
    assert likely_layout([], ["a"]) is None


def test_a_difference_is_what_is_gone_and_what_is_new() -> None:
    found = difference(layout("a", "b"), ["b", "c"])
    assert (found.missing, found.new) == (("a",), ("c",))
