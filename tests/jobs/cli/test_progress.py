from __future__ import annotations

import sys

import pytest

from jobs.cli.frame import State
from jobs.cli.progress import watched

Out = pytest.CaptureFixture[str]


def run(state: State) -> None:
    with watched(state) as observe:
        observe("link", 0, 2)
        observe("link", 2, 2)
        observe("a step without words", 1, 1)


@pytest.mark.parametrize("state", [State(), State(quiet=True, verbose=True), State(json=True, verbose=True)])
def test_nobody_watches_so_nothing_is_said(state: State, capsys: Out) -> None:
    run(state)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")


def test_verbose_says_each_step_when_it_is_done(capsys: Out) -> None:
    run(State(verbose=True))
    assert capsys.readouterr().err.splitlines() == ["link: 2 done", "a step without words: 1 done"]


def test_bars_are_for_a_terminal_on_stderr_alone(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    run(State())
    told = capsys.readouterr()
    assert told.out == ""
    assert "2/2" in told.err
    run(State(quiet=True))
    assert capsys.readouterr().err == ""
