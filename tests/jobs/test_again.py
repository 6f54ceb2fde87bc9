"""Open uses of a run decided again by what is said later."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs.again import screen_again
from jobs.lists import Lists
from skiptrace.errors import DataRefused
from skiptrace.results import Run, latest
from skiptrace.schema import ACCOUNT_EVENTS, SUPPRESSIONS
from tests.jobs.projects import AS_OF, Finished


def lists(*rows: dict[str, object]) -> Lists:
    return Lists(pa.Table.from_pylist([{"list": "late", **row} for row in rows], schema=SUPPRESSIONS.arrow), None, ())


@pytest.fixture(scope="module")
def run(finished: Finished) -> Run:
    return latest(finished.folder)


def an_open_use(run: Run, channel: str) -> dict[str, Any]:
    table = run.table("decisions")
    here = table.filter(pc.and_(pc.equal(table["channel"], channel), pc.not_equal(table["decision"], "stopped")))
    row: dict[str, Any] = here.to_pylist()[0]
    return row


def test_without_news_the_tables_are_those_of_the_run(run: Run) -> None:
    again = screen_again(run, lists(), AS_OF)
    assert (again.stopped, again.duties) == ({}, 0)
    assert all(again.tables[name].equals(run.table(name)) for name in again.tables)


def test_only_uses_that_something_speaks_of_change_and_none_is_opened(run: Run) -> None:
    use = an_open_use(run, "voice")
    again = screen_again(run, lists({"scope": "account", "account_id": use["account_id"], "reason": "cease"}), AS_OF)
    before = {(r["account_id"], r["point_id"], r["channel"]): r for r in run.table("decisions").to_pylist()}
    after = {(r["account_id"], r["point_id"], r["channel"]): r for r in again.tables["decisions"].to_pylist()}
    assert before.keys() == after.keys()
    changed = {key for key in before if before[key] != after[key]}
    assert {key[0] for key in changed} == {use["account_id"]}
    assert all((before[key]["decision"] != "stopped", after[key]["decision"]) == (True, "stopped") for key in changed)
    assert sum(again.stopped.values()) == len(changed)
    assert all("REGF-CEASE" in after[key]["stopped_by"] for key in changed)
    account = next(row for row in again.tables["accounts"].to_pylist() if row["account_id"] == use["account_id"])
    assert (account["best_channel"], account["channel_order"], account["p_any_channel"]) == (None, [], 0.0)
    told = {(r["account_id"], r["point_id"], r["channel"]): r["decision"] for r in again.tables["channels"].to_pylist()}
    assert told == {key: row["decision"] for key, row in after.items()}


def test_a_statement_that_stops_nothing_leaves_the_use_open(run: Run) -> None:
    use = an_open_use(run, "mail")
    point = next(row for row in run.table("contact_points").to_pylist() if row["point_id"] == use["point_id"])
    entry = {"scope": "endpoint", "kind": "address", "value": point["value"], "channel": "voice", "reason": "other"}
    again = screen_again(run, lists(entry), AS_OF)
    assert again.stopped == {}
    assert set(again.tables["decisions"]["decision"].to_pylist()) == set(run.table("decisions")["decision"].to_pylist())


def test_an_account_that_was_recalled_since_is_in_no_export_and_others_go_on(run: Run) -> None:
    use, day = an_open_use(run, "voice"), AS_OF + dt.timedelta(days=1)
    rows = [{"account_id": use["account_id"], "event": "recalled", "date": day}, {"account_id": "nobody", "event": "closed", "date": day}]
    told = Lists(None, None, (), pa.Table.from_pylist(rows, ACCOUNT_EVENTS.arrow))
    assert screen_again(run, told, AS_OF).stopped == {}  # announced for tomorrow
    again = screen_again(run, told, day)
    assert set(again.stopped) == {"POL-RECALLED"}
    left = [row for row in again.tables["decisions"].to_pylist() if row["account_id"] == use["account_id"]]
    assert {row["decision"] for row in left} == {"stopped"}
    was_open = pc.sum(pc.not_equal(run.table("decisions")["decision"], "stopped")).as_py()
    is_open = pc.sum(pc.not_equal(again.tables["decisions"]["decision"], "stopped")).as_py()
    assert was_open - is_open == again.stopped["POL-RECALLED"]


def test_a_run_that_kept_no_facts_is_refused_where_they_are_needed(run: Run) -> None:
    use = an_open_use(run, "voice")
    bare = Run(run.run_id, run.folder, {**run.ledger, "evidence": {}})
    with pytest.raises(DataRefused, match="kept no facts"):
        screen_again(bare, lists({"scope": "account", "account_id": use["account_id"]}), AS_OF)
