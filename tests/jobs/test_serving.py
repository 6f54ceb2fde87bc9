from __future__ import annotations

import http.client
import signal
import urllib.request
from pathlib import Path

import psutil
import pytest
from distributed import Client

from jobs.serving import SETTINGS
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
        scheduler.process.kill()
        assert worker.process.wait(90) == 75
