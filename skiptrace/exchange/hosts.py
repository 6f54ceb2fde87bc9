"""Which server of SFTP is meant, and a connection to it. The server must have the key that the project pinned; one with another key, or
that nobody pinned, is never spoken to: not a name, not a password reaches it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from skiptrace.errors import ConfigError, Problem, StoreUnavailable
from skiptrace.exchange.boxes import library
from skiptrace.project.exchange import SFTP

CONNECT: Final = 15.0
"""Seconds within which a server must answer, and each step of the greeting must be done."""
_KINDS: Final = ("ssh-ed25519", "ecdsa-", "rsa")
"""Kinds of host key that are asked for in turn: a server shows one of each, and the pinned one may be any of them."""


@dataclass(frozen=True)
class Host:
    """A server, the folder there, and who we are; `place` names the section of the project file in messages. `pins` are fingerprints
    (SHA256:…) of which the server's key must be one."""

    user: str
    host: str
    port: int
    folder: str
    place: str
    pins: frozenset[str]
    key: Any = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """How messages name it."""
        return f"{self.host}:{self.port}"


def host_of(address: str, place: str, pins: frozenset[str], key: Any = None, password: str | None = None) -> Host:
    """The host of an address `sftp://user@host:port/folder`, as the project file accepted it. A folder that begins with `/~/` starts at
    the user's home."""
    found = SFTP.fullmatch(address)
    assert found is not None  # noqa: S101 - the project file has checked it
    folder = found["folder"] or "/~"
    folder = folder[3:] or "." if folder == "/~" or folder.startswith("/~/") else folder
    return Host(found["user"], found["host"].strip("[]"), int(found["port"] or 22), folder, place, pins, key, password)


def fingerprint(key: Any) -> str:
    """The fingerprint of a public key, as OpenSSH prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def pinned_in(file: Path, host: str, port: int, place: str) -> frozenset[str]:
    """The fingerprints of a server's keys in a known_hosts file. Raises ConfigError (exit 2) where there are none."""
    paramiko = library("paramiko", "sftp")
    known = paramiko.HostKeys()
    try:
        known.load(str(file))
    except (OSError, ValueError, paramiko.SSHException):
        raise _wrong(f"{place}.known_hosts", "cannot be read", "name a known_hosts file of OpenSSH") from None
    found: Mapping[str, Any] = known.lookup(host if port == 22 else f"[{host}]:{port}") or {}
    if not found:
        raise _wrong(f"{place}.known_hosts", f"knows no key of {host}:{port}", "ask the vendor for it, then add it there")
    return frozenset(fingerprint(found[kind]) for kind in found)


def private_key(secret: bytes, passphrase: str | None, place: str) -> Any:
    """A private key of OpenSSH's or PEM form. Raises ConfigError (exit 2) where it is none, or the passphrase does not open it."""
    paramiko = library("paramiko", "sftp")
    locked = False
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(secret.decode("ascii", "replace")), passphrase)
        except paramiko.PasswordRequiredException:
            locked = True
        except Exception:  # noqa: S112 # nosec B112 # each kind has its own errors for a key of another
            continue
    if locked or passphrase:
        raise _wrong(f"{place}.passphrase", "does not open the key, or there is none", "give the passphrase of the key")
    raise _wrong(f"{place}.key", "is not a private key for SSH", "a file as ssh-keygen writes it")


def connect(host: Host) -> Any:
    """A transport to the server, whose key was pinned and which let us in.

    Raises ConfigError (exit 2) for another key, with both fingerprints, and for refused credentials; StoreUnavailable (exit 69) where
    nobody answers."""
    paramiko = library("paramiko", "sftp")
    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)  # its threads tell on stderr what is told here as an error
    shown: list[str] = []
    for kind in _KINDS:
        transport, seen = _greeted(paramiko, host, kind)
        if transport is None:
            continue
        if seen in host.pins:
            try:
                _let_in(paramiko, transport, host)
            except BaseException:
                transport.close()
                raise
            return transport
        shown.append(seen)
        transport.close()
    if not shown:
        raise _silent(host, "offers no kind of key or cipher that is known here")
    what = f"{host.shown} shows the key {', '.join(shown)}; the pinned one is {', '.join(sorted(host.pins))}"
    mend = "nothing was sent: ask the vendor by phone whether the key was changed, and only then correct host_key"
    raise ConfigError("the server is not the one that was pinned", (Problem(host.place, "host_key", what, mend),))


def _greeted(paramiko: Any, host: Host, kind: str) -> tuple[Any, str]:
    """A transport that has shown a key of this kind and was told nothing yet, and the key's fingerprint; None where the server has none."""
    try:
        link = socket.create_connection((host.host, host.port), timeout=CONNECT)
    except OSError as error:
        raise _silent(host, type(error).__name__) from None
    transport = None
    try:
        transport = paramiko.Transport(link)
        transport.banner_timeout = transport.auth_timeout = CONNECT
        options = transport.get_security_options()
        options.key_types = tuple(name for name in options.key_types if (name.startswith(kind) if kind != "rsa" else "rsa" in name))
        transport.start_client(timeout=CONNECT)
        return transport, fingerprint(transport.get_remote_server_key())
    except (OSError, EOFError, paramiko.SSHException) as error:
        if transport is not None:
            transport.close()
        link.close()
        if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
            return None, ""
        raise _silent(host, type(error).__name__) from None


def _let_in(paramiko: Any, transport: Any, host: Host) -> None:
    try:
        if host.key is not None:
            transport.auth_publickey(host.user, host.key)
        if not transport.is_authenticated() and host.password is not None:
            transport.auth_password(host.user, host.password)
    except (paramiko.AuthenticationException, paramiko.ssh_exception.BadAuthenticationType):
        pass
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise _silent(host, type(error).__name__) from None
    if not transport.is_authenticated():
        what = f"{host.shown} does not let this user in"
        raise _wrong(host.place, what, "correct key or password; ask the vendor to install our public key")


def _silent(host: Host, why: str) -> StoreUnavailable:
    return StoreUnavailable(f"{host.shown}: the server does not answer ({why}) — see that it is up and may be reached, then run again")


def _wrong(place: str, what: str, mend: str) -> ConfigError:
    return ConfigError("a server for exchanged files cannot be used", (Problem(place, "", what, mend),))
