"""A year of nights: the same seed gives the same bytes, files change as they should, and the truth agrees with them."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jobs.demo.nights import Truth, World
from skiptrace.project.loading import load
from tests.jobs.projects import files_below

NIGHTS = 40


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Truth]]:
    """A project after forty nights in which much happened."""
    folder = tmp_path_factory.mktemp("nights") / "project"
    world = World.start(folder, seed=5, accounts=200, pace=8.0)
    return folder, [world.advance() for _ in range(NIGHTS)]


def test_the_same_seed_gives_the_same_bytes_however_the_days_are_counted(lived: tuple[Path, list[Truth]], tmp_path: Path) -> None:
    folder, truths = lived
    world = World.start(tmp_path / "twin", seed=5, accounts=200, pace=8.0)
    world.advance(10)
    last = world.advance(NIGHTS - 10)
    assert files_below(tmp_path / "twin") == files_below(folder)
    assert last.accounts.equals(truths[-1].accounts)
    assert last.points.equals(truths[-1].points)
    assert sum(truth.shown.num_rows for truth in truths[10:]) == last.shown.num_rows


def test_the_project_can_be_read_and_its_deliveries_are_there(lived: tuple[Path, list[Truth]]) -> None:
    folder, _ = lived
    project = load(folder, {})
    assert project.project.as_of is None
    for source in project.source:
        assert list(folder.glob(source.path)), source.name
    assert len(list((folder / "sources").glob("dispositions-*.csv"))) > NIGHTS / 2


def test_what_is_shown_is_true(lived: tuple[Path, list[Truth]]) -> None:
    _, truths = lived
    kinds = set()
    for truth in truths:
        home = {row["account_id"]: row for row in truth.accounts.to_pylist()}
        state = {(row["account_id"], row["value"]): row["state"] for row in truth.points.to_pylist()}
        for row in truth.shown.to_pylist():
            kinds.add(row["what"])
            if row["what"] == "address" and row["account_id"] in home and not home[row["account_id"]]["deceased"]:
                assert row["value"] == home[row["account_id"]]["current_address"]
            if row["what"] == "deceased" and row["account_id"] in home:
                assert home[row["account_id"]]["deceased"]
            if row["what"] == "disconnected" and row["source"] == "dispositions":
                assert state.get((row["account_id"], row["value"])) != "right"
    assert {"address", "disconnected"} <= kinds


def test_the_portfolio_changes(lived: tuple[Path, list[Truth]], tmp_path: Path) -> None:
    folder, truths = lived
    first = World.start(tmp_path / "first", seed=5, accounts=200, pace=8.0)
    before, after = (pq.read_table(place / "portfolio") for place in (first.folder, folder))
    was, now = (dict(zip(table["ACCT_NO"].to_pylist(), table["CUR_BAL"].to_pylist(), strict=True)) for table in (before, after))
    assert set(now) - set(was), "accounts were bought"
    assert set(was) - set(now), "accounts were recalled"
    assert [account for account in set(was) & set(now) if was[account] != now[account]], "accounts were paid on"
    assert set(truths[-1].accounts["account_id"].to_pylist()) <= set(now)


def test_the_credit_header_comes_whole_and_loses_what_was_withdrawn(lived: tuple[Path, list[Truth]]) -> None:
    folder, _ = lived
    files = sorted(path.name for path in (folder / "sources").glob("header-*.parquet"))
    assert files[0] == "header-20260801.parquet"
    whole = pq.read_table(folder / "sources" / files[0])
    assert pc.count_distinct(whole["REC_ID"]).as_py() == whole.num_rows
