from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs.verified import verify
from skiptrace.errors import DataRefused
from skiptrace.results import open_run
from skiptrace.store import cache
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import walk
from tests.jobs.published import RUN_ID, publish


@pytest.fixture
def project(tmp_path: Path) -> Path:
    publish(tmp_path / "project")
    folder = tmp_path / "project" / "runs" / RUN_ID / "exports" / "dialer"
    folder.mkdir(parents=True)
    (folder / "dialer.csv").write_bytes(b"phone\n")
    digest = "85b2f03f29dbd01d67cf52dcb9e9ca0a3f4e0cab5a5bc8d3b0e5e5d2e0d6b5d5"
    (folder / "dialer.manifest.json").write_text(json.dumps({"files": [{"file": "dialer.csv", "bytes": 6, "sha256": digest}]}))
    return tmp_path / "project"


def upload(project: Path, store: ObjectPath) -> ObjectPath:
    """The runs of a project on an object store."""
    for entry in walk(project / "runs"):
        if entry.linked:
            (store / "runs" / entry.name).replace((RUN_ID + "\n").encode())
        else:
            (store / "runs" / entry.name).replace(project / "runs" / entry.name)
    return store


def whole(project: Path) -> None:
    from skiptrace.ids import file_digest

    file = project / "runs" / RUN_ID / "exports" / "dialer" / "dialer.csv"
    listed = {"files": [{"file": "dialer.csv", "bytes": 6, "sha256": file_digest(file)}]}
    (file.parent / "dialer.manifest.json").write_text(json.dumps(listed))


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)


def test_every_file_is_read_and_a_flipped_bit_is_seen_wherever_it_is(project: Path) -> None:
    run = open_run(project, RUN_ID)
    assert [problem.file for problem in verify(run).problems] == [f"{RUN_ID}/exports/dialer/dialer.csv"]
    whole(project)
    found = verify(run)
    assert (found.files, found.problems) == (9, ())
    assert found.bytes > 10_000
    files = [entry.name for entry in walk(project / "runs" / RUN_ID) if entry.name.endswith((".parquet", ".csv"))]
    assert len(files) == 8
    for name in (*files, "rulebook.json"):
        file = project / "runs" / RUN_ID / name
        before = file.read_bytes()
        damage(file)
        assert [problem.file for problem in verify(run).problems] == [f"{RUN_ID}/{name}"]
        file.write_bytes(before)


def test_what_is_gone_torn_or_a_link_is_told(project: Path, tmp_path: Path) -> None:
    whole(project)
    run = open_run(project, RUN_ID)
    one, two, three = sorted((project / "runs" / RUN_ID).rglob("*.parquet"))[:3]
    one.unlink()
    two.chmod(0o600)
    two.write_bytes(two.read_bytes()[:-1])
    (tmp_path / "elsewhere").write_bytes(three.read_bytes())
    three.unlink()
    three.symlink_to(tmp_path / "elsewhere")
    told = [problem.what for problem in verify(run).problems]
    assert told == ["is gone", "is not as long as it was written", "is a link, which nothing of ours is"]


@pytest.mark.parametrize("content", ["{", "[]", '{"files": 3}', '{"files": [{"file": "../x", "bytes": 1, "sha256": ""}]}'])
def test_a_damaged_manifest_of_an_export_is_refused(content: str, project: Path) -> None:
    (project / "runs" / RUN_ID / "exports" / "dialer" / "dialer.manifest.json").write_text(content)
    with pytest.raises(DataRefused):
        verify(open_run(project, RUN_ID))


def test_an_object_is_fetched_anew_though_a_copy_is_there(project: Path, store: ObjectPath) -> None:
    whole(project)
    run = open_run(upload(project, store), RUN_ID)
    assert verify(run).problems == ()
    run.table("accounts")  # now there is a copy on this machine
    (place,) = (run.folder / "accounts").iterdir()
    content = bytearray(place.read_bytes())
    content[40] ^= 1
    assert isinstance(place, ObjectPath)
    place.replace(bytes(content))
    assert [problem.what for problem in verify(run).problems] == ["is not what was written"]
    assert list(cache.spool().iterdir()) == []
