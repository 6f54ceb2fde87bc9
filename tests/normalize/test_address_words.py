from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.address_words import address_words, is_unit, split_unit, standard_street, standard_unit


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("NORTH MAIN STREET", "N MAIN ST"),
        ("NORTH AVE", "NORTH AVE"),
        ("E STREET NW", "E ST NW"),
        ("AVENUE E", "AVENUE E"),
        ("COURT STREET", "COURT ST"),
        ("SAINT JOHN ST", "SAINT JOHN ST"),
        ("6TH STREET NORTHWEST", "6TH ST NW"),
        ("HIGH STREET SOUTH", "HIGH ST S"),
        ("NORTH WEST 5TH STREET", "NW 5TH ST"),
        ("NORTH WEST STREET", "N WEST ST"),
        ("SEVENTH AVENUE", "7TH AVE"),
        ("42 STREET", "42ND ST"),
        ("111 ST", "111TH ST"),
        ("S 400 E", "S 400 E"),
        ("STATE RTE 167", "STATE ROUTE 167"),
        ("US HWY 12 NORTH", "US HIGHWAY 12 N"),
        ("COUNTY RD 5", "COUNTY ROAD 5"),
        ("HWY 9", "HIGHWAY 9"),
        ("BROADWAY", "BROADWAY"),
        ("N SOUTH OAK ST", "N SOUTH OAK ST"),
        ("N S OAK ST", "N SOUTH OAK ST"),
        ("N S ST", "N S ST"),
        ("BAY W DR", "BAY WEST DR"),
        ("MAIN ST W EXT", "MAIN ST W EXT"),
        ("SOUTHEAST FREEWAY NORTH", "SOUTHEAST FWY N"),
        ("MAIN AVE DR", "MAIN AVENUE DR"),
        ("OLD ST RD", "OLD ST RD"),
        ("TWENTY FIRST ST", "21ST ST"),
        ("TWENTY OAKS ST", "TWENTY OAKS ST"),
        ("004TH AVE", "4TH AVE"),
        ("W 103 ST", "W 103RD ST"),
        ("4 TH AVE", "4TH AVE"),
        ("WILKES-BARRE BLVD", "WILKES BARRE BLVD"),
        ("A-B ST", "A-B ST"),
        ("CALLE VISTA", "CALLE VISTA"),
        ("CAMINO REAL DRIVE", "CAMINO REAL DR"),
        ("CALLE A URB VALLE VERDE", "CALLE A URB VALLE VERDE"),
        ("N MAIN STREET & OAK AVENUE", "N MAIN ST & OAK AVE"),
        ("&", "&"),
        ("NORTH", "NORTH"),
        ("W PIKE", "W PIKE"),
        ("MONTE VISTA", "MONTE VIS"),
        ("AVENUE OF THE AMERICAS", "AVENUE OF THE AMERICAS"),
        ("", ""),
    ],
)
def test_streets(words: str, expected: str) -> None:
    assert standard_street(words.split()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("APARTMENT 4", "APT 4"),
        ("APT NO 147", "APT 147"),
        ("APT # 020", "APT 20"),
        ("#APT 000003", "APT 3"),
        ("APT 8 A", "APT 8A"),
        ("#405", "# 405"),
        ("677", "# 677"),
        ("NO 106", "# 106"),
        ("3RD FLOOR NO 78", "FL 3 # 78"),
        ("SIXTH FLOOR", "FL 6"),
        ("2 FL", "FL 2"),
        ("8 FL UNIT 1", "FL 8 UNIT 1"),
        ("FL 2 APT 5", "FL 2 APT 5"),
        ("BASEMENT APRT # 1014", "BSMT APT 1014"),
        ("FL 6 APT NO C 30", "FL 6 APT C30"),
        ("BUILDING 2, SUITE 2A", "BLDG 2 STE 2A"),
        ("REAR", "REAR"),
        ("UPPER", "UPPR"),
        ("APT4", "APT 4"),
        ("WPT 473", "# 473"),
        ("UNIT 0", "UNIT 0"),
        ("U 201", "UNIT 201"),
        ("APT", None),
        ("", None),
    ],
)
def test_units(text: str, expected: str | None) -> None:
    assert standard_unit(text) == expected


@pytest.mark.parametrize(
    "text", ["APT 4", "#4", "4", "4B", "B", "FL 2", "3RD FLOOR", "REAR", "BLDG 2 STE 5", "APT NO C 30", "WPT 473"]
)
def test_a_line_that_is_a_unit(text: str) -> None:
    assert is_unit(text)


@pytest.mark.parametrize(
    "text", ["", "MAIN ST", "12 MAIN ST", "MARRIOTT DOWNS", "FRONT ST", "APT", "LOWER RIVER RD 5", "JOHN SMITH"]
)
def test_a_line_that_is_none(text: str) -> None:
    assert not is_unit(text)


def test_a_unit_is_taken_off_the_end_of_a_street() -> None:
    assert split_unit(["MAIN", "ST", "APT", "4"]) == (["MAIN", "ST"], "APT 4")
    assert split_unit(["MAIN", "ST", "#", "4"]) == (["MAIN", "ST"], "# 4")
    assert split_unit(["UNIT", "ST"]) == (["UNIT", "ST"], "")
    assert split_unit(["MAIN", "ST", "APT4"]) == (["MAIN", "ST"], "APT4")
    assert split_unit(["MAIN", "ST", "REAR"]) == (["MAIN", "ST"], "REAR")
    assert split_unit(["MAIN", "ST", "SLIP", "4"]) == (["MAIN", "ST"], "SLIP 4")
    assert split_unit(["5TH", "AVE", "N", "LOWER", "APT", "2"]) == (["5TH", "AVE", "N"], "LOWER APT 2")
    assert split_unit(["OAK", "FLAT", "APT", "5"]) == (["OAK", "FLAT"], "APT 5")
    assert split_unit(["LAKE", "FRONT"]) == (["LAKE", "FRONT"], "")
    assert split_unit(["FRONT", "ST"]) == (["FRONT", "ST"], "")
    assert split_unit(["LOWER", "RIVER", "RD"]) == (["LOWER", "RIVER", "RD"], "")


words = st.lists(
    st.sampled_from(
        [
            "N",
            "NORTH",
            "E",
            "MAIN",
            "OAK",
            "ST",
            "STREET",
            "AVE",
            "5TH",
            "42",
            "HWY",
            "9",
            "COUNTY",
            "ROAD",
            "ST",
            "JOHN",
            "SW",
        ]
    ),
    min_size=1,
    max_size=5,
)


@given(words)
def test_standard_streets_stay_as_they_are(street: list[str]) -> None:
    once = standard_street(street)
    assert standard_street(standard_street(once.split()).split()) == standard_street(once.split())
    assert once


def test_standard_forms_are_spellings_of_themselves() -> None:
    table = address_words()
    assert all(table.suffixes[form] == form for form in table.suffixes.values())
    assert all(table.units[form] == form for form in table.units.values())
    assert all(table.directions[form] == form for form in table.directions.values())
    assert table.inline_units <= set(table.units.values())
