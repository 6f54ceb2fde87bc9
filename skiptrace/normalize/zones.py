"""Time zones of ZIP codes and states, and which state a ZIP code lies in.

Built once from the packaged table of the `zipcodes` library. A state has every zone that any of its ZIP codes has: a
window that is right in all of them is right wherever in the state somebody lives.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import pyarrow as pa
import zipcodes

from skiptrace.columns import combine, lift

_ZONES = pa.schema([("zones", pa.list_(pa.string()))])


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str], dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """(ZIP -> zone, ZIP -> state, state -> zones, first three digits -> states)."""
    zone_of: dict[str, str] = {}
    state_of: dict[str, str] = {}
    zones: defaultdict[str, set[str]] = defaultdict(set)
    states: defaultdict[str, set[str]] = defaultdict(set)
    rows: list[dict[str, object]] = zipcodes.list_all()  # type: ignore[no-untyped-call]
    for row in rows:
        code, state, zone = str(row["zip_code"]), str(row["state"]), str(row["timezone"])
        state_of[code] = state
        states[code[:3]].add(state)
        if "/" in zone:  # some rows hold a place name instead
            zone_of[code] = zone
            zones[state].add(zone)
    by_state = {state: tuple(sorted(found)) for state, found in zones.items()}
    return zone_of, state_of, by_state, {prefix: frozenset(found) for prefix, found in states.items()}


def zip_zones(zip5: str) -> tuple[str, ...]:
    """IANA zones of a five-digit ZIP code, sorted; empty where it is not known (military post among them)."""
    zone = _tables()[0].get(zip5)
    return () if zone is None else (zone,)


def state_zones(state: str) -> tuple[str, ...]:
    """IANA zones of a two-letter state or territory, sorted; empty where it is not known (military post among them)."""
    return _tables()[2].get(state, ())


def states_of_zip(zip5: str) -> frozenset[str]:
    """States of a ZIP code: its own where the code is known, else those of its first three digits; may be empty."""
    _, state_of, _, by_prefix = _tables()
    known = state_of.get(zip5)
    return by_prefix.get(zip5[:3], frozenset()) if known is None else frozenset({known})


def address_zones(
    zip5: pa.Array | pa.ChunkedArray, state: pa.Array | pa.ChunkedArray, country: pa.Array | pa.ChunkedArray
) -> pa.Array:
    """Zones an address in the United States may lie in: of its ZIP where that is known, and of its state where the
    ZIP is not, or names another state's zone. Empty where nothing tells."""

    def parse(text: str) -> tuple[object, ...]:
        code, name, nation = text.split("\x1f")
        if nation not in ("US", ""):
            return ([],)
        by_zip, by_state = zip_zones(code), state_zones(name)
        agree = not by_state or set(by_zip) <= set(by_state)
        return (sorted(by_zip if by_zip and agree else {*by_zip, *by_state}),)

    found = lift(combine([zip5, state, country], len(zip5)), parse, _ZONES).column("zones")
    return found.combine_chunks()
