from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from skiptrace.export.model import Profile
from skiptrace.export.shape import BAR, OTHER_ACCOUNT, ROW_FULL, Shaped, shape
from skiptrace.export.view import EXPORTABLE

DAY = datetime.date(2026, 6, 30)


def _uses(*rows: dict[str, Any]) -> pa.Table:
    base = {"channel": "voice", "decision": "permitted", "valid_until": DAY, "balance": Decimal("10.00"), "expected_value": Decimal("1.00")}
    names = ["account_id", "consumer_id", "point_id", "channel", "decision", "conditions", "window_start", "window_end", "valid_until",
             "balance", "expected_value"]  # fmt: skip
    schema = pa.schema([EXPORTABLE.arrow.field(name).with_nullable(True) for name in names])
    return pa.Table.from_pylist([{**base, **row} for row in rows], schema)


def use(account: str, point: str, consumer: str = "C", **more: Any) -> dict[str, Any]:
    return {"account_id": account, "consumer_id": consumer, "point_id": point, **more}


def _profile(row: str, slots: int = 1, accounts: int = 1) -> Profile:
    shape_ = "wide" if row in ("account", "consumer") else "long"
    return Profile("x", "x", "csv", shape_, {}, (), "f", row=row, slots=slots, accounts=accounts)


def _told(found: Shaped) -> list[dict[str, Any]]:
    return found.rows.select(["account_id", "account_ids", "total_balance", "slots_filled"]).to_pylist()


def test_three_debts_of_one_consumer_are_one_row_led_by_the_most_valuable() -> None:
    best = use("B", "p", expected_value=Decimal("9.00"), conditions="D")
    uses = _uses(use("A", "p"), best, use("C", "p", balance=None), use("X", "q", "Y"))
    found = shape(_profile("consumer", accounts=3), uses)
    assert _told(found) == [
        {"account_id": "B", "account_ids": "B|A|C", "total_balance": None, "slots_filled": 1},
        {"account_id": "X", "account_ids": "X", "total_balance": Decimal("10.00"), "slots_filled": 1},
    ]
    assert found.left == {}
    assert found.rows["conditions"].to_pylist() == ["D", None]
    assert shape(_profile("consumer", accounts=2), uses).left == {"C": ROW_FULL}


def test_an_account_that_may_not_be_called_at_every_number_of_the_row_stays_out() -> None:
    uses = _uses(use("A", "p"), use("A", "q"), use("B", "p", expected_value=None))
    assert shape(_profile("consumer", 2, 3), uses).left == {"B": OTHER_ACCOUNT}
    joined = shape(_profile("consumer", 1, 3), uses)
    assert (joined.left, _told(joined)[0]["account_ids"]) == ({}, "A|B")
    assert shape(_profile("consumer", 1, 3), _uses(use("A", "p"), use("B|1", "p"))).left == {"B|1": BAR}


def test_hours_are_those_that_suit_every_number_and_a_number_without_such_hours_is_left_out() -> None:
    early = {"window_start": "2026-06-30T12:00:00Z", "window_end": "2026-06-30T15:00:00Z"}
    late = {"window_start": "2026-06-30T18:00:00Z", "window_end": "2026-06-30T20:00:00Z"}
    middle = {"window_start": "2026-06-30T14:00:00Z", "window_end": "2026-06-30T19:00:00Z"}
    found = shape(_profile("account", 3), _uses(use("A", "p", **early), use("A", "q", **late), use("A", "r", **middle)))
    assert found.rows.select(["window_start", "window_end", "slots_filled"]).to_pylist() == [
        {"window_start": "2026-06-30T14:00:00Z", "window_end": "2026-06-30T15:00:00Z", "slots_filled": 2}]  # fmt: skip
    assert [slot.to_pylist() for slot in found.slots] == [[0], [2], [None]]
    apart = shape(_profile("consumer", 1, 2), _uses(use("A", "p", **early), use("B", "p", **late)))
    assert apart.left == {"B": OTHER_ACCOUNT}


def test_a_point_is_one_row_with_its_channels() -> None:
    uses = _uses(use("A", "p"), use("A", "q"), use("A", "p", channel="sms", conditions="D", decision="conditional"), use("B", "p"))
    found = shape(_profile("point"), uses)
    assert found.rows.select(["account_id", "point_id", "channels", "conditions", "decision"]).to_pylist() == [
        {"account_id": "A", "point_id": "p", "channels": "voice|sms", "conditions": "D", "decision": "conditional"},
        {"account_id": "A", "point_id": "q", "channels": "voice", "conditions": None, "decision": "permitted"},
        {"account_id": "B", "point_id": "p", "channels": "voice", "conditions": None, "decision": "permitted"},
    ]


def test_no_uses_make_no_rows() -> None:
    for row in ("use", "point", "account", "consumer"):
        assert shape(_profile(row), _uses()).rows.num_rows == 0
