from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.contacts.spelling import KINDS as KIND_ORDER
from skiptrace.ids import point_id
from skiptrace.schema import CONTACT_POINTS
from tests.contacts.tables import AS_OF, AWAY, EMAIL, HOME, PHONE, ago, mine, points_of

OTHER = {"kind": "phone", "value": "+15035550177"}


def found(*rows: dict[str, Any], told: tuple[dict[str, Any], ...] = (), as_of: dt.date = AS_OF) -> list[dict[str, Any]]:
    table = points_of(*rows, told=told, as_of=as_of)
    assert table.schema.equals(CONTACT_POINTS.arrow)
    points: list[dict[str, Any]] = table.to_pylist()
    return points


def by_value(*rows: dict[str, Any], **more: Any) -> dict[str, dict[str, Any]]:
    return {point["value"]: point for point in found(*rows, **more)}


def test_a_point_carries_what_its_evidence_says() -> None:
    (point,) = found({**PHONE, "line_type": "mobile", "flags": ["x"], "point_kind": "fixed_or_mobile"}, mine(**PHONE))
    assert point["point_id"] == point_id("phone", PHONE["value"])
    assert (point["origin"], point["line_type"], point["status"]) == ("both", "mobile", "unknown")
    assert (point["sources"], point["independent_sources"], point["shared_by"]) == (["header", "portfolio"], 2, 0)
    assert (point["flags"], point["point_kind"], point["rank"]) == (["x"], "fixed_or_mobile", 1)


KINDS = [HOME, AWAY, PHONE, OTHER, EMAIL, {**EMAIL, "value": "p.at@example.com", "match_key": "p.at@example.com"}]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["A1", "A2"]), st.sampled_from(KINDS), st.floats(0, 20), st.floats(0.05, 1)), max_size=10))
def test_ranks_are_dense_from_one_and_follow_the_score(seen: list[tuple[str, dict[str, str], float, float]]) -> None:
    rows = [
        {"account_id": a, **k, "last_seen": ago(t), "match_probability": p, "record_id": f"R{n}"} for n, (a, k, t, p) in enumerate(seen)
    ]
    points = found(*rows)
    assert len({(point["account_id"], point["point_id"]) for point in points}) == len(points)
    assert len(points) == len({(a, k["value"]) for a, k, _, _ in seen})
    order = [(point["account_id"], KIND_ORDER.index(point["kind"]), point["rank"]) for point in points]
    assert order == sorted(order)
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for point in points:
        groups.setdefault((point["account_id"], point["kind"]), []).append(point)
    for group in groups.values():
        assert [point["rank"] for point in group] == list(range(1, len(group) + 1))
        scores = [point["p_current"] * point["p_right_party"] for point in group]
        assert scores == sorted(scores, reverse=True)
    assert all(0 <= point["p_current"] <= 1 and 0 <= point["p_right_party"] <= 1 for point in points)


def test_the_newer_of_two_numbers_leads() -> None:
    points = by_value({**PHONE, "last_seen": ago(8)}, {**OTHER, "last_seen": ago(0.1)})
    assert (points[OTHER["value"]]["rank"], points[PHONE["value"]]["rank"]) == (1, 2)


def test_the_rank_weighs_whose_the_point_is() -> None:
    points = by_value(
        {**PHONE, "last_seen": ago(0.1), "match_probability": 0.2},
        {**OTHER, "last_seen": ago(3), "match_probability": 0.99, "record_id": "R2"},
    )
    assert points[PHONE["value"]]["p_current"] > points[OTHER["value"]]["p_current"]
    assert points[OTHER["value"]]["rank"] == 1


def test_a_number_in_the_area_of_the_leading_address_gains() -> None:
    number = {**OTHER, "last_seen": ago(1)}
    at_home = by_value(number, {**AWAY, "last_seen": ago(0.1)}, {**HOME, "last_seen": ago(9)})
    elsewhere = by_value(number, {**AWAY, "last_seen": ago(9)}, {**HOME, "last_seen": ago(0.1)})
    assert at_home[OTHER["value"]]["p_current"] > elsewhere[OTHER["value"]]["p_current"]


@pytest.mark.parametrize(
    ("outcome", "point", "status"),
    [
        ("wrong_party", PHONE, "wrong_party"),
        ("not_in_service", PHONE, "disconnected"),
        ("bounced", EMAIL, "invalid"),
        ("bounced", HOME, "invalid"),
    ],
)
def test_a_point_proved_wrong_sinks_whatever_sources_sell_it(outcome: str, point: dict[str, Any], status: str) -> None:
    sold = [{**point, "source": name, "origin": name, "last_seen": AS_OF, "status": "active"} for name in "abcd"]
    (before,) = found(*sold)
    (after,) = found(*sold, told=({"outcome": outcome, **{key: point[key] for key in ("kind", "value")}},))
    assert after["status"] == status
    assert after["p_current"] < 0.1 < before["p_current"]
    assert before["status"] == "active"


def test_a_right_party_lifts_and_says_active() -> None:
    (point,) = found({**PHONE, "status": "disconnected"}, told=({"outcome": "right_party"},))
    assert (point["status"], point["p_current"] > 0.9) == ("active", True)


def test_chances_fall_as_as_of_moves_on() -> None:
    rows = [PHONE, EMAIL, HOME]
    now, then = by_value(*rows), by_value(*rows, as_of=AS_OF.replace(year=AS_OF.year + 15))
    for value, point in now.items():
        assert then[value]["p_current"] < point["p_current"]


@pytest.mark.parametrize("relation", ["household", "co_borrower"])
def test_what_relatives_show_is_never_a_point_of_the_consumer(relation: str) -> None:
    theirs = {**OTHER, "relation": relation, "match_probability": 0.99, "last_seen": AS_OF, "record_id": "R2"}
    assert [point["value"] for point in found(PHONE, theirs)] == [PHONE["value"]]
    assert found(theirs) == []
    (both,) = found(PHONE, {**theirs, **PHONE})
    assert (both["relations"], both["independent_sources"], both["p_right_party"]) == ([relation], 1, pytest.approx(0.9))


def test_no_evidence_gives_no_points() -> None:
    assert found() == []
