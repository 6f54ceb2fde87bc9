"""Deliveries and fetches in processes of their own, which tests kill. They are forked from a process that has no threads and loaded
the program once."""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
import tempfile
from multiprocessing.process import BaseProcess
from pathlib import Path

from jobs import delivering, receiving
from skiptrace.project import load
from skiptrace.results import latest
from skiptrace.store import points

_CLEAN = multiprocessing.get_context("forkserver")
_CLEAN.set_forkserver_preload(["tests.exchange_processes"])


def started(kind: str, project: Path, stop: str = "") -> BaseProcess:
    """A process that delivers or receives, and dies at the point `stop`, as if killed there, with 9."""
    process = _CLEAN.Process(target=act, args=(kind, str(project), tempfile.gettempdir(), stop))
    process.start()
    return process


def get_ready() -> None:
    """Make what processes are started with, in the temporary folder of now."""
    multiprocessing.util.get_temp_dir()


def act(kind: str, project: str, temporary: str, stop: str) -> None:
    """What the process does."""
    os.umask(0o077)
    tempfile.tempdir = temporary

    def passed(point: str) -> None:
        if point == stop:
            os._exit(9)

    if stop:
        points.passed = passed
    if kind == "deliver":
        delivering.deliver(latest(Path(project)), load(Path(project), os.environ))
    else:
        receiving.receive(Path(project))
