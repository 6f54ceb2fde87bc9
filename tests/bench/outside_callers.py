"""Callers at the ports of a cluster, as an attacker on the network is one: what each sends, and whether it is heard.

A member of a cluster speaks first, as soon as it has taken a call, and reads afterwards. So whoever gets no byte of the application was
hung up on before anything of his was decoded. Run as a program within a network namespace it prints what it found as JSON.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import json
import random
import select
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobs.knock import Papers

SECONDS = 8.0
"""How long a caller waits for a word."""
AT_ONCE = 400
Place = tuple[str, int]


def scan(host: str, ports: range, seconds: float = 240.0) -> list[int]:
    """The TCP ports of a host that take calls, AT_ONCE asked at a time. Raises TimeoutError where it takes longer than `seconds`."""
    family, found, end = socket.AF_INET6 if ":" in host else socket.AF_INET, list[int](), time.monotonic() + seconds
    for start in range(0, len(ports), AT_ONCE):
        if time.monotonic() > end:
            raise TimeoutError
        asked = dict[int, tuple[socket.socket, int]]()
        poll = select.poll()
        for port in ports[start : start + AT_ONCE]:
            line = socket.socket(family)
            line.setblocking(False)
            state = line.connect_ex((host, port))
            if state == 0:
                found.append(port)
            if state != errno.EINPROGRESS:
                line.close()
                continue
            asked[line.fileno()] = (line, port)
            poll.register(line, select.POLLOUT)
        patience = time.monotonic() + 3
        while asked and time.monotonic() < patience:
            for file, _ in poll.poll(500):
                line, port = asked.pop(file)
                poll.unregister(file)
                if line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                    found.append(port)
                line.close()
        for line, _ in asked.values():  # nobody answered at all
            line.close()
    return sorted(found)


def plain(place: Place, say: bytes) -> bool:
    """Whether somebody who speaks in the open is heard; a TLS alert is no answer."""
    with suppress(OSError), socket.create_connection(place, SECONDS) as line:
        line.settimeout(SECONDS)
        line.sendall(say)
        line.shutdown(socket.SHUT_WR)
        return line.recv(1) not in (b"", b"\x15")
    return False


def encrypted(place: Place, context: ssl.SSLContext, say: bytes = b"", source: str | None = None) -> bool:
    """Whether somebody who speaks TLS is heard."""
    with suppress(OSError), socket.create_connection(place, SECONDS, (source, 0) if source else None) as line:
        line.settimeout(SECONDS)
        with context.wrap_socket(line) as talk:
            if say:
                talk.sendall(say)
            return talk.recv(1) != b""
    return False


def replayed(place: Place, papers: Papers) -> bool:
    """Whether the bytes that a member sent are taken a second time, from somebody who has no key."""
    incoming, outgoing, sent = ssl.MemoryBIO(), ssl.MemoryBIO(), list[bytes]()
    talk = papers.context().wrap_bio(incoming, outgoing)
    with socket.create_connection(place, SECONDS) as line:
        line.settimeout(SECONDS)
        for step in (talk.do_handshake, lambda: talk.read(1)):
            while True:
                try:
                    step()
                    break
                except ssl.SSLWantReadError:
                    if outgoing.pending:
                        sent.append(outgoing.read())
                        line.sendall(sent[-1])
                    incoming.write(line.recv(1 << 16))
                    if incoming.eof:
                        raise ConnectionAbortedError("the member itself was not heard") from None
    try:
        with socket.create_connection(place, SECONDS) as line:
            line.settimeout(SECONDS)
            for part in sent:
                line.sendall(part)
                if not line.recv(1 << 16):
                    return False
            while line.recv(1 << 16):
                pass
    except TimeoutError:
        return True  # whoever is taken for a member is waited for
    except OSError:
        pass
    return False


def stalled(place: Place, papers: Papers, count: int, limit: float) -> dict[str, Any]:
    """`count` callers who begin no handshake: how long a member's takes meanwhile, and after how long they were all hung up on."""
    begun = time.monotonic()
    lines = [socket.create_connection(place, SECONDS) for _ in range(count)]
    for line in lines[::2]:
        line.sendall(b"\x16\x03\x01")  # half of them have begun one
    member = time.monotonic()
    heard = encrypted(place, papers.context())
    took = time.monotonic() - member
    cut = 0
    for line in lines:
        line.settimeout(max(0.1, limit - (time.monotonic() - begun)))
        with suppress(TimeoutError):
            with suppress(ConnectionError):
                line.recv(1)
            cut += 1
        line.close()
    return {"heard": heard, "took": round(took, 3), "cut": cut, "of": count, "after": round(time.monotonic() - begun, 1)}


