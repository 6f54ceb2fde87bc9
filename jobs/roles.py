"""Roles of a cluster's members: who may speak with whom, told by certificates, before any message is decoded.

The cluster's library asks for a certificate of the same authority and for nothing else. Here each certificate says what its holder is: a
scheduler, a worker, a client (a run). A member hangs up on whoever is of another role than those it deals with; what a worker sends the
scheduler is held to what workers say, and nothing of it is unpickled. Importing this module makes that so for every `tls://` connection
of the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

from distributed import Nanny, Scheduler, Worker
from distributed.comm import registry
from distributed.comm.core import CommClosedError, FatalCommClosedError
from distributed.comm.tcp import TLS, TLSBackend, TLSConnector, TLSListener
from distributed.protocol import core as protocol
from distributed.security import Security

from jobs.certified import roles_in

HANDSHAKE_SECONDS = 30.0
"""How long somebody who calls may take until both certificates are shown. A member that is busy with a task takes its time, too."""
START_SECONDS = 300.0
"""How long a worker process may take until it is there."""
TAKES_CALLS_FROM = {"scheduler": frozenset({"client", "worker"}), "worker": frozenset({"scheduler"})}
"""Whose calls a member takes. Workers of one machine, and those who watch over them, also speak with each other."""
CALLS = {"client": frozenset({"scheduler"}), "worker": frozenset({"scheduler"}), "scheduler": frozenset({"worker"})}
"""Whom a member calls."""
WORKERS_SAY = frozenset({
    "register-worker", "register_nanny", "unregister", "heartbeat_worker", "identity", "who_has", "log_event", "close",
    "task-finished", "task-erred", "release-worker-data", "add-keys", "long-running", "reschedule", "keep-alive", "log-event",
    "worker-status-change", "request-refresh-who-has", "close-stream",
})  # fmt: skip
"""All that a worker has to say to a scheduler."""
_log = logging.getLogger("distributed.comm.tcp")
_unread: ContextVar[bool] = ContextVar("pickles are not read", default=False)


class PickleRefused(ValueError):
    """Somebody sent an object where only words and numbers are taken."""


def _loads(*args: Any, **options: Any) -> Any:
    if _unread.get():
        raise PickleRefused("a pickled object of a worker is not read here")
    return _pickle.loads(*args, **options)


_pickle: Any = protocol.pickle  # type: ignore[attr-defined]


class Roles(Security):
    """Papers as the cluster's classes take them, with the role in which they are used."""

    def get_listen_args(self, role: str) -> dict[str, Any]:
        """See `Security`."""
        return {**super().get_listen_args(role), "own_role": role}  # type: ignore[no-untyped-call]

    def get_connection_args(self, role: str) -> dict[str, Any]:
        """See `Security`."""
        return {**super().get_connection_args(role), "own_role": role}  # type: ignore[no-untyped-call]


class _Held(TLS):
    """What a scheduler and a worker say to each other, as the scheduler hears it."""

    calls = False
    """Whether this end asks, and reads answers."""

    async def read(self, deserializers: Any = None) -> Any:
        token = _unread.set(True)
        try:
            said = await super().read(deserializers)  # type: ignore[no-untyped-call]
        except PickleRefused:
            self._hang_up("sent a pickled object")
        finally:
            _unread.reset(token)
        for one in () if self.calls else said if isinstance(said, list | tuple) else (said,):
            if isinstance(one, Mapping) and "op" in one and one["op"] not in WORKERS_SAY:
                self._hang_up(f"asked for {str(one['op'])[:40]!r}, which is no worker's to ask")
        return said

    def _hang_up(self, why: str) -> None:
        _log.warning("a worker at %r %s: refused", self.peer_address, why)
        self.abort()
        raise CommClosedError(f"a worker {why}")


def _held(comm: Any, calls: bool) -> Any:
    comm.__class__ = _Held
    comm.calls, comm.allow_offload, comm.deserialize = calls, False, False
    return comm


class _Listener(TLSListener):
    """Takes calls of the roles that its own deals with."""

    def _get_server_args(self, **connection_args: Any) -> Any:
        self.own_role = connection_args.get("own_role")
        return super()._get_server_args(**connection_args)  # type: ignore[no-untyped-call]

    async def _prepare_stream(self, stream: Any, address: str) -> Any:
        try:
            ready = await asyncio.wait_for(super()._prepare_stream(stream, address), HANDSHAKE_SECONDS)  # type: ignore[no-untyped-call]
        except TimeoutError:
            _log.warning("Listener on %r: no TLS handshake with %r within %g s", self.listen_address, address, HANDSHAKE_SECONDS)
            stream.close()
            return None
        if ready is None or self.own_role is None:
            return ready
        roles = roles_in(ready.socket.getpeercert())
        same_machine = ready.socket.getsockname()[0] == ready.socket.getpeername()[0]
        if roles & TAKES_CALLS_FROM[self.own_role] or (self.own_role == "worker" and "worker" in roles and same_machine):
            return ready
        _log.warning("Listener on %r: %r is refused: its certificate names %s", self.listen_address, address, _named(roles))
        ready.close()
        return None

    async def on_connection(self, comm: Any, handshake_overrides: Any = None) -> None:
        if self.own_role == "scheduler" and "client" not in roles_in(comm.extra_info.get("peercert")):
            _held(comm, calls=False)
        await super().on_connection(comm, handshake_overrides)


class _Connector(TLSConnector):
    """Speaks with those whom it meant to call."""

    async def connect(self, address: str, deserialize: bool = True, **connection_args: Any) -> Any:
        comm = await super().connect(address, deserialize, **connection_args)  # type: ignore[no-untyped-call]
        own = connection_args.get("own_role")
        if own is None:
            return comm
        roles = roles_in(comm.extra_info.get("peercert"))
        if not roles & CALLS[own] and not (own == "worker" and "worker" in roles and comm.same_host):
            comm.abort()
            raise FatalCommClosedError(f"what answers at {address} has a certificate of {_named(roles)}")
        return _held(comm, calls=True) if own == "scheduler" else comm


class _Backend(TLSBackend):
    _connector_class = _Connector
    _listener_class = _Listener


def _named(roles: frozenset[str]) -> str:
    return ", ".join(sorted(roles)) or "no role"


def _no_browser(self: Any, *args: Any, **options: Any) -> None:
    """The library opens a port for browsers, in the open, whatever its settings say of dashboards."""


class QuietScheduler(Scheduler):
    """A scheduler without a port for browsers."""

    start_http_server = _no_browser


class QuietWorker(Worker):
    """A worker without a port for browsers, which joins when it has loaded the program: one that loads it when it is first asked is not
    heard of meanwhile, and on a busy machine is taken for dead."""

    start_http_server = _no_browser

    def __init__(self, *args: Any, **options: Any) -> None:
        import jobs.examine  # noqa: F401 - it brings all that a worker is asked for first

        super().__init__(*args, **options)


class QuietNanny(Nanny):
    """Who watches over such a worker: it may take START_SECONDS to load on a machine that is busy, and `death_timeout` to find its
    scheduler."""

    def __init__(self, *args: Any, death_timeout: float, **options: Any) -> None:
        super().__init__(*args, **{**options, "worker_class": QuietWorker, "death_timeout": START_SECONDS})
        self.worker_kwargs["death_timeout"] = death_timeout


setattr(protocol, "pickle", SimpleNamespace(dumps=_pickle.dumps, loads=_loads))  # noqa: B010 - a module is no place for another type
registry.backends["tls"] = _Backend()
