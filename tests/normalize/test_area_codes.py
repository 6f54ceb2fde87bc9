from __future__ import annotations

import csv
from zoneinfo import ZoneInfo, available_timezones

import pytest

from skiptrace.normalize import area_codes
from skiptrace.plugins import rules_root


@pytest.mark.parametrize(("code", "state"), [(206, "WA"), (212, "NY"), (907, "AK"), (787, "PR")])
def test_a_code_has_its_state(code: int, state: str) -> None:
    assert area_codes.states()[code] == state


@pytest.mark.parametrize(("code", "zone"), [(206, "America/Los_Angeles"), (212, "America/New_York"), (808, "Pacific/Honolulu")])
def test_a_code_has_its_zone(code: int, zone: str) -> None:
    assert zone in area_codes.zones(code)


def test_a_code_that_is_not_listed_means_nothing_is_known() -> None:
    assert area_codes.zones(999) == ()
    assert 999 not in area_codes.states()
    assert 800 not in area_codes.states()  # toll-free numbers are nowhere


def test_every_listed_code_has_real_zones_and_a_state() -> None:
    listed = area_codes.states()
    assert len(listed) > 300
    assert all(200 <= code <= 999 and len(state) == 2 and state.isupper() for code, state in listed.items())
    known = available_timezones()
    for code in listed:
        assert area_codes.zones(code), code
        assert set(area_codes.zones(code)) <= known, code
    assert ZoneInfo(area_codes.zones(206)[0]).key == area_codes.zones(206)[0]


def test_a_code_is_listed_once() -> None:
    with (rules_root() / "words" / "area_codes.csv").open(newline="") as file:
        codes = [row["area_code"] for row in csv.DictReader(file)]
    assert len(codes) == len(set(codes))
