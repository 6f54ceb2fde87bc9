from __future__ import annotations

import pytest

from skiptrace.normalize.puerto_rico import house_in_front, take_urbanization


@pytest.mark.parametrize(
    ("line", "rest", "urbanization"),
    [
        ("URB LAS GLADIOLAS", "", "URB LAS GLADIOLAS"),
        ("URBANIZACION LAS GLADIOLAS", "", "URB LAS GLADIOLAS"),
        ("150 CALLE A URB LAS GLADIOLAS", "150 CALLE A", "URB LAS GLADIOLAS"),
        ("150 CALLE A, URB LAS GLADIOLAS, APT 3", "150 CALLE A, APT 3", "URB LAS GLADIOLAS"),
        ("URB LAS GLADIOLAS 150 CALLE A", "150 CALLE A", "URB LAS GLADIOLAS"),
        ("URB LAS GLADIOLAS A-17 CALLE 5", "A-17 CALLE 5", "URB LAS GLADIOLAS"),
        ("1234 URB LOS OLMOS", "1234", "URB LOS OLMOS"),
        ("12 SUBURB LN", "12 SUBURB LN", ""),
        ("12 OAK ST", "12 OAK ST", ""),
        ("URB", "URB", ""),
    ],
)
def test_urbanizations(line: str, rest: str, urbanization: str) -> None:
    assert take_urbanization(line) == (rest, urbanization)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CALLE 19 BLQ 199 CASA 31", "199-31 CALLE 19"),
        ("CALLE 117 BLOQUE 23 NUM 18", "23-18 CALLE 117"),
        ("CALLE 125 C-19", "C19 CALLE 125"),
        ("CALLE LAS FLORES C-19", "C19 CALLE LAS FLORES"),
        ("A-17 CALLE AMAPOLA", "A17 CALLE AMAPOLA"),
        ("A17 CALLE AMAPOLA", "A17 CALLE AMAPOLA"),
        ("23-18 CALLE 117", "23-18 CALLE 117"),
        ("CALLE 125", "CALLE 125"),
        ("A-17 MAIN ST", "A-17 MAIN ST"),
    ],
)
def test_house_numbers(line: str, expected: str) -> None:
    assert house_in_front(line) == expected
    assert house_in_front(expected) == expected
