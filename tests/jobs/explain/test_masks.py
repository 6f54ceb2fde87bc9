from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.explain import masks

WORDS = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=12)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"kind": "phone", "value": "+15095550123"}, "***-***-0123"),
        ({"kind": "phone", "value": "+442079460123"}, "***0123"),
        ({"kind": "email", "value": "jane.doe@example.com"}, "j***@example.com"),
        (
            {
                "kind": "address",
                "value": "-",
                "house": "123",
                "street": "N MAPLE ST",
                "unit": "APT 4",
                "city": "SPOKANE",
                "state": "WA",
                "postal_code": "99201",
            },
            "1** N M*** ST, SPOKANE WA",
        ),
        (
            {"kind": "address", "value": "-", "house": None, "street": "PO BOX 8812", "city": "SALEM", "state": "OR"},
            "PO BOX 8**, SALEM OR",
        ),
        (
            {"kind": "address", "value": "-", "house": "7", "street": "BROADWAY", "city": None, "state": None},
            "7** B***",
        ),
        ({"kind": "address", "value": "-", "house": None, "street": None, "city": None, "state": None}, "***"),
    ],
)
def test_a_value_is_masked_by_its_kind(row: dict[str, str | None], shown: str) -> None:
    assert masks.point(row) == shown


def test_a_name_is_its_initials() -> None:
    assert masks.name({"first_name": "MARY ANN", "last_name": "SMITH-JONES"}) == "M*** A*** S***"
    assert masks.name({"first_name": None, "last_name": None}) is None


@given(st.integers(1000, 99999), WORDS, WORDS)
def test_no_house_number_and_no_street_name_is_told_in_full(house: int, street: str, last: str) -> None:
    row = {
        "kind": "address",
        "value": "-",
        "house": str(house),
        "street": f"{street} {last}",
        "city": "X",
        "state": "WA",
    }
    shown = masks.point(row).split(",")[0]
    assert str(house) not in shown
    assert street not in shown
