"""An appraisal of a sample tape: nothing is published, and the tape alone is enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.appraise import Appraised, appraise_project, plain, write
from jobs.pipeline import Options
from tests.jobs.projects import AS_OF, make_sample, run_project

TAPE_ALONE = """version = 1
[project]
name = "tape"
as_of = 2026-06-30
purposes = ["fcra.collection"]
"""


def tape_alone(folder: Path) -> Path:
    """A sample project with the tape and nothing else."""
    make_sample(folder)
    file = folder / "skiptrace.toml"
    text = file.read_text()
    start = text.index("[portfolio]")
    file.write_text(TAPE_ALONE + text[start : text.index("[[source]]")])
    return folder


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tape_alone(tmp_path_factory.mktemp("tape"))


@pytest.fixture(scope="module")
def found(tape: Path) -> Appraised:
    """Of the tape before any run."""
    return appraise_project(tape, Options(scheduler="sync"), lambda step, done, total: None)


def test_the_tape_alone_can_be_appraised(found: Appraised, tape: Path, tmp_path: Path) -> None:
    told = plain(found)
    assert found.as_of == AS_OF
    assert 0 < told["reachable"] < told["accounts"]
    assert 0 < told["reachable_balance"] < told["balance"]
    assert told["permitted"] <= told["reachable"]
    assert {row["field"]: row["accounts"] for row in told["filled"]}["name"] == told["accounts"]
    assert sum(row["accounts"] for row in told["age"]) == told["accounts"] == sum(row["accounts"] for row in told["statute"])
    assert "Appraisal of a tape" in write(found, tmp_path / "a.html").read_text()
    assert not list((tape / "runs").iterdir())


def test_a_tape_whose_run_is_published_is_appraised_again_and_leaves_nothing(found: Appraised, tape: Path) -> None:
    run_project(tape)
    again = plain(appraise_project(tape, Options(scheduler="sync"), lambda step, done, total: None))
    assert again == plain(found)
    assert not list((tape / ".skiptrace" / "work").iterdir())
