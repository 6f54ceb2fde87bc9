"""The nightly run as an Airflow DAG: Airflow starts the command and reads its exit code. 75 is safe to run again and is tried again; any
other failure wants a person, and a run whose exports are held (4) is a failure as well."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

PROGRAM = os.environ.get("SKIPTRACE", "/opt/skiptrace/.venv/bin/skiptrace")
PROJECT = os.environ.get("SKIPTRACE_PROJECT", "/var/lib/skiptrace/project")
PAUSE = dt.timedelta(seconds=float(os.environ.get("SKIPTRACE_PAUSE", "60")))
SAFE_TO_RERUN = 75


@dag(schedule="30 1 * * *", start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), catchup=False, max_active_runs=1)
def skiptrace_night() -> None:
    """The night."""

    @task(retries=5, retry_delay=PAUSE)
    def nightly() -> str:
        """Run the night; the id of its run."""
        command = [PROGRAM, "--json", "--project", PROJECT, "nightly"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # nosec B603 # a fixed command
        if done.returncode == SAFE_TO_RERUN:
            raise AirflowException("skiptrace is safe to run again")
        if done.returncode:
            raise AirflowFailException(f"skiptrace ended with {done.returncode}")
        return str(json.loads(done.stdout)["run_id"])

    nightly()


night = skiptrace_night()

if __name__ == "__main__":
    print(night.test().state)
