from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.attended import attended, published_last
from jobs.pipeline import Outcome
from skiptrace.errors import ConfigError, DataRefused, Problem
from tests.jobs.published import publish
from tests.project.test_form import HEAD

SECRET = "Rosalind Pettigrew"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "skiptrace.toml").write_text(HEAD + '[monitoring]\nlog = "runs.jsonl"\nmetrics = "skiptrace.prom"\n')
    return folder


def told(project: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / "runs.jsonl").read_text().splitlines()[-1])
    return found


def code(project: Path) -> float:
    (line,) = [line for line in (project / "skiptrace.prom").read_text().splitlines() if line.startswith("skiptrace_last_exit_code{")]
    return float(line.split()[-1])


def nothing(step: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.mark.parametrize(("held", "ended_with"), [((), 0), ((Problem("dnc", "", "has 1 of the 4 entries", ""),), 4)])
def test_a_run_that_was_published_is_told(project: Path, held: tuple[Problem, ...], ended_with: int) -> None:
    seen = []
    with attended(project, "nightly", lambda *step: seen.append(step)) as attempt:
        attempt.observe("link", 0, 1)
        attempt.observe("link", 1, 1)
        attempt.ended(Outcome("20260701-b", project, True, {"warnings": ["one"]}, held, {"all": 3, "run": 2, "repeated": 0}))
    last = told(project)
    assert seen == [("link", 0, 1), ("link", 1, 1)]
    assert (last["event"], last["run_id"], last["exit_code"], last["warnings"]) == ("ended", "20260701-b", ended_with, ["one"])
    assert (last["project"], last["command"], len(last["held"])) == ("p", "nightly", len(held))
    assert code(project) == ended_with


def test_an_error_of_ours_is_told_with_its_mend_and_any_other_without_its_text(project: Path) -> None:
    for error, expected in ((DataRefused("the counts do not reconcile", (Problem("tape", "rows", "3 of 4", "run again"),)), 3),
                            (ValueError(f"cannot read {SECRET}"), 1), (KeyboardInterrupt(), 75)):  # fmt: skip
        with pytest.raises(type(error)), attended(project, "run", nothing):
            raise error
        assert (told(project)["event"], told(project)["exit_code"], code(project)) == ("failed", expected, expected)
    lines = [json.loads(line) for line in (project / "runs.jsonl").read_text().splitlines()]
    assert [line["problems"] for line in lines if "problems" in line] == [["tape: rows: 3 of 4 — run again"]]
    assert SECRET not in (project / "runs.jsonl").read_text()


def test_what_cannot_be_told_is_refused_before_anything_is_done(project: Path) -> None:
    file = project / "skiptrace.toml"
    file.write_text(file.read_text().replace('"skiptrace.prom"', '"nowhere/skiptrace.prom"'))
    with pytest.raises(ConfigError, match="names a folder that is not there"), attended(project, "run", nothing):
        pytest.fail("nothing is run")


def test_a_run_is_not_undone_because_nobody_could_be_told(project: Path) -> None:
    with attended(project, "run", nothing):
        (project / "skiptrace.prom").mkdir()
    assert [json.loads(line)["event"] for line in (project / "runs.jsonl").read_text().splitlines()] == [
        "begun", "ended", "metrics not written",
    ]  # fmt: skip


def test_when_a_run_was_published_last(project: Path, tmp_path: Path) -> None:
    assert published_last(project) is None
    publish(tmp_path / "other")
    assert published_last(tmp_path / "other") == (tmp_path / "other" / "runs" / "latest" / "run.json").stat().st_mtime
