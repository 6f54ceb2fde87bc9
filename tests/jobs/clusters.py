"""Real clusters for tests: certificates, and schedulers and workers as processes of their own."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from jobs import authority
from jobs.certified import ROLES

ROOT = Path(__file__).parents[2]


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
    """An authority, certificates by role (`scheduler`, `worker`, `client`), of all roles at once (`member`), of none (`unnamed`), expired
    (`expired`), and of another authority (`stranger`, of all roles; `other.pem`)."""
    now = dt.datetime.now(dt.UTC)
    authority.make(folder, {**{role: (role,) for role in ROLES}, "member": ROLES, "unnamed": ()}, now, days=2)
    authority.make(folder, {"expired": ROLES}, now - dt.timedelta(days=3), days=1)
    other = folder / "elsewhere"
    authority.make(other, {"stranger": ROLES}, now, days=2)
    for name in ("stranger.pem", "stranger.key"):
        (other / name).rename(folder / name)
    (other / "ca.pem").rename(folder / "other.pem")


def papers_for(folder: Path, member: str) -> tuple[str, ...]:
    """The options of `cluster start` for a member's papers."""
    return ("--ca", str(folder / "ca.pem"), "--cert", str(folder / f"{member}.pem"), "--key", str(folder / f"{member}.key"))
