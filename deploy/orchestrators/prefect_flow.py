"""The nightly run as a Prefect flow: `prefect` starts the command and reads its exit code. 75 is safe to run again and is tried again;
any other failure wants a person, and a run whose exports are held (4) is a failure as well."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from prefect import flow, task

PROGRAM = os.environ.get("SKIPTRACE", "/opt/skiptrace/.venv/bin/skiptrace")
PROJECT = os.environ.get("SKIPTRACE_PROJECT", "/var/lib/skiptrace/project")
SAFE_TO_RERUN = 75


class EndedWith(Exception):
    """The command ended with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"skiptrace ended with {code}")
        self.code = code


def again(task: Any, run: Any, state: Any) -> bool:
    """Whether a failure is worth another try."""
    try:
        state.result()
    except EndedWith as ended:
        return ended.code == SAFE_TO_RERUN
    except Exception:
        return False
    return False


@task(retries=5, retry_delay_seconds=float(os.environ.get("SKIPTRACE_PAUSE", "60")), retry_condition_fn=again)
def nightly() -> dict[str, Any]:
    """Run the night; what the command says of it."""
    command = [PROGRAM, "--json", "--project", PROJECT, "nightly"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # nosec B603 # a fixed command
    if done.returncode:
        raise EndedWith(done.returncode)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@flow
def skiptrace_night() -> str:
    """The night; the id of its run."""
    return str(nightly()["run_id"])


if __name__ == "__main__":
    print(skiptrace_night())
