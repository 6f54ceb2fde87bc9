from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.contacts import rules
from skiptrace.contacts.merging import days
from skiptrace.contacts.places import Places, find_places, years_before
from tests.contacts.tables import AS_OF, AWAY, HOME, ago, evidence, mine, points_of

RULES = rules.load()
SHORT = {**HOME, "value": "N MAIN ST, SEATTLE, WA 98101", "house": None}
SLIP = {**HOME, "value": "128 N MAIN ST, SEATTLE, WA 98101", "house": "128"}
SPELLED = {**HOME, "value": "123 N MAINE ST, SEATTLE, WA 98101", "street": "N MAINE ST"}
BOX = {**AWAY, "value": "PO BOX 12, PORTLAND, OR 97201", "house": "12", "street": "PO BOX 12", "point_kind": "po_box"}


def p_of(*rows: dict[str, Any]) -> dict[str, float]:
    return {value: point["p_current"] for value, point in by_value(*rows).items()}


def by_value(*rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {point["value"]: point for point in points_of(*rows).to_pylist()}


def places_of(*rows: dict[str, Any]) -> tuple[list[str], Places]:
    """(values, places) of rows of evidence of one account; each distinct value is a point."""
    table = evidence(*rows)
    values = table["value"].to_pylist()
    names = sorted(set(values))
    newest = np.array([max(day for v, day in zip(values, days(table["last_seen"]).tolist(), strict=True) if v == name) for name in names])
    spelled = table.take(pa.array([values.index(name) for name in names], pa.int64()))
    uses = np.array([values.count(name) for name in names])
    return names, find_places(spelled, np.zeros(len(names), np.int64), uses, newest, RULES.address)


def leads(*rows: dict[str, Any]) -> dict[str, str]:
    names, places = places_of(*rows)
    return {name: names[row] for name, row in zip(names, places.lead.tolist(), strict=True)}


def test_spellings_of_one_place_share_its_evidence() -> None:
    others = [{**AWAY, "record_id": f"O{n}", "origin": f"o{n}", "last_seen": ago(2)} for n in range(2)]
    alone = p_of({**HOME, "last_seen": ago(1)}, *others)
    helped = p_of({**HOME, "last_seen": ago(1)}, {**SPELLED, "origin": "x", "last_seen": ago(0.5)}, *others)
    assert helped[HOME["value"]] > alone[HOME["value"]]
    assert helped[AWAY["value"]] < alone[AWAY["value"]]


@pytest.mark.parametrize("worse", [SHORT, SLIP, SPELLED], ids=["no number", "slip", "misspelled"])
def test_another_spelling_stays_as_a_lower_point(worse: dict[str, Any]) -> None:
    points = by_value({**HOME, "last_seen": ago(1)}, {**HOME, "origin": "b", "last_seen": ago(2)}, {**worse, "origin": "c"})
    assert (points[HOME["value"]]["rank"], points[worse["value"]]["rank"]) == (1, 2)
    assert 0 < points[worse["value"]]["p_current"] < points[HOME["value"]]["p_current"]


def test_the_complete_then_commonest_then_newest_spelling_speaks() -> None:
    many_short = [{**SHORT, "origin": name, "last_seen": AS_OF} for name in "abc"]
    assert set(leads(HOME, *many_short).values()) == {HOME["value"]}
    assert set(leads({**HOME, "last_seen": ago(5)}, {**HOME, "last_seen": ago(6)}, SPELLED).values()) == {HOME["value"]}
    assert set(leads({**HOME, "last_seen": ago(5)}, SPELLED).values()) == {SPELLED["value"]}
    assert leads(HOME, AWAY) == {HOME["value"]: HOME["value"], AWAY["value"]: AWAY["value"]}


def test_the_spelling_that_speaks_has_the_evidence_of_all() -> None:
    points = by_value({**HOME, "last_seen": ago(1)}, {**HOME, "last_seen": ago(4)}, mine(**SPELLED, last_seen=ago(6)))
    home, spelled = points[HOME["value"]], points[SPELLED["value"]]
    assert (home["origin"], home["independent_sources"], len(home["evidence"])) == ("both", 2, 3)
    assert (home["first_seen"], home["sources"]) == (ago(6), ["header", "portfolio"])
    assert (spelled["origin"], spelled["independent_sources"], len(spelled["evidence"])) == ("portfolio", 1, 1)


def test_a_copy_of_one_origin_and_day_is_no_second_sighting() -> None:
    others = {**AWAY, "origin": "o", "last_seen": ago(2)}
    once = p_of(HOME, others)
    copied = p_of(HOME, {**HOME, "source": "contact", "record_id": "C1"}, others)
    second = p_of(HOME, {**HOME, "source": "contact", "record_id": "C1", "origin": "contact", "last_seen": ago(0.4)}, others)
    assert copied[HOME["value"]] == pytest.approx(once[HOME["value"]], abs=1e-12)
    assert second[HOME["value"]] > once[HOME["value"]]


@pytest.mark.parametrize(
    ("spelling", "kept"),
    [
        ({**HOME, "unit": "APT 4"}, 1.0),
        (SPELLED, RULES.address.misspelled),
        (SLIP, RULES.address.other_number),
        (SHORT, RULES.address.other_number),
        ({**HOME, "street": "N MAST RD"}, RULES.address.barely_alike),
    ],
)
def test_a_spelling_keeps_what_a_letter_carrier_would_still_find(spelling: dict[str, Any], kept: float) -> None:
    names, places = places_of({**HOME, "last_seen": AS_OF}, HOME, {**spelling, "value": "another"})
    assert len(set(places.place.tolist())) == 1
    assert dict(zip(names, places.likeness.tolist(), strict=True)) == {HOME["value"]: 1.0, "another": kept}


def test_a_numbered_street_is_not_its_neighbour() -> None:
    first = {**HOME, "street": "N 112TH ST", "value": "a"}
    _, places = places_of(first, first, {**first, "street": "N 113TH ST", "value": "b"})
    assert places.likeness.tolist() == [1.0, RULES.address.barely_alike]


@pytest.mark.parametrize("code", ["A", "91", "92"])
def test_a_change_of_address_names_the_new_one(code: str) -> None:
    old = [{**HOME, "origin": name, "last_seen": ago(1)} for name in "ab"]
    filed = {**AWAY, "source": "ncoa", "origin": "ncoa", "source_kind": "ncoa", "ncoa_code": code, "last_seen": ago(0.9)}
    points = p_of(*old, filed)
    assert points[AWAY["value"]] > points[HOME["value"]]


@pytest.mark.parametrize("code", ["01", "02", "03", "3"])
def test_who_moved_without_a_trace_is_gone(code: str) -> None:
    old = [{**HOME, "origin": name, "last_seen": ago(2)} for name in "ab"]
    filed = {"source": "ncoa", "origin": "ncoa", "source_kind": "ncoa", "ncoa_code": code, "last_seen": ago(1)}
    assert p_of(*old, {**HOME, **filed})[HOME["value"]] < 0.2 < 0.7 < p_of(*old)[HOME["value"]]


def test_who_was_long_at_an_address_is_likelier_there_still() -> None:
    seen = [{**HOME, "last_seen": ago(3)}, {**HOME, "last_seen": ago(3.1), "origin": "b"}]
    long = p_of(*seen, {**HOME, "last_seen": ago(12), "origin": "c"})
    short = p_of(*seen, {**HOME, "last_seen": ago(3.2), "origin": "c"})
    assert long[HOME["value"]] > short[HOME["value"]]


def test_an_uncertain_link_says_less() -> None:
    certain = p_of({**HOME, "last_seen": ago(3)}, {**AWAY, "match_probability": 0.99})
    doubtful = p_of({**HOME, "last_seen": ago(3)}, {**AWAY, "match_probability": 0.3, "record_id": "R2"})
    assert certain[AWAY["value"]] > doubtful[AWAY["value"]]


def test_a_box_in_a_tax_file_is_no_move() -> None:
    old = {**HOME, "last_seen": ago(2)}
    in_tax, in_header = p_of(old, {**BOX, "source_kind": "tax"}), p_of(old, BOX)
    assert in_tax[HOME["value"]] > in_tax[BOX["value"]]
    assert in_header[BOX["value"]] > in_header[HOME["value"]]


def test_an_undated_sighting_counts_as_older_than_the_dated_ones() -> None:
    points = p_of({**HOME, "last_seen": None}, {**AWAY, "last_seen": ago(3)})
    assert points[AWAY["value"]] > points[HOME["value"]]
    alone = p_of({**HOME, "last_seen": None})
    assert alone == pytest.approx(p_of({**HOME, "last_seen": ago(RULES.address.undated_alone_years)}), abs=1e-3)


def test_chances_of_the_places_of_an_account_leave_room_for_elsewhere() -> None:
    points = p_of(HOME, AWAY, {**BOX, "last_seen": ago(7)})
    assert 0 < sum(points.values()) < 1


def test_years_are_counted_back_from_as_of() -> None:
    seen = pa.chunked_array([pa.array([AS_OF, AS_OF - dt.timedelta(days=1461), None], pa.date32())])
    found = years_before(seen, AS_OF)
    assert found[:2].tolist() == [0.0, 4.0]
    assert np.isnan(found[2])
