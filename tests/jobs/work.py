"""Work for the tests of schedulers: functions that a task can name, in a module that every process can import."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

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


def bare(receipt: dict[str, Any]) -> dict[str, Any]:
    """A receipt without what the task cost, which no two runs share."""
    return {name: value for name, value in receipt.items() if name != "cost"}
