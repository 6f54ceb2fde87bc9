from __future__ import annotations

import shutil
from pathlib import Path

from tests.jobs.cli.conftest import Call
from tests.jobs.published import RUN_ID


def test_runs_are_listed_with_the_latest_marked(call: Call, project: Path) -> None:
    said = call("--project", str(project), "runs", "list")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()[1:]] == [RUN_ID]
    assert said.out.rstrip().endswith("latest")
    (run,) = call("--json", "--project", str(project), "runs", "list").json["runs"]
    assert (run["run_id"], run["latest"], run["rows"]["accounts"]) == (RUN_ID, True, 5)


def test_a_run_of_which_only_the_evidence_is_kept_is_told(call: Call, project: Path) -> None:
    older = project / "runs" / "20260531-abc"
    shutil.copytree(project / "runs" / RUN_ID, older)
    (older / "thinned.json").write_text('{"tables": ["accounts", "links"]}')
    first, second = call("--project", str(project), "runs", "list").out.splitlines()[1:]
    assert first.split()[2:4] == ["–", "–"]
    assert first.endswith("evidence only")
    assert second.endswith("latest")
    assert [run["thinned"] for run in call("--json", "--project", str(project), "runs", "list").json["runs"]] == [True, False]
    assert call("--project", str(project), "runs", "show", older.name).code == 0
    assert call("--project", str(project), "runs", "verify", older.name).code == 0


def test_no_run_yet_is_no_error(call: Call, tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text("version = 1\n")
    said = call("--project", str(tmp_path), "runs", "list")
    assert said.code == 0
    assert "no run is published yet" in said.out


def test_the_list_is_shown_though_the_pointer_is_lost(call: Call, project: Path) -> None:
    (project / "runs" / "latest").unlink()
    said = call("--json", "--project", str(project), "runs", "list")
    assert [run["latest"] for run in said.json["runs"]] == [False]


def test_a_run_is_shown_with_counts_tables_and_times(call: Call, project: Path) -> None:
    said = call("--project", str(project), "runs", "show")
    assert said.code == 0
    rows = [line.split() for line in said.out.splitlines()]
    assert ["portfolio", "7", "5", "0", "2"] in rows
    assert ["accounts", "5", "1"] in rows
    assert "account events: 3 in all, 1 of accounts or portfolios that are unknown" in said.out
    assert ["spring", "4", "4938.00", "3", "0", "1", "0", "2", "1"] in rows
    assert "results of dialer: 9 rows of 2 files, 8 attempts, 1 rejected: never_exported" in said.out
    assert "placed: 1 with acme" in said.out
    assert ["link", "1.500", "2"] in rows
    assert call("--json", "--project", str(project), "runs", "show", RUN_ID).json["run_id"] == RUN_ID


def test_an_unknown_run_is_refused(call: Call, project: Path) -> None:
    said = call("--project", str(project), "runs", "show", "nope")
    assert said.code == 2
    assert RUN_ID in said.err
