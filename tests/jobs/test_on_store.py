"""A whole project on an object store: portfolio, sources, index and runs, against a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobs.pipeline import Outcome
from skiptrace.errors import StoreUnavailable
from skiptrace.results import latest, runs
from skiptrace.store import cache, objects
from skiptrace.store.objects import ObjectPath
from tests import object_store as stores
from tests.jobs.cli.conftest import Call, call  # noqa: F401 - the fixture
from tests.jobs.projects import run_project
from tests.jobs.tiny import make_tiny, on_store


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Outcome:
    """The tiny project run on disk."""
    return run_project(make_tiny(tmp_path_factory.mktemp("tiny") / "disk"))


@pytest.fixture(scope="module")
def settings(object_store: stores.Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Address and credentials of the object store, and a cache of this module's own."""
    return {**object_store.environment(), "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture(scope="module")
def on_s3(bucket: str, settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ObjectPath, Outcome]:
    """The tiny project run on the object store: its folder, the place of its runs, and the run."""
    home = ObjectPath(f"{bucket}/whole")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        project = on_store(make_tiny(tmp_path_factory.mktemp("tiny") / "s3"), home)
        return project, home / "project", run_project(project)


@pytest.fixture
def seen(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def content(ledger: dict[str, Any]) -> dict[str, Any]:
    """The files of every table, with checksums."""
    return {name: entry["files"] for name, entry in {**ledger["tables"], **ledger["evidence"]}.items()}


def test_tables_and_exports_are_those_of_the_run_on_disk(on_s3: tuple[Path, ObjectPath, Outcome], on_disk: Outcome, seen: None) -> None:
    project, home, done = on_s3
    assert done.fresh
    assert content(done.ledger) == content(on_disk.ledger)
    assert str(done.folder) == f"{home}/runs/{done.run_id}"
    assert (home / "runs" / "latest").read_text() == done.run_id + "\n"
    exported = ("exports", "plain", "plain.csv")
    assert isinstance(on_disk.folder, Path)
    assert (home / "runs" / done.run_id / "/".join(exported)).read_bytes() == on_disk.folder.joinpath(*exported).read_bytes()
    assert sorted(path.name for path in project.iterdir()) == ["skiptrace.toml"]


def test_nothing_is_left_of_the_work(on_s3: tuple[Path, ObjectPath, Outcome], seen: None) -> None:
    _, home, _ = on_s3
    assert [name for name in home.below() if "/work/" in name or "probe" in name or "lease" in name] == []
    assert list(cache.spool().iterdir()) == []


def test_another_machine_reads_the_run_and_runs_nothing_again(
    on_s3: tuple[Path, ObjectPath, Outcome], on_disk: Outcome, seen: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, home, done = on_s3
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    assert [run.run_id for run in runs(project)] == [done.run_id]
    assert isinstance(on_disk.folder, Path)
    assert latest(str(home)).table("accounts").equals(latest(on_disk.folder.parents[1]).table("accounts"))
    assert not run_project(project).fresh


def test_commands_find_the_runs_on_the_store(on_s3: tuple[Path, ObjectPath, Outcome], seen: None, call: Call) -> None:  # noqa: F811
    project, home, done = on_s3
    place = f"{home}/runs/{done.run_id}"
    assert call("--project", str(project), "explain", "A001").code == 0
    told = {words: call("--json", "--project", str(project), *words.split()).json
            for words in ("index show", "runs show", "model show", "export plain", "report")}  # fmt: skip
    assert [one["state"] for one in told["index show"]["indexes"]] == ["whole"]
    assert told["runs show"]["run_id"] == done.run_id
    assert told["model show"]["persons"]
    assert told["export plain"]["exports"][0]["folder"] == f"{place}/exports/plain"
    assert told["report"]["report"] == f"{place}/report.html"


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
        objects.forget()
        with pytest.raises(StoreUnavailable, match="If-None-Match"):
            run_project(project)
        objects.forget()
    assert [path for path in (tmp_path / "rclone" / "data").rglob("*") if path.is_file()] == []
    assert sorted(path.name for path in project.iterdir()) == ["calls.csv", "header.csv", "portfolio.csv", "skiptrace.toml"]
