from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.street_lines import read_street_lines


@pytest.mark.parametrize(
    ("line1", "line2", "box", "flags"),
    [
        ("P.O. Box 12", "", "PO BOX 12", ("po_box",)),
        ("POST OFFICE BOX 0012", "", "PO BOX 12", ("po_box",)),
        ("POB 12", "", "PO BOX 12", ("po_box",)),
        ("PoBox12", "", "PO BOX 12", ("po_box",)),
        ("Box 12", "", "PO BOX 12", ("po_box",)),
        ("PO BOX PO BOX 12", "", "PO BOX 12", ("po_box",)),
        ("PO BOX #12-A", "", "PO BOX 12-A", ("po_box",)),
        ("PO BOX NO. 12", "", "PO BOX 12", ("po_box",)),
        ("PO Drawer 12", "", "PO BOX 12", ("po_box",)),
        ("", "PO Box 12", "PO BOX 12", ("po_box",)),
        ("PO BOX 12 C/O JOHN SMITH AUSTIN TX", "", "PO BOX 12", ("care_of", "po_box")),
        ("C/O MARY SMITH PO BOX 12", "", "PO BOX 12", ("care_of", "po_box")),
    ],
)
def test_boxes(line1: str, line2: str, box: str, flags: tuple[str, ...]) -> None:
    found = read_street_lines(line1, line2, "US", True)
    assert (found.box, found.house, found.street, found.kind, found.flags) == (box, None, None, "po_box", flags)


def test_a_box_beside_a_street_is_kept_beside_it() -> None:
    for lines in (
        ("354 Eisenhower Parkway P.O. Box 472", ""),
        ("354 Eisenhower Parkway", "PO Box 472"),
        ("PO Box 472", "354 Eisenhower Parkway"),
    ):
        found = read_street_lines(*lines, "US", True)
        assert (found.house, found.street, found.box, found.kind) == ("354", "EISENHOWER PKWY", "PO BOX 472", "street")
        assert found.flags == ("po_box",)


@pytest.mark.parametrize(
    ("line1", "line2", "street", "kind"),
    [
        ("RR 2 BOX 15", "", "RR 2 BOX 15", "rural_route"),
        ("RR 2", "BOX 15", "RR 2 BOX 15", "rural_route"),
        ("Rural Route 02, Box 15", "", "RR 2 BOX 15", "rural_route"),
        ("HC 5 Box 7", "", "HC 5 BOX 7", "rural_route"),
        ("ROUTE 2 BOX 15", "", "RR 2 BOX 15", "rural_route"),
        ("PSC 1234 BOX 567", "", "PSC 1234 BOX 567", "military"),
        ("CMR 4, Box 12", "", "CMR 4 BOX 12", "military"),
        ("Unit 2050 Box 4190", "", "UNIT 2050 BOX 4190", "military"),
        ("General Delivery", "", "GENERAL DELIVERY", "general_delivery"),
    ],
)
def test_routes_and_military_post(line1: str, line2: str, street: str, kind: str) -> None:
    found = read_street_lines(line1, line2, "US", True)
    assert (found.house, found.street, found.box, found.kind, found.flags) == (None, street, None, kind, ())


@pytest.mark.parametrize(
    ("line1", "line2", "house", "street", "unit", "flags"),
    [
        ("123 North Main Street", "Apt. 4", "123", "N MAIN ST", "APT 4", ()),
        ("123 N Main St #4", "", "123", "N MAIN ST", "# 4", ()),
        ("APT 4", "123 MAIN ST", "123", "MAIN ST", "APT 4", ()),
        ("123", "Main St", "123", "MAIN ST", None, ()),
        ("JOHN SMITH", "123 MAIN ST", "123", "MAIN ST", None, ()),
        ("C/O JOHN SMITH", "12 MAIN ST", "12", "MAIN ST", None, ("care_of",)),
        ("C/O JOHN SMITH 12 MAIN ST", "", "12", "MAIN ST", None, ("care_of",)),
        ("% JOHN SMITH", "45 ELM ST", "45", "ELM ST", None, ("care_of",)),
        ("MAIN ST", "", None, "MAIN ST", None, ("incomplete", "no_number")),
        ("W220N 7246 Town Line Rd", "", "W220N7246", "TOWN LINE RD", None, ()),
        ("N6W23001 Bluemound Rd", "", "N6W23001", "BLUEMOUND RD", None, ()),
        ("123½ Main St", "", "123 1/2", "MAIN ST", None, ()),
        ("123 MAIN ST APT 4", "APT 4", "123", "MAIN ST", "APT 4", ()),
        ("123 MAIN ST", "MARRIOTT DOWNS", "123", "MAIN ST", None, ()),
        ("URB LAS GLADIOLAS", "150 CALLE A", "150", "CALLE A URB LAS GLADIOLAS", None, ()),
        ("1O2 MAIN ST", "", "1O2", "MAIN ST", None, ()),
        ("MAIN ST & OAK ST", "", None, "MAIN ST & OAK ST", None, ("ambiguous", "incomplete", "no_number")),
    ],
)
def test_streets(
    line1: str, line2: str, house: str | None, street: str, unit: str | None, flags: tuple[str, ...]
) -> None:
    found = read_street_lines(line1, line2, "US", True)
    assert (found.house, found.street, found.unit, found.kind, found.flags) == (house, street, unit, "street", flags)


