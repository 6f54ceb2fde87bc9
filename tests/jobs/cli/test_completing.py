from __future__ import annotations

from pathlib import Path

import click
import pytest

from jobs.cli.completing import export_names, run_names, source_names
from jobs.cli.frame import State
from tests.jobs.published import RUN_ID

RUN = "20260701-0123456789ab"
OF = click.Argument(["x"])


@pytest.fixture
def asked(project: Path) -> click.Context:
    """A command line that was typed up to here, in a project with exports, sources and runs."""
    with (project / "skiptrace.toml").open("a") as file:
        file.write('[[export]]\nname = "dialer"\nprofile = "csv"\n[[export]]\nname = "letters"\nprofile = "csv"\n')
        file.write('[[source]]\nname = "header"\npath = "h.csv"\n')
    (project / "runs" / RUN).mkdir()
    return click.Context(click.Command("x"), obj=State(project=project))


def test_names_are_those_of_the_project_that_begin_as_typed(asked: click.Context) -> None:
    assert export_names(asked, OF, "") == ["dialer", "letters"]
    assert export_names(asked, OF, "l") == ["letters"]
    assert source_names(asked, OF, "") == ["header"]


def test_runs_are_offered_newest_first_and_nothing_else_that_lies_there(asked: click.Context, project: Path) -> None:
    (project / "runs" / "20260702-0123456789ab").mkdir()
    (project / "runs" / "notes").mkdir()
    assert run_names(asked, OF, "") == ["latest", "20260702-0123456789ab", RUN]
    assert run_names(asked, OF, "20260701") == [RUN]
    assert RUN_ID not in run_names(asked, OF, "")  # no id of a run: it was made by hand


@pytest.mark.parametrize("text", [None, "[[export]\n", "export = 3\n", "export = [3]\n"])
def test_a_project_that_cannot_be_read_offers_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "skiptrace.toml").write_text(text)
    context = click.Context(click.Command("x"), obj=State(project=tmp_path))
    assert (export_names(context, OF, ""), source_names(context, OF, ""), run_names(context, OF, "")) == ([], [], [])
