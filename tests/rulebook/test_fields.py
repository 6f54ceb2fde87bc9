"""Typed reading of TOML tables."""

from __future__ import annotations

import datetime as dt

import pytest

from skiptrace.errors import Problem
from skiptrace.rulebook.fields import Fields, is_a, suggestion


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (True, int, False),
        (True, float, False),
        (1, float, True),
        (1.5, int, False),
        (True, bool, True),
        (dt.datetime(2026, 1, 1), dt.date, False),
        (dt.date(2026, 1, 1), dt.date, True),
    ],
)
def test_a_type_is_taken_strictly(value: object, kind: type, expected: bool) -> None:
    assert is_a(value, kind) is expected


def test_each_finding_names_file_and_key() -> None:
    problems: list[Problem] = []
    fields = Fields("a.toml", {"one": "1", "empty": "", "colour": "rad", "oen": 1}, problems, "part")
    assert fields.get("one", int, 7) == 7
    assert fields.get("two", int, 8, required=True, mend="say two") == 8
    assert fields.get("empty", str, "x") == "x"
    assert fields.choice("colour", ("red", "blue"), "blue") == "blue"
    fields.finish()
    assert problems == [
        Problem("a.toml", "part.one", "is not a whole number", ""),
        Problem("a.toml", "part.two", "is missing", "say two"),
        Problem("a.toml", "part.empty", "is empty", ""),
        Problem("a.toml", "part.colour", "'rad' is not known", "did you mean red?"),
        Problem("a.toml", "part.oen", "unknown key", "did you mean one?"),
    ]


def test_a_list_of_texts_holds_texts_only() -> None:
    problems: list[Problem] = []
    fields = Fields("a.toml", {"good": ["x", "y"], "bad": ["x", 1], "blank": [" "]}, problems)
    assert [fields.words(name) for name in ("good", "bad", "blank", "absent")] == [("x", "y"), (), (), ()]
    assert [problem.place for problem in problems] == ["bad", "blank"]


def test_few_choices_are_listed_and_many_are_not() -> None:
    assert suggestion("zzz", ["b", "a"]) == "one of a, b"
    assert suggestion("zzz", [f"name{number}" for number in range(20)]) == ""
