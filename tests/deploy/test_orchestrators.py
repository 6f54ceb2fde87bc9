"""The nightly run under cron, Airflow, Dagster and Prefect: the examples are run as those tools run them. `make test-orchestrators`
installs the tools, each in an environment of its own; where one is not installed, its tests say so and are skipped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skiptrace.results import latest
from tests.jobs.tiny import make_tiny

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TOOLS = Path(os.environ.get("ORCHESTRATORS", ROOT / ".venv-orchestrators"))
EXAMPLES = {"prefect": "prefect_flow.py", "dagster": "dagster_job.py", "airflow": "airflow_dag.py"}
SECONDS = 240
STUB = """#!/bin/sh
echo called >> "$CALLS"
n=$(wc -l < "$CALLS")
set -- {codes} 0 0 0 0 0
shift $((n - 1))
[ "$1" -eq 0 ] && echo '{{"run_id": "20260701-x", "accounts": 2, "permitted": 1}}'
exit "$1"
"""


def stub(folder: Path, *codes: int) -> dict[str, str]:
    """A program in the place of skiptrace that ends with these codes, one a call, and then with 0; the environment that names it."""
    program = folder / "skiptrace"
    program.write_text(STUB.format(codes=" ".join(map(str, codes))))
    program.chmod(0o700)
    return {"SKIPTRACE": str(program), "CALLS": str(folder / "calls"), "SKIPTRACE_PROJECT": str(folder)}


def calls(folder: Path) -> int:
    return len((folder / "calls").read_text().splitlines())


def run(tool: str, folder: Path, given: dict[str, str]) -> tuple[int, str]:
    """Run an example with the tool's own Python; exit code, and the last line that the example prints."""
    python = TOOLS / tool / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{tool} is not installed: make test-orchestrators")
    own = {
        "HOME": str(folder), "PATH": os.environ["PATH"], "SKIPTRACE_PAUSE": "0.1", "PREFECT_HOME": str(folder / "prefect"),
        "AIRFLOW_HOME": str(folder / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(DEPLOY / "orchestrators"), "DO_NOT_TRACK": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120", **given,
    }  # fmt: skip
    if tool == "airflow":
        subprocess.run([python.with_name("airflow"), "db", "migrate"], env=own, capture_output=True, timeout=SECONDS, check=True)
    example = [python, DEPLOY / "orchestrators" / EXAMPLES[tool]]
    done = subprocess.run(example, env=own, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, (done.stdout.strip().splitlines() or [""])[-1]


def went_well(tool: str, code: int, said: str, run_id: str) -> bool:
    """Whether the tool took the run for a success: Airflow tells the state of it, the others the run's id."""
    return code == 0 and said == ("success" if tool == "airflow" else run_id)


@pytest.mark.parametrize("tool", EXAMPLES)
def test_a_night_is_run(tool: str, tmp_path: Path) -> None:
    project = make_tiny(tmp_path / "project")
    code, said = run(tool, tmp_path, {"SKIPTRACE": str(Path(sys.executable).with_name("skiptrace")), "SKIPTRACE_PROJECT": str(project)})
    assert latest(project).ledger["name"] == "tiny"
    assert went_well(tool, code, said, latest(project).run_id), said


@pytest.mark.parametrize("tool", EXAMPLES)
def test_what_is_safe_to_rerun_is_run_again(tool: str, tmp_path: Path) -> None:
    code, said = run(tool, tmp_path, stub(tmp_path, 75, 75))
    assert went_well(tool, code, said, "20260701-x"), said
    assert calls(tmp_path) == 3


@pytest.mark.parametrize("failed_with", [4, 3])
@pytest.mark.parametrize("tool", EXAMPLES)
def test_any_other_failure_is_one_and_is_not_tried_again(tool: str, failed_with: int, tmp_path: Path) -> None:
    code, said = run(tool, tmp_path, stub(tmp_path, failed_with))
    assert not went_well(tool, code, said, "20260701-x")
    assert (said == "failed") if tool == "airflow" else code != 0
    assert calls(tmp_path) == 1


def crontab() -> list[tuple[list[str], str, str]]:
    """The entries of the example: when, as whom, what."""
    lines = [line for line in (DEPLOY / "cron" / "skiptrace").read_text().splitlines() if line[:1].isdigit()]
    return [(line.split(None, 6)[:5], line.split(None, 6)[5], line.split(None, 6)[6]) for line in lines]


def test_cron_starts_commands_that_exist_as_a_user_of_its_own() -> None:
    for when, who, command in crontab():
        assert all(part == "*" or part.isdigit() for part in when)
        assert who == "skiptrace"
        assert "/opt/skiptrace/.venv/bin/skiptrace" in command
    assert [command.partition(".venv/bin/skiptrace ")[2].split(";")[0] for _, _, command in crontab()] == [
        "--json nightly", "--quiet runs health",
    ]  # fmt: skip


@pytest.mark.parametrize(("codes", "ended", "tried"), [((), 0, 1), ((75, 75), 0, 3), ((4,), 4, 1), ((75,) * 9, 75, 5)])
def test_cron_runs_again_what_is_safe_to_rerun(codes: tuple[int, ...], ended: int, tried: int, tmp_path: Path) -> None:
    given = stub(tmp_path, *codes)
    command = crontab()[0][2].replace("/opt/skiptrace/.venv/bin/skiptrace", given["SKIPTRACE"])
    command = command.replace("/var/lib/skiptrace/project", str(tmp_path)).replace("sleep 60", "sleep 0")
    done = subprocess.run(["/bin/sh", "-c", command], env={**os.environ, **given}, capture_output=True, timeout=60, check=False)
    assert (done.returncode, calls(tmp_path)) == (ended, tried)
