"""A real server of SFTP for tests, on loopback: Debian's sshd with a configuration, host keys and a user's key of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.object_store import free_ports

_WAIT = 20.0


@dataclass
class SftpServer:
    """A server that runs: its port, its process, the user's private key, the fingerprints of its host keys by kind."""

    port: int
    key: Path
    pins: dict[str, str]
    known_hosts: Path
    process: subprocess.Popen[bytes]

    @property
    def pin(self) -> str:
        return self.pins["ed25519"]

    def address(self, folder: Path) -> str:
        """The address of a folder of this machine."""
        return f"sftp://{getpass.getuser()}@127.0.0.1:{self.port}{folder}"


def found() -> str | None:
    """Where sshd is."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpServer]:
    """sshd over this machine's files, for the current user alone; all that it needs is in `folder`. It has ended when this ends."""
    program = found()
    assert program is not None
    pins, lines = {}, []
    for kind in ("ed25519", "rsa"):
        _generate(folder / f"host_{kind}", kind)
        pins[kind] = _fingerprint(folder / f"host_{kind}.pub")
        lines.append(f"HostKey {folder / f'host_{kind}'}")
    key = folder / "user"
    _generate(key, "ed25519")
    (folder / "authorized").write_text(key.with_suffix(".pub").read_text())
    (port,) = free_ports(1)
    config = folder / "config"
    config.write_text("\n".join([
        f"Port {port}", "ListenAddress 127.0.0.1", *lines, f"AuthorizedKeysFile {folder / 'authorized'}", f"PidFile {folder / 'pid'}",
        "StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
        "AllowTcpForwarding no", "X11Forwarding no", "MaxStartups 100", "Subsystem sftp internal-sftp", "ForceCommand internal-sftp", "",
    ]))  # fmt: skip
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd of root wants to shut itself in
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} " + " ".join((folder / "host_ed25519.pub").read_text().split()[:2]) + "\n")
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([program, "-D", "-e", "-f", str(config)], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        begun = time.monotonic()
        while not _greets(port):
            if process.poll() is not None or time.monotonic() - begun > _WAIT:
                raise RuntimeError(f"sshd did not start: {(folder / 'log').read_text()[-500:]}")
            time.sleep(0.05)
        yield SftpServer(port, key, pins, known, process)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def _generate(file: Path, kind: str) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", str(file)], check=True, capture_output=True, timeout=60)


def _fingerprint(public: Path) -> str:
    return subprocess.run(["ssh-keygen", "-lf", str(public)], check=True, capture_output=True, text=True, timeout=20).stdout.split()[1]


def _greets(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as link:
        return link.recv(4) == b"SSH-"
    return False
