"""A project after the run of a night, whose next deliveries and days tests make wrong."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from skiptrace.results import Run, latest
from tests.jobs.projects import change, files_below, run_project
from tests.jobs.tiny import make_tiny

LISTED = """
[[source]]
name = "dnc"
path = "dnc*.csv"
kind = "suppression"
purposes = ["fcra.collection"]
[source.columns]
list = "'dnc'"
scope = "'endpoint'"
channel = "'voice'"
value = "phone"
reason = "'opt_out'"
effective_from = "since"
[[export]]
"""
NUMBERS = ("2535551000", "2535551037", "2535551074", "2535551111")  # of A000 to A003 on the tape


@dataclass
class Said:
    """What one invocation said: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Call = Callable[..., Said]


def listed(project: Path, name: str, *rows: tuple[str, str]) -> None:
    (project / name).write_text("\n".join(["phone,since", *(",".join(row) for row in rows)]) + "\n")


def make_first_night(folder: Path) -> Path:
    """The tiny project with a list and sources of several files, after the run of its first night."""
    project = make_tiny(folder)
    change(project, "as_of = 2026-06-30\n", "")
    change(project, '"header.csv"', '"header*.csv"')
    change(project, '"calls.csv"', '"calls*.csv"')
    change(project, 'last_seen = "last_seen"\n', 'last_seen = "last_seen"\nstatus = "line_status"\n')
    change(project, "\n[[export]]\n", LISTED)
    change(project, "partition_rows = 6\n", "partition_rows = 12\n")  # one partition: of several see tests/jobs/night
    header = project / "header.csv"
    head, *rows = header.read_text().splitlines()
    header.write_text("\n".join([head + ",line_status", *(row + ",active" for row in rows)]) + "\n")
    listed(project, "dnc.csv", *((number, f"2026-06-0{at}") for at, number in enumerate(NUMBERS, 1)))
    run_project(project, as_of=dt.date(2026, 6, 30))
    return project


class Night:
    """Runs commands on the project."""

    def __init__(self, call: Call, project: Path) -> None:
        self._call, self.project = call, project

    def __call__(self, day: int = 1, *more: str, command: str = "nightly", month: int = 7) -> Said:
        words = ["--as-of", f"2026-{month:02d}-{day:02d}", "--scheduler", "sync"] if command in ("nightly", "run") else []
        return self._call("--project", str(self.project), command, *words, *more)

    @property
    def run(self) -> Run:
        return latest(self.project)

    @property
    def doubts(self) -> list[str]:
        """What the last run says of doubtful deliveries."""
        return [said for said in self.run.ledger["warnings"] if "in run" in said or "what run" in said]

    def exported(self, run: Run | None = None) -> list[str]:
        return sorted(files_below((run or self.run).folder / "exports"))


def content(run: Run) -> dict[str, list[str]]:
    return {name: [file["sha256"] for file in entry["files"]] for name, entry in run.ledger["tables"].items()}


def status_of(run: Run, account: str, value: str) -> str | None:
    points = run.table("contact_points", ["account_id", "value", "status"])
    rows = points.filter(pc.and_(pc.equal(points["account_id"], account), pc.equal(points["value"], value))).to_pylist()
    return rows[0]["status"] if rows else None
