"""Which points an outcome is about, and what statuses of sources add. Proofs themselves: test_outcomes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from skiptrace.contacts import rules
from tests.contacts.tables import AS_OF, HOME, PHONE, points_of

RULES = rules.load()


def p_of(*rows: dict[str, Any], told: tuple[dict[str, Any], ...] = ()) -> dict[str, tuple[str, float]]:
    return {row["value"]: (row["status"], row["p_current"]) for row in points_of(*rows, told=told).to_pylist()}


@pytest.mark.parametrize("status", sorted(RULES.status))
def test_what_a_source_says_of_a_point_counts(status: str) -> None:
    quiet, told = p_of({})[PHONE["value"]][1], p_of({"status": status})[PHONE["value"]]
    assert told[0] == status
    assert told[1] > quiet if status == "active" else told[1] < quiet / 2


def test_an_attempt_outweighs_what_sources_say() -> None:
    reached = p_of({"status": "disconnected"}, told=({"outcome": "right_party"},))
    assert reached[PHONE["value"]][0] == "active"
    assert reached[PHONE["value"]][1] > 0.8


def test_every_spelling_of_a_delivery_point_is_proved_wrong_with_it() -> None:
    flat = {**HOME, "value": "123 N MAIN ST APT 4, SEATTLE, WA 98101", "unit": "APT 4", "record_id": "R2"}
    slip = {**HOME, "value": "128 N MAIN ST, SEATTLE, WA 98101", "house": "128", "record_id": "R3"}
    moment = dt.datetime.combine(AS_OF, dt.time(), dt.UTC) - dt.timedelta(days=3)
    letter = {"outcome": "returned_mail", "channel": "mail", "kind": "address", "value": HOME["value"], "occurred_at": moment}
    found = {value: status for value, (status, _) in p_of(HOME, flat, slip, told=(letter,)).items()}
    assert found == {HOME["value"]: "invalid", flat["value"]: "invalid", slip["value"]: "unknown"}
