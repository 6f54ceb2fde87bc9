"""What another user of the machine may have prepared: a link, an open folder, a model that is a program."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path

import pytest

from skiptrace.errors import SkiptraceError, UnsafePermissions
from tests.faults.crash_points import content_of
from tests.jobs.projects import run_project
from tests.jobs.tiny import make_tiny


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, own_settings: Path) -> Path:
    """The tiny project after a run. Copy it before changing it."""
    before = os.umask(0o077)
    try:
        folder = make_tiny(tmp_path_factory.mktemp("night") / "project")
        run_project(folder)
        return folder
    finally:
        os.umask(before)


class Program:
    """An object that, read back, makes a folder."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.place),)


@pytest.mark.parametrize("name", ["runs", ".skiptrace"])
def test_59_a_link_in_place_of_a_folder_that_is_written_is_refused_as_unsafe_and_not_followed(tmp_path: Path, name: str) -> None:
    """Exit code 78 and not 2: it is a matter of who may write there."""
    project, outside = make_tiny(tmp_path / "project"), tmp_path / "outside"
    outside.mkdir()
    (project / name).symlink_to(outside)
    with pytest.raises(UnsafePermissions) as caught:
        run_project(project)
    assert caught.value.exit_code == 78
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", ["", "runs", ".skiptrace"])
def test_60_a_folder_that_everybody_may_write_is_refused_as_unsafe(tmp_path: Path, name: str) -> None:
    project = make_tiny(tmp_path / "project")
    (project / name).mkdir(exist_ok=True)
    (project / name).chmod(0o777)
    with pytest.raises(UnsafePermissions, match="every user of this machine may write there") as caught:
        run_project(project)
    assert caught.value.exit_code == 78
    assert not (project / "runs" / "latest").exists()


@pytest.mark.parametrize("protocol", [0, 5])
def test_60_a_model_that_is_a_pickle_is_refused_and_not_run(night: Path, tmp_path: Path, protocol: int) -> None:
    project = tmp_path / "project"
    shutil.copytree(night, project, symlinks=True)
    for model in (project / ".skiptrace" / "models").glob("*.json"):
        model.write_bytes(pickle.dumps(Program(tmp_path / "made"), protocol))
    with (project / "portfolio.csv").open("a") as tape:  # another night, which must read the model
        tape.write("A099,Otto,Ames,1970-01-01,9 Oak Street,Tacoma,WA,98402,2535559999,10.00\n")
    with pytest.raises(SkiptraceError) as caught:
        run_project(project)
    assert caught.value.exit_code in (2, 3)
    assert not (tmp_path / "made").exists()
    assert content_of(project).keys() == content_of(night).keys()
