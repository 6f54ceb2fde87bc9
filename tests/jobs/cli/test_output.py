from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import dataclass
from decimal import Decimal

import pytest

from jobs.cli.frame import State
from jobs.cli.output import clean, paragraph, plain, say, show, show_json, show_table

Out = pytest.CaptureFixture[str]


def test_characters_that_steer_a_terminal_are_not_printed(capsys: Out) -> None:
    assert clean("a\x1b[31mb\tc\u202ed\ne") == "a?[31mb?c?d\ne"
    show("\x1b]0;title\x07")
    show_table(("h",), [("\x1b[2J\nx",)])
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "?[2J x" in told


def test_a_table_is_aligned_and_nothing_is_cut_off(capsys: Out) -> None:
    show_table(("name", "rows", "note"), [("a" * 120, 1234567, None), ("b", 2, True)], indent=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  " + "a" * 120 + "  1,234,567  –"
    assert lines[2].split() == ["b", "2", "yes"]
    assert lines[2].index("2") == lines[1].index("1,234,567") + 8


def test_an_empty_table_is_its_headers(capsys: Out) -> None:
    show_table(("a", "b"), [])
    assert capsys.readouterr().out == "a  b\n"


def test_messages_go_to_stderr_and_fall_silent(capsys: Out) -> None:
    say(State(), "one")
    say(State(quiet=True), "two")
    say(State(json=True), "three")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "one\n")


def test_a_paragraph_is_wrapped_for_a_person_and_whole_for_a_program(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    paragraph("word " * 40, 2)
    assert len(capsys.readouterr().out.splitlines()) == 1
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    paragraph("word " * 40, 2)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 60
    assert len(lines) > 1
    assert all(line.startswith("  ") for line in lines)


@dataclass(frozen=True)
class Inner:
    day: dt.date
    amounts: tuple[Decimal, ...]


def test_json_holds_dates_amounts_and_no_number_that_is_none(capsys: Out) -> None:
    show_json(
        {"inner": Inner(dt.date(2026, 6, 30), (Decimal("12.50"),)), "nan": float("nan"), "name": "Ñ", "none": None}
    )
    assert json.loads(capsys.readouterr().out) == {
        "inner": {"day": "2026-06-30", "amounts": [12.5]}, "nan": None, "name": "Ñ", "none": None,
    }  # fmt: skip
    assert plain({1: dt.datetime(2026, 6, 30, 8, tzinfo=dt.UTC)}) == {"1": "2026-06-30T08:00:00+00:00"}
