from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs import outcomes
from jobs.waterfall import history, log
from jobs.waterfall.history import asks_of, committed, counts_of, owed, points_of, promised
from jobs.waterfall.prices import Prices
from skiptrace.project import PRIVATE
from skiptrace.results import latest
from skiptrace.schema import ASKS
from skiptrace.schema.working import PAST_EVENTS
from tests.jobs.waterfall.vendors import DAY, state_of


def of(project: Path, day: dt.date = DAY) -> pa.Table:
    return history.history(project / PRIVATE, state_of(project), points_of(latest(project)), day)


def test_a_request_that_waits_owes_its_records_and_may_owe_its_hits(asked_run: Path) -> None:
    found, state = of(asked_run), state_of(asked_run)
    (name,) = state["requests"]
    assert found["hit"].null_count == 11
    assert committed(state, found) == {name: Decimal("2.75")}
    assert owed(state["requests"][name], counts_of(state, found)[name]) == Decimal("0.55")


def test_an_answer_settles_what_is_owed_and_a_run_tells_the_chance_after(read_run: Path) -> None:
    found, state = of(read_run), state_of(read_run)
    (name,) = state["requests"]
    assert pc.sum(found["hit"]).as_py() == 6
    assert found["p_after"].null_count == 0
    assert committed(state, found) == {name: Decimal("1.75")}
    assert pc.all(found["read"]).as_py()
    assert asks_of(found).schema == ASKS.arrow


def test_a_request_nobody_answered_in_time_is_closed_without_a_hit(asked_run: Path) -> None:
    found = of(asked_run, DAY + dt.timedelta(days=31))
    assert pc.all(found["closed"]).as_py()
    assert not pc.any(found["hit"]).as_py()


def test_a_right_party_on_a_point_that_the_source_showed_is_told_and_one_on_another_point_is_not(
    read_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    points = points_of(latest(read_run)).filter(pc.equal(points_of(latest(read_run))["origin"], "reference")).to_pylist()
    mine = [row for row in points if "premium" in row["sources"] and row["kind"] == "phone"]
    assert len(mine) >= 4
    other = next(row for row in points if row["sources"] == ["header"] and row["kind"] == "phone")
    events = [
        {"event_id": f"E{number}", "account_id": row["account_id"], "channel": "voice", "kind": "phone", "value": row["value"],
         "outcome": outcome, "system": None, "occurred_at": dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC), "source": "calls"}
        for number, (row, outcome) in enumerate([(mine[0], "right_party"), (mine[1], "ring_no_answer"), (other, "right_party")])
    ]  # fmt: skip
    monkeypatch.setattr(outcomes, "kept", lambda private: pa.Table.from_pylist(events, schema=PAST_EVENTS.arrow))
    found = {row["account_id"]: row for row in of(read_run, DAY + dt.timedelta(days=5)).to_pylist()}
    assert (found[mine[0]["account_id"]]["right_party"], found[mine[0]["account_id"]]["reached"]) == (True, True)
    assert (found[mine[1]["account_id"]]["right_party"], found[mine[1]["account_id"]]["reached"]) == (False, False)
    assert sum(row["right_party"] for row in found.values()) == 1


@pytest.mark.parametrize(
    ("counts", "paid", "expected"),
    [
        ({"asked": 10, "waiting": 10}, "0", "18"), ({"asked": 10, "hits": 4, "may_succeed": 4}, "0", "9"),
        ({"asked": 10, "hits": 4, "successes": 1, "may_succeed": 2}, "0", "8"), ({"asked": 1, "waiting": 1}, "0", "5"),
        ({"asked": 10, "hits": 4}, "12", "12"),
    ],
)  # fmt: skip
def test_what_a_request_may_cost_at_most(counts: dict[str, int], paid: str, expected: str) -> None:
    prices = Prices(Decimal("0.3"), Decimal("0.5"), Decimal(1), Decimal(5))
    assert promised(prices, counts, Decimal(paid)) == Decimal(expected)


def test_requests_before_the_budget_began_are_left_out(asked_run: Path) -> None:
    state = state_of(asked_run)
    found = of(asked_run)
    assert committed(state, found, DAY + dt.timedelta(days=1)) == {}
    assert len(committed(state, found, DAY)) == 1
    assert log.is_closed(state, next(iter(state["requests"])), DAY) is False
