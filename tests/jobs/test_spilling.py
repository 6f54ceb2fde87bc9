from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from jobs.spilling import SPILL, leave, purge, spill_beside, spilling
from skiptrace import sql
from skiptrace.store import folders, memory
from tests.encrypted_home import give_masters, make_home

ROWS = pa.table({"a": np.random.default_rng(1).integers(0, 1 << 40, 1_500_000), "b": [f"QUIMBY{n}" for n in range(1_500_000)]})
SORTED = "SELECT * FROM t ORDER BY a, b"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the process stands in, where nothing may be left."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def test_what_does_not_fit_into_memory_lies_in_the_projects_private_folder_and_goes(tmp_path: Path, elsewhere: Path) -> None:
    private = tmp_path / ".skiptrace"
    private.mkdir(mode=0o700)
    seen, stop = set[tuple[str, int]](), threading.Event()

    def watch() -> None:
        while not stop.is_set():
            for place in private.rglob("*"):
                try:
                    seen.add((place.relative_to(private).as_posix(), place.stat().st_mode & 0o777))
                except FileNotFoundError:
                    continue
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with spilling(private):
        assert sql.query(SORTED, {"t": ROWS}, "40MB").num_rows == 1_500_000
    stop.set()
    watcher.join()
    mine = f"{SPILL}/{socket.gethostname()}-{os.getpid()}"
    assert (mine, 0o700) in seen
    assert any(name.startswith(mine + "/") for name, _ in seen)
    assert {mode for _, mode in seen} <= {0o700, 0o600}
    assert list((private / SPILL).iterdir()) == []
    assert list(elsewhere.iterdir()) == []


def test_a_query_outside_a_run_spills_nowhere(elsewhere: Path) -> None:
    sql.spill_to(None)
    with pytest.raises(duckdb.OutOfMemoryException):
        sql.query(SORTED, {"t": ROWS}, "40MB")
    assert list(elsewhere.iterdir()) == []


def where() -> str:
    ((place,),) = sql.connect().sql("SELECT current_setting('temp_directory')").fetchall()
    return str(place)


def test_a_task_spills_beside_its_receipt_and_in_no_other_place(tmp_path: Path, elsewhere: Path) -> None:
    spill_beside(tmp_path / ".skiptrace" / "work" / "x" / "receipts" / "a.json")
    assert (tmp_path / ".skiptrace" / SPILL).stat().st_mode & 0o777 == 0o700
    assert where() == str(tmp_path / ".skiptrace" / SPILL / f"{socket.gethostname()}-{os.getpid()}")
    spill_beside(tmp_path / "a.json")
    assert where() == ""


def test_what_a_dead_process_left_goes_and_what_a_living_one_or_another_machine_has_stays(tmp_path: Path) -> None:
    host = socket.gethostname()
    names = {"dead": f"{host}-{2**22 - 3}", "mine": f"{host}-{os.getpid()}", "parent": f"{host}-{os.getppid()}"}
    names |= {"other": "elsewhere-17", "old": "elsewhere-18"}
    for name in names.values():
        (tmp_path / name).mkdir()
        (tmp_path / name / "rows").write_bytes(b"QUIMBY")
    os.utime(tmp_path / names["old"], (1, 1))
    purge(tmp_path)
    assert {place.name for place in tmp_path.iterdir()} == set(names.values()) - {names["dead"], names["old"]}
    purge(tmp_path, mine=True)
    assert {place.name for place in tmp_path.iterdir()} == {names["parent"], names["other"]}


def test_a_worker_leaves_nothing_of_an_encrypted_project_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give_masters(monkeypatch)
    (tmp_path / "memory").mkdir()
    monkeypatch.setenv(memory.NAME, str(tmp_path / "memory"))
    private = make_home(tmp_path / "home") / ".skiptrace"
    opened = folders.publish(private / "index" / "layer", lambda folder: (folder / "records.bin").write_bytes(b"of a person") and None)
    assert (opened / "records.bin").read_bytes() == b"of a person"
    spilled = memory.spill() / f"{socket.gethostname()}-{os.getpid()}"
    spilled.mkdir()
    leave(str(private))
    assert not opened.exists()
    assert not spilled.exists()
    assert (private / "index" / "layer").is_dir()
    leave(str(tmp_path / "in clear" / ".skiptrace"))  # and nothing where there is no keyring
