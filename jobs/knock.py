"""Whether a scheduler answers at an address, told apart: nobody there, TLS or none, a certificate that nobody trusts.

The cluster's own client reports all of these as one time-out."""

from __future__ import annotations

import datetime as dt
import re
import socket
import ssl
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.certified import ROLES, roles_in
from skiptrace.errors import ConfigError, Problem, SafeToRerun, UnsafePermissions
from skiptrace.project import Project

CONNECT_SECONDS = 15.0
"""How long a scheduler may take to answer."""
GREETING_SECONDS = 5.0
"""How long one that took the call may take to speak first, which it always does."""
RENEW_DAYS = 30
"""So many days before a certificate ends it is told."""
_ADDRESS = re.compile(r"(tls|tcp)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_LOOPBACK = re.compile(r"127(\.[0-9]{1,3}){3}|localhost|\[::1\]")


@dataclass(frozen=True)
class Papers:
    """The PEM files of one end of a connection: who it trusts, its certificate and the key of that."""

    ca: str
    cert: str
    key: str

    def context(self, server: bool = False) -> ssl.SSLContext:
        """The TLS context of this end: the other end must show a certificate of the same authority. Names are not compared: the
        authority signs for nobody but members of the cluster."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH if server else ssl.Purpose.SERVER_AUTH, cafile=self.ca)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self.cert, self.key)
        return context

    def security(self) -> Any:
        """The same for the cluster's own classes, without which nothing is said in the open."""
        from jobs.roles import Roles

        sides = {f"tls_{side}_{what}": getattr(self, what) for side in ROLES for what in ("cert", "key")}
        least = ssl.TLSVersion.TLSv1_3
        return Roles(tls_ca_file=self.ca, require_encryption=True, tls_min_version=least, **sides)  # type: ignore[no-untyped-call]

    def certificate(self) -> dict[str, Any]:
        """Our certificate, as the other end of a connection is told it (`ssl.SSLSocket.getpeercert`). Raises ssl.SSLError where our own
        authority does not accept it, as when it has expired."""
        there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
        caller = self.context()
        caller.verify_mode = ssl.CERT_NONE  # a client's would not do for the end that is called
        ends = (caller.wrap_bio(there, here), self.context(server=True).wrap_bio(here, there, server_side=True))
        for _ in range(3):
            for end in ends:
                with suppress(ssl.SSLWantReadError):
                    end.do_handshake()
        return dict(ends[1].getpeercert() or {})

    def days_left(self, now: dt.datetime) -> int:
        """Whole days until our certificate ends. Raises as `certificate`."""
        return int((ssl.cert_time_to_seconds(self.certificate()["notAfter"]) - now.timestamp()) // 86_400)

    def require(self, *roles: str) -> None:
        """Raise ConfigError (exit 2) where our certificate does not name these roles, or our own authority does not accept it."""
        name = Path(self.cert).name
        try:
            held = roles_in(self.certificate())
        except ssl.SSLError as error:
            why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else "it cannot be read"
            problem = Problem(name, "", f"its own authority refuses it: {why}", "make it anew with `skiptrace cluster certs`")
            raise ConfigError("the certificates cannot be used", (problem,)) from None
        if missing := sorted(set(roles) - held):
            what = f"is a certificate of {', '.join(sorted(held)) or 'no role'}, and {', '.join(missing)} is wanted"
            mend = f"make one with `skiptrace cluster certs --name NAME --role {' --role '.join(roles)}`"
            raise ConfigError("the certificate is of another role", (Problem(name, "", what, mend),))


def address_problem(address: str) -> str | None:
    """What is wrong with a scheduler's address, None where nothing is: open ones stay on this machine."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return "is no scheduler's address — write tls://host:port"
    if found[1] == "tcp" and not _LOOPBACK.fullmatch(found[2]):
        return "an open scheduler address is allowed on this machine only — use tls://host:port, or tcp://127.0.0.1:port"
    return None


def parts(address: str) -> tuple[str, int]:
    """Host and port of an address in which nothing is wrong."""
    host, _, port = address.split("://", 1)[1].rpartition(":")
    return host, int(port)


def papers_of(project: Project, address: str) -> Papers | None:
    """The project's papers for `address`; None for an open address on this machine.

    Raises ConfigError (exit 2) where the address leaves this machine in the open or papers are missing, UnsafePermissions (78) where
    others may read the key."""
    if problem := address_problem(address):
        raise ConfigError(f"{address!r}: {problem}")
    if address.startswith("tcp"):
        return None
    runtime = project.runtime
    stated = {f"runtime.{name}": getattr(runtime, name) for name in ("tls_ca", "tls_cert", "tls_key")}
    return read_papers(project.folder, project.file.name, stated)


def read_papers(base: Path, file: str, stated: dict[str, str | None]) -> Papers:
    """Papers by the names that authority, certificate and key have in `file`, in this order; relative paths start at `base`. Raises as
    `papers_of`."""
    problems, places = [], []
    for name, text in stated.items():
        place = base / text if text else None
        if place is None:
            problems.append(Problem(file, name, "is needed for a tls:// address", "name the PEM file"))
        elif not place.is_file():
            problems.append(Problem(file, name, "names no file", "correct the path"))
        else:
            places.append(str(place))
    if problems:
        raise ConfigError("a tls:// scheduler wants certificates of both ends", tuple(problems))
    found = Papers(*places)
    if Path(found.key).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnsafePermissions(f"{Path(found.key).name}: other users may read this key — chmod 600 it")
    try:
        found.context()
    except (ssl.SSLError, OSError):
        problem = Problem(file, list(stated)[1], "is no certificate of that key, or a file is no PEM file", "make them anew")
        raise ConfigError("the certificates cannot be used", (problem,)) from None
    return found


def knock(address: str, papers: Papers | None) -> None:
    """Return when a scheduler speaks at `address`. Raises SafeToRerun (75) where nobody answers, ConfigError (2) where somebody
    answers who cannot be spoken with."""
    host, port = parts(address)
    place = (host.strip("[]"), port)
    try:
        line = socket.create_connection(place, CONNECT_SECONDS)
    except OSError:
        raise SafeToRerun(f"no scheduler answers at {address} — start it, or choose another with --scheduler") from None
    with line:
        line.settimeout(GREETING_SECONDS)
        try:
            with line if papers is None else papers.context().wrap_socket(line) as talk:
                if isinstance(talk, ssl.SSLSocket) and "scheduler" not in roles_in(talk.getpeercert()):
                    problem = Problem(address, "certificate", "is not a scheduler's", "correct the address")
                    raise ConfigError(f"what answers at {address} is no scheduler", (problem,))
                if talk.recv(1):
                    return
        except ssl.SSLError as error:
            what = f"the scheduler at {address} cannot be trusted, or does not trust this end"
            raise ConfigError(what, (_told(error, address),)) from None
        except OSError:
            pass
    if papers is None and _speaks_tls(place):
        problem = Problem("[runtime]", "scheduler", "the scheduler there speaks TLS only", "write tls:// and name the certificates")
        raise ConfigError(f"{address} is no open address", (problem,))
    raise SafeToRerun(f"what answers at {address} is no scheduler, or it is too busy to answer — run the same command again")


def _told(error: ssl.SSLError, address: str) -> Problem:
    reason = (error.reason or "").lower().replace("_", " ")
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"the scheduler's is refused: {error.verify_message}"
        return Problem(address, "certificate", what, "make it anew, from the authority of tls_ca")
    if "wrong version" in reason or "record layer" in reason:
        return Problem(address, "TLS", "the scheduler there speaks in the open", "start it with certificates")
    return Problem(address, "certificate", f"ours is refused: {reason}", "make tls_cert anew, from the authority that the scheduler trusts")


def _speaks_tls(place: tuple[str, int]) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(place, CONNECT_SECONDS) as line:
            line.settimeout(GREETING_SECONDS)
            with context.wrap_socket(line):
                return True
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")  # it answered in TLS, and wants a certificate
    except OSError:
        return False
