"""What comes back from platforms: read nightly as the profile states it, each event once, and nothing believed that never left."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs import feedback
from jobs.feedback import load_project
from skiptrace.errors import ConfigError
from skiptrace.export.profiles import load_profile
from skiptrace.results import Run, latest
from tests.jobs.cli.nights import status_of
from tests.jobs.projects import change, copy_of, run_project
from tests.jobs.replies import FIRST, calls, make_replies, write

SECOND, THIRD = FIRST + dt.timedelta(1), FIRST + dt.timedelta(2)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Path:
    """The project after its first night and a second one, before which platforms answered."""
    folder = make_replies(tmp_path_factory.mktemp("feedback") / "project")
    run_project(folder, as_of=FIRST, nightly=True)
    calls(
        folder, "dialer_1.csv",
        ("c1", "2026-06-01 18:00:00", "2535551000", "Do Not Call", "A1"),
        ("c2", "2026-06-01 18:01:00", "2535551037", "Wrong Number", "B1"),
        ("c3", "2026-06-01 18:02:00", "2535551111", "Wrong Number", "Z9"),
        ("c4", "2026-06-01 18:03:00", "2535551185", "Do Not Call", "Z9"),
        ("c5", "2026-06-01 18:04:00", "2535551111", "Right Party Contact", "D1"),
        ("c6", "2026-06-01 18:05:00", "2535551074", "No Answer", "C1|C2"),
    )  # fmt: skip
    shutil.copyfile(folder / "results/dialer_1.csv", folder / "results/dialer_1 (again).csv")
    calls(folder, "dialer_2.csv", ("c6", "2026-06-01 18:05:00", "2535551074", "No Answer", "C1|C2"))
    write(
        folder / "results/letters.csv", ("event_id", "date_created", "event_type", "ref"),
        [("l1", "2026-06-01 20:00:00", "letter.returned_to_sender", "E1"), ("l2", "2026-06-01 20:00:00", "letter.mailed", "Z8")],
    )  # fmt: skip
    run_project(folder, as_of=SECOND, nightly=True)
    return folder


def exported(run: Run, name: str) -> list[dict[str, str]]:
    with (run.folder / "exports" / name / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def accounts(run: Run, name: str) -> set[str]:
    return {account for row in exported(run, name) for account in (row.get("account_ids") or row["ref"]).split("|")}


def told(run: Run, export: str) -> dict[str, Any]:
    return next(entry for entry in run.ledger["feedback"] if entry["export"] == export)


def test_the_ledger_says_how_many_rows_landed_and_why_others_did_not(answered: Path) -> None:
    run = latest(answered)
    assert told(run, "dialer") == {
        "export": "dialer", "files": 2, "rows": 7, "attempts": 8, "rejected": {"never_exported": 1}, "heeded": 1,
    }  # fmt: skip
    assert told(run, "letters")["rejected"] == {"never_exported": 1}
    assert run.ledger["outcomes"]["events"] == 7  # c6 is in two files, on two accounts
    assert run.ledger["warnings"] == [
        'no results of export "texts" are there yet', 'no results of export "mails" are there yet',
        'source "dialer_results": dialer_1.csv holds what another file of it holds and is left out',
    ]  # fmt: skip


def test_a_row_on_an_account_that_never_left_is_rejected_and_does_not_act(answered: Path) -> None:
    run = latest(answered)
    rejects = [row for row in run.table("rejects").to_pylist() if row["reason"] == "never_exported"]
    assert {(row["source"], row["row"], row["column"]) for row in rejects} == {
        ("dialer_results", 3, None), ("dialer_results", 4, "account_id"), ("letters_results", 2, None),
    }  # fmt: skip
    assert status_of(run, "D1", "+12535551111") == "active"


def test_an_opt_out_acts_the_same_night_on_every_account_of_the_person(answered: Path) -> None:
    run = latest(answered)
    assert not {"A1", "A2"} & accounts(run, "dialer")
    assert not {"A1", "A2"} & accounts(run, "texts")  # the number itself is not used on any channel
    assert {"A1", "A2"} <= accounts(run, "mails")


def test_an_opt_out_acts_although_its_account_never_left(answered: Path) -> None:
    assert "F1" not in accounts(latest(answered), "dialer") | accounts(latest(answered), "texts")


def test_a_wrong_party_acts_the_same_night(answered: Path) -> None:
    run = latest(answered)
    assert status_of(run, "B1", "+12535551037") == "wrong_party"
    assert "B1" not in accounts(run, "dialer") | accounts(run, "texts")


def test_an_older_file_that_comes_later_changes_nothing_that_is_newer(answered: Path, tmp_path: Path) -> None:
    folder = copy_of(answered, tmp_path / "project")
    calls(folder, "dialer_late.csv", ("c0", "2026-06-01 10:00:00", "2535551111", "Wrong Number", "D1"))
    run_project(folder, as_of=THIRD, nightly=True)
    run = latest(folder)
    assert told(run, "dialer")["attempts"] == 9
    assert status_of(run, "D1", "+12535551111") == "active"
    assert "D1" in accounts(run, "texts")
    assert not {"A1", "A2"} & accounts(run, "dialer")  # and nothing that was refused comes back
    again = run_project(folder, as_of=THIRD, nightly=True)
    assert not again.fresh  # what the run itself sent out since makes no other run


def test_results_that_came_before_anything_was_exported_are_believed(tmp_path: Path) -> None:
    folder = make_replies(tmp_path / "project", {"dialer": "five9"})
    calls(folder, "dialer.csv", ("c1", "2026-05-20 18:00:00", "2535551111", "Wrong Number", "D1"))
    run_project(folder, as_of=FIRST)
    assert told(latest(folder), "dialer")["attempts"] == 1


def test_a_missing_column_of_a_result_file_is_told_once_with_its_place(tmp_path: Path) -> None:
    folder = make_replies(tmp_path / "project", {"dialer": "five9"})
    write(folder / "results/dialer.csv", ("CALL ID", "TIMESTAMP", "DNIS", "account_ids"), [("c1", "2026-06-01", "2535551000", "A1")])
    with pytest.raises(ConfigError, match=r"feedback\[1\].columns.outcome_code.*DISPOSITION") as caught:
        run_project(folder, as_of=FIRST)
    assert len(caught.value.problems) == 1
    assert not (folder / "runs").exists()


def test_an_export_whose_profile_states_no_result_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_replies(tmp_path / "project", {"dialer": "five9"})
    silent = replace(load_profile("five9"), result=None)
    monkeypatch.setattr(feedback, "load_profile", lambda name: silent)
    with pytest.raises(ConfigError, match=r"feedback\[1\].export.*states no result file"):
        load_project(folder, {})


def test_a_source_that_has_the_name_of_results_is_refused(tmp_path: Path) -> None:
    folder = make_replies(tmp_path / "project", {"dialer": "five9"})
    change(folder, 'name = "dnc"', 'name = "Dialer_results"')
    with pytest.raises(ConfigError, match=r'a source is named "dialer_results" already'):
        load_project(folder, {})
