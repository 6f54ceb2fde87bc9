from __future__ import annotations

import http.client
import signal
import socket
import urllib.request
from pathlib import Path

import psutil
import pytest
from distributed import Client

from jobs.serving import SETTINGS, own_address
from skiptrace.errors import SafeToRerun
from tests.jobs.clusters import cluster, free_port


def test_bounds_are_set_in_code() -> None:
    assert SETTINGS["distributed.scheduler.worker-ttl"] == "30s"
    assert SETTINGS["distributed.scheduler.no-workers-timeout"] is not None
    assert not any(SETTINGS[f"distributed.worker.memory.{name}"] for name in ("target", "spill", "pause"))


def test_a_cluster_tells_nothing_to_browsers_takes_one_task_at_a_time_and_ends_when_asked(tmp_path: Path) -> None:
    with cluster("--listen", f"tcp://127.0.0.1:{free_port()}", "--workers", "1", "--folder", str(tmp_path / "own")) as running:
        with Client(running.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            (worker,) = client.scheduler_info()["workers"].values()
        assert worker["nthreads"] == 1
        (process,) = running.workers()
        doors = [*process.net_connections(), *psutil.Process(running.process.pid).net_connections()]
        doors = [door.laddr for door in doors if door.status == "LISTEN"]
        assert {door.ip for door in doors} == {"127.0.0.1"}
        assert len({door.port for door in doors}) == 3  # the scheduler's, the worker's and that of who watches over it: none for browsers
        for port in {door.port for door in doors}:
            with pytest.raises((OSError, http.client.HTTPException)):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/info/main/workers.html", timeout=5)
        assert (tmp_path / "own").stat().st_mode & 0o777 == 0o700
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0
        assert not psutil.pid_exists(process.pid)


def test_a_worker_whose_scheduler_is_lost_ends_to_be_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    with cluster("--listen", f"tcp://127.0.0.1:{free_port()}") as scheduler, cluster("--join", scheduler.address) as worker:
        doors = [door for one in psutil.Process(worker.process.pid).children(recursive=True) for door in one.net_connections()]
        assert {door.laddr.ip for door in doors if door.status == "LISTEN"} == {"127.0.0.1"}  # not every address of this machine
        scheduler.process.kill()
        assert worker.process.wait(90) == 75


@pytest.mark.parametrize(
    ("scheduler", "own"), [("tcp://127.0.0.1:8786", "127.0.0.1"), ("tls://localhost:1", "127.0.0.1"), ("tls://[::1]:8786", "[::1]")]
)
def test_workers_take_calls_at_this_machine_s_address_on_the_way_to_the_scheduler(scheduler: str, own: str) -> None:
    try:
        assert own_address(scheduler) in (own, "[::1]")
    except SafeToRerun:
        assert "::1" in own  # a machine without IPv6


def test_a_scheduler_to_which_there_is_no_way_is_safe_to_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr("jobs.serving.socket.getaddrinfo", unknown)
    with pytest.raises(SafeToRerun, match="no way to"):
        own_address("tls://nowhere.example:8786")
