"""Where a contact point says the consumer may be: state, jurisdictions, whether abroad, and the zones of a number.

Computed once per distinct place (state and ZIP, or area code), never per row. The state of an area code is that of
`rules/words/area_codes.csv`; where the zones of a number are known to be too narrow or wrong, `places.toml` overrides
them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import phonenumbers
import pyarrow as pa

from skiptrace.normalize import area_codes
from skiptrace.rulebook.model import Places
from skiptrace.sql import query

NO_LOCATION = ("toll_free", "premium", "personal", "shared_cost", "uan", "voicemail", "pager")
"""Kinds of number that say nothing about where anybody is."""
_KEY = """kind, coalesce(country, '') AS country, coalesce(state, '') AS state, coalesce(point_kind, '') AS point_kind,
    CASE kind WHEN 'phone' THEN left(value, 5) WHEN 'address' THEN left(coalesce(postal_code, ''), 5) ELSE '' END
        AS code"""


class Place(NamedTuple):
    """What one distinct place tells. None: not known; an empty tuple: known to tell nothing (e-mail, toll-free)."""

    state: str | None
    jurisdictions: tuple[str, ...] | None
    foreign: bool | None
    zones: tuple[str, ...] | None


def with_places(points: pa.Table, places: Places) -> pa.Table:
    """CONTACT_POINTS rows in their order with `home_state` (string), `place_jurisdictions` (list), `foreign_point`
    (bool) added and `zones` (list) corrected where the number's own are unsafe. Rows that have them already stay as they are."""
    if "place_jurisdictions" in points.column_names:
        return points
    distinct = query(f"SELECT DISTINCT {_KEY} FROM points ORDER BY ALL", {"points": points}).to_pylist()
    told = [
        place_of(row["kind"], row["country"], row["state"], row["code"], row["point_kind"], places) for row in distinct
    ]
    words = pa.list_(pa.string())
    known = pa.table(
        {
            name: pa.array([row[name] for row in distinct], pa.string())
            for name in ("kind", "country", "state", "point_kind", "code")
        }
        | {
            "home_state": pa.array([place.state for place in told], pa.string()),
            "place_jurisdictions": pa.array([place.jurisdictions for place in told], words),
            "foreign_point": pa.array([place.foreign for place in told], pa.bool_()),
            "better_zones": pa.array([place.zones for place in told], words),
        }
    )
    numbered = points.append_column("row", pa.array(range(points.num_rows), pa.int64()))
    text = f"""WITH keyed AS (SELECT row, {_KEY} FROM points)
        SELECT p.* EXCLUDE (zones, row), coalesce(k.better_zones, p.zones) AS zones, k.home_state,
            k.place_jurisdictions, k.foreign_point
        FROM points p JOIN keyed USING (row) JOIN known k
            ON k.kind = keyed.kind AND k.country = keyed.country AND k.state = keyed.state AND k.code = keyed.code
            AND k.point_kind = keyed.point_kind
        ORDER BY p.row"""
    return query(text, {"points": numbered, "known": known})


def place_of(kind: str, country: str, state: str, code: str, point_kind: str, places: Places) -> Place:
    """What one distinct place tells. `code`: ZIP5 of an address, '+1' and area code of a number."""
    if kind == "address":
        return _address(country.upper(), state.upper(), code, places)
    if kind == "phone":
        return _phone(code, point_kind, places)
    return Place(None, (), False, None)


def _address(country: str, state: str, postal_code: str, places: Places) -> Place:
    if country in ("CA", "CAN") and state in places.provinces:
        return Place(state, ("CA", f"CA-{state}"), True, None)
    if country not in ("", "US", "USA"):
        return Place(None, None, True, None)
    if state in places.military:
        return Place(state, (), False, ())
    if state not in places.states:
        return Place(None, None, False if country else None, None)
    cities = [
        f"US-{city.state}-{city.code}"
        for city in places.cities
        if city.state == state and any(postal_code.startswith(prefix) for prefix in city.postal_prefixes)
    ]
    # Without a ZIP code a city with rules of its own cannot be excluded.
    unsure = not postal_code and any(city.state == state for city in places.cities)
    return Place(state, None if unsure else (f"US-{state}", *cities), False, None)


def _phone(code: str, point_kind: str, places: Places) -> Place:
    if not code.startswith("+1"):
        return Place(None, None, True, None)
    if point_kind in NO_LOCATION:
        return Place(None, (), False, ())
    area = code[2:]
    region, state = area_code(area)
    zones = places.area_code_zones.get(area)
    province = canadian_province(area, tuple(sorted(places.provinces.items()))) if region == "CA" else None
    if province is not None:
        return Place(province, ("CA", f"CA-{province}"), True, zones)
    if region not in ("US", ""):
        return Place(None, None, True, zones)
    return Place(state, (f"US-{state}",) if state else None, False if region else None, zones)


@lru_cache(maxsize=2048)
def area_code(area: str) -> tuple[str, str | None]:
    """(region: US, another country's two letters, or '' where not known; state or territory of a US area code)."""
    if len(area) != 3 or not area.isdigit():
        return "", None
    state = area_codes.states().get(int(area))
    if state is not None:
        return "US", state
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(area + "2009999"))
    return phonenumbers.region_code_for_number(number) or "", None


@lru_cache(maxsize=256)
def canadian_province(area: str, provinces: tuple[tuple[str, str], ...]) -> str | None:
    """The province of a Canadian area code, by the phone library's own place names; None where they do not tell."""
    from phonenumbers import geocoder  # a large table that hardly any run needs

    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(area + "2009999"))
    told = geocoder.description_for_number(number, "en")
    return next((code for code, name in provinces if told == name or told.endswith(f", {code}")), None)
