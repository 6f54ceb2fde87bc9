from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc

from jobs.waterfall import log, reading
from skiptrace.project import PRIVATE
from skiptrace.results import latest
from tests.jobs.projects import copy_of
from tests.jobs.waterfall.vendors import state_of


def test_the_run_that_reads_an_answer_first_says_what_it_came_to(read_run: Path) -> None:
    run, state = latest(read_run), state_of(read_run)
    (answer,) = state["answers"]
    assert answer["read_by"] == run.run_id
    after, asked = log.after(read_run / PRIVATE, state), log.asked(read_run / PRIVATE, state)
    accounts = run.table("accounts", ["account_id", "p_any_channel"])
    chances = dict(zip(accounts["account_id"].to_pylist(), accounts["p_any_channel"].to_pylist(), strict=True))
    whose = dict(zip(asked["reference"].to_pylist(), asked["account_id"].to_pylist(), strict=True))
    assert {whose[row["reference"]]: row["p_after"] for row in after.to_pylist()} == {one: chances[one] for one in whose.values()}


def test_a_later_run_changes_nothing_of_it(read_run: Path, tmp_path: Path) -> None:
    project = copy_of(read_run, tmp_path / "again")
    before, run = state_of(project), latest(project)
    files = [{**file, "path": str(run.folder / file["path"])} for file in run.ledger["tables"]["accounts"]["files"]]
    reading.remember(project / PRIVATE, "20260701-other", run.ledger["sources"], files)
    assert state_of(project) == before


def test_a_run_that_did_not_read_the_answer_says_nothing_of_it(asked_run: Path, tmp_path: Path) -> None:
    project = copy_of(asked_run, tmp_path / "unread")
    before = state_of(project)
    reading.remember(project / PRIVATE, "20260701-other", [{"name": "premium", "files": []}], [])
    assert state_of(project) == before
    assert pc.sum(log.asked(project / PRIVATE, before)["p_after"].is_valid()).as_py() == 0
