from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from jobs import own_rows
from skiptrace.project import load
from skiptrace.results import latest
from tests.intake.test_tombstones import KEY
from tests.jobs.projects import copy_of, run_project
from tests.jobs.tiny import make_tiny

TODAY = dt.date(2026, 7, 1)


def test_an_account_is_known_by_its_tape_its_runs_and_the_register(tiny_night: Path) -> None:
    known = own_rows.of_accounts(load(tiny_night, {}), tiny_night, ["A002"], KEY, TODAY)
    identities, sightings = known.rows["A002"]
    assert identities.select(["record_id", "first", "last"]).to_pylist() == [{"record_id": "A002", "first": "CLARA", "last": "SANDOVAL"}]
    assert set(sightings["kind"].to_pylist()) == {"address", "phone"}
    assert known.accounts == {"A002"}
    assert known.records == {("header", "R002")}
    (consumer,) = known.consumers.values()
    assert own_rows.of_consumer(tiny_night, consumer) == ["A002"]
    (record,) = own_rows.identities_of(tiny_night, known.records)
    assert record.select(["record_id", "first"]).to_pylist() == [{"record_id": "R002", "first": "CLARA"}]


def test_where_the_tape_is_gone_the_run_says_the_name_and_the_points_it_had(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    (project / "portfolio.csv").unlink()
    known = own_rows.of_accounts(load(project, {}), project, ["A002"], KEY, TODAY)
    identities, sightings = known.rows["A002"]
    assert identities.select(["first", "last", "dob"]).to_pylist() == [{"first": "CLARA", "last": "SANDOVAL", "dob": None}]
    assert "+12535551074" in sightings["value"].to_pylist()
    assert "+12537772002" not in sightings["value"].to_pylist()  # that is the record's


def test_two_rows_of_one_account_are_both_its_own(tmp_path: Path) -> None:
    project = make_tiny(tmp_path / "project")
    tape = project / "portfolio.csv"
    tape.write_text(tape.read_text() + "A002,Clara,Sandoval,1962-03-12,9 Other Street,Tacoma,WA,98402,2535559999,1\n")
    identities, sightings = own_rows.of_accounts(load(project, {}), project, ["A002"], KEY, TODAY).rows["A002"]
    assert identities.num_rows == 2
    assert "+12535559999" in sightings["value"].to_pylist()


@pytest.mark.parametrize("account", ["A999", "", " A002"])
def test_whoever_is_nowhere_is_not_known(tiny_night: Path, account: str) -> None:
    assert own_rows.of_accounts(load(tiny_night, {}), tiny_night, [account], KEY, TODAY).accounts == frozenset()


def test_published_runs_are_told_oldest_first(tiny_night: Path) -> None:
    assert [run.run_id for run in own_rows.published(tiny_night)] == [latest(tiny_night).run_id]


def test_whoever_shows_a_point_on_which_somebody_opted_out_is_named(tiny_night: Path, tmp_path: Path) -> None:
    project = copy_of(tiny_night, tmp_path / "project")
    (calls, tape) = (project / "calls.csv", project / "portfolio.csv")
    calls.write_text(calls.read_text() + "E7,A003,voice,2535551111,do_not_call,2026-05-20\n")
    tape.write_text(tape.read_text().replace("2535551148", "2535551111"))  # A004 has the number of A003
    run_project(project, as_of=dt.date(2026, 7, 1))
    assert own_rows.opted_out_with(project, ["A003"]) == ["A004"]
    assert own_rows.opted_out_with(project, ["A001"]) == []
