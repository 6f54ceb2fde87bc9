from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.numbered_roads import numbered_road, road_words


@pytest.mark.parametrize(
    ("words", "name", "behind"),
    [
        ("HWY 64", "HIGHWAY 64", ""),
        ("HWY 007", "HIGHWAY 7", ""),
        ("HWY 11 BYPASS", "HIGHWAY 11", "BYPASS"),
        ("CNTY RD 33", "COUNTY ROAD 33", ""),
        ("COUNTY HWY K", "COUNTY HIGHWAY K", ""),
        ("CR 1185", "COUNTY ROAD 1185", ""),
        ("C R 420", "COUNTY ROAD 420", ""),
        ("I-10", "INTERSTATE 10", ""),
        ("IH 35 S", "INTERSTATE 35", "S"),
        ("FARM TO MARKET ROAD 1200", "FM 1200", ""),
        ("FM1200 RD", "FM 1200", "RD"),
        ("US 41 SW", "US HIGHWAY 41", "SW"),
        ("US 70 HWY", "US HIGHWAY 70", ""),
        ("KENTUCKY STATE HWY 625", "KY STATE HIGHWAY 625", ""),
        ("WEST VIRGINIA 55", "WV HIGHWAY 55", ""),
        ("AR 349 HWY", "AR HIGHWAY 349", ""),
        ("OLD HWY 12", "OLD HIGHWAY 12", ""),
        ("PVT RD 5", "PRIVATE ROAD 5", ""),
    ],
)
def test_roads(words: str, name: str, behind: str) -> None:
    found = numbered_road(words.split())
    assert found is not None
    assert (" ".join(found[0]), " ".join(found[1])) == (name, behind)


@pytest.mark.parametrize(
    "words",
    [
        "", "MAIN ST", "HIGHWAY", "OLD", "OLD MILL RD", "KENTUCKY AVE", "KENTUCKY 4", "VIRGINIA 5 A B", "SR 220", "COUNTY LINE RD",
        "HIGHWAY A", "CR A", "LOOP DR", "US GRANT ST", "STATE ST", "I ST", "CT HWY", "ROAD TO 5 OAKS", "HWY 5 OAK HILL PARK ST", "NE 5",
    ],
)  # fmt: skip
def test_other_words(words: str) -> None:
    assert numbered_road(words.split()) is None


@given(st.lists(st.sampled_from([*sorted(road_words()), "5", "05", "12A", "MAIN", "ST", "N", "BYP"]), max_size=6))
def test_a_road_in_full_stays_as_it_is(words: list[str]) -> None:
    found = numbered_road(words)
    if found is not None:
        name, behind = found
        assert numbered_road([*name, *behind]) == (name, behind)
