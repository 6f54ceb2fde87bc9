"""The part of `make bench-outside` that needs no namespace: a cluster on loopback, and callers who must not be heard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.bench.outside import alone
from tests.bench.outside_callers import asked_by_a_worker, encrypted, forge, met, papers_of, scan, stalled
from tests.jobs.clusters import Running, cluster, free_port, make_papers, papers_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("papers")
    make_papers(found)
    forge(found)
    return found


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    with cluster("--listen", f"tls://127.0.0.1:{free_port()}", "--workers", "1", *papers_for(folder, "member")) as found:
        yield found


@pytest.fixture(scope="module")
def ports(running: Running) -> dict[int, str]:
    """The port of the scheduler, of its worker and of whoever watches over it."""
    head = psutil.Process(running.process.pid)
    held = [door.laddr for one in (head, *running.workers()) for door in one.net_connections() if door.status == "LISTEN"]
    assert {place.ip for place in held} == {"127.0.0.1"}
    own = int(running.address.rpartition(":")[2])
    return {place.port: "scheduler" if place.port == own else "worker" for place in held}


def test_three_ports_are_open_and_each_hears_members_alone(ports: dict[int, str], folder: Path) -> None:
    assert sorted(ports.values()) == ["scheduler", "worker", "worker"]
    assert scan("127.0.0.1", range(min(ports), min(ports) + 1)) == [min(ports)]
    for port, kind in ports.items():
        found = met(("127.0.0.1", port), folder, kind, source="127.0.0.2")
        assert alone(found), found
        assert len(found["others"]) >= 14


def test_a_worker_gets_no_answer_to_what_clients_ask_and_nothing_of_it_runs(ports: dict[int, str], folder: Path, tmp_path: Path) -> None:
    own = next(port for port, kind in ports.items() if kind == "scheduler")
    answered = asked_by_a_worker(("127.0.0.1", own), folder, str(tmp_path / "planted"))
    assert set(answered.values()) == {False}
    assert not (tmp_path / "planted").exists()


def test_stalled_callers_hold_up_nobody(ports: dict[int, str], folder: Path) -> None:
    own = next(port for port, kind in ports.items() if kind == "scheduler")
    found = stalled(("127.0.0.1", own), papers_of(folder, "client"), 20, 0.1)  # that they are hung up on is seen in test_roles
    assert found["heard"]
    assert encrypted(("127.0.0.1", own), papers_of(folder, "client").context())
