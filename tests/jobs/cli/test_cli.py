from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import skiptrace
from jobs.cli import COMMANDS, skiptrace_group
from tests.jobs.cli.conftest import Call, Pipeline

HEAVY = ("pyarrow", "duckdb", "dask", "distributed", "numba", "numpy", "pandas", "pydantic", "rich", "phonenumbers")
BUILT = {
    "demo", "init", "map", "doctor", "check", "plan", "run", "nightly", "waterfall", "export", "note", "explain", "review",
    "evaluate", "report", "diff", "sources", "model", "index", "rules", "runs", "forget", "keys", "backup", "restore", "migrate",
    "cluster", "completion",
}  # fmt: skip


def test_the_commands_are_those_that_are_built_and_no_more(call: Call) -> None:
    assert set(COMMANDS) == BUILT
    said = call("no-such-command")
    assert (said.code, said.out) == (2, "")
    assert "No such command" in said.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_one_sentence_of_help_and_described_options(name: str) -> None:
    command = skiptrace_group.get_command(click.Context(skiptrace_group), name)
    assert command is not None
    family = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    for one in family:
        assert one.help is not None
        assert one.help.rstrip().endswith(".")
        assert all(option.help for option in one.params if isinstance(option, click.Option))


def test_help_is_given_at_once_without_the_heavy_libraries() -> None:
    program = (
        "import sys; from jobs.cli import main; code = main(['--help']);"
        f"sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules)); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    assert "..." not in done.stdout.split("Commands:")[1]  # no sentence is cut off


def test_help_of_each_command_needs_none_of_the_heavy_libraries_either() -> None:
    program = (
        "import sys; from jobs.cli import COMMANDS, main, skiptrace_group; import click, contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    for name in COMMANDS:\n"
        "        one = skiptrace_group.get_command(click.Context(skiptrace_group), name)\n"
        "        for words in [[name], *([name, inner] for inner in getattr(one, 'commands', ()))]:\n"
        "            assert main([*words, '--help']) == 0, words\n"
        f"            heavy = [module for module in {HEAVY!r} if module in sys.modules]\n"
        "            assert not heavy, (words, heavy)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_asked_for_is_a_usage_error_with_help(call: Call) -> None:
    said = call()
    assert said.code == 2
    assert "Usage: skiptrace" in said.err
    assert "error:" not in said.err


def test_the_version_is_told(call: Call) -> None:
    said = call("--version")
    assert (said.code, said.out) == (0, f"skiptrace, version {skiptrace.__version__}\n")


def test_files_are_made_for_their_owner_alone(call: Call) -> None:
    os.umask(0o022)
    call("--version")
    assert os.umask(0o077) == 0o077


def test_global_options_are_understood_before_and_after_the_command(
    call: Call, project: Path, pipeline: Pipeline
) -> None:
    pipeline.summary = {"a": 1}
    assert call("--project", str(project), "--json", "check").json == {"a": 1}
    assert call("check", "--json", "--project", str(project)).json == {"a": 1}


def test_a_reader_that_goes_away_is_no_error(project: Path) -> None:
    program = "import sys; from jobs.cli import main; sys.exit(main(['rules', 'list']))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        told = running.stderr.read()
    assert (running.returncode, told) == (0, "")
