from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.digit_diagrams import Diagrams

PATTERNS = ["12", "1|23", "[2-4]\\d", "2(?:0[1-35-9]|1[02-9])", "(3|4)?5", "\\d{2}", "1{1,3}", "(?:12){0,2}3", "[05-79]"]


def accepts(diagrams: Diagrams, node: int, digits: str) -> bool:
    for digit in digits:
        node = diagrams.after(node)[int(digit)]
    return diagrams.accepts(node)


@given(st.sampled_from(PATTERNS), st.text("0123456789", max_size=6))
def test_a_diagram_accepts_what_the_expression_does(pattern: str, digits: str) -> None:
    diagrams = Diagrams()
    assert accepts(diagrams, diagrams.read(pattern), digits) == bool(re.fullmatch(pattern, digits))


@given(st.sampled_from(PATTERNS), st.sampled_from(PATTERNS), st.text("0123456789", max_size=8))
def test_union_and_following(one: str, other: str, digits: str) -> None:
    diagrams = Diagrams()
    nodes = diagrams.read(one), diagrams.read(other)
    assert accepts(diagrams, diagrams.union(*nodes), digits) == bool(re.fullmatch(f"(?:{one})|(?:{other})", digits))
    assert accepts(diagrams, diagrams.followed(*nodes), digits) == bool(re.fullmatch(f"(?:{one})(?:{other})", digits))


@given(st.sampled_from(PATTERNS), st.text("0123456789", min_size=5, max_size=5))
def test_what_has_begun(pattern: str, digits: str) -> None:
    diagrams = Diagrams()
    assert accepts(diagrams, diagrams.begun(diagrams.read(pattern), 5), digits) == bool(re.match(pattern, digits))


def test_equal_sets_are_one_node() -> None:
    diagrams = Diagrams()
    assert diagrams.read("1[0-9]|2\\d") == diagrams.read("[12]\\d{1}")
    assert diagrams.read("1") != diagrams.read("2")


@pytest.mark.parametrize("pattern", ["1*", "a", "1)", "(1", "[^1]", ".", "1+"])
def test_what_is_not_understood_is_said(pattern: str) -> None:
    with pytest.raises(ValueError, match="not understood"):
        Diagrams().read(pattern)
