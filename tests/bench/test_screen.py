"""The benches of the contact rules run, and say what they measured."""

from __future__ import annotations

import json

import pytest

from tests.bench import mutants, screen, windows


def figures(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    return dict(json.loads(capsys.readouterr().out.splitlines()[-1])["figures"])


def test_screening_is_measured_and_equal_to_the_plain_form(capsys: pytest.CaptureFixture[str]) -> None:
    screen.main({"ROWS": "3000"})
    told = figures(capsys)
    assert told["situations"]["value"] == 3000
    assert told["answers_that_differ_from_the_plain_form"]["value"] == 0
    assert told["screen_cpu_seconds_of_5_million"]["value"] is not None


def test_windows_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    windows.main({"YEARS": "1", "PAIRS": "3"})
    told = figures(capsys)
    assert told["minutes_that_differ"]["value"] == 0
    assert told["pairs"]["value"] == 4


def test_the_kill_rate_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    mutants.main()
    assert figures(capsys)["kill_rate"]["value"] == 1.0
