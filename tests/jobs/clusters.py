"""Real clusters for tests: certificates, and schedulers and workers as processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True)
class Running:
    """A process of a cluster, and the scheduler's address."""

    process: subprocess.Popen[str]
    address: str

    def workers(self) -> list[psutil.Process]:
        """The worker processes below it, oldest first."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        return sorted((one for one in below if "spawn_main" in " ".join(one.cmdline())), key=lambda one: one.create_time())


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def cluster(*options: str) -> Iterator[Running]:
    """`skiptrace cluster start` with these options, until the context ends."""
    command = [sys.executable, "-m", "jobs.cli", "--json", "cluster", "start", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    try:
        assert process.stdout is not None
        told = process.stdout.readline() + process.stdout.readline() + process.stdout.readline() + process.stdout.readline()
        yield Running(process, json.loads(told)["scheduler"])
    finally:
        for one in (*psutil.Process(process.pid).children(recursive=True), process) if process.poll() is None else ():
            one.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def make_papers(folder: Path) -> None:
    """An authority, a member's certificate (`member.pem`, `member.key`), one that has expired and one of another authority."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make certificates")
    authority(folder, "ca")
    authority(folder, "other")
    for name, signer, days in (("member", "ca", "2"), ("expired", "ca", "-1"), ("stranger", "other", "2")):
        _openssl(folder, "req", *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-out", f"{name}.pem",
                 "-days", days)  # fmt: skip


def authority(folder: Path, name: str) -> None:
    _openssl(folder, "req", "-x509", *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2", "-subj", f"/CN={name}")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
