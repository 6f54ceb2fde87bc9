from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from skiptrace.project.overlay import overlay


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", 4), ("1.5", 1.5), ("true", True), ("2026-06-30", dt.date(2026, 6, 30)), ('"4"', "4"), ("auto", "auto"),
        ("tls://host:8786", "tls://host:8786"), ("007", "007"), ("", ""), ("a\nb = 1", "a\nb = 1"),
        ("{a = 1}", "{a = 1}"),
        ('["a", "b"]', ["a", "b"]), ("1\n[x]", "1\n[x]"),
    ],
)  # fmt: skip
def test_values_are_toml_where_they_are_and_text_elsewhere(text: str, value: object) -> None:
    raw: dict[str, Any] = {}
    origins, problems = overlay(raw, {"SKIPTRACE__A__B": text})
    assert raw == {"a": {"b": value}}
    assert type(raw["a"]["b"]) is type(value)
    assert origins == {("a", "b"): "SKIPTRACE__A__B"}
    assert problems == []


def test_entries_are_counted_from_one() -> None:
    raw: dict[str, Any] = {"source": [{"path": "a"}, {"path": "b"}]}
    overlay(raw, {"SKIPTRACE__SOURCE__2__PATH": "c"})
    assert raw == {"source": [{"path": "a"}, {"path": "c"}]}


@pytest.mark.parametrize(
    "name",
    [
        "SKIPTRACE__SOURCE__0__PATH",
        "SKIPTRACE__SOURCE__2__PATH",
        "SKIPTRACE__SOURCE__X",
        "SKIPTRACE__V__X",
        "SKIPTRACE__",
    ],
)
def test_places_that_are_not_there_are_problems(name: str) -> None:
    raw: dict[str, Any] = {"source": [{"path": "a"}], "v": 1}
    origins, problems = overlay(raw, {name: "x"})
    assert origins == {}
    assert [problem.place for problem in problems] == [name]
