from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from jobs import workers
from jobs.runner import Task, perform
from jobs.workers import Workers
from skiptrace.errors import SafeToRerun, SetAside, TaskFailed
from tests.jobs.work import FAKE_NAME


@pytest.fixture
def pool() -> Iterator[Workers]:
    found = Workers(2, None, 30.0)
    yield found
    found.close()


def one(place: Path, key: str, function: str, /, **arguments: Any) -> Task:
    return Task(key, f"tests.jobs.work:{function}", place / f"{key}.json", arguments, "tape.csv", f"step {key}, partition 7")


def notes(folder: Path, count: int) -> list[Task]:
    return [one(folder, f"n{n}", "note", folder=str(folder), name=f"n{n}") for n in range(count)]


def test_two_processes_serve_every_step(pool: Workers, tmp_path: Path) -> None:
    first = {receipt["process"] for _, receipt in pool(notes(tmp_path, 4))}
    (tmp_path / "again").mkdir()
    second = {receipt["process"] for _, receipt in pool(notes(tmp_path / "again", 4))}
    assert len(first | second) <= 2
    assert os.getpid() not in first | second


def test_a_task_whose_worker_is_killed_runs_again_and_the_others_go_on(pool: Workers, tmp_path: Path) -> None:
    tasks = [one(tmp_path, "die", "die_until", folder=str(tmp_path), times=1), *notes(tmp_path, 3)]
    found = dict(pool(tasks))
    assert sorted(found) == ["die", "n0", "n1", "n2"]
    assert (tmp_path / "deaths").read_text() == "xx"


def test_a_task_that_kills_every_worker_is_named_and_the_others_are_done(pool: Workers, tmp_path: Path) -> None:
    tasks = [one(tmp_path, "die", "die_until", folder=str(tmp_path), times=99), *notes(tmp_path, 3)]
    with pytest.raises(SetAside) as stopped:
        list(pool(tasks))
    assert sorted(path.stem for path in tmp_path.glob("n*.json")) == ["n0", "n1", "n2"]
    assert stopped.value.exit_code == 3
    (problem,) = stopped.value.problems
    assert (problem.file, problem.place) == ("tape.csv", "step die, partition 7")
    assert "SIGKILL" in problem.what
    assert (tmp_path / "deaths").read_text() == "x" * workers.MOST_DEATHS


def test_an_error_of_a_task_comes_home_at_once_without_its_text(pool: Workers, tmp_path: Path) -> None:
    with pytest.raises(TaskFailed) as failed:
        list(pool([one(tmp_path, "fail", "fail", name="a date"), *notes(tmp_path, 3)]))
    assert FAKE_NAME not in "".join(traceback.format_exception(failed.value))
    assert sorted(dict(pool(notes(tmp_path, 2)))) == ["n0", "n1"]  # and the pool still works


def test_a_worker_that_stands_still_is_replaced(tmp_path: Path) -> None:
    pool = Workers(2, None, 1.5)
    try:
        found = dict(pool([one(tmp_path, "still", "stand_still", folder=str(tmp_path), times=1), *notes(tmp_path, 2)]))
        assert sorted(found) == ["n0", "n1", "still"]
    finally:
        pool.close()


def test_when_nothing_moves_the_run_ends_and_so_do_its_processes(tmp_path: Path) -> None:
    pool = Workers(2, None, 1.0)
    before = set(psutil.Process().children())
    with pytest.raises(SafeToRerun, match="no task has ended"):
        list(pool([one(tmp_path, "still", "stand_still", folder=str(tmp_path), times=99)]))
    pool.close()
    assert not {child for child in psutil.Process().children() if child not in before and "spawn_main" in " ".join(child.cmdline())}


def test_a_worker_that_takes_too_much_memory_is_ended_and_its_task_gets_all_there_is_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "TICK", 0.05)
    pool = Workers(2, 300 << 20, 30.0)
    try:
        ((_, receipt),) = pool([one(tmp_path, "take", "take", megabytes=350)])
        assert receipt["held"] == 350 << 20
        with pytest.raises(SetAside, match=r"(?s)set aside.*memory"):
            list(pool([one(tmp_path, "more", "take", megabytes=700)]))
        assert sorted(dict(pool(notes(tmp_path, 2)))) == ["n0", "n1"]
    finally:
        pool.close()


def test_a_lack_of_memory_that_is_told_counts_as_a_death(pool: Workers, tmp_path: Path) -> None:
    with pytest.raises(SetAside, match="did not get the memory"):
        list(pool([one(tmp_path, "need", "need_memory")]))


def test_work_that_was_done_before_its_worker_died_is_not_done_again(pool: Workers, tmp_path: Path) -> None:
    task = one(tmp_path, "die", "die_until", folder=str(tmp_path), times=99)
    perform("tests.jobs.work:note", str(task.receipt), {"folder": str(tmp_path), "name": "before"})
    ((_, receipt),) = pool([task])
    assert receipt["name"] == "before"
    assert (tmp_path / "deaths").read_text() == "x"


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom jobs.runner import Task\nfrom jobs.workers import Workers\n"
        "folder = Path(sys.argv[1])\n"
        "tasks = [Task(f'w{n}', 'tests.jobs.work:report_and_wait', folder / f'{n}.json', {'folder': str(folder), 'seconds': 60})"
        " for n in range(2)]\n"
        "list(Workers(2, None, 60.0)(tasks))\n"
    )
    driver = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=Path(__file__).parents[2])
    started: list[int] = []
    for _ in range(300):
        started = [int(file.name.split("-")[1]) for file in tmp_path.glob("busy-*")]
        if len(started) == 2:
            break
        time.sleep(0.1)
    assert len(started) == 2
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    for _ in range(100):
        if not any(psutil.pid_exists(pid) for pid in started):
            break
        time.sleep(0.1)
    assert not any(psutil.pid_exists(pid) for pid in started)


def test_a_worker_loads_nothing_that_only_drivers_need() -> None:
    tasks = ("intake", "index", "learn", "link", "enrich", "score", "screen", "settle", "counted", "news", "putback", "inventory")
    text = f"import jobs.workers, {', '.join(f'jobs.{name}' for name in tasks)}; import sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout.split()
    assert "skiptrace.report.counting" in loaded
    assert not {name.partition(".")[0] for name in loaded} & {"dask", "distributed", "jinja2", "click", "rich"}
