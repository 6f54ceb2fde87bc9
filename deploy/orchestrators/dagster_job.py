"""The nightly run as a Dagster job with its schedule: `dagster` starts the command and reads its exit code. 75 is safe to run again and is
tried again; any other failure wants a person, and a run whose exports are held (4) is a failure as well."""

import json
import os
import subprocess

from dagster import Definitions, Failure, OpExecutionContext, RetryRequested, ScheduleDefinition, job, op

PROGRAM = os.environ.get("SKIPTRACE", "/opt/skiptrace/.venv/bin/skiptrace")
PROJECT = os.environ.get("SKIPTRACE_PROJECT", "/var/lib/skiptrace/project")
PAUSE = float(os.environ.get("SKIPTRACE_PAUSE", "60"))
SAFE_TO_RERUN = 75


@op
def nightly(context: OpExecutionContext) -> str:
    """Run the night; the id of its run."""
    command = [PROGRAM, "--json", "--project", PROJECT, "nightly"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # nosec B603 # a fixed command
    if done.returncode == SAFE_TO_RERUN:
        raise RetryRequested(max_retries=5, seconds_to_wait=PAUSE)
    if done.returncode:
        raise Failure(f"skiptrace ended with {done.returncode}", allow_retries=False)
    said = json.loads(done.stdout)
    context.log.info(f"run {said['run_id']}: {said['permitted']} of {said['accounts']} accounts may be contacted")
    return str(said["run_id"])


@job
def skiptrace_night() -> None:
    """The night."""
    nightly()


definitions = Definitions(jobs=[skiptrace_night], schedules=[ScheduleDefinition(job=skiptrace_night, cron_schedule="30 1 * * *")])

if __name__ == "__main__":
    print(skiptrace_night.execute_in_process().output_for_node("nightly"))
