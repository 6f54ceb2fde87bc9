from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs.cli.ended import figures, shown
from skiptrace.errors import Problem
from skiptrace.results import latest
from tests.jobs.cli.conftest import Call, Pipeline
from tests.jobs.published import PERSONAL, RUN_ID


def test_accounts_are_counted_by_how_far_they_came(project: Path) -> None:
    assert figures(latest(project)) == {"accounts": 5, "linked": 3, "reachable": 2, "permitted": 1}


def test_the_summary_for_programs_has_places_figures_and_counts(call: Call, project: Path, pipeline: Pipeline) -> None:
    told = call("--json", "--project", str(project), "run")
    assert told.json["run_id"] == RUN_ID
    assert (told.json["published"], told.json["fresh"]) == (True, True)
    assert told.json["report"] == str(project / "runs" / RUN_ID / "report.html")
    assert told.json["counts"]["portfolio"]["rejected"] == {"no account id": 2}
    assert (told.json["accounts"], told.json["permitted"]) == (5, 1)
    assert [value for value in PERSONAL if value in told.out] == []


def test_alerts_are_counted_where_there_was_a_run_before(call: Call, project: Path, pipeline: Pipeline) -> None:
    assert "of changes since" not in call("--project", str(project), "run").out
    ledger = json.loads((project / "runs" / RUN_ID / "run.json").read_text())
    pipeline.ledger = {**ledger, "alerts": {"compared_with": "20260629-0a0a0a0a0a0a", "alerts": 7, "held": 0}}
    assert "7  of changes since run 20260629-0a0a0a0a0a0a" in call("--project", str(project), "run").out
    assert call("--json", "--project", str(project), "run").json["alerts"]["alerts"] == 7


def test_a_run_that_was_there_is_said_to_be(call: Call, project: Path, pipeline: Pipeline) -> None:
    pipeline.fresh = False
    said = call("--project", str(project), "run")
    assert said.code == 0
    assert "already published" in said.out
    assert call("--json", "--project", str(project), "run").json["fresh"] is False


def test_a_run_that_was_stopped_on_the_way_published_nothing(call: Call, project: Path, pipeline: Pipeline) -> None:
    pipeline.ledger = {"stopped_after": "link"}
    said = call("--project", str(project), "run", "--to", "link")
    assert said.code == 0
    assert "stopped after the step link" in said.out
    assert call("--json", "--project", str(project), "run", "--to", "link").json["published"] is False


def test_warnings_of_the_run_are_told(call: Call, project: Path, pipeline: Pipeline) -> None:
    assert "note: a warning" in call("--project", str(project), "run").out


def test_what_this_call_has_to_warn_of_is_told_although_the_run_is_older(call: Call, project: Path, pipeline: Pipeline) -> None:
    pipeline.fresh, pipeline.warnings = False, ("a warning", "inbox vendor: a.csv: is not signed")
    assert call("--json", "--project", str(project), "run").json["warnings"] == ["a warning", "inbox vendor: a.csv: is not signed"]


def test_a_path_is_shown_as_it_is_easiest_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    assert shown(tmp_path / "in" / "report.html") == "report.html"
    assert shown(tmp_path / "report.html") == str(tmp_path / "report.html")


def test_held_exports_are_told_with_what_to_do_and_end_with_four(call: Call, project: Path, pipeline: Pipeline) -> None:
    pipeline.held = (Problem("dnc", "", "has 2 of the 5 entries that it had", "have it delivered whole"),)
    said = call("--project", str(project), "nightly")
    assert said.code == 4
    assert said.err == (
        f"error: the tables of run {RUN_ID} are published; its exports are held\n"
        "  dnc: has 2 of the 5 entries that it had — have it delivered whole\n"
    )
    assert "report: " in said.out
    said = call("--json", "--project", str(project), "run")
    assert (said.code, said.err) == (4, "")
    assert said.json["exports_held"][0]["file"] == "dnc"


def test_what_was_delivered_is_told_by_its_receipts(call: Call, project: Path, pipeline: Pipeline) -> None:
    receipt = {"outbox": "vendor", "export": "dialer", "run_id": RUN_ID, "file": "dialer.csv.pgp", "rows": 12, "sealed": "pgp"}
    folder = project / ".skiptrace" / "sent" / "vendor"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps(receipt))
    (folder / "b.json").write_text(json.dumps({**receipt, "run_id": "20260101-0a0a0a0a0a0a"}))
    assert "vendor" in call("--project", str(project), "run").out
    assert call("--json", "--project", str(project), "run").json["delivered"] == [receipt]
