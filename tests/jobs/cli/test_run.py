from __future__ import annotations

import datetime as dt
from dataclasses import fields
from pathlib import Path

import pytest

from tests.jobs.cli.conftest import Call, Pipeline
from tests.jobs.published import RUN_ID


def test_a_run_ends_with_a_summary_and_the_report(call: Call, project: Path, pipeline: Pipeline) -> None:
    said = call("--project", str(project), "run")
    assert said.code == 0
    assert f"run {RUN_ID}" in said.out
    assert "report: " in said.out
    assert "runs/latest/report.html" in said.out
    assert said.err == ""


def test_options_reach_the_pipeline(call: Call, project: Path, pipeline: Pipeline) -> None:
    said = call(
        "--project",
        str(project),
        "run",
        "--from",
        "link",
        "--to",
        "screen",
        "--resume",
        "r1",
        "--as-of",
        "2026-06-30",
        "--limit",
        "100",
        "--scheduler",
        "sync",
        "--no-exports",
    )
    assert said.code == 0
    ((folder, options),) = pipeline.asked
    assert folder == project
    assert vars(options) == {
        "as_of": dt.date(2026, 6, 30),
        "scheduler": "sync",
        "limit": 100,
        "exports": False,
        "resume": "r1",
        "from_step": "link",
        "to_step": "screen",
    }
    assert "first 100 rows" in said.err


def test_without_options_everything_is_left_to_the_project(call: Call, project: Path, pipeline: Pipeline) -> None:
    call("--project", str(project), "run")
    options = vars(pipeline.asked[0][1])
    assert options.pop("exports") is True
    assert set(options.values()) == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        ["--from", "fly"],
        ["--to", "fly"],
        ["--limit", "0"],
        ["--as-of", "30.06.2026"],
        ["--from", "publish", "--to", "intake"],
        ["--fly"],
    ],
)
def test_a_wrong_option_is_refused_before_anything_runs(
    call: Call, project: Path, pipeline: Pipeline, wrong: list[str]
) -> None:
    assert call("--project", str(project), "run", *wrong).code == 2
    assert pipeline.asked == []


def test_verbose_tells_the_steps(call: Call, project: Path, pipeline: Pipeline) -> None:
    assert "link: 2 done" in call("-v", "--project", str(project), "run").err


def test_the_stand_in_is_asked_as_the_pipeline_is(call: Call, project: Path, pipeline: Pipeline) -> None:
    call("--project", str(project), "run")
    from jobs.prepare import Options

    others = {"unaided", "nightly"}  # how the shipped model is made; another command
    assert set(vars(pipeline.asked[0][1])) == {field.name for field in fields(Options)} - others
