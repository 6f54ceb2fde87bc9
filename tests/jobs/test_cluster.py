from __future__ import annotations

import os
import subprocess
import sys
import traceback
from contextlib import AbstractContextManager
from pathlib import Path

import psutil
import pytest

from jobs.cluster import SMALL_ROWS, Compute, choose, spread
from jobs.runner import Task
from skiptrace.errors import ConfigError, TaskFailed
from skiptrace.project import load
from tests.jobs.work import FAKE_NAME


def notes(folder: Path, count: int) -> list[Task]:
    return [Task(f"note-{n}", "tests.jobs.work:note", folder / f"{n}.json", {"folder": str(folder), "name": f"n{n}"}) for n in range(count)]


def failing(folder: Path) -> list[Task]:
    return [Task(f"fail-{n}", "tests.jobs.work:fail", folder / f"fail-{n}.json", {"name": "a date"}) for n in range(2)]


def spread_on(scheduler: str, folder: Path) -> AbstractContextManager[Compute]:
    return spread(scheduler, load(folder, {}), folder / ".skiptrace")


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
def test_an_unknown_word_is_refused(word: str, warm: Path) -> None:
    with pytest.raises(ConfigError, match="unknown scheduler"), spread_on(word, warm):
        pass


@pytest.mark.parametrize("name", ["sync", "threads"])
def test_tasks_in_one_process_load_nothing_of_a_cluster(name: str, warm: Path, tmp_path: Path) -> None:
    again = f"list(compute(notes(Path({str(tmp_path)!r}), 2)))"
    text = (
        f"import sys\nfrom pathlib import Path\nfrom tests.jobs.test_cluster import notes, spread_on\n"
        f"with spread_on({name!r}, Path({str(warm)!r})) as compute:\n    assert len({again}) == 2\n"
        "assert 'distributed' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["sync", "threads"])
def test_tasks_run_in_this_process(name: str, warm: Path, tmp_path: Path) -> None:
    with spread_on(name, warm) as compute:
        found = dict(compute(notes(tmp_path, 4)))
    assert [found[f"note-{n}"]["name"] for n in range(4)] == ["n0", "n1", "n2", "n3"]
    assert {receipt["process"] for receipt in found.values()} == {os.getpid()}


def test_processes_run_tasks_elsewhere_and_are_gone_afterwards(warm: Path, tmp_path: Path) -> None:
    with spread_on("processes", warm) as compute:
        found = dict(compute(notes(tmp_path, 3)))
    assert sorted(found) == ["note-0", "note-1", "note-2"]
    assert os.getpid() not in {receipt["process"] for receipt in found.values()}
    assert not any(psutil.pid_exists(receipt["process"]) for receipt in found.values())


@pytest.mark.parametrize("name", ["sync", "threads", "processes"])
def test_nothing_to_do_starts_nothing(name: str, warm: Path) -> None:
    before = psutil.Process().children()
    with spread_on(name, warm) as compute:
        assert list(compute([])) == []
        assert psutil.Process().children() == before


def test_an_error_in_a_thread_keeps_its_text_to_itself(warm: Path, tmp_path: Path) -> None:
    with pytest.raises(TaskFailed) as failed, spread_on("threads", warm) as compute:
        list(compute(failing(tmp_path)))
    assert FAKE_NAME not in "".join(traceback.format_exception(failed.value))
