from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.columns import number
from skiptrace.contacts.merging import listed, merge
from tests.contacts.tables import HOME, ago, evidence, mine


def merged(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Points by account, kind and value, with the voice of each row its origin."""
    table = evidence(*rows)
    keys = list(zip(table["account"].to_pylist(), table["kind"].to_pylist(), table["value"].to_pylist(), strict=True))
    points = sorted(set(keys))
    group = np.array([points.index(key) for key in keys], np.int64)
    speaker = np.array([keys.index(point) for point in points], np.int64)
    shows = np.array([relation == "same" for relation in table["relation"].to_pylist()], bool)
    voice = number(table["origin"])
    row = np.arange(len(keys))
    merged = merge(table, row, group, speaker, shows, voice)
    found: list[dict[str, Any]] = merged.append_column("evidence", listed(table, row, group, len(points))).to_pylist()
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


def test_a_row_may_stand_in_several_groups() -> None:
    table = evidence(HOME, {**HOME, "value": "123 MAIN ST, SEATTLE, WA 98101", "record_id": "R2", "last_seen": ago(2)})
    row, group = np.array([0, 1, 1]), np.array([0, 1, 0])
    found = merge(table, row, group, np.array([0, 1]), np.ones(2, bool), np.zeros(2, np.int64)).to_pylist()
    entries = listed(table, row, group, 2).to_pylist()
    assert [(point["value"], point["sightings"]) for point in found] == [(HOME["value"], 2), ("123 MAIN ST, SEATTLE, WA 98101", 1)]
    assert [entry["record_id"] for entry in entries[0]] == ["R1", "R2"]


def test_relatives_stand_in_the_list_and_count_for_nothing() -> None:
    theirs = {"relation": "household", "source": "voter", "origin": "voter", "last_seen": ago(0), "line_type": "voip"}
    (row,) = merged({}, theirs)
    assert (row["relations"], row["sources"], row["independent_sources"]) == (["household"], ["header"], 1)
    assert (row["last_seen"], row["line_type"], row["sightings"]) == (ago(0.5), "unknown", 1)
    assert row["p_right_party"] == pytest.approx(0.9)
    assert [entry["relation"] for entry in row["evidence"]] == ["household", "same"]


def test_no_word_is_no_line_type() -> None:
    (row,) = merged({"line_type": "mobile", "last_seen": ago(3)}, {"line_type": "unknown"})
    assert row["line_type"] == "mobile"


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
    assert merged() == []
