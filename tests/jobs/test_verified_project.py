from __future__ import annotations

from pathlib import Path

import pytest

from jobs import tombstones
from jobs.verified_project import verify_project
from skiptrace.intake import tombstones as marks
from skiptrace.store.commit import encode_json, put_bytes
from tests.intake.test_tombstones import KEY
from tests.jobs.projects import copy_of


@pytest.fixture
def private(tiny_night: Path, tmp_path: Path) -> Path:
    folder = copy_of(tiny_night / ".skiptrace", tmp_path / "private")
    tombstones.put(folder, marks.content(KEY, ["A9"], [], [], []))
    (folder / "alerts").mkdir(mode=0o700)
    put_bytes(folder / "alerts" / "note-1.json", encode_json({"account_id": "A9"}))
    return folder


def test_a_project_that_is_whole_says_so(private: Path) -> None:
    found = verify_project(private)
    assert found.problems == ()
    assert found.files > 60
    assert found.bytes > 100_000


@pytest.mark.parametrize(("where", "mend"), [
    ("outcomes/events-*", "restore"), ("outcomes/state-*", "restore"), ("register/accounts-*", "restore"), ("models/match-*", "restore"),
    ("forgotten/stone-*", "restore"), ("alerts/note-*", "restore"), ("rulebooks/*", "run again"),
    ("deliveries/*/identities/*", "run again"), ("index/*/records.bin", "run again"), ("entities/*/resolved.json", "run again"),
])  # fmt: skip
def test_each_damage_is_found_and_its_mend_told(private: Path, where: str, mend: str) -> None:
    file = sorted(private.glob(where))[0]
    file.write_bytes(file.read_bytes()[:-3])
    (problem,) = verify_project(private).problems
    assert file.name in problem.file
    assert mend in problem.mend


def test_what_is_gone_is_found(private: Path) -> None:
    next(private.glob("register/accounts-*")).unlink()
    (problem,) = verify_project(private).problems
    assert problem.what == "is gone"


def test_a_tombstone_that_was_made_another_persons_is_found(private: Path) -> None:
    file = next(private.glob("forgotten/*"))
    file.write_bytes(encode_json(marks.content(KEY, ["A8"], [], [], [])))
    assert [one.what for one in verify_project(private).problems] == ["is not what was written"]


def test_a_project_that_was_never_run_has_nothing_wrong(tmp_path: Path) -> None:
    assert verify_project(tmp_path).files == 0
