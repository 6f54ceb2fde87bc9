from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import remote
from jobs.remote import _Remote, joined
from jobs.runner import Task
from skiptrace.errors import ConfigError, SafeToRerun, SetAside, StoreUnavailable, TaskFailed
from skiptrace.project import Project, load
from tests.jobs.clusters import Running, cluster, free_port, make_papers, papers_for
from tests.jobs.work import FAKE_NAME, FAKE_SSN


def one(place: Path, key: str, function: str, /, **arguments: Any) -> Task:
    return Task(key, f"tests.jobs.work:{function}", place / f"{key}.json", arguments, "tape.csv", f"step {key}, partition 7")


def notes(folder: Path, count: int) -> list[Task]:
    return [one(folder, f"n{n}", "note", folder=str(folder), name=f"n{n}") for n in range(count)]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    make_papers(folder)
    return folder


@pytest.fixture(scope="module")
def running(papers: Path) -> Iterator[Running]:
    """A scheduler with two workers, as processes of their own, with certificates."""
    head, hands = papers_for(papers, "scheduler"), papers_for(papers, "worker")
    address = f"tls://127.0.0.1:{free_port()}"
    with cluster("--listen", address, *head), cluster("--join", address, "--workers", "2", *hands) as joining:
        yield joining


@pytest.fixture(scope="module")
def project(warm: Path, papers: Path) -> Project:
    return with_papers(load(warm, {}), papers, "client")


def with_papers(project: Project, papers: Path, member: str, ca: str = "ca") -> Project:
    names = {"tls_ca": papers / f"{ca}.pem", "tls_cert": papers / f"{member}.pem", "tls_key": papers / f"{member}.key"}
    return project.model_copy(update={"runtime": project.runtime.model_copy(update={name: str(place) for name, place in names.items()})})


@pytest.fixture(scope="module")
def compute(running: Running, project: Project) -> Iterator[_Remote]:
    with joined(running.address, project, project.folder / ".skiptrace") as found:
        yield found


def test_tasks_run_on_the_workers(compute: _Remote, running: Running, tmp_path: Path) -> None:
    found = dict(compute(notes(tmp_path, 5)))
    assert [found[f"n{n}"]["name"] for n in range(5)] == [f"n{n}" for n in range(5)]
    assert {receipt["process"] for receipt in found.values()} <= {worker.pid for worker in running.workers()}
    assert dict(compute(notes(tmp_path, 5))) == found  # the receipts that were first
    assert list(compute([])) == []


def test_two_copies_of_a_project_do_not_share_keys(compute: _Remote, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        dict(compute(notes(tmp_path / name, 1)))
        assert (tmp_path / name / "n0.json").is_file()


def test_an_error_keeps_its_text_to_itself(compute: _Remote, tmp_path: Path) -> None:
    with pytest.raises(TaskFailed) as failed:
        list(compute([one(tmp_path, "fail", "fail", name="a date"), *notes(tmp_path, 3)]))
    told = "".join(traceback.format_exception(failed.value))
    assert FAKE_NAME not in told
    assert FAKE_SSN not in told


def test_a_task_whose_worker_is_killed_runs_again(compute: _Remote, tmp_path: Path) -> None:
    found = dict(compute([one(tmp_path, "die", "die_until", folder=str(tmp_path), times=1), *notes(tmp_path, 3)]))
    assert sorted(found) == ["die", "n0", "n1", "n2"]


@pytest.mark.slow
def test_a_task_that_kills_every_worker_is_named_and_the_others_are_done(compute: _Remote, tmp_path: Path) -> None:
    with pytest.raises(SetAside) as stopped:
        list(compute([one(tmp_path, "die", "die_until", folder=str(tmp_path), times=99), *notes(tmp_path, 3)]))
    (problem,) = stopped.value.problems
    assert (problem.file, problem.place) == ("tape.csv", "step die, partition 7")
    assert sorted(path.name for path in tmp_path.glob("n*.json")) == ["n0.json", "n1.json", "n2.json"]


@pytest.mark.parametrize(
    ("member", "ca", "told"),
    [
        ("expired", "ca", "ours is refused: .*expired"),
        ("stranger", "ca", "ours is refused: .*unknown ca"),
        ("client", "other", "the scheduler's is refused"),
    ],
)
def test_certificates_that_nobody_trusts(member: str, ca: str, told: str, running: Running, project: Project, papers: Path) -> None:
    with pytest.raises(ConfigError, match=told), joined(running.address, with_papers(project, papers, member, ca), project.folder):
        pass


@pytest.mark.parametrize("member", ["worker", "unnamed"])
def test_a_run_wants_a_certificate_of_a_client(member: str, running: Running, project: Project, papers: Path) -> None:
    theirs = with_papers(project, papers, member)
    with pytest.raises(ConfigError, match="of another role"), joined(running.address, theirs, project.folder):
        pass


def test_an_open_client_at_a_tls_port(running: Running, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.knock.GREETING_SECONDS", 0.5)
    with pytest.raises(ConfigError, match="speaks TLS only"), joined(running.address.replace("tls", "tcp"), project, project.folder):
        pass


def test_a_worker_that_does_not_see_the_project(running: Running, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "put_bytes", lambda path, content: None)  # the token is not there, as in a folder that is not mounted
    with pytest.raises(StoreUnavailable, match=r"(?s)does not see the project.*mount it"), joined(running.address, project, project.folder):
        pass


def test_no_tokens_are_left(compute: _Remote, project: Project) -> None:
    assert not list((project.folder / ".skiptrace").glob("token-*"))


def test_a_cluster_without_workers_is_safe_to_rerun(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "WORKER_SECONDS", 0.5)
    lonely, private = cluster("--listen", f"tcp://127.0.0.1:{free_port()}"), project.folder / ".skiptrace"
    with lonely as alone, pytest.raises(SafeToRerun, match="no worker that answers"), joined(alone.address, project, private):
        pass


class Silent:
    """A client whose one worker has a task and is not heard of; it may be restarted, which helps nothing."""

    def __init__(self, workers: dict[str, Any]) -> None:
        self.workers, self.restarted, self.scheduler = workers, 0, self

    async def identity(self, n_workers: int) -> dict[str, Any]:
        return {"workers": self.workers}

    async def processing(self, workers: None) -> dict[str, Any]:
        return {address: ["a task"] for address in self.workers}

    async def restart_workers(self, **_: Any) -> None:
        self.restarted += 1

    def sync(self, function: Any, *args: Any, callback_timeout: float = 0, **options: Any) -> Any:
        import asyncio

        return asyncio.run(function(*args, **options))

    def submit(self, *_: Any, **__: Any) -> Any:
        return type("Never", (), {"add_done_callback": lambda self, put: None})()

    async def _cancel(self, futures: Any, force: bool) -> None:
        pass


@pytest.mark.parametrize(("workers", "restarted"), [({"tcp://a": {"nthreads": 1, "last_seen": 5.0}}, 1), ({}, 0)])
def test_a_silent_cluster_ends_the_run(workers: dict[str, Any], restarted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(remote, "TICK", 0.05)
    client, begun = Silent(workers), time.monotonic()
    with pytest.raises(SafeToRerun, match="no worker was heard of"):
        list(_Remote(client, 0.4)(notes(tmp_path, 1)))
    assert client.restarted == restarted
    assert time.monotonic() - begun < 10
