"""Addresses to canonical parts and one line, in the form of USPS Publication 28.

The one-line value is what two sources must agree on to show the same place, so it depends on the words of the address
alone. Nothing is corrected from a postal file: a state that contradicts the ZIP code is flagged and both are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from skiptrace.columns import SEPARATOR, combine, lift
from skiptrace.kernels.compiling import is_compiled
from skiptrace.normalize.library_version import is_proven
from skiptrace.normalize.places import MILITARY_STATES, Place, country_of_lines, read_place
from skiptrace.normalize.street_lines import StreetLines, read_street_lines
from skiptrace.normalize.zones import states_of_zip

_TEXT = pa.string()
ADDRESS_FIELDS = pa.schema(
    [
        ("house", _TEXT), ("street", _TEXT), ("unit", _TEXT), ("box", _TEXT), ("city", _TEXT), ("state", _TEXT),
        ("zip5", _TEXT), ("zip4", _TEXT), ("country", _TEXT), ("kind", _TEXT),
        ("flags", pa.list_(_TEXT)), ("line", _TEXT),
    ]
)  # fmt: skip
"""Columns of `normalize_addresses`: see `Address`."""

COLUMNS_FROM, COLUMNS_FROM_UNCOMPILED = 5_000, 40_000
"""Rows from which columns are read by shapes: what loading the compiled loops (0.7 s), or compiling them first (15 s),
saves again at 0.2 ms a row that is read by value."""


class Address(NamedTuple):
    """One address; parts that are not known are None.

    house: the number as written ("123", "12-34", "N6W23001"). street: without house and unit ("N MAIN ST", "RR 2 BOX
    5"). unit: "APT 4". box: "PO BOX 12"; without a street beside it, house and street are None. zip5: the postal code
    of another country stands here as written. kind: "street", "po_box", "rural_route", "military",
    "general_delivery", "incomplete" (neither street nor box); None where no part was given. flags, sorted: those of
    `StreetLines`, "state_zip_conflict", and "incomplete" as well where neither ZIP nor city and state are known.
    line: "123 N MAIN ST APT 4, SEATTLE, WA 98101"; None where there is neither street nor box.
    """

    house: str | None
    street: str | None
    unit: str | None
    box: str | None
    city: str | None
    state: str | None
    zip5: str | None
    zip4: str | None
    country: str | None
    kind: str | None
    flags: tuple[str, ...]
    line: str | None


_StreetKey = tuple[str, str, str | None, bool]


def _line(lines: StreetLines, place: Place) -> str | None:
    if lines.street is None and lines.box is None:
        return None
    parts = (lines.house, lines.street, lines.unit) if lines.street is not None else (lines.box,)
    tail = " ".join(filter(None, (place.state, place.zip5)))
    return ", ".join(filter(None, (" ".join(filter(None, parts)), place.city, tail)))


def _read_once(key: _StreetKey, known: dict[_StreetKey, StreetLines]) -> StreetLines:
    found = known.get(key)
    if found is None:
        found = known[key] = read_street_lines(*key)
    return found


def _parse(
    line1: str, line2: str, city: str, state: str, postal_code: str, country: str, known: dict[_StreetKey, StreetLines]
) -> Address:
    """`known` keeps the street lines that were read before."""
    given = (line1, line2, city, state, postal_code)
    if not any(part.strip() for part in given):
        return Address(*(None,) * 10, (), None)
    nation = country_of_lines(state, postal_code, country)
    lines = _read_once((line1, line2, nation, any(part.strip() for part in (city, state, postal_code))), known)
    place = read_place(city, state, postal_code, country, lines.place)
    if lines.merged and lines.merged in (place.city, place.zip5):
        lines = _read_once((line1, line2, nation, False), known)
    flags = set(lines.flags)
    kind = lines.kind
    if place.country == "US" and place.state is not None:
        if kind == "street" and place.state in MILITARY_STATES:
            kind = "military"
        possible = states_of_zip(place.zip5) if place.zip5 is not None else frozenset()
        if possible and place.state not in possible:
            flags.add("state_zip_conflict")
    if place.zip5 is None and (place.city is None or place.state is None):
        flags.add("incomplete")
    if place.country is None and (lines.street or lines.box):
        place = place._replace(country="US" if not country.strip() else None)
    return Address(
        lines.house, lines.street, lines.unit, lines.box, *place, kind, tuple(sorted(flags)), _line(lines, place)
    )


def parse(
    line1: str | None,
    line2: str | None,
    city: str | None,
    state: str | None,
    postal_code: str | None,
    country: str | None = None,
) -> Address:
    """Read one address from its columns; any may be None. Never raises. The same answer as `normalize_addresses`."""
    return _parse(line1 or "", line2 or "", city or "", state or "", postal_code or "", country or "", {})


def normalize_addresses(
    line1: pa.ChunkedArray | None,
    line2: pa.ChunkedArray | None,
    city: pa.ChunkedArray | None,
    state: pa.ChunkedArray | None,
    postal_code: pa.ChunkedArray | None,
    country: pa.ChunkedArray | None,
) -> pa.Table:
    """Addresses of columns of equal length, absent ones None, to ADDRESS_FIELDS in the same row order.

    Long columns are read by the shapes of their lines, short ones value by value, with the same answers. A row without any
    part gives a row of nulls. Raises ValueError
    where no column is given.
    """
    columns = (line1, line2, city, state, postal_code, country)
    rows = next((len(column) for column in columns if column is not None), None)
    if rows is None:
        raise ValueError("normalize_addresses needs at least one column")
    if rows >= (COLUMNS_FROM if is_compiled("shape_rows") else COLUMNS_FROM_UNCOMPILED) and is_proven():
        from skiptrace.normalize.address_columns import read_address_columns  # loads the compiled loops

        return read_address_columns(columns, rows, ADDRESS_FIELDS)
    return read_by_value(columns, rows)


def read_by_value(columns: Sequence[pa.ChunkedArray | None], rows: int) -> pa.Table:
    """The same from `rows` rows of the six columns, by reading each distinct address by itself.

    This is what the answers are; reading by shapes must equal it.
    """
    known: dict[_StreetKey, StreetLines] = {}

    def read(text: str) -> Address | None:
        first, second, town, region, code, nation = text.split(SEPARATOR)
        address = _parse(first, second, town, region, code, nation, known)
        return None if address.kind is None else address

    return lift(combine(columns, rows), read, ADDRESS_FIELDS)
