"""Small tapes of invented people, as rows of text."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence

import pyarrow as pa

from skiptrace.onboard.shapes import Shape, shape_of

AS_OF = dt.date(2026, 6, 30)
_FIRST = ("JAMES", "MARY", "ROBERT", "LINDA", "DAVID", "SUSAN", "PAUL", "KAREN", "MARK", "NANCY")
_LAST = ("SMITH", "JOHNSON", "BROWN", "GARCIA", "MILLER", "DAVIS", "WILSON", "MOORE", "CLARK", "LEWIS")
_STREETS = ("OAK GROVE", "PINE HOLLOW", "LAKE VIEW", "MILL CREEK", "HIGH RIDGE")
_CITIES = ("SPOKANE", "TACOMA", "YAKIMA", "EVERETT")


def people(rows: int = 60, seed: int = 4) -> dict[str, list[str]]:
    """Columns of a tape by what they hold."""
    draw = random.Random(seed)
    pick = draw.choice
    return {
        "id": [f"{700000 + row}" for row in range(rows)],
        "first": [pick(_FIRST) for _ in range(rows)],
        "middle": [pick(_FIRST) for _ in range(rows)],
        "last": [pick(_LAST) for _ in range(rows)],
        "suffix": [pick(("", "", "JR", "SR")) for _ in range(rows)],
        "born": [f"{draw.randint(1, 12):02d}/{draw.randint(1, 28):02d}/{draw.randint(1940, 2000)}" for _ in range(rows)],
        "opened": [f"{draw.randint(1, 12):02d}/{draw.randint(1, 28):02d}/{draw.randint(2015, 2024)}" for _ in range(rows)],
        "house": [str(draw.randint(1, 9999)) for _ in range(rows)],
        "street": [pick(_STREETS) for _ in range(rows)],
        "type": [pick(("ST", "AVE")) for _ in range(rows)],
        "line": [f"{draw.randint(1, 9999)} {pick(_STREETS)} {pick(('ST', 'AVE'))}" for _ in range(rows)],
        "unit": [pick(("", "APT 4", "SUITE 12")) for _ in range(rows)],
        "city": [pick(_CITIES) for _ in range(rows)],
        "state": ["WA"] * rows,
        "zip": [f"99{draw.randint(0, 999):03d}" for _ in range(rows)],
        "phone": [f"(509) 555-{draw.randint(0, 9999):04d}" for _ in range(rows)],
        "email": [f"u{row}@example.com" for row in range(rows)],
        "ssn": [f"{draw.randint(100, 600)}-{draw.randint(10, 99)}-{draw.randint(1000, 9999)}" for _ in range(rows)],
        "ssn4": [f"{draw.randint(0, 9999):04d}" for _ in range(rows)],
        "balance": [f"{draw.randint(10, 9000)}.50" for _ in range(rows)],
        "sex": [pick("MF") for _ in range(rows)],
        "lived": [f"{draw.randint(1, 12):02d}/{draw.randint(1, 28):02d}/{draw.randint(1970, 2016)}" for _ in range(rows)],
        "rare city": [pick((*_CITIES, "", "", "", "")) for _ in range(rows)],
        "rare state": [pick(("WA", "", "")) for _ in range(rows)],
        "rare zip": [pick((f"99{draw.randint(0, 999):03d}", "")) for _ in range(rows)],
        "precinct": [str(draw.randint(1, 40)) for _ in range(rows)],
    }


def shapes(columns: Mapping[str, Sequence[str]]) -> dict[str, Shape]:
    """The shape of each column, by header."""
    return {header: shape_of(pa.chunked_array([pa.array(list(values), pa.string())]), AS_OF) for header, values in columns.items()}
