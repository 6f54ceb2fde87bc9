from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from jobs.cli.frame import State
from jobs.cli.progress import bars, rate, watched

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


def test_a_watched_step_shows_its_rate_and_the_time_left() -> None:
    now, screen = [100.0], io.StringIO()
    console = Console(file=screen, force_terminal=True, width=140, color_system=None)
    with bars(console, lambda: now[0]) as observe:
        observe("intake", 0, 10)
        now[0] += 2
        observe("intake", 2, 10)
        now[0] += 2
        observe("intake", 4, 10)
    last = screen.getvalue().split("reading deliveries")[-1]
    assert "4/10 0:00:04 1.0 tasks a second, 0:00:06 left" in last.replace("\x1b", "")


def test_a_step_that_is_done_shows_its_rate_alone() -> None:
    now, screen = [0.0], io.StringIO()
    with bars(Console(file=screen, force_terminal=True, width=140, color_system=None), lambda: now[0]) as observe:
        observe("link", 0, 4)
        for done in (1, 2, 3, 4):
            now[0] += 30
            observe("link", done, 4)
    last = screen.getvalue().split("link")[-1]
    assert "4/4 0:02:00 30.0 s a task" in last
    assert "left" not in last


def test_before_a_second_task_is_done_nothing_is_promised() -> None:
    assert rate(None, None) == ""
    assert rate(2.5, 11.2) == "2.5 tasks a second, 0:00:12 left"
    assert rate(0.1, 3700.0) == "10.0 s a task, 1:01:40 left"
