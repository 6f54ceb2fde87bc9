from __future__ import annotations

from pathlib import Path

import pytest

from jobs import mending
from jobs.mending import drop_damaged, mended
from jobs.prepare import Options, prepare
from jobs.setup import Setup
from skiptrace.errors import DamagedFile
from skiptrace.linkage.layer import VERIFIED
from tests.jobs.projects import copy_of, files_below, run_project


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    file.write_bytes(content)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5])


def setup_of(project: Path) -> Setup:
    return prepare(project, Options()).setup


@pytest.fixture
def project(warm: Path, tmp_path: Path) -> Path:
    """A project whose deliveries are read and whose index is built, with receipts that name its own files."""
    found = copy_of(warm, tmp_path / "project")
    for receipt in (found / ".skiptrace").rglob("*.json"):
        receipt.write_text(receipt.read_text().replace(str(warm), str(found)))
    run_project(found, to_step="index")  # other tests' runs may have taught the first project something: then this run has another key
    return found


def test_what_was_damaged_before_a_run_is_made_again(project: Path) -> None:
    setup = setup_of(project)
    header = [planned.source for planned in setup.layers].index("header")
    places = (setup.work / "portfolio", setup.work / "survey", setup.delivery("header", 0) / "sightings", setup.layer(header))
    before = [files_below(place) for place in places]
    for damage, place in (
        (flip, setup.work / "portfolio" / "identities"), (cut, setup.work / "portfolio" / "sightings"),
        (Path.unlink, setup.work / "survey"), (cut, setup.delivery("header", 0) / "sightings"), (flip, setup.layer(header)),
    ):  # fmt: skip
        damage(max(place.iterdir(), key=lambda file: file.stat().st_size))
    run_project(project, to_step="index")
    for place, whole in zip(places, before, strict=True):
        made = files_below(place)
        assert all(made[name] == content for name, content in whole.items() if name != VERIFIED), place


def test_work_that_meets_damage_is_done_again_when_the_damage_is_gone(project: Path) -> None:
    setup = setup_of(project)
    file = max((setup.work / "portfolio" / "identities").iterdir())
    asked: list[bool] = []

    def work() -> str:
        asked.append(file.exists())
        if len(asked) == 1:
            flip(file)
            raise DamagedFile("a file cannot be trusted")
        return "done"

    assert mended(setup, work) == "done"
    assert asked == [True, False]


def test_a_disk_that_loses_everything_is_given_up(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = setup_of(project)
    monkeypatch.setattr(mending, "drop_damaged", lambda setup: 1)
    asked: list[int] = []

    def work() -> None:
        asked.append(1)
        raise DamagedFile("a file cannot be trusted")

    with pytest.raises(DamagedFile):
        mended(setup, work)
    assert len(asked) == mending.TIMES + 1


def test_a_damaged_file_of_another_run_is_told(project: Path) -> None:
    setup = setup_of(project)
    assert drop_damaged(setup) >= 0
    assert drop_damaged(setup) == 0

    def work() -> None:
        raise DamagedFile("a table of the run before cannot be trusted")

    with pytest.raises(DamagedFile, match="the run before"):
        mended(setup, work)
