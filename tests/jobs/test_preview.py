"""What an export would be: the same counts as when it is written, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.exports import write_exports
from jobs.preview import preview
from skiptrace.project import load
from skiptrace.results import latest
from tests.jobs.projects import AS_OF, Finished, copy_of, files_below


@pytest.fixture
def place(finished: Finished, tmp_path: Path) -> Path:
    return copy_of(finished.folder, tmp_path / "project", "work")


def test_a_preview_counts_what_is_written_and_writes_nothing(place: Path) -> None:
    run, project = latest(place), load(place, {})
    before = files_below(place)
    seen = preview(run, project, AS_OF)
    assert files_below(place) == before
    written = write_exports(run, project, AS_OF)
    assert [(one.name, one.rows, one.files) for one in seen] == [(one["name"], one["rows"], len(one["files"])) for one in written]
    values = set(run.table("contact_points", ["value"])["value"].to_pylist())
    assert not {cell for one in seen for row in one.sample for cell in row} & values
    assert all(len(one.headers) == len(row) for one in seen for row in one.sample)
