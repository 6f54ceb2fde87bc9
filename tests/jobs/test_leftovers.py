from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from jobs.leftovers import collect, run_id_of, unfinished_runs
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place, walk
from tests.jobs.published import RUN_ID, publish
from tests.jobs.test_verified import upload

LATER = dt.datetime.now().astimezone() + dt.timedelta(days=1)
PLAN = {"as_of": "2026-06-30", "run_key": "f" * 32}


def put(home: Place, name: str, content: bytes = b"x") -> None:
    if isinstance(home, ObjectPath):
        (home / name).replace(content)
    else:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)


@pytest.fixture(params=["disk", "store"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A project with a published run, in which nothing is left over."""
    project = tmp_path / "project"
    publish(project)
    place: Place = project if request.param == "disk" else upload(project, request.getfixturevalue("store"))
    ref = {"path": f"{place}/.skiptrace/deliveries/k/tape/part-1.parquet", "rows": 1, "bytes": 1, "sha256": "00"}
    put(place, ".skiptrace/deliveries/k/intake-00000.json", json.dumps({"tape": ref}).encode())
    put(place, ".skiptrace/deliveries/k/tape/part-1.parquet")
    put(place, ".skiptrace/models/current")
    put(place, f".skiptrace/work/{PLAN['run_key']}/plan.json", json.dumps(PLAN).encode())
    put(place, f".skiptrace/work/{PLAN['run_key']}/links/part-1.parquet")
    put(place, f"runs/{run_id_of(PLAN)}/links/part-1.parquet")  # linked, but not published yet
    return place


def test_what_something_names_stays(home: Place) -> None:
    before = walk(home)
    assert collect(home, LATER) == []
    assert walk(home) == before


def test_what_nothing_names_goes_when_it_is_old_enough(home: Place) -> None:
    left = {
        f"runs/{RUN_ID}/links/part-other.parquet": "in no manifest",
        f"runs/{RUN_ID}/exports/dialer/.partial-1": "unfinished file",
        "runs/20260101-never/links/part-1.parquet": "of a run that was not published",
        ".skiptrace/deliveries/k/tape/part-2.parquet": "in no receipt",
        ".skiptrace/deliveries/never/tape/part-2.parquet": "in no receipt",
        ".skiptrace/models/.partial-2": "unfinished file",
        ".skiptrace/probe-3": "unfinished file",
        f".skiptrace/work/{PLAN['run_key']}/receipts/.partial-3": "unfinished file",
    }
    before = walk(home)
    for name in left:
        put(home, name)
    assert collect(home, dt.datetime.now().astimezone()) == []  # all of it may be a running attempt's
    assert {one.name: one.kind for one in collect(home, LATER, dry=True)} == left
    assert len(walk(home)) == len(before) + len(left)
    assert {one.name: one.kind for one in collect(home, LATER)} == left
    assert walk(home) == before
    if isinstance(home, Path):
        assert not (home / "runs" / "20260101-never").exists()
        assert not (home / ".skiptrace" / "deliveries" / "never").exists()


def test_work_goes_when_its_run_is_published_or_nobody_went_on(home: Place) -> None:
    assert list(unfinished_runs(home)) == [PLAN["run_key"]]
    assert {one.kind for one in collect(home, LATER, unfinished=dt.timedelta(hours=1), dry=True)} == {
        "work that nobody went on with", "of a run that was not published",
    }  # fmt: skip
    ledger = json.loads((home / "runs" / RUN_ID / "run.json").read_bytes()) | {"run_key": PLAN["run_key"]}
    put(home, f"runs/{RUN_ID}/run.json", json.dumps(ledger).encode())
    assert unfinished_runs(home) == {}
    kinds = [one.kind for one in collect(home, LATER)]
    assert sorted(kinds) == ["of a run that was not published", "work of a published run", "work of a published run"]


def test_a_planted_link_is_removed_and_never_followed(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    publish(project)
    outside.mkdir()
    (outside / "file").write_bytes(b"theirs")
    planted = [project / "runs" / RUN_ID / "planted", project / ".skiptrace" / "deliveries", project / "runs" / "20260101-evil"]
    for link in planted:
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(outside)
        os.utime(link, (0, 0), follow_symlinks=False)
    found = {one.name for one in collect(project, LATER)}
    assert found == {f"runs/{RUN_ID}/planted", ".skiptrace/deliveries", "runs/20260101-evil"}
    assert (outside / "file").read_bytes() == b"theirs"
    assert not any(link.is_symlink() for link in planted)
    assert (project / "runs" / "latest").is_symlink()


def test_uploads_that_were_never_completed_are_aborted(store: ObjectPath) -> None:
    put(store, "runs/x/.partial", b"x")
    system, name = store._system()
    bucket, _, inner = name.partition("/")
    for key in (f"{inner}/runs/one", f"{inner}-other/two"):
        system.call_s3("create_multipart_upload", Bucket=bucket, Key=key)
    assert [one.kind for one in collect(store, dt.datetime.now().astimezone())] == []
    found = [one for one in collect(store, LATER) if one.kind == "unfinished upload"]
    assert [one.name for one in found] == ["runs/one"]
    assert store.uploads() == []
    assert len(ObjectPath(f"{store}-other").uploads()) == 1


def test_an_estimate_stays_until_nobody_is_expected_to_make_its_run(home: Place) -> None:
    put(home, ".skiptrace/plans/of-a-run-to-come.json")
    assert collect(home, LATER) == []
    found = collect(home, LATER + dt.timedelta(days=14))
    assert (".skiptrace/plans/of-a-run-to-come.json", "estimate of a run that is over") in [(one.name, one.kind) for one in found]