def old(papers: Papers, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A member's context that speaks an old version alone."""
    import warnings

    context = papers.context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def without_certificate(ca: str) -> ssl.SSLContext:
    """The context of somebody who has no certificate and believes anybody."""
    context = ssl.create_default_context(cafile=ca)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def forge(folder: Path) -> None:
    """Certificates nobody should take: signed by a member's key (`forged`), and by its own (`selfmade`), both of all roles."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    from jobs.certified import ROLE_PREFIX, ROLES

    signer = x509.load_pem_x509_certificate((folder / "client.pem").read_bytes())
    member = serialization.load_pem_private_key((folder / "client.key").read_bytes(), None)
    now, name = dt.datetime.now(dt.UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "skiptrace cluster")])
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(ROLE_PREFIX + role) for role in ROLES])
    for file in ("forged", "selfmade"):
        own = ec.generate_private_key(ec.SECP256R1())
        by, key = (signer.subject, member) if file == "forged" else (name, own)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(by).public_key(own.public_key()).serial_number(7)
        made = made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1)).add_extension(names, False)
        chain = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)  # type: ignore[arg-type]
        (folder / f"{file}.pem").write_bytes(chain + ((folder / "client.pem").read_bytes() if file == "forged" else b""))
        plain_key = serialization.NoEncryption()
        (folder / f"{file}.key").write_bytes(own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain_key))


def callers(folder: Path, kind: str, source: str | None = None) -> dict[str, Callable[[Place], bool]]:
    """Everybody who must not be heard at a port of this kind, "scheduler" or "worker", by name: whether he is. source: the address that
    TLS callers call from, where it is not the machine's first."""

    def shown(name: str) -> Callable[[Place], bool]:
        return lambda place: encrypted(place, papers_of(folder, name).context(), source=source)

    good = papers_of(folder, "client" if kind == "scheduler" else "scheduler")
    message = struct.pack("<Q", 64) + b"\x82\xa2op\xaaidentity\x00" + bytes(50)
    found: dict[str, Callable[[Place], bool]] = {
        "in the open, with the cluster's own words": lambda place: plain(place, message),
        "a browser": lambda place: plain(place, b"GET /info/main/workers.html HTTP/1.1\r\nHost: cluster\r\n\r\n"),
        "garbage": lambda place: plain(place, random.Random(5).randbytes(1 << 16)),
        "a torn handshake": lambda place: plain(place, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)),
        "replayed bytes of a member": lambda place: replayed(place, good),
        "TLS without a certificate": lambda place: encrypted(place, without_certificate(str(folder / "ca.pem")), source=source),
        "a stranger's certificate": shown("stranger"),
        "an expired certificate": shown("expired"),
        "a certificate that a member signed": shown("forged"),
        "a certificate that signed itself": shown("selfmade"),
        "a certificate without a role": shown("unnamed"),
        "TLS 1.1": lambda place: encrypted(place, old(good, ssl.TLSVersion.TLSv1_1), source=source),
        "TLS 1.2": lambda place: encrypted(place, old(good, ssl.TLSVersion.TLSv1_2), source=source),
    }
    wrong = ("scheduler",) if kind == "scheduler" else ("client", "worker")
    return found | {f"a {role}'s certificate, which is of the wrong role here": shown(role) for role in wrong}


def heard_as(place: Place, folder: Path, member: str, source: str | None = None) -> bool:
    """Whether a member with this certificate is heard."""
    papers = Papers(str(folder / "ca.pem"), str(folder / f"{member}.pem"), str(folder / f"{member}.key"))
    return encrypted(place, papers.context(), source=source)


class Planted:
    """An object that writes a file when somebody unpickles it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (Path(self.file), "run")


def asked_by_a_worker(place: Place, folder: Path, planted: str) -> dict[str, bool]:
    """What somebody with a worker's certificate, who is let in at the scheduler, gets an answer to."""
    from distributed.protocol.serialize import ToPickle

    messages: dict[str, Any] = {
        "to be a client": {"op": "register-client", "client": "c"}, "to run a function": {"op": "run_function", "function": b""},
        "to tell all workers": {"op": "broadcast", "msg": {"op": "identity"}}, "work": [{"op": "update-graph"}],
        "an object": {"op": "log_event", "topic": "t", "msg": ToPickle(Planted(planted))},
    }  # fmt: skip
    return {name: _answered(place, folder, message) for name, message in messages.items()}


def _answered(place: Place, folder: Path, message: Any) -> bool:
    from distributed.comm import connect

    async def ask() -> bool:
        options = papers_of(folder, "worker").security().get_connection_args("worker")
        comm = await connect(f"tls://{place[0]}:{place[1]}", timeout=SECONDS, **options)
        await comm.write(message)
        try:
            await asyncio.wait_for(comm.read(), SECONDS)
        except TimeoutError:
            return True  # whoever is listened to is not hung up on
        except OSError:
            return False
        return True

    return asyncio.run(ask())


def worked(place: Place, folder: Path) -> Any:
    """What the cluster makes of abs(-3) for a client."""
    from distributed import Client

    security = papers_of(folder, "client").security()
    with Client(f"tls://{place[0]}:{place[1]}", security=security, timeout=30, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        return client.submit(abs, -3).result(timeout=60)


def papers_of(folder: Path, name: str) -> Papers:
    """A member's papers."""
    return Papers(str(folder / "ca.pem"), str(folder / f"{name}.pem"), str(folder / f"{name}.key"))


def main(host: str, folder: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """What `wanted` asks for: a scan of all ports, callers at ports by kind, and so on."""
    begun = time.monotonic()
    if wanted["what"] == "scan":
        return {"open": scan(host, range(1, 65_536)), "seconds": round(time.monotonic() - begun, 1)}
    if wanted["what"] == "callers":
        return {port: met((host, int(port)), folder, kind) for port, kind in wanted["ports"].items()}
    place = (host, int(wanted["port"]))
    if wanted["what"] == "worker":
        answered = asked_by_a_worker(place, folder, wanted["planted"])
        return {"answered": answered, "ran": Path(wanted["planted"]).exists()}
    if wanted["what"] == "stalled":
        good = papers_of(folder, "client" if wanted["kind"] == "scheduler" else "scheduler")
        return stalled(place, good, wanted["count"], 90.0)
    return {"answer": worked(place, folder)}


def met(place: Place, folder: Path, kind: str, source: str | None = None) -> dict[str, Any]:
    """Who is heard at a port: its members, and everybody else."""
    good = ("client", "worker") if kind == "scheduler" else ("scheduler",)
    members = {name: encrypted(place, papers_of(folder, name).context(), source=source) for name in good}
    return {"kind": kind, "members": members, "others": {name: act(place) for name, act in callers(folder, kind, source).items()}}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]))))
