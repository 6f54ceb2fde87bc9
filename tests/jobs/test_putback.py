"""What goes back to the seller, from a whole run: what its own tape says, what sources say with a date, what is barred."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.demo.project import make
from jobs.putback import write
from skiptrace.errors import DataRefused
from skiptrace.results import latest
from skiptrace.schema import PUT_BACK
from tests.jobs.projects import run_project

CUT_OFF = dt.date(2026, 3, 31)
PURCHASE = """
[[portfolio.purchase]]
seller = "Northgate"
cut_off = 2026-03-31
put_back_days = 60
"""


@pytest.fixture(scope="module")
def bought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample project that was bought, and run."""
    folder = tmp_path_factory.mktemp("bought")
    made = make(folder, 400)
    with made.project.open("a", encoding="utf-8") as file:
        file.write(PURCHASE + f"accounts = {made.counts['rows']}\n")
    run_project(folder)
    return folder


def test_certain_ones_are_right(bought: Path) -> None:
    found = latest(bought).table("put_back").to_pylist()
    truth = {row["account_id"]: row for row in pq.read_table(bought / "truth" / "accounts.parquet").to_pylist()}
    dead = [row for row in found if row["reason"] == "deceased" and row["certain"]]
    assert dead
    assert all(truth[row["account_id"]]["death_date"] <= CUT_OFF for row in dead)
    assert {row["reason"] for row in found} >= {"bankrupt", "disputed", "out_of_statute"}
    assert all(row["evidence"] == ["tape"] for row in found if row["reason"] == "disputed")
    assert all(row["days_left"] == -31 for row in found)


def test_the_file_for_the_seller_holds_the_table(bought: Path) -> None:
    run = latest(bought)
    with (run.folder / "exports" / "put_back" / "put_back.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["certain"] == "true"
    kept = run.table("put_back").select(["account_id", "reason"]).to_pylist()
    assert sorted((row["account_id"], row["reason"]) for row in rows) == sorted((row["account_id"], row["reason"]) for row in kept)


def test_other_totals_are_refused_and_nothing_is_published(bought: Path, tmp_path: Path) -> None:
    made = make(tmp_path, 40)
    with made.project.open("a", encoding="utf-8") as file:
        file.write(PURCHASE + "accounts = 7\nbalance = 1.25\n")
    with pytest.raises(DataRefused, match="control totals") as refused:
        run_project(tmp_path)
    assert [problem.place for problem in refused.value.problems] == ["portfolio.purchase[1].accounts", "portfolio.purchase[1].balance"]
    assert not (tmp_path / "runs" / "latest").exists()


def test_nothing_to_send_back_is_a_file_with_a_header(tmp_path: Path) -> None:
    assert write(tmp_path / "out", PUT_BACK.empty())["rows"] == 0
    assert (tmp_path / "out" / "put_back.csv").read_text().startswith('"account_id"')
    assert isinstance(PUT_BACK.empty(), pa.Table)
