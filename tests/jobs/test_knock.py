from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from jobs import knock as knocking
from jobs.knock import address_problem, knock, papers_of, parts, read_papers
from skiptrace.errors import ConfigError, SafeToRerun, UnsafePermissions
from skiptrace.project import load
from tests.jobs.clusters import free_port, make_papers


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    make_papers(folder)
    return folder


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of somebody who takes one call after another and says nothing."""
    monkeypatch.setattr(knocking, "GREETING_SECONDS", 0.3)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield int(server.getsockname()[1])  # the system takes the calls


def stated(folder: Path, member: str = "member") -> dict[str, str | None]:
    return {"ca": str(folder / "ca.pem"), "cert": str(folder / f"{member}.pem"), "key": str(folder / f"{member}.key")}


@pytest.mark.parametrize("address", ["tls://host:8786", "tls://10.0.0.7:1", "tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786"])
def test_addresses_that_are_allowed(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize("address", ["tcp://10.0.0.7:8786", "tcp://host:8786", "tcp://0.0.0.0:1", "tcp://127.0.0.1.example.com:1"])
def test_nothing_leaves_this_machine_in_the_open(address: str, warm: Path) -> None:
    assert "this machine only" in str(address_problem(address))
    with pytest.raises(ConfigError, match="this machine only"):
        papers_of(load(warm, {}), address)


@pytest.mark.parametrize("address", ["host:8786", "ucx://host:1", "tls://host", "tls://ho st:1", "tls://host:123456"])
def test_what_is_no_address(address: str) -> None:
    assert "no scheduler's address" in str(address_problem(address))


def test_parts_of_an_address() -> None:
    assert parts("tls://[::1]:8786") == ("[::1]", 8786)


def test_papers_that_are_not_named_or_not_there(warm: Path, papers: Path) -> None:
    with pytest.raises(ConfigError) as missing:
        papers_of(load(warm, {}), "tls://host:8786")
    assert [problem.place for problem in missing.value.problems] == ["runtime.tls_ca", "runtime.tls_cert", "runtime.tls_key"]
    with pytest.raises(ConfigError, match="names no file"):
        read_papers(papers, "options", stated(papers, "absent"))


def test_a_key_that_others_may_read_is_refused(papers: Path, tmp_path: Path) -> None:
    loose = tmp_path / "loose.key"
    loose.write_bytes((papers / "member.key").read_bytes())
    loose.chmod(0o640)
    with pytest.raises(UnsafePermissions, match="chmod 600"):
        read_papers(papers, "options", {**stated(papers), "key": str(loose)})


def test_a_key_of_another_certificate_is_refused(papers: Path) -> None:
    with pytest.raises(ConfigError, match="no certificate of that key"):
        read_papers(papers, "options", {**stated(papers), "key": str(papers / "stranger.key")})


def test_papers_encrypt_both_ends(papers: Path) -> None:
    security = read_papers(papers, "options", stated(papers)).security()
    assert security.require_encryption
    assert {security.get_connection_args(role)["require_encryption"] for role in ("client", "worker", "scheduler")} == {True}


def test_nobody_is_there() -> None:
    with pytest.raises(SafeToRerun, match="no scheduler answers"):
        knock(f"tcp://127.0.0.1:{free_port()}", None)


def test_somebody_who_says_nothing_is_no_scheduler(stranger: int) -> None:
    with pytest.raises(SafeToRerun, match="is no scheduler"):
        knock(f"tcp://127.0.0.1:{stranger}", None)


def test_a_scheduler_in_the_open_is_told_apart_from_one_with_certificates(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def speak() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"\x01\x00\x00\x00\x00\x00\x00\x00 a greeting in the open")
                line.recv(1024)

        threading.Thread(target=speak, daemon=True).start()
        with pytest.raises(ConfigError, match="speaks in the open"):
            knock(f"tls://127.0.0.1:{server.getsockname()[1]}", read_papers(papers, "options", stated(papers)))


def test_a_worker_is_told_from_a_scheduler(papers: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def speak() -> None:
            line, _ = server.accept()
            context = read_papers(papers, "options", stated(papers, "worker")).context(server=True)
            with suppress(OSError), context.wrap_socket(line, server_side=True) as talk:  # the caller hangs up
                talk.sendall(b"a greeting")
                talk.recv(1024)

        threading.Thread(target=speak, daemon=True).start()
        with pytest.raises(ConfigError, match="is no scheduler"):
            knock(f"tls://127.0.0.1:{server.getsockname()[1]}", read_papers(papers, "options", stated(papers, "client")))
