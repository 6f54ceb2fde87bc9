from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.alerts.rules import load
from skiptrace.alerts.telling import Told, tell
from skiptrace.schema import ACKNOWLEDGED, ALERTS, ALERTS_TOLD, CHANGED

DAY = dt.date(2026, 7, 1)
NIGHTS = load().limits.settled_nights


def change(
    account: str, kind: str, state: str, before: str | None = None, thing: str = "", delta: float = 0.5, point: str | None = None
) -> dict[str, Any]:
    return {
        "account_id": account,
        "kind": kind,
        "topic": load().kinds[kind].topic,
        "thing": thing,
        "from_state": before,
        "state": state,
        "before": before,
        "after": state,
        "delta_p": delta,
        "evidence": [],
        "point_id": point or thing or None,
        "may_leave": True,
    }


class Nights:
    """Nights one after another: what each tells, with the memory of the one before."""

    def __init__(self, **limits: float) -> None:
        self.memory, self.noted, self.rules = ALERTS_TOLD.empty(), ACKNOWLEDGED.empty(), load().with_limits(limits)
        self.balances: dict[str, str | None] = {}

    def night(self, day: int, *changes: dict[str, Any], total: int = 100) -> Told:
        names = sorted({one["account_id"] for one in changes} | set(self.memory["account_id"].to_pylist()))
        rows = [
            {"account_id": name, "consumer_id": f"C{name}", "balance": Decimal(self.balances.get(name, "1000.00") or 0)} for name in names
        ]
        schema = pa.schema([("account_id", pa.string()), ("consumer_id", pa.string()), ("balance", pa.decimal128(14, 2))])
        told = tell(
            pa.Table.from_pylist(list(changes), schema=CHANGED.arrow),
            self.memory,
            self.noted,
            pa.Table.from_pylist(rows, schema=schema),
            self.rules,
            DAY + dt.timedelta(days=day),
            total,
        )
        self.memory = told.told
        return told

    def kinds(self, day: int, *changes: dict[str, Any]) -> list[tuple[str, str]]:
        return [(row["account_id"], row["kind"]) for row in self.night(day, *changes).alerts.to_pylist()]


def test_what_was_told_is_not_told_again() -> None:
    nights = Nights()
    assert nights.kinds(0, change("A", "moved", "B", "A")) == [("A", "moved")]
    assert [nights.kinds(day) for day in (1, NIGHTS, NIGHTS + 1)] == [[]] * 3
    assert len(nights.memory) == 0  # what is settled is forgotten


def test_back_and_forth_is_told_once_and_what_stays_is_told_in_the_end() -> None:
    nights = Nights()
    assert nights.kinds(0, change("A", "moved", "B", "A")) == [("A", "moved")]
    assert nights.kinds(1, change("A", "moved", "A", "B")) == []
    assert nights.kinds(2, change("A", "moved", "B", "A")) == []
    assert nights.kinds(3, change("A", "moved", "A", "B")) == []
    assert nights.kinds(NIGHTS + 2) == []
    (row,) = nights.night(NIGHTS + 3).alerts.to_pylist()
    assert (row["kind"], row["before"], row["after"], row["since"]) == ("moved", "B", "A", DAY + dt.timedelta(days=3))
    assert nights.kinds(NIGHTS + 4) == []
    assert nights.kinds(2 * NIGHTS + 5, change("A", "moved", "B", "A")) == [("A", "moved")]  # long after, it is news again


def test_a_third_state_is_news() -> None:
    nights = Nights()
    nights.night(0, change("A", "moved", "B", "A"))
    assert nights.kinds(1, change("A", "moved", "C", "B")) == [("A", "moved")]
    assert nights.kinds(2, change("A", "moved", "B", "C")) == []


def test_a_stop_that_is_lifted_and_comes_back_within_a_week_is_told_once() -> None:
    nights = Nights()
    assert nights.kinds(0, change("A", "new_stop", "none", "voice 1")) == [("A", "new_stop")]
    assert nights.kinds(1, change("A", "lifted_stop", "voice 1", "none")) == []
    assert nights.kinds(2, change("A", "new_stop", "none", "voice 1")) == []
    assert [nights.kinds(day) for day in (NIGHTS + 2, NIGHTS + 9)] == [[], []]


