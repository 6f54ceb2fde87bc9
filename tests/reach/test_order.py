from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from skiptrace.reach.order import order_channels
from skiptrace.reach.scorecards import OrderRules, order_rules
from tests.reach.tables import points, tape, uses

RULES = order_rules()


def ordered(*rows: dict[str, Any], account: dict[str, Any] | None = None, theirs: dict[str, float] | None = None) -> dict[str, Any]:
    """The order for account A1 from these uses; `theirs` gives p_right_party per point, 0.9 where it is silent."""
    known = {"p-1": 0.9, **dict.fromkeys((row["point_id"] for row in rows if "point_id" in row), 0.9), **(theirs or {})}
    contact = points(*({"point_id": name, "p_right_party": q} for name, q in sorted(known.items())))
    (row,) = order_channels(tape(account or {}), contact, uses(*rows), RULES).to_pylist()
    return dict(row)


MAIL = {"channel": "mail", "point_id": "a", "p_reach": 0.6}
MESSAGE = {"channel": "email", "point_id": "e", "p_reach": 0.5}
CALL = {"channel": "voice", "p_reach": 0.55}
TEXT = {"channel": "sms", "p_reach": 0.4}


def test_value_is_reach_times_gentleness_less_cost() -> None:
    rows = [MAIL, MESSAGE, CALL, TEXT]
    worth = {row["channel"]: row["p_reach"] * RULES.gentleness[row["channel"]] - RULES.cost[row["channel"]] for row in rows}
    found = ordered(*rows)
    assert found["channel_order"] == sorted(worth, key=lambda name: -worth[name])
    assert found["best_channel"] == found["channel_order"][0]


@pytest.mark.parametrize("first", [CALL, TEXT])
def test_only_exportable_uses_count(first: dict[str, Any]) -> None:
    assert ordered({**first, "decision": "stopped"}) == {
        "account_id": "A1", "best_channel": None, "channel_order": [], "p_any_channel": 0.0, "expected_value": None,
    }  # fmt: skip
    found = ordered({**first, "decision": "conditional"}, {**MAIL, "decision": "stopped"})
    assert found["channel_order"] == [first["channel"]]
    assert found["p_any_channel"] == pytest.approx(first["p_reach"])


def test_the_best_point_of_a_channel_speaks_for_it() -> None:
    weak = {**MESSAGE, "point_id": "e2", "p_reach": 0.01}
    assert ordered(weak, CALL)["best_channel"] == "voice"
    assert ordered(weak, MESSAGE, CALL)["best_channel"] == "email"


def test_a_stated_preference_outranks_the_score() -> None:
    weak = {**CALL, "p_reach": 0.01}
    assert ordered(MESSAGE, weak)["best_channel"] == "email"
    found = ordered(MESSAGE, weak, MAIL, account={"preferred_channel": "voice"})
    assert found["channel_order"][0] == "voice"
    assert found["channel_order"][1:] == ordered(MESSAGE, MAIL)["channel_order"]
    stopped = ordered(MESSAGE, {**weak, "decision": "stopped"}, account={"preferred_channel": "voice"})
    assert stopped["channel_order"] == ["email"]


def test_equal_values_are_in_order_of_name() -> None:
    even = OrderRules(dict.fromkeys(RULES.gentleness, 1.0), dict.fromkeys(RULES.cost, 0.0), RULES.grades)
    rows = uses(*({**row, "p_reach": 0.5} for row in (CALL, TEXT, MESSAGE)))
    contact = points({"point_id": "p-1"}, {"point_id": "e"})
    (row,) = order_channels(tape({}), contact, rows, even).to_pylist()
    assert row["channel_order"] == ["email", "sms", "voice"]


def test_p_any_counts_the_doubt_about_the_link_once() -> None:
    found = ordered(MAIL, MESSAGE, theirs={"a": 0.8, "e": 0.7})
    assert found["p_any_channel"] == pytest.approx(0.8 * (1 - (1 - 0.6 / 0.8) * (1 - 0.5 / 0.7)))
    assert found["p_any_channel"] < 1 - (1 - 0.6) * (1 - 0.5)
    assert max(0.6, 0.5) <= found["p_any_channel"] <= 0.8


def test_two_channels_of_one_point_are_one_chance() -> None:
    assert ordered(CALL, TEXT)["p_any_channel"] == pytest.approx(0.55)


def test_a_point_that_is_nobodys_brings_nothing() -> None:
    found = ordered({**CALL, "p_reach": 1e-12}, theirs={"p-1": 0.0})
    assert found["p_any_channel"] == 0.0


def test_expected_value_is_that_chance_times_the_balance() -> None:
    found = ordered(CALL, account={"balance": Decimal("1234.56")})
    assert found["expected_value"] == Decimal("679.01")
    assert ordered(CALL)["expected_value"] is None
    assert ordered({**CALL, "decision": "stopped"}, account={"balance": Decimal("1234.56")})["expected_value"] == 0
    assert ordered(CALL, account={"balance": Decimal("0.00")})["expected_value"] == 0


def test_every_account_of_the_tape_has_its_row() -> None:
    found = order_channels(tape({"account_id": "B"}, {"account_id": "A1"}), points({}), uses(CALL), RULES)
    assert found["account_id"].to_pylist() == ["A1", "B"]
    assert found["best_channel"].to_pylist() == ["voice", None]
    assert found["channel_order"].to_pylist() == [["voice"], []]