@pytest.mark.parametrize("line", ["", "UNKNOWN", "Homeless", "N/A", "PO BOX", "4", "APT 4", "---"])
def test_lines_that_are_no_place(line: str) -> None:
    found = read_street_lines(line, "", "US", True)
    assert (found.street, found.box, found.kind) == (None, None, "incomplete")


@pytest.mark.parametrize(
    ("line1", "line2", "flags"),
    [
        ("COUNTY JAIL", "100 MAIN ST", ("institution",)),
        ("TRAVIS COUNTY JAIL", "", ("incomplete", "institution", "no_number")),
        ("100 MAIN ST", "STATE PRISON UNIT 5", ("institution",)),
        ("UNIVERSITY HOSPITAL 1959 NE PACIFIC ST", "", ("institution",)),
        ("C/O COUNTY CORRECTIONAL", "100 MAIN ST", ("care_of", "institution")),
        ("SALVATION ARMY SHELTER", "PO BOX 5", ("institution", "po_box")),
        ("MAIL DROP 5", "100 MAIN ST", ("institution",)),
        ("123 UNIVERSITY AVE", "", ()),
        ("UNIVERSITY AVE", "", ("incomplete", "no_number")),
        ("45 HOSPITAL DR", "", ()),
        ("UNIVERSITY HALL", "45 COLLEGE ST", ("building", "institution")),
        ("EMPIRE STATE BLDG", "350 5TH AVE", ("building",)),
        ("EDIFICIO DARLINGTON", "12 CALLE A", ("building",)),
        ("12 HALL ST", "", ()),
        ("UNKNOWN", "12 OAK ST", ("placeholder",)),
        ("UNKNOWN UNKNOWN", "", ("incomplete", "placeholder")),
        ("HOMELESS", "N/A", ("incomplete", "placeholder")),
        ("PMB 123", "", ("incomplete", "private_mailbox")),
        ("RR 2", "", ("incomplete",)),
    ],
)
def test_flags(line1: str, line2: str, flags: tuple[str, ...]) -> None:
    assert read_street_lines(line1, line2, "US", True).flags == flags


@pytest.mark.parametrize(
    ("line", "house", "street", "unit", "place"),
    [
        ("12 OAK ST, SEATTLE, WA 98101", "12", "OAK ST", None, ("SEATTLE", "WA", "98101")),
        ("12 OAK ST, APT 4, SEATTLE, WA 98101-1234, USA", "12", "OAK ST", "APT 4", ("SEATTLE", "WA", "98101-1234")),
        ("12 OAK ST, KEY WEST, FL 33040", "12", "OAK ST", None, ("KEY WEST", "FL", "33040")),
        ("12 OAK ST, SUITE F, SEATTLE WA 98101", "12", "OAK ST", "STE F", ("SEATTLE", "WA", "98101")),
        ("12 OAK ST APT 4 SEATTLE WA 98101", "12", "OAK ST", "APT 4", ("SEATTLE", "WA", "98101")),
        ("RR 2 BOX 5, AMES, IA 50010", None, "RR 2 BOX 5", None, ("AMES", "IA", "50010")),
    ],
)
def test_a_place_behind_the_street_is_no_part_of_it(
    line: str, house: str | None, street: str, unit: str | None, place: tuple[str, str, str]
) -> None:
    found = read_street_lines(line, "", None, False)
    assert (found.house, found.street, found.unit, found.place) == (house, street, unit, place)


def test_a_box_takes_no_name_for_its_place() -> None:
    found = read_street_lines("JANE ROE PO BOX 12 OLGA, WA 98279", "", "US", False)
    assert (found.box, found.place) == ("PO BOX 12", ("OLGA", "WA", "98279"))


def test_other_countries_are_split_by_the_plain_pattern() -> None:
    assert read_street_lines("11 were street", "marriott downs", "AU", True)[:3] == ("11", "WERE ST", None)
    assert read_street_lines("12 Rue de la Paix", "", "FR", True)[:3] == ("12", "RUE DE LA PAIX", None)
    assert read_street_lines("PO Box 7", "", "CA", True).box == "PO BOX 7"


def test_no_text_raises(strange: str) -> None:
    for country in ("US", "CA"):
        for known in (True, False):
            found = read_street_lines(strange, strange, country, known)
            assert found.flags == tuple(sorted(found.flags))


@given(st.text("ABNOST 123#,.-/&PX", max_size=40), st.text("APT 4#B", max_size=10))
def test_parts_are_canonical(line1: str, line2: str) -> None:
    found = read_street_lines(line1, line2, None, True)
    for part in found[:4]:
        assert part is None or (part and part == " ".join(part.upper().split()))
    assert (found.kind == "incomplete") == (found.street is None and found.box is None)
