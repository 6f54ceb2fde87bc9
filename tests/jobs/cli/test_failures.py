from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from jobs.cli import main
from jobs.cli.failures import describe_end, stack
from jobs.cli.frame import State
from skiptrace import errors
from skiptrace.errors import ConfigError, DataRefused, Problem, SkiptraceError
from tests.jobs.cli.conftest import Call, Pipeline

SECRET = "JOCASTA 078-05-1120"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.ConfigError, 2),
        (errors.PermissionRefused, 2),
        (errors.DataRefused, 3),
        (errors.GateFailed, 4),
        (errors.StoreUnavailable, 69),
        (errors.SafeToRerun, 75),
        (errors.UnsafePermissions, 78),
        (errors.ContractError, 1),
        (errors.TaskFailed, 1),
    ],
)
def test_an_error_of_ours_ends_with_its_code(
    kind: type[SkiptraceError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert describe_end(kind("so it was"), State()) == code
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "error: so it was\n")


def test_problems_say_where_what_and_how_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    error = ConfigError(
        "two things", (Problem("a.toml", "x.y", "is wrong", "right it"), Problem("b.toml", "", "is gone"))
    )
    assert describe_end(error, State()) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: two things",
        "  a.toml: x.y: is wrong — right it",
        "  b.toml: is gone",
    ]


def test_as_json_the_error_is_one_object_on_stdout(call: Call, pipeline: Pipeline, project: str) -> None:
    pipeline.error = DataRefused("no rows", (Problem("portfolio", "path", "is empty", "deliver it"),))
    said = call("--json", "--project", str(project), "check")
    assert (said.code, said.err) == (3, "")
    assert said.json == {
        "error": {
            "kind": "DataRefused",
            "exit_code": 3,
            "message": "no rows",
            "problems": [{"file": "portfolio", "place": "path", "what": "is empty", "mend": "deliver it"}],
        }
    }


def test_a_usage_error_is_json_too_even_before_the_options_are_parsed(call: Call) -> None:
    said = call("--json", "fly")
    assert said.code == 2
    assert said.json["error"]["kind"] == "UsageError"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interruption_is_safe_to_rerun(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert describe_end(error, State()) == 75
    assert "safe to rerun" in capsys.readouterr().err


def failing() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        raise KeyError(SECRET) from error


def test_another_error_tells_type_and_place_but_never_its_text(call: Call, pipeline: Pipeline, project: str) -> None:
    pipeline.error = ZeroDivisionError(SECRET)
    said = call("--project", str(project), "run")
    assert (said.code, said.out) == (1, "")
    assert "ZeroDivisionError at " in said.err
    assert "conftest.py:" not in said.err.split("ZeroDivisionError at ")[0]
    assert SECRET not in said.err
    assert "JOCASTA" not in call("--debug", "--project", str(project), "run").err


def test_the_stack_has_places_and_types_of_the_whole_chain_and_no_texts() -> None:
    try:
        failing()
    except KeyError as error:
        lines = list(stack(error))
    assert [line for line in lines if not line.startswith(" ")] == ["ValueError", "KeyError"]
    assert any("in failing: raise KeyError(SECRET) from error" in line for line in lines)
    assert not any("JOCASTA" in line for line in lines)


def test_debug_shows_the_stack_on_stderr(call: Call, pipeline: Pipeline, project: str) -> None:
    pipeline.error = ConfigError("wrong")
    said = call("--debug", "--project", str(project), "run")
    assert said.code == 2
    assert " in answer: " in said.err
    assert " in answer: " not in call("--project", str(project), "run").err


def test_words_after_the_last_argument_are_not_repeated(call: Call) -> None:
    said = call("explain", "1", "12", "JOCASTA", "LN")
    assert said.code == 2
    assert "unexpected extra arguments" in said.err
    assert "JOCASTA" not in said.err


@pytest.mark.parametrize(
    ("error", "code"), [(click.exceptions.Exit(3), 3), (SystemExit(4), 4), (SystemExit("text"), 1)]
)
def test_an_exit_keeps_its_code(error: BaseException, code: int) -> None:
    assert describe_end(error, State()) == code


_MADE = "exec('os.kill(os.getpid(), {}); time.sleep(5)')"
_SWALLOWED = """
    try: os.kill(os.getpid(), {}); time.sleep(5)
    except KeyboardInterrupt: raise ValueError('a library made this of it') from None"""


@pytest.mark.parametrize(("number", "where"), [(signal.SIGTERM, _MADE), (signal.SIGINT, _MADE), (signal.SIGTERM, _SWALLOWED)])
def test_a_signal_ends_with_75_wherever_it_comes(number: int, where: str) -> None:
    """Also within code that is made at run time, for which the interpreter remembers a plain interrupt, and within a library that
    makes an error of its own of it."""
    code = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell may start what runs beside it without
        "from jobs import cli\n"
        "from jobs.cli.frame import project_folder\n"
        f"def interrupted(state): {where.format(int(number))}\n"
        "import jobs.cli.runs\n"
        "jobs.cli.runs.project_folder = interrupted\n"
        "sys.exit(cli.main(['runs', 'list']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False)
    assert done.returncode == 75
    assert "safe to rerun" in done.stderr


@pytest.mark.parametrize("value", ["Quackenbush", "O'Quackenbush", 'the "Quackenbush"'])
def test_a_value_that_an_option_cannot_take_is_not_repeated(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--as-of", value]) == 2
    told = capsys.readouterr()
    assert "Quackenbush" not in told.out + told.err
    assert "Invalid value for '--as-of': what was given does not match the format" in told.err
