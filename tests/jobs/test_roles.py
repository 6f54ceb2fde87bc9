from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed.comm import connect, listen
from distributed.comm.core import CommClosedError, FatalCommClosedError
from distributed.protocol.serialize import Serialized, ToPickle, to_serialize

from jobs import authority, roles
from jobs.certified import ROLES, roles_in
from jobs.knock import Papers
from skiptrace.errors import ConfigError
from tests.jobs.clusters import make_papers

REFUSED = (OSError, CommClosedError)
"""What a caller meets at whom it has no business with: the line is cut before a word is said."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("papers")
    make_papers(found)
    return found


def papers(folder: Path, member: str, ca: str = "ca") -> Papers:
    return Papers(str(folder / f"{ca}.pem"), str(folder / f"{member}.pem"), str(folder / f"{member}.key"))


def called(folder: Path, member: str, own: str, at: str = "127.0.0.1") -> Any:
    """Somebody who takes calls as `own`, with a member's papers, keeps what is said and answers "heard"."""
    heard: list[Any] = []

    async def answer(comm: Any) -> None:
        while True:
            try:
                heard.append(await comm.read())
                await comm.write("heard")
            except CommClosedError:
                return

    @asynccontextmanager
    async def listening() -> AsyncIterator[tuple[str, list[Any]]]:
        options = papers(folder, member).security().get_listen_args(own)
        listener = await listen(f"tls://{at}:0", answer, deserialize=own != "scheduler", **options)
        try:
            yield listener.contact_address, heard
        finally:
            listener.stop()

    return listening()


async def calling(address: str, folder: Path, member: str, own: str, ca: str = "ca") -> Any:
    return await connect(address, timeout=5, **papers(folder, member, ca).security().get_connection_args(own))


async def said(address: str, folder: Path, member: str, own: str) -> Any:
    """The answer to a question of a member."""
    comm = await calling(address, folder, member, own)
    await comm.write({"op": "identity"})
    return await comm.read()


