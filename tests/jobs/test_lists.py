"""Lists read again when exports are written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from jobs.lists import lists_now
from jobs.prepare import Options, prepare
from skiptrace.errors import ConfigError
from skiptrace.project import load
from tests.jobs.projects import AS_OF, Finished, change, copy_of


@pytest.fixture
def place(finished: Finished, tmp_path: Path) -> Path:
    """The test's own copy of the project after its run."""
    return copy_of(finished.folder, tmp_path / "project", "work", "runs")


def test_lists_that_a_run_has_read_are_taken_from_there_and_are_the_same_read_anew(place: Path) -> None:
    project, private = load(place, os.environ), place / ".skiptrace"
    kept = lists_now(project, private, AS_OF)
    setup = prepare(place, Options()).setup
    assert (setup.delivered("suppression", 0)).is_file()
    shutil.rmtree(private / "deliveries")
    anew = lists_now(project, private, AS_OF)
    assert kept.suppressions is not None
    assert kept.suppressions.equals(anew.suppressions)
    assert kept.events is not None
    assert kept.events.equals(anew.events)
    assert kept.deliveries == anew.deliveries


def test_a_project_without_lists_has_none_which_is_not_an_empty_one(place: Path) -> None:
    project = load(place, os.environ)
    bare = project.model_copy(update={"source": tuple(s for s in project.source if s.kind not in ("suppression", "dispositions"))})
    found = lists_now(bare.at(project.file), place / ".skiptrace", AS_OF)
    assert (found.suppressions, found.events, found.deliveries) == (None, None, ())


def test_a_mapping_that_does_not_fit_the_list_is_named(place: Path) -> None:
    change(place, 'reason         = "reason"', 'reason         = "raeson"')
    with pytest.raises(ConfigError, match="raeson"):
        lists_now(load(place, os.environ), place / ".skiptrace", AS_OF)
