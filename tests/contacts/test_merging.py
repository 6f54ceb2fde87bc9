from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.contacts.merging import merge
from tests.contacts.tables import EMAIL, HOME, PHONE, ago, evidence, mine


def merged(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = merge(evidence(*rows)).to_pylist()
    return found


def test_copies_of_one_origin_count_once() -> None:
    (copies,) = merged({"source": "header", "match_probability": 0.8}, {"source": "contact", "record_id": "C1", "match_probability": 0.7})
    assert copies["p_right_party"] == pytest.approx(0.8)
    assert (copies["independent_sources"], copies["sources"]) == (1, ["contact", "header"])
    (two,) = merged({"match_probability": 0.8}, {"source": "voter", "origin": "voter", "match_probability": 0.7})
    assert two["p_right_party"] == pytest.approx(1 - 0.2 * 0.3)
    assert two["independent_sources"] == 2


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.01, 1)), min_size=1, max_size=8))
def test_p_right_party_is_that_one_origin_at_least_is_right(seen: list[tuple[str, float]]) -> None:
    (row,) = merged(*({"origin": origin, "match_probability": p} for origin, p in seen))
    best = {origin: max(p for name, p in seen if name == origin) for origin, _ in seen}
    expected = 1 - math.prod(1 - min(p, 0.999999) for p in best.values())
    assert row["p_right_party"] == pytest.approx(expected, abs=1e-12)
    assert max(best.values()) - 1e-6 <= row["p_right_party"] < 1
    assert row["independent_sources"] == len(best)
    assert len(row["evidence"]) == len(seen)  # a copy is kept as evidence


def test_a_point_is_an_account_a_kind_and_a_value() -> None:
    rows = merged({}, EMAIL, HOME, {"account_id": "A2"}, {"value": "+12065550100"}, {"record_id": "R2"})
    assert [(row["account_id"], row["kind"], row["sightings"]) for row in rows] == [
        ("A1", "address", 1),
        ("A1", "email", 1),
        ("A1", "phone", 1),
        ("A1", "phone", 2),
        ("A2", "phone", 1),
    ]
    assert [row["value"] for row in rows if row["kind"] == "phone"] == ["+12065550100", PHONE["value"], PHONE["value"]]


@pytest.mark.parametrize(
    ("rows", "origin"),
    [([mine()], "portfolio"), ([{}], "reference"), ([mine(), {}], "both"), ([{}, {"record_id": "R2"}], "reference")],
)
def test_origin_says_who_shows_it(rows: list[dict[str, Any]], origin: str) -> None:
    (row,) = merged(*rows)
    assert row["origin"] == origin
    assert (row["mine"], row["seen_elsewhere"]) == (origin in {"portfolio", "both"}, origin in {"reference", "both"})


def test_dates_span_all_sightings() -> None:
    (row,) = merged({"first_seen": ago(5), "last_seen": ago(3)}, {"last_seen": ago(6)}, {"last_seen": None}, {"last_seen": ago(1)})
    assert (row["first_seen"], row["last_seen"]) == (ago(6), ago(1))
    (undated,) = merged({"last_seen": None})
    assert (undated["first_seen"], undated["last_seen"]) == (None, None)


def test_line_type_and_status_are_those_of_the_newest_sighting_that_states_one() -> None:
    (row,) = merged(
        {"last_seen": ago(4), "line_type": "landline", "status": "active"},
        {"last_seen": ago(2), "line_type": "mobile", "status": "disconnected"},
        {"last_seen": ago(1)},
        {"last_seen": None, "line_type": "voip", "status": "invalid"},
    )
    assert (row["line_type"], row["status"]) == ("mobile", "disconnected")
    (silent,) = merged({})
    assert (silent["line_type"], silent["status"]) == ("unknown", None)


def test_flags_and_zones_are_of_all_sightings_sorted_and_once() -> None:
    (row,) = merged({"flags": ["role", "free"], "zones": ["America/New_York"]}, {"flags": ["free"], "zones": None}, {"flags": None})
    assert (row["flags"], row["zones"]) == (["free", "role"], ["America/New_York"])
    (plain,) = merged({})
    assert (plain["flags"], plain["zones"]) == ([], [])


def test_evidence_is_newest_first_with_undated_last() -> None:
    (row,) = merged({"last_seen": None, "record_id": "R0"}, {"last_seen": ago(3), "record_id": "R3"}, {"record_id": "R5"})
    assert [entry["record_id"] for entry in row["evidence"]] == ["R5", "R3", "R0"]


def test_no_evidence_gives_no_points() -> None:
    assert merge(evidence()).num_rows == 0
