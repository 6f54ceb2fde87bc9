from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa

from jobs.waterfall.people import on_tape, request_rows
from skiptrace.project import load
from skiptrace.results import latest
from tests.jobs.projects import copy_of
from tests.jobs.waterfall.vendors import DAY


def test_a_row_has_who_somebody_is_and_the_points_that_lead_and_no_account(asking_run: Path) -> None:
    asked = pa.table({"account_id": ["A003", "A001"], "request": ["r", "r"], "reference": ["B" * 24, "A" * 24]})
    table = request_rows(latest(asking_run), asked, on_tape(load(asking_run, os.environ), DAY))
    first, second = table.to_pylist()
    assert (first["reference"], first["first_name"], first["last_name"], str(first["dob"])) == ("A" * 24, "BRUNO", "RASMUS", "1961-02-11")
    assert (second["last_name"], second["full_name"]) == ("TILLERY", "DARIO TILLERY")
    assert (second["address_line"], second["city"], second["state"], second["postal_code"]) == ("121 MAPLE ST", "TACOMA", "WA", "98402")
    assert len(second["phone"]) == 10
    assert second["email"] is None
    assert not {"A001", "A003"} & {str(value) for row in (first, second) for value in row.values()}


def test_an_account_with_no_point_has_a_row_all_the_same(asking_run: Path) -> None:
    run = latest(asking_run)
    asked = pa.table({"account_id": ["A003"], "request": ["r"], "reference": ["B" * 24]})
    nothing = on_tape(load(asking_run, os.environ), DAY).slice(0, 0)
    (row,) = request_rows(run, asked, nothing).to_pylist()
    assert row["dob"] is None
    assert row["last_name"] == "TILLERY"


def test_rows_that_a_run_does_not_use_are_not_asked_about(asking_run: Path, tmp_path: Path) -> None:
    project = copy_of(asking_run, tmp_path / "project")
    whole = on_tape(load(project, os.environ), DAY)
    tape = project / "portfolio.csv"
    rows = tape.read_text().splitlines()
    nobody = "," + rows[1].split(",", 1)[1]
    tape.write_text("\n".join([*rows, nobody, rows[2]]) + "\n")
    assert on_tape(load(project, os.environ), DAY).equals(whole)
