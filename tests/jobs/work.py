"""Work for the tests of schedulers: functions that a task can name, in a module that every process can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from skiptrace.store.tables import read_table

FAKE_NAME, FAKE_SSN = "JOCASTA QUENBY", "078-05-1120"


def note(folder: str, name: str) -> dict[str, Any]:
    """Leave a trace in a folder; the receipt says who did it."""
    with (Path(folder) / "trace").open("a") as file:
        file.write(f"{name}\n")
    return {"name": name, "process": os.getpid()}


def wait(seconds: float) -> dict[str, Any]:
    """Be busy for a while."""
    time.sleep(seconds)
    return {"waited": seconds}


def report_and_wait(folder: str, seconds: float) -> dict[str, Any]:
    """Say which process is busy, and be busy."""
    (Path(folder) / f"busy-{os.getpid()}").touch()
    return wait(seconds)


def fail(name: str) -> dict[str, Any]:
    """Fail as a library does: with a person's values in the text."""
    raise ValueError(f"could not parse {name} of {FAKE_NAME}, {FAKE_SSN}")


def fail_within(name: str) -> dict[str, Any]:
    """Fail while handling an error that quotes a person's values."""
    try:
        return fail(name)
    except ValueError as error:
        raise KeyError(FAKE_NAME) from error


def die() -> dict[str, Any]:
    """End the process as a lack of memory does."""
    os._exit(9)


def die_until(folder: str, times: int) -> dict[str, Any]:
    """End the process, the first `times` times."""
    with (Path(folder) / "deaths").open("a") as file:
        file.write("x")
    if len((Path(folder) / "deaths").read_text()) <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"process": os.getpid()}


def stand_still(folder: str, times: int) -> dict[str, Any]:
    """Stop the process as a host that hangs does, the first `times` times."""
    with (Path(folder) / "stops").open("a") as file:
        file.write("x")
    if len((Path(folder) / "stops").read_text()) <= times:
        os.kill(os.getpid(), signal.SIGSTOP)
    return {"process": os.getpid()}


def take(megabytes: int) -> dict[str, Any]:
    """Hold so much memory for a while."""
    held = bytearray(b"x") * (megabytes << 20)
    time.sleep(0.5)
    return {"held": len(held), "process": os.getpid()}


def refuse(folder: str, times: int, number: int) -> dict[str, Any]:
    """Meet a disk that refuses, the first `times` times."""
    with (Path(folder) / "refusals").open("a") as file:
        file.write("x")
    if len((Path(folder) / "refusals").read_text()) <= times:
        raise OSError(number, "refused", FAKE_NAME)
    return {}


def need_memory() -> dict[str, Any]:
    """Ask for memory that is not there."""
    raise MemoryError(FAKE_NAME)


def bare(receipt: dict[str, Any]) -> dict[str, Any]:
    """A receipt without what the task cost, which no two runs share."""
    return {name: value for name, value in receipt.items() if name != "cost"}


def with_rows(receipt: dict[str, Any]) -> dict[str, Any]:
    """A receipt with the rows of the tables it names instead of their files, whose bytes depend on how they came piece by piece."""
    files = {name: value for name, value in receipt.items() if isinstance(value, dict) and "sha256" in value}
    return bare(receipt) | {name: read_table(value).to_pylist() for name, value in files.items()}
