"""What `explain` says would open a use does open it once it happens, and does not a day too early: asked of a whole run."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import pyarrow.compute as pc

from jobs.explain import explain
from jobs.explain.model import Use
from skiptrace.results import Run, latest
from tests.jobs.projects import Finished, copy_of, run_project

SOURCE = """
[[source]]
name = "reassigned"
path = "answers.csv"
kind = "answers"
purposes = ["fcra.collection"]
[source.columns]
step = "step"
value = "value"
response = "response"
date_used = "date_used"
answered_at = "answered_at"
"""
WORDS = re.compile(r"A reassigned-number check dated (\S+) or later that asks for (\S+) and answers no would permit sms.*")


def waiting(run: Run, project: Path) -> list[tuple[str, str, dt.date, dt.date]]:
    """Account, point, first day that would do and day to ask for, of each text that waits for a check of its number alone."""
    rows = run.table("decisions").filter(pc.equal(run.table("decisions")["channel"], "sms")).to_pylist()
    found = []
    for row in (row for row in rows if row["stopped_by"] == ["REGF-TEXT-60D"]):
        told = explain(run, row["account_id"], project, point_text=row["point_id"], channel="sms")
        said = WORDS.fullmatch(of(told.points[0].uses[0]))
        assert said is not None
        first, asks = said.groups()
        found.append((row["account_id"], row["point_id"], dt.date.fromisoformat(first), dt.date.fromisoformat(asks)))
    return found


def of(use: Use) -> str:
    """The first way to open a use."""
    assert use.decision is not None
    return use.decision.ways[0].sentence


def test_a_check_on_the_first_day_opens_the_use_and_one_a_day_before_does_not(finished: Finished, tmp_path: Path) -> None:
    folder = copy_of(finished.folder, tmp_path / "project")
    run = latest(folder)
    uses = waiting(run, folder)
    assert len(uses) >= 2
    values = {row["point_id"]: row["value"] for row in run.table("contact_points").to_pylist()}
    late = {uses[0][1]: 1}  # how many days too early a number is checked: the first one, and by one day
    with (folder / "answers.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("step", "value", "response", "date_used", "answered_at"))
        for _, point, first, asks in uses:
            rows.writerow(("rnd_query", values[point], "no", asks, first - dt.timedelta(days=late.get(point, 0))))
    project = folder / "skiptrace.toml"
    project.write_text(project.read_text().replace("\n[runtime]", f"{SOURCE}\n[runtime]", 1))
    run_project(folder)
    texts = [row for row in latest(folder).table("decisions").to_pylist() if row["channel"] == "sms"]
    decided = {(row["account_id"], row["point_id"]): row for row in texts}
    for account, point, _, _ in uses:
        assert decided[account, point]["decision"] == ("stopped" if point in late else "conditional")
