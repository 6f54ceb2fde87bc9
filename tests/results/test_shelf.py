from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError, DataRefused
from skiptrace.results.shelf import last_day, latest, open_run, runs
from tests.report.sample import tables
from tests.results.shelves import write_run

TABLES = tables(4)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for run_id in ("20260630T020000Z-b", "20260629T020000Z-a"):
        write_run(tmp_path, run_id, TABLES)
    return tmp_path


@pytest.mark.parametrize("as_text", [False, True])
def test_latest_is_a_link_or_a_text(project: Path, as_text: bool) -> None:
    pointer = project / "runs" / "latest"
    if as_text:
        pointer.write_text("20260629T020000Z-a\n")
    else:
        pointer.symlink_to("20260629T020000Z-a")
    run = latest(project)
    assert run.run_id == "20260629T020000Z-a"
    assert run.table("accounts").equals(TABLES["accounts"])
    assert open_run(project, "latest").run_id == run.run_id


@pytest.mark.parametrize("made", [False, True])
def test_without_a_published_run_the_next_command_is_named(tmp_path: Path, made: bool) -> None:
    if made:
        (tmp_path / "runs").mkdir()
    with pytest.raises(ConfigError, match="run `skiptrace run` first"):
        latest(tmp_path)
    assert runs(tmp_path) == []


@pytest.mark.parametrize("target", ["../elsewhere", "/etc", "", ".", "20200101T000000Z-gone", "latest"])
def test_a_pointer_to_nowhere_is_refused(project: Path, target: str) -> None:
    (project / "runs" / "latest").write_text(target)
    with pytest.raises(DataRefused, match="the last run is lost"):
        latest(project)


def test_runs_are_the_published_ones_by_id(project: Path) -> None:
    (project / "runs" / "latest").symlink_to("20260630T020000Z-b")
    failed = project / "runs" / "20260701T020000Z-failed"
    failed.mkdir()
    (failed / "run.json").write_text('{"run_id": "20260701T020000Z-failed", "error": "DataRefused"}')
    (project / "runs" / ".partial-1").mkdir()
    (project / "runs" / "20260702T020000Z-going").mkdir()
    found = runs(project)
    assert [summary.run_id for summary in found] == ["20260629T020000Z-a", "20260630T020000Z-b"]
    assert found[0].plain()["rows"]["accounts"] == 4
    assert [summary.thinned for summary in found] == [False, False]
    (project / "runs" / "20260629T020000Z-a" / "thinned.json").write_text('{"tables": ["accounts"]}')
    found = runs(project)
    assert [summary.thinned for summary in found] == [True, False]
    assert "accounts" not in found[0].rows
    assert (found[0].name, found[0].as_of) == ("spring-purchase", "2026-06-30")


def test_a_run_is_opened_by_its_id_and_an_unknown_one_names_the_last(project: Path) -> None:
    assert open_run(project, "20260630T020000Z-b").run_id == "20260630T020000Z-b"
    for unknown in ("20250101T000000Z-x", "../runs", ""):
        with pytest.raises(ConfigError, match="20260630T020000Z-b"):
            open_run(project, unknown)


def test_the_last_day_is_that_of_the_latest_published_run(project: Path) -> None:
    (project / "runs" / "latest").symlink_to("20260629T020000Z-a")
    for name in ("20260701T020000Z-going", "20260702T020000Z-failed"):
        (project / "runs" / name).mkdir()
    (project / "runs" / "20260702T020000Z-failed" / "run.json").write_text("{}")
    found = last_day(project)
    assert found is not None
    assert found[0] == "20260630T020000Z-b"
    assert last_day(project / "elsewhere" / "x") is None
