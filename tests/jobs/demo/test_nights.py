"""A year of nights: the same seed gives the same bytes, files change as they should, and the truth agrees with them."""

from __future__ import annotations

from pathlib import Path

from jobs.demo.nights import Truth, World
from skiptrace.project.loading import load
from tests.jobs.demo.conftest import NIGHTS
from tests.jobs.projects import files_below


def test_the_same_seed_gives_the_same_bytes_however_the_days_are_counted(lived: tuple[Path, list[Truth]], tmp_path: Path) -> None:
    folder, truths = lived
    world = World.start(tmp_path / "twin", seed=5, accounts=200, pace=8.0)
    world.advance(10)
    last = world.advance(NIGHTS - 10)
    assert files_below(tmp_path / "twin") == files_below(folder)
    assert last.accounts.equals(truths[-1].accounts)
    assert last.points.equals(truths[-1].points)
    assert sum(truth.shown.num_rows for truth in truths[10:]) == last.shown.num_rows


def test_the_project_can_be_read_and_its_deliveries_are_there(lived: tuple[Path, list[Truth]]) -> None:
    folder, _ = lived
    project = load(folder, {})
    assert project.project.as_of is None
    for source in project.source:
        assert list(folder.glob(source.path)), source.name
    assert len(list((folder / "sources").glob("dispositions-*.csv"))) > NIGHTS / 2
