"""One sample project and one run of it, made once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import publish
from jobs.prepare import Options, prepare
from tests.encrypted_home import give_masters
from tests.jobs.encrypted import make_run
from tests.jobs.projects import Finished, copy_of, make_sample, run_project
from tests.jobs.shard_tasks import Replay
from tests.jobs.tiny import make_tiny
from tests.jobs.waterfall.vendors import make_asking


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Path:
    """A sample project that was never run. Copy it before changing it."""
    return make_sample(tmp_path_factory.mktemp("sample") / "project")


@pytest.fixture(scope="session")
def finished(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The sample project after its run, whose work folder is kept for the tests of single steps. Do not change it."""
    folder = copy_of(sample, tmp_path_factory.mktemp("finished") / "project")
    setup = prepare(folder, Options()).setup
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publish, "clear", lambda work: None)
        outcome = run_project(folder)
    return Finished(folder, outcome, setup)


@pytest.fixture(scope="session")
def in_shards(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The same with each layer of the index in three shards of records, and the work kept. Do not change it."""
    folder = copy_of(finished.folder, tmp_path_factory.mktemp("in_shards") / "project", "runs", "work", "models", "entities")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKIPTRACE__RUNTIME__SHARDS", "3")
        patch.setattr(publish, "clear", lambda work: None)
        setup = prepare(folder, Options()).setup
        return Finished(folder, run_project(folder), setup)


@pytest.fixture(scope="session")
def warm(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project with its deliveries read and its index built, for runs over a few accounts (`limit`)."""
    folder = copy_of(sample, tmp_path_factory.mktemp("warm") / "project")
    run_project(folder, to_step="index")
    return folder


@pytest.fixture(scope="session")
def tiny_night(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Path:
    """The tiny project after the run of its first night. Copy it before running another."""
    folder = make_tiny(tmp_path_factory.mktemp("tiny_night") / "project")
    run_project(folder)
    return folder


@pytest.fixture(scope="session")
def asking_run(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Path:
    """The project of `tests.jobs.waterfall.vendors` after its first run, in which nobody was asked yet. Copy it before changing it."""
    folder = make_asking(tmp_path_factory.mktemp("asking") / "project")
    run_project(folder)
    return folder


@pytest.fixture
def asking(asking_run: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copy_of(asking_run, tmp_path / "asking")


@pytest.fixture
def project(sample: Path, tmp_path: Path) -> Path:
    """The test's own copy of the sample project, never run."""
    return copy_of(sample, tmp_path / "project")


@pytest.fixture(scope="session")
def replay(in_shards: Finished) -> Replay:
    """The tasks of the run in shards."""
    return Replay(in_shards)


@pytest.fixture(scope="session")
def encrypted_run(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Path:
    """The project of `tests.jobs.encrypted` after its run. Copy it before changing it."""
    with pytest.MonkeyPatch.context() as patch:
        give_masters(patch)
        return make_run(tmp_path_factory.mktemp("encrypted") / "project")


@pytest.fixture
def encrypted(encrypted_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with its masters at hand."""
    give_masters(monkeypatch)
    return copy_of(encrypted_run, tmp_path / "encrypted")
