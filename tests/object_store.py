"""Real object stores for tests, on loopback, each with a folder and ports of its own: SeaweedFS, and rclone's S3 server, which
lies about conditional puts."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import fsspec

KEY, SECRET, BUCKET = "tester", "tester-secret", "projects"
_WAIT = 30.0


@dataclass(frozen=True)
class Server:
    """A store that runs: where it answers, and its process."""

    endpoint: str
    process: subprocess.Popen[bytes]

    def environment(self) -> dict[str, str]:
        """What a program needs to find it and to be let in."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }  # fmt: skip


def found(program: str) -> str | None:
    """Where a server's program is: beside the interpreter, or on the path."""
    beside = Path(sys.executable).parent / program
    return str(beside) if beside.is_file() else shutil.which(program)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now, low enough that no connection is given one as its own meanwhile. Processes that were started one
    after another, as those of a test run are, look in different places: between asking for a port and taking it lies time."""
    ports: list[int] = []
    start = 20_000 + os.getpid() * 32 % 11_000
    for port in range(start, 32_000):
        with contextlib.suppress(OSError), socket.socket() as tried:
            tried.bind(("127.0.0.1", port))
            ports.append(port)
        if len(ports) == count:
            break
    return ports


@contextmanager
def seaweed(folder: Path, ports: list[int] | None = None) -> Iterator[Server]:
    """SeaweedFS with its data in `folder`; started again there it has what it had."""
    program = found("weed")
    assert program is not None
    (folder / "data").mkdir(parents=True, exist_ok=True)
    keys = {"identities": [{"name": "t", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}]}
    (folder / "keys.json").write_text(json.dumps(keys))
    a, b, c, d, e, f, g, h = ports or free_ports(8)
    command = [
        program, "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={a}", f"-master.port.grpc={b}",
        f"-volume.port={c}", f"-volume.port.grpc={d}", "-filer", f"-filer.port={e}", f"-filer.port.grpc={f}", "-s3", f"-s3.port={g}",
        f"-s3.port.grpc={h}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false",
        f"-s3.config={folder / 'keys.json'}", "-master.volumeSizeLimitMB=64", "-volume.max=30",
        "-volume.preStopSeconds=0",
    ]  # fmt: skip
    with _running(command, folder, f"http://127.0.0.1:{g}") as server:
        yield server


def make_bucket() -> str:
    """Make the bucket on the store that the environment names, as soon as it is ready; returns its URL."""
    system = fsspec.filesystem("s3", use_listings_cache=False)
    for _ in range(100):
        with contextlib.suppress(OSError):
            system.mkdir(BUCKET, create_parents=True)
        if system.exists(BUCKET):
            break
        time.sleep(0.1)
    return f"s3://{BUCKET}"


@contextmanager
def rclone(folder: Path) -> Iterator[Server]:
    """rclone's S3 server over `folder`: it answers 200 to a second conditional put, and overwrites."""
    program = found("rclone")
    assert program is not None
    (folder / "data" / BUCKET).mkdir(parents=True)
    (port,) = free_ports(1)
    command = [program, "serve", "s3", str(folder / "data"), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET}", "--config", ""]
    with _running(command, folder, f"http://127.0.0.1:{port}") as server:
        yield server


@contextmanager
def _running(command: list[str], folder: Path, endpoint: str) -> Iterator[Server]:
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder)
    try:
        begun = time.monotonic()
        while not _answers(endpoint):
            if process.poll() is not None or time.monotonic() - begun > _WAIT:
                raise RuntimeError(f"the store did not start: {(folder / 'log').read_text()[-500:]}")
            time.sleep(0.05)
        yield Server(endpoint, process)
    finally:
        process.kill()
        process.wait()


def _answers(endpoint: str) -> bool:
    """Whether an HTTP server answers, whatever it says."""
    host, port = endpoint.removeprefix("http://").split(":")
    asked = http.client.HTTPConnection(host, int(port), timeout=2)
    try:
        asked.request("GET", "/")
        asked.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()
    return True


def forget_clients() -> None:
    """Let the store's clients go that this process has: the environment that they were made with has changed."""
    fsspec.get_filesystem_class("s3").clear_instance_cache()
