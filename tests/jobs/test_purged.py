from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jobs.leftovers import collect
from jobs.purged import purge
from skiptrace.errors import ConfigError
from skiptrace.results import latest, open_run, runs
from skiptrace.store import points
from skiptrace.store.commit import put_bytes
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place, walk
from tests.jobs.published import RUN_ID, publish
from tests.jobs.test_leftovers import LATER
from tests.jobs.test_verified import upload

OLDER = "20260531-abc"


@pytest.fixture(params=["disk", "store"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A project with two published runs."""
    project = tmp_path / "project"
    publish(project)
    shutil.copytree(project / "runs" / RUN_ID, project / "runs" / OLDER)
    return project if request.param == "disk" else upload(project, request.getfixturevalue("store"))


def test_a_run_goes_with_everything_and_the_latest_stays(home: Place) -> None:
    assert purge(home, open_run(home, OLDER)) > 10_000
    assert [run.run_id for run in runs(home)] == [RUN_ID]
    assert {entry.name.split("/")[0] for entry in walk(home / "runs")} == {RUN_ID, "latest"}
    with pytest.raises(ConfigError, match="unless told"):
        purge(home, open_run(home, RUN_ID))
    assert latest(home).run_id == RUN_ID


def test_if_told_the_latest_goes_and_the_one_before_takes_its_place(home: Place) -> None:
    purge(home, open_run(home, RUN_ID), even_latest=True)
    assert latest(home).run_id == OLDER
    purge(home, open_run(home, OLDER), even_latest=True)
    assert runs(home) == []
    with pytest.raises(ConfigError, match="no published run"):
        latest(home)


def test_a_run_of_which_only_the_evidence_is_kept_never_is_the_latest(home: Place) -> None:
    put_bytes(home / "runs" / OLDER / "thinned.json", b'{"tables": ["links"]}')
    purge(home, open_run(home, RUN_ID), even_latest=True)
    with pytest.raises(ConfigError, match="no published run"):
        latest(home)
    assert [run.run_id for run in runs(home)] == [OLDER]


def test_killed_in_between_nobody_sees_half_a_run_and_gc_removes_it(home: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(point: str) -> None:
        if point == "unpublished":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(points, "passed", die)
        with pytest.raises(KeyboardInterrupt):
            purge(home, open_run(home, OLDER))
    assert [run.run_id for run in runs(home)] == [RUN_ID]
    assert {one.kind for one in collect(home, LATER)} == {"of a run that was not published"}
    assert {entry.name.split("/")[0] for entry in walk(home / "runs")} == {RUN_ID, "latest"}


def test_no_link_is_followed(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    publish(project)
    outside.mkdir()
    (outside / "file").write_bytes(b"theirs")
    (project / "runs" / RUN_ID / "planted").symlink_to(outside)
    assert isinstance(home_folder := open_run(project, RUN_ID).folder, Path | ObjectPath)
    purge(project, open_run(project, RUN_ID), even_latest=True)
    assert (outside / "file").read_bytes() == b"theirs"
    assert not home_folder.is_dir()