def test_an_acknowledged_alert_stays_quiet_until_something_else_is_so() -> None:
    again = change("A", "new_phone", "known", thing="p-1")
    nights, plain = Nights(), Nights()
    for one in (nights, plain):
        one.night(0, again)
    nights.noted = pa.Table.from_pylist(
        [{"account_id": "A", "topic": "new_point", "thing": "p-1", "state": "known"}], schema=ACKNOWLEDGED.arrow
    )
    assert nights.kinds(90) == plain.kinds(90) == []
    assert nights.kinds(100, again) == []
    assert plain.kinds(100, again) == [("A", "new_phone")]
    assert nights.kinds(101, change("A", "new_phone", "known", thing="p-2")) == [("A", "new_phone")]


def test_an_acknowledgement_ends_with_the_next_state() -> None:
    nights = Nights()
    nights.night(0, change("A", "moved", "B", "A"))
    nights.noted = pa.Table.from_pylist([{"account_id": "A", "topic": "address", "thing": "", "state": "B"}], schema=ACKNOWLEDGED.arrow)
    assert nights.kinds(50, change("A", "moved", "B", "X")) == []
    assert nights.kinds(60, change("A", "moved", "C", "B")) == [("A", "moved")]
    assert nights.kinds(90, change("A", "moved", "B", "C")) == [("A", "moved")]


def test_one_alert_per_account_and_kind_and_nothing_beside_what_explains_it() -> None:
    told = Nights().night(
        0,
        change("A", "new_phone", "known", thing="p-1", delta=0.2),
        change("A", "new_phone", "known", thing="p-2", delta=0.6),
        change("A", "reach_up", "4", "1"),
        change("B", "deceased", "deceased"),
        change("B", "new_stop", "none", "voice 1"),
        change("C", "disconnected", "disconnected", thing="p-3"),
        change("C", "new_stop", "none", "voice 2"),
        change("D", "disconnected", "disconnected", thing="p-4"),
        change("D", "new_stop", "none", "voice 1", point="p-4"),
    )
    rows = {(row["account_id"], row["kind"]): row for row in told.alerts.to_pylist()}
    assert set(rows) == {("A", "new_phone"), ("B", "deceased"), ("C", "disconnected"), ("C", "new_stop"), ("D", "disconnected")}
    assert (rows["A", "new_phone"]["point_id"], rows["A", "new_phone"]["more"]) == ("p-2", 1)


def test_rank_goes_by_gravity_balance_and_change() -> None:
    nights = Nights()
    nights.balances = {"RICH": "50000.00"}
    told = nights.night(
        0,
        change("A", "reach_up", "4", "1"),
        change("B", "attorney", "reported"),
        change("RICH", "moved", "B", "A"),
        change("C", "moved", "B", "A", delta=0.01),
    )
    rows = told.alerts.to_pylist()
    assert [(row["account_id"], row["rank"]) for row in rows] == [("RICH", 1), ("B", 2), ("A", 3), ("C", 4)]
    assert rows[0]["worth"] == pytest.approx(3.0 * 50_000 * 0.5)
    assert rows[3]["worth"] == pytest.approx(3.0 * 1000 * 0.05)
    assert told.alerts.schema.equals(ALERTS.arrow)


@pytest.mark.parametrize(("accounts", "summed"), [(4, False), (5, True)])
def test_a_storm_is_one_line_and_its_alerts_are_kept(accounts: int, summed: bool) -> None:
    changes = [change(f"A{number}", "moved", "B", "A") for number in range(accounts)]
    told = Nights(storm_from=4, storm_share=0.04).night(0, *changes, change("X", "attorney", "reported"), total=100)
    rows = told.alerts.to_pylist()
    assert len(told.held) == (accounts if summed else 0)
    assert len(rows) == (2 if summed else accounts + 1)
    if summed:
        line = next(row for row in rows if row["account_id"] is None)
        assert (line["kind"], line["after"], line["accounts"], line["balance"]) == (
            "moved",
            "held: 5 of 100 accounts at once",
            5,
            Decimal("5000.00"),
        )
        assert sorted(told.held["account_id"].to_pylist()) == [f"A{number}" for number in range(5)]


def test_an_account_that_left_is_forgotten() -> None:
    nights = Nights()
    nights.night(0, change("A", "moved", "B", "A"))
    gone = tell(
        CHANGED.empty(),
        nights.memory,
        ACKNOWLEDGED.empty(),
        pa.table(
            {
                "account_id": pa.array([], pa.string()),
                "consumer_id": pa.array([], pa.string()),
                "balance": pa.array([], pa.decimal128(14, 2)),
            }
        ),
        load(),
        DAY,
        0,
    )
    assert len(gone.told) == len(gone.alerts) == 0
