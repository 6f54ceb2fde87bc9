"""Where points say the consumer may be."""

from __future__ import annotations

import pytest

from skiptrace.compliance.places import Place, place_of, with_places
from skiptrace.rulebook.loading import load
from tests.compliance import tables as t

PLACES = load().places


@pytest.mark.parametrize(
    ("country", "state", "code", "expected"),
    [
        ("US", "CA", "93701", Place("CA", ("US-CA",), False, None)),
        ("", "CA", "93701", Place("CA", ("US-CA",), False, None)),
        ("US", "NY", "10025", Place("NY", ("US-NY", "US-NY-NYC"), False, None)),
        ("US", "NY", "11004", Place("NY", ("US-NY", "US-NY-NYC"), False, None)),
        ("US", "NY", "11501", Place("NY", ("US-NY",), False, None)),
        ("US", "NY", "", Place("NY", None, False, None)),
        ("US", "AE", "09012", Place("AE", (), False, ())),
        ("US", "ZZ", "99999", Place(None, None, False, None)),
        ("", "", "", Place(None, None, None, None)),
        ("AU", "NSW", "2000", Place(None, None, True, None)),
    ],
)
def test_addresses(country: str, state: str, code: str, expected: Place) -> None:
    assert place_of("address", country, state, code, "street", PLACES) == expected


@pytest.mark.parametrize(
    ("code", "kind", "state", "jurisdictions", "foreign"),
    [
        ("+1212", "fixed_or_mobile", "NY", ("US-NY",), False),
        ("+1202", "fixed_or_mobile", "DC", ("US-DC",), False),
        ("+1206", "fixed_or_mobile", "WA", ("US-WA",), False),
        ("+1787", "fixed_or_mobile", "PR", ("US-PR",), False),
        ("+1416", "fixed_or_mobile", "ON", ("CA", "CA-ON"), True),
        ("+4420", "fixed", None, None, True),
        ("+1800", "toll_free", None, (), False),
        ("+1999", "unknown", None, None, None),
    ],
)
def test_area_codes(
    code: str, kind: str, state: str | None, jurisdictions: tuple[str, ...] | None, foreign: bool | None
) -> None:
    place = place_of("phone", "", "", code, kind, PLACES)
    assert (place.state, place.jurisdictions, place.foreign) == (state, jurisdictions, foreign)


def test_an_overlay_has_the_zones_of_the_code_it_overlays() -> None:
    assert place_of("phone", "", "", "+1448", "fixed_or_mobile", PLACES).zones == (
        "America/Chicago",
        "America/New_York",
    )


def test_rows_keep_their_order_and_zones_are_corrected() -> None:
    rows = t.points(
        {"value": "+18005550123", "point_kind": "toll_free"}, t.WEST, t.MAILBOX, {"value": "+16895550123"}, {}
    )
    out = with_places(rows, PLACES)
    assert out.column("point_id").to_pylist() == rows.column("point_id").to_pylist()
    assert out.column("zones").to_pylist() == [
        [],
        ["America/Los_Angeles"],
        [],
        ["America/New_York"],
        ["America/New_York"],
    ]
    assert out.column("home_state").to_pylist() == [None, "CA", None, "FL", "NY"]


def test_points_that_have_their_places_keep_them() -> None:
    once = with_places(t.points({}, t.HOME), PLACES)
    assert with_places(once, PLACES) is once