def run(talk: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(talk(), 20)

    asyncio.run(bounded())


def test_the_roles_of_a_certificate_are_those_it_names_and_no_others(folder: Path) -> None:
    held = {name: roles_in(papers(folder, name).certificate()) for name in (*ROLES, "member", "unnamed")}
    assert held == {**{role: {role} for role in ROLES}, "member": set(ROLES), "unnamed": set()}


@pytest.mark.parametrize("member", ["client", "worker", "member"])
def test_a_scheduler_takes_calls_of_clients_and_workers(member: str, folder: Path) -> None:
    async def talk() -> None:
        async with called(folder, "scheduler", "scheduler") as (address, heard):
            comm = await calling(address, folder, member, "client" if member != "worker" else "worker")
            await comm.write({"op": "identity"})
            assert await comm.read() == "heard"
            assert heard == [{"op": "identity"}]
            comm.abort()

    run(talk)


@pytest.mark.parametrize(
    ("own", "member"),
    [("scheduler", "unnamed"), ("scheduler", "scheduler"), ("scheduler", "stranger"), ("scheduler", "expired"), ("worker", "client"),
     ("worker", "unnamed"), ("worker", "stranger"), ("worker", "expired")],
)  # fmt: skip
def test_whoever_has_no_business_there_is_not_heard(own: str, member: str, folder: Path) -> None:
    async def talk() -> None:
        async with called(folder, own, own) as (address, heard):
            with pytest.raises(REFUSED):
                await said(address, folder, member, "client" if own == "scheduler" else "scheduler")
            assert not heard

    run(talk)


def test_a_worker_is_called_by_workers_of_its_machine_alone(folder: Path) -> None:
    def from_elsewhere(port: int) -> bytes:
        with socket.socket() as line:
            line.bind(("127.0.0.2", 0))  # another address is another machine's
            line.settimeout(5)
            line.connect(("127.0.0.1", port))
            with papers(folder, "worker").context().wrap_socket(line) as talk:
                return talk.recv(1)

    async def talk() -> None:
        async with called(folder, "worker", "worker") as (address, heard):
            comm = await calling(address, folder, "worker", "worker")
            await comm.write("from here")
            assert await comm.read() == "heard"
            comm.abort()
            assert await asyncio.to_thread(from_elsewhere, int(address.rpartition(":")[2])) == b""
            assert heard == ["from here"]

    run(talk)


@pytest.mark.parametrize(
    ("poser", "caller", "own"),
    [("worker", "client", "client"), ("unnamed", "client", "client"), ("unnamed", "scheduler", "scheduler"),
     ("scheduler", "scheduler", "scheduler"), ("client", "client", "client")],
)  # fmt: skip
def test_nobody_passes_for_whom_it_is_not(poser: str, caller: str, own: str, folder: Path) -> None:
    async def talk() -> None:
        async with called(folder, poser, "worker") as (address, _):
            with pytest.raises(REFUSED):
                await calling(address, folder, caller, own)

    run(talk)


def test_a_client_s_certificate_does_not_even_open_a_server_s_handshake(folder: Path) -> None:
    async def talk() -> None:
        async with called(folder, "client", "scheduler") as (address, _):
            with pytest.raises(FatalCommClosedError):
                await calling(address, folder, "client", "client")

    run(talk)


class Planted:
    """An object that writes a file when somebody unpickles it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.file, "run")


def test_what_a_worker_says_is_not_unpickled_by_a_scheduler_and_what_a_client_says_is(folder: Path, tmp_path: Path) -> None:
    async def talk() -> None:
        async with called(folder, "scheduler", "scheduler") as (address, heard):
            worker = await calling(address, folder, "worker", "worker")
            await worker.write({"op": "log_event", "topic": ToPickle(Planted(tmp_path / "by a worker"))})
            with pytest.raises(REFUSED):
                await worker.read()
            assert not heard
            worker = await calling(address, folder, "worker", "worker")
            await worker.write([{"op": "task-finished", "key": "k", "result": to_serialize(Planted(tmp_path / "kept closed"))}])
            await worker.read()
            assert isinstance(heard[0][0]["result"], Serialized)  # passed on as it is
            worker.abort()
            client = await calling(address, folder, "client", "client")
            await client.write({"op": "update-graph", "code": ToPickle(Planted(tmp_path / "by a client"))})
            await client.read()
            client.abort()

    run(talk)
    assert [file.name for file in tmp_path.iterdir()] == ["by a client"]


def test_an_answer_of_a_worker_is_not_unpickled_by_a_scheduler(folder: Path, tmp_path: Path) -> None:
    async def answer(comm: Any) -> None:
        await comm.read()
        await comm.write({"status": "OK", "result": ToPickle(Planted(tmp_path / "run"))})

    async def talk() -> None:
        listener = await listen("tls://127.0.0.1:0", answer, **papers(folder, "worker").security().get_listen_args("worker"))
        comm = await calling(listener.contact_address, folder, "scheduler", "scheduler")
        await comm.write({"op": "versions"})
        with pytest.raises(REFUSED):
            await comm.read()
        listener.stop()

    run(talk)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("said", [
    {"op": "register-client", "client": "c"}, {"op": "run_function", "function": b""}, {"op": "broadcast", "msg": {"op": "run"}},
    [{"op": "task-finished"}, {"op": "update-graph"}], {"op": "restart"}, {"op": "register_worker_plugin"}, {"op": "terminate"},
])  # fmt: skip
def test_a_worker_cannot_ask_a_scheduler_for_what_clients_ask(said: Any, folder: Path) -> None:
    async def talk() -> None:
        async with called(folder, "scheduler", "scheduler") as (address, heard):
            comm = await calling(address, folder, "worker", "worker")
            await comm.write(said)
            with pytest.raises(REFUSED):
                await comm.read()
            assert not heard

    run(talk)


def test_whoever_does_not_end_its_handshake_is_cut_off_and_holds_up_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "HANDSHAKE_SECONDS", 1.0)

    async def talk() -> None:
        async with called(folder, "scheduler", "scheduler") as (address, _):
            stalled = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 5)
            with stalled:
                begun = time.monotonic()
                comm = await calling(address, folder, "client", "client")
                assert time.monotonic() - begun < 0.9
                comm.abort()
                assert await asyncio.to_thread(stalled.recv, 1) == b""
                assert 0.5 < time.monotonic() - begun < 4

    run(talk)


def test_nothing_older_than_tls_1_3_is_spoken(folder: Path) -> None:
    async def talk() -> None:
        async with called(folder, "scheduler", "scheduler") as (address, _):
            context = papers(folder, "client").context()
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            line = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 5)
            with line, pytest.raises(ssl.SSLError, match=r"(?i)alert|version"):
                await asyncio.to_thread(context.wrap_socket, line)

    run(talk)


def test_papers_that_name_no_role_are_told_apart(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="of another role") as found:
        papers(folder, "unnamed").require("client")
    assert "certificate of no role, and client is wanted" in str(found.value.problems[0])
    papers(folder, "member").require(*ROLES)
    with pytest.raises(ConfigError, match="cannot be used") as late:
        papers(folder, "expired").require("client")
    assert "expired" in str(late.value.problems[0])
    authority.make(tmp_path / "new", {"one": ("client",)}, dt.datetime.now(dt.UTC), days=2)
    papers(tmp_path / "new", "one").require("client")
