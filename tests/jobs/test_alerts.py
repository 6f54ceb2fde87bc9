from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs import alert_files
from skiptrace.results import latest
from skiptrace.results.run import Run, read_run
from tests.jobs.projects import copy_of, run_project

NEXT = dt.date(2026, 7, 1)


@dataclass(frozen=True)
class TwoNights:
    folder: Path
    runs: tuple[Run, Run]


@pytest.fixture(scope="module")
def nights(tiny_night: Path, tmp_path_factory: pytest.TempPathFactory) -> TwoNights:
    """Two nights: in the second a record shows one account elsewhere, and a call finds a number dead."""
    folder = copy_of(tiny_night, tmp_path_factory.mktemp("alerts") / "project")
    header, calls = folder / "header.csv", folder / "calls.csv"
    line = header.read_text().splitlines()[1].replace("Birch", "Cedar").replace("2026-03-01", "2026-06-20").replace("R001", "R901")
    header.write_text(header.read_text() + line + "\n")
    calls.write_text(calls.read_text() + "E9,A004,voice,2535551148,disconnected,2026-06-29\n")
    first = latest(folder)
    return TwoNights(folder, (first, read_run(run_project(folder, as_of=NEXT).folder.resolve())))


def test_the_first_night_tells_nothing(nights: TwoNights) -> None:
    first = nights.runs[0]
    assert first.rows("alerts") == 0
    assert first.ledger["alerts"] == {"compared_with": None, "alerts": 0, "held": 0, "accounts": 0}


def test_a_night_tells_what_changed_since_the_run_published_before(nights: TwoNights) -> None:
    first, second = nights.runs
    rows = second.table("alerts").to_pylist()
    assert [(row["account_id"], row["kind"], row["rank"]) for row in rows] == [("A004", "disconnected", 1), ("A001", "moved", 2)]
    assert rows[1]["after"] == "107 CEDAR ST, TACOMA, WA 98402"
    assert rows[1]["evidence"] == [{"source": "header", "seen": dt.date(2026, 6, 20)}]
    assert second.ledger["alerts"] == {"compared_with": first.run_id, "alerts": 2, "held": 0, "accounts": 2}


def test_files_are_written_beside_the_exports(nights: TwoNights) -> None:
    assert [alert_files.written(run.folder / "exports" / alert_files.NAME) for run in nights.runs] == [True, True]
    assert "CEDAR" not in (nights.runs[1].folder / "exports" / "alerts" / "alerts.csv").read_text()  # no rule lets anybody write there


def test_the_report_says_each_kind_in_a_sentence(nights: TwoNights) -> None:
    page = (nights.runs[1].folder / "report.html").read_text()
    assert "A number of the consumer is out of service." in page
    assert "CEDAR" not in page
