from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from jobs import readings
from tests.jobs.projects import copy_of, files_below, run_project

DAY = dt.date(2026, 11, 29)
FILES = {"header": ("a", "a", "b"), "lists": ("c",)}


def told(*until: str) -> list[dict[str, str]]:
    return [{"until": day} for day in until]


def test_a_reading_serves_until_the_first_of_its_partitions_is_read_otherwise(tmp_path: Path) -> None:
    first = readings.keys_on(tmp_path, FILES, DAY)
    keys = [key for of_source in FILES.values() for key in of_source]
    readings.remember(tmp_path, keys, DAY, told("2027-05-01", "2026-12-03", "2027-06-01", "2026-11-30"))
    assert readings.keys_on(tmp_path, FILES, DAY) == first
    third = readings.keys_on(tmp_path, FILES, DAY + dt.timedelta(days=3))
    assert third["header"] == first["header"]
    assert third["lists"] != first["lists"]
    fourth = readings.keys_on(tmp_path, FILES, DAY + dt.timedelta(days=4))
    assert fourth["header"][0] == fourth["header"][1] != first["header"][0]
    assert fourth["header"][2] == first["header"][2]


def test_an_earlier_day_has_a_reading_of_its_own(tmp_path: Path) -> None:
    readings.remember(tmp_path, ["a"], DAY, told("2027-05-01"))
    before = readings.keys_on(tmp_path, {"s": ("a",)}, DAY - dt.timedelta(days=1))
    assert before != readings.keys_on(tmp_path, {"s": ("a",)}, DAY)


def test_what_serves_already_is_not_written_again(tmp_path: Path) -> None:
    readings.remember(tmp_path, ["a"], DAY, told("2027-05-01"))
    note = tmp_path / readings.FOLDER / "a.json"
    before = note.stat().st_mtime_ns
    for days in (0, 9):
        readings.remember(tmp_path, ["a"], DAY + dt.timedelta(days=days), told("2027-05-01"))
    assert note.stat().st_mtime_ns == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"as_of": 1}'])
def test_a_damaged_note_means_that_the_file_is_read_again(tmp_path: Path, content: str) -> None:
    (tmp_path / readings.FOLDER).mkdir()
    (tmp_path / readings.FOLDER / "a.json").write_text(content)
    assert readings.keys_on(tmp_path, {"s": ("a",)}, DAY) == readings.keys_on(tmp_path / "other", {"s": ("a",)}, DAY)


def test_the_next_day_reads_and_indexes_nothing_again(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    kept = {folder: files_below(project / ".skiptrace" / folder) for folder in ("deliveries", "index", "readings")}
    outcome = run_project(project, as_of=dt.date(2026, 7, 1))
    assert outcome.fresh
    assert {folder: files_below(project / ".skiptrace" / folder) for folder in kept} == kept
