from __future__ import annotations

import os
import socket
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from jobs import cluster
from jobs.cluster import SMALL_ROWS, choose, compute_on
from jobs.runner import Task
from skiptrace.errors import ConfigError, SafeToRerun, TaskFailed
from tests.jobs.work import FAKE_NAME, FAKE_SSN


def notes(folder: Path, count: int) -> list[Task]:
    return [Task(f"note-{n}", "tests.jobs.work:note", folder / f"{n}.json", {"folder": str(folder), "name": f"n{n}"}) for n in range(count)]


def failing(folder: Path) -> list[Task]:
    return [Task(f"fail-{n}", "tests.jobs.work:fail", folder / f"fail-{n}.json", {"name": "a date"}) for n in range(2)]


def start() -> LocalCluster:
    """A scheduler with one worker, in this process."""
    options = {"processes": False, "protocol": "tcp", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    return LocalCluster(n_workers=1, threads_per_worker=2, **options)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a running scheduler."""
    with start() as running:
        yield str(running.scheduler_address)


@pytest.mark.parametrize("rows", [0, SMALL_ROWS - 1])
def test_small_work_stays_in_the_process(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert choose("auto", rows) == "sync"


def test_larger_work_goes_to_processes_where_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert choose("auto", SMALL_ROWS) == "processes"
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert choose("auto", SMALL_ROWS) == "sync"


@pytest.mark.parametrize("stated", ["sync", "threads", "processes", "tls://host:8786"])
def test_a_stated_scheduler_is_used(stated: str) -> None:
    assert choose(stated, 10**9) == stated


@pytest.mark.parametrize("word", ["auto", "thread", "dask", ""])
def test_an_unknown_word_is_refused(word: str) -> None:
    with pytest.raises(ConfigError, match="unknown scheduler"):
        compute_on(word)


@pytest.mark.parametrize("name", ["sync", "threads"])
def test_tasks_run_in_this_process(name: str, tmp_path: Path) -> None:
    found = dict(compute_on(name, 2)(notes(tmp_path, 4)))
    assert [found[f"note-{n}"]["name"] for n in range(4)] == ["n0", "n1", "n2", "n3"]
    assert {receipt["process"] for receipt in found.values()} == {os.getpid()}


def test_processes_run_tasks_elsewhere_and_keep_errors_quiet(tmp_path: Path) -> None:
    found = dict(compute_on("processes", 2)(notes(tmp_path, 3)))
    assert sorted(found) == ["note-0", "note-1", "note-2"]
    assert os.getpid() not in {receipt["process"] for receipt in found.values()}
    with pytest.raises(TaskFailed) as failed:
        list(compute_on("processes", 2)(failing(tmp_path)))
    assert FAKE_NAME not in "".join(traceback.format_exception(failed.value))


def test_a_worker_process_that_dies_is_safe_to_rerun(tmp_path: Path) -> None:
    dying = [Task(f"die-{n}", "tests.jobs.work:die", tmp_path / f"{n}.json") for n in range(2)]
    with pytest.raises(SafeToRerun, match="a worker process died") as stopped:
        list(compute_on("processes", 2)(dying))
    assert stopped.value.exit_code == 75


def test_one_task_needs_no_second_process(tmp_path: Path) -> None:
    ((_, receipt),) = compute_on("processes", 4)(notes(tmp_path, 1))
    assert receipt["process"] == os.getpid()


@pytest.mark.parametrize("name", ["sync", "threads", "processes", "tcp://127.0.0.1:1"])
def test_nothing_to_do_starts_nothing(name: str) -> None:
    assert list(compute_on(name)([])) == []


def test_a_running_scheduler_runs_tasks(scheduler: str, tmp_path: Path) -> None:
    found = dict(compute_on(scheduler)(notes(tmp_path, 3)))
    assert [found[f"note-{n}"]["name"] for n in range(3)] == ["n0", "n1", "n2"]
    again = dict(compute_on(scheduler)(notes(tmp_path, 3)))  # the receipts that were first
    assert again == found


def test_an_error_on_a_running_scheduler_keeps_its_text_to_itself(scheduler: str, tmp_path: Path) -> None:
    with pytest.raises(TaskFailed) as failed:
        list(compute_on(scheduler)(failing(tmp_path)))
    told = "".join(traceback.format_exception(failed.value))
    assert FAKE_NAME not in told
    assert FAKE_SSN not in told


def test_a_scheduler_that_does_not_answer_is_safe_to_rerun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SafeToRerun, match="no scheduler answers"):
        list(compute_on(f"tcp://127.0.0.1:{port}")(notes(tmp_path, 1)))
    assert not (tmp_path / "trace").exists()


def test_a_scheduler_that_is_lost_on_the_way_is_safe_to_rerun(tmp_path: Path) -> None:
    waits = [0.0, 1.0, 1.0]
    waiting = [Task(f"wait-{n}", "tests.jobs.work:wait", tmp_path / f"{n}.json", {"seconds": waits[n]}) for n in range(3)]
    with start() as lost:
        running = compute_on(str(lost.scheduler_address))(waiting)
        assert next(running)[0] == "wait-0"
    with pytest.raises(SafeToRerun, match="gave up on a task"):
        list(running)


def test_one_pool_serves_every_step(tmp_path: Path) -> None:
    workers = compute_on("processes", 2)
    first = {receipt["process"] for _, receipt in workers(notes(tmp_path, 4))}
    (tmp_path / "again").mkdir()
    second = {receipt["process"] for _, receipt in workers(notes(tmp_path / "again", 4))}
    assert len(first | second) <= 2


def test_two_copies_of_a_project_do_not_share_keys(scheduler: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        dict(compute_on(scheduler)(notes(tmp_path / name, 1)))
        assert (tmp_path / name / "0.json").is_file()
