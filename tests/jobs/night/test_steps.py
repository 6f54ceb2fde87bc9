"""Nights beside full runs on the same files: the same tables, cell for cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.night import steps
from tests.jobs.night.conftest import LATER
from tests.jobs.projects import AS_OF, copy_of, run_project
from tests.jobs.test_sharded import content

Edit = Callable[[Path], None]


def rows_of(file: Path) -> list[dict[str, Any]]:
    return pq.read_table(file).to_pylist()


def rewritten(file: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    schema = pq.read_schema(file)
    pq.write_table(pa.Table.from_pylist(change(rows_of(file)), schema), file)


def gone_moved_and_new(project: Path) -> None:
    """Of the tape one account goes, one moves to another partition, one has another phone, and one comes."""
    first, second = (project / "portfolio" / f"part-{number}.parquet" for number in range(2))
    moved = rows_of(first)[3]
    rewritten(first, lambda rows: [*rows[1:3], *rows[4:-1], {**rows[-1], "HOME_PH": "2065550142"}])
    new = {**rows_of(second)[1], "ACCT_NO": "0049999999", "CUR_BAL": "$17.50"}
    rewritten(second, lambda rows: [moved, *rows, new])


def tried(project: Path) -> None:
    """Somebody called: a number that two accounts show does not work; a death was reported on another."""
    accounts = [row["ACCT_NO"] for row in rows_of(project / "portfolio" / "part-0.parquet")]
    with (project / "sources" / "dispositions.csv").open("a") as out:
        out.write(f'"EV1","{accounts[5]}","voice","2065550123","not_in_service","dialer","2026-07-01T18:00:00Z"\n')
        out.write(f'"EV2","{accounts[6]}","voice","2065550124","deceased","dialer","2026-07-01T19:00:00Z"\n')
        out.write(f'"EV3","{accounts[7]}","voice","2065550125","wrong_number","dialer","2026-07-02T23:00:00Z"\n')


def delivered(project: Path) -> None:
    """A source's file comes anew: a record moved, one went, one came, and one shows a day that has not come yet."""

    def change(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows[2] |= {"ADDR1": "77 SYCAMORE LN", "ADDR2": None}
        return [*rows[:5], *rows[6:], {**rows[9], "REC_ID": "H-NEW", "PHONE": "2065550177"}]

    rewritten(project / "sources" / "header.parquet", change)


def nights(evening: Path, edit: Edit, day: dt.date, tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ledgers of a full run and of a night on the same files."""
    edit(evening)
    full = run_project(copy_of(evening, tmp_path / "full"), as_of=day, exports=False)
    night = run_project(evening, as_of=day, exports=False, nightly=True)
    assert night.fresh
    assert night.run_id == full.run_id
    return full.ledger, night.ledger


@pytest.mark.parametrize(
    ("edit", "day", "reasons"),
    [(gone_moved_and_new, AS_OF, {"own"}), (tried, LATER, {"told"}), (delivered, AS_OF, {"linked"}), (lambda project: None, LATER, set())],
)
def test_a_night_is_the_full_run(
    evening: Path, edit: Edit, day: dt.date, reasons: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(steps, "MOST", 1.0)  # in so small a reference a few records more make names commoner, and touch most accounts
    full, night = nights(evening, edit, day, tmp_path)
    assert content(night) == content(full)
    told = night["night"]
    assert "why_all" not in told
    accounts = full["tables"]["accounts"]["rows"]
    if day == LATER:
        assert told["screened_anew"] == accounts
    else:
        assert told["accounts_anew"] <= told["screened_anew"]  # few accounts of a partition: where many could differ all are screened
    assert reasons <= {name for name, count in told["by_reason"].items() if count}
    assert (told["accounts_anew"] > 0) == bool(reasons)
    assert told["accounts_anew"] == sum(told["by_reason"].values()) < full["tables"]["accounts"]["rows"]


def test_a_night_that_begins_from_a_night(evening: Path, tmp_path: Path) -> None:
    tried(evening)
    assert run_project(evening, as_of=LATER, exports=False, nightly=True).fresh
    full, night = nights(evening, gone_moved_and_new, LATER + dt.timedelta(days=1), tmp_path / "second")
    assert content(night) == content(full)
    assert "why_all" not in night["night"]


@pytest.mark.long
def test_where_most_accounts_could_differ_all_are_computed(evening: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "MOST", 0.0)
    full, night = nights(evening, tried, LATER, tmp_path)
    assert content(night) == content(full)
    assert night["night"]["why_all"] == "more than 0% of the accounts could differ"


@pytest.mark.long
def test_a_day_to_which_ages_count_anew_is_a_full_run(evening: Path, tmp_path: Path) -> None:
    full, night = nights(evening, lambda project: None, LATER + dt.timedelta(days=40), tmp_path)
    assert content(night) == content(full)
    assert night["night"] == {"since": None, "why_all": "changed since the last run: the day to which ages are counted"}
