from __future__ import annotations

from pathlib import Path

import pytest

from jobs.forgetting import forget
from jobs.prepare import Options, prepare
from jobs.setup import Setup
from skiptrace.errors import ConfigError
from skiptrace.vocabulary import STEPS

RECEIPTS = ("survey", "intake", "index", "link", "consumers", "digests", "enrich", "share", "score", "screen", "settle", "counts", "news")


@pytest.fixture
def setup(project: Path) -> Setup:
    found = prepare(project, Options()).setup
    (found.work / "receipts").mkdir(parents=True, mode=0o700)
    for name in RECEIPTS:
        found.receipt(name, 0).write_text("{}")
    (found.work / "night-1-first").mkdir()
    return found


def left(setup: Setup) -> list[str]:
    there = {file.name.split("-")[0] for file in (setup.work / "receipts").iterdir()}
    return [name for name in RECEIPTS if name in there]


@pytest.mark.parametrize(
    ("step", "stays"),
    [("screen", RECEIPTS[:9]), ("enrich", RECEIPTS[:5]), ("link", ("survey", "intake", "index")), ("intake", ())],
)
def test_a_step_takes_what_was_made_of_it_along(setup: Setup, tmp_path: Path, step: str, stays: tuple[str, ...]) -> None:
    forget(setup, tmp_path / "runs" / "run-1", step)
    assert tuple(left(setup)) == stays
    assert (setup.work / "night-1-first").exists() == (step == "screen")


@pytest.mark.parametrize("step", STEPS)
def test_what_was_read_from_the_tables_never_outlasts_them(setup: Setup, tmp_path: Path, step: str) -> None:
    target = tmp_path / "runs" / "run-1"
    (target / "accounts").mkdir(parents=True)
    forget(setup, target, step)
    assert not {"counts", "news"} & set(left(setup))
    assert not target.exists()


def test_a_published_run_is_never_changed(setup: Setup, tmp_path: Path) -> None:
    target = tmp_path / "runs" / "run-1"
    target.mkdir(parents=True)
    (target / "run.json").write_text("{}")
    with pytest.raises(ConfigError, match="never changed"):
        forget(setup, target, "score")
    assert left(setup) == list(RECEIPTS)
