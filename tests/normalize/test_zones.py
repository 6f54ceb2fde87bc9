from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from skiptrace.normalize.words import word_map
from skiptrace.normalize.zones import state_zones, states_of_zip, zip_zones


@pytest.mark.parametrize(
    ("zip5", "zones"),
    [("98101", ("America/Los_Angeles",)), ("85001", ("America/Phoenix",)), ("09012", ()), ("00000", ()), ("", ())],
)
def test_zones_of_zip_codes(zip5: str, zones: tuple[str, ...]) -> None:
    assert zip_zones(zip5) == zones


def test_a_state_has_the_zones_of_all_its_zip_codes() -> None:
    assert state_zones("WA") == ("America/Los_Angeles",)
    assert {"America/Chicago", "America/New_York"} <= set(state_zones("TN"))
    assert state_zones("AE") == state_zones("ZZ") == ()


def test_every_zone_exists() -> None:
    states = set(word_map("states", "variant", "state").values())
    names = {zone for state in states for zone in state_zones(state)}
    assert len(names) > 20
    assert all(ZoneInfo(name).key == name for name in names)


def test_states_of_zip_codes() -> None:
    assert states_of_zip("98101") == {"WA"}
    assert states_of_zip("98999") == {"WA"}
    assert states_of_zip("06390") == {"NY"}
    assert states_of_zip("00000") == frozenset()
