"""A whole project on an object store: portfolio, sources, index and runs, against a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skiptrace.errors import StoreUnavailable
from skiptrace.results import latest, runs
from skiptrace.store import cache
from skiptrace.store.objects import ObjectPath
from tests import object_store as stores
from tests.jobs.cli.conftest import Call, call  # noqa: F401 - the fixture
from tests.jobs.projects import run_project
from tests.jobs.tiny import make_tiny, on_store
from tests.object_store import forget_clients


def content(ledger: dict[str, Any]) -> dict[str, Any]:
    """The files of every table, with checksums."""
    return {name: entry["files"] for name, entry in {**ledger["tables"], **ledger["evidence"]}.items()}


def test_a_project_on_an_object_store_is_the_one_on_disk(
    store: ObjectPath, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    on_disk = run_project(make_tiny(tmp_path / "disk"))
    project, home = on_store(make_tiny(tmp_path / "tiny"), store), store / "project"
    done = run_project(project)
    assert done.fresh
    assert content(done.ledger) == content(on_disk.ledger)
    place, exported = f"{home}/runs/{done.run_id}", ("exports", "plain", "plain.csv")
    assert str(done.folder) == place
    assert isinstance(on_disk.folder, Path)
    assert (home / "runs" / done.run_id / "/".join(exported)).read_bytes() == on_disk.folder.joinpath(*exported).read_bytes()
    assert (home / "runs" / "latest").read_text() == done.run_id + "\n"

    # nothing is left of the work, here or there
    assert sorted(path.name for path in project.iterdir()) == ["skiptrace.toml"]
    assert [name for name in home.below() if "/work/" in name or "probe" in name or "lease" in name] == []
    assert list(cache.spool().iterdir()) == []

    # another machine reads the run, and its commands find it; a rerun does nothing
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    assert [run.run_id for run in runs(project)] == [done.run_id]
    assert latest(str(home)).table("accounts").equals(latest(tmp_path / "disk").table("accounts"))
    assert not run_project(project).fresh
    assert call("--project", str(project), "explain", "A001").code == 0
    told = {words: call("--json", "--project", str(project), *words.split()).json
            for words in ("index show", "runs verify", "model show", "export plain", "report", "runs gc --older-than 0")}  # fmt: skip
    assert [one["state"] for one in told["index show"]["indexes"]] == ["whole"]
    assert (told["runs verify"]["run_id"], told["runs verify"]["state"]) == (done.run_id, "whole")
    assert told["model show"]["persons"]
    assert told["export plain"]["exports"][0]["folder"] == f"{place}/exports/plain"
    assert told["report"]["report"] == f"{place}/report.html"
    assert told["runs gc --older-than 0"]["leftovers"] == []


def test_a_store_that_lies_is_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if stores.found("rclone") is None:
        pytest.skip("needs rclone: `make .venv/.dev-installed` brings it")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = make_tiny(tmp_path / "tiny")
    file = project / "skiptrace.toml"
    file.write_text(file.read_text() + f'store = "s3://{stores.BUCKET}/project"\n')
    with stores.rclone(tmp_path / "rclone") as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        forget_clients()
        with pytest.raises(StoreUnavailable, match="If-None-Match"):
            run_project(project)
        forget_clients()
    assert [path for path in (tmp_path / "rclone" / "data").rglob("*") if path.is_file()] == []
    assert sorted(path.name for path in project.iterdir()) == ["calls.csv", "header.csv", "portfolio.csv", "skiptrace.toml"]
