from __future__ import annotations

import pytest

from skiptrace.normalize.postal_forms import Delivery, read_delivery, take_box


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RR 02 BOX 015", Delivery("RR 2 BOX 15", "rural_route", False)),
        ("RR2 BX 15", Delivery("RR 2 BOX 15", "rural_route", False)),
        ("RFD ROUTE 4 #87A", Delivery("RR 4 BOX 87A", "rural_route", False)),
        ("RR 2 BOX 18 BRYAN DAIRY RD", Delivery("RR 2 BOX 18", "rural_route", False, "BRYAN DAIRY RD")),
        ("STAR RT 5 BOX 2", Delivery("HC 5 BOX 2", "rural_route", False)),
        ("SR 5 BOX 2", Delivery("HC 5 BOX 2", "rural_route", False)),
        ("HIGHWAY CONTRACT ROUTE 68 BOX 23A", Delivery("HC 68 BOX 23A", "rural_route", False)),
        ("HC 68", Delivery("HC 68", "rural_route", True)),
        ("RUTA RURAL 4 BUZON 12", Delivery("RR 4 BOX 12", "rural_route", False)),
        ("UNIT 9900 BOX 0500", Delivery("UNIT 9900 BOX 0500", "military", False)),
        ("GEN DEL", Delivery("GENERAL DELIVERY", "general_delivery", False)),
        ("LISTA DE CORREOS", Delivery("GENERAL DELIVERY", "general_delivery", False)),
    ],
)
def test_deliveries_without_a_street(text: str, expected: Delivery) -> None:
    assert read_delivery(text, "US") == expected
    assert read_delivery(expected.street, "US") == expected._replace(behind="")


@pytest.mark.parametrize(
    "text", ["ROUTE 2", "RD 5", "ROUTE 66 PLAZA", "HC", "UNIT 5", "12 RR 2 BOX 5", "STAR LN 5", "GD", "RR 4 BUZONES", ""]
)
def test_other_lines(text: str) -> None:
    assert read_delivery(text, "US") is None


def test_words_of_canada() -> None:
    assert read_delivery("RR 2", "CA") == Delivery("RR 2", "rural_route", False)
    assert read_delivery("GD STN A", "CA") == Delivery("GENERAL DELIVERY", "general_delivery", False)
    assert read_delivery("UNIT 5 BOX 7", "CA") is None
    assert take_box("CP 45 SUCC A", "CA") == ("", "PO BOX 45", None)
    assert take_box("CP 45", "US") == ("CP 45", None, None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PO BOX 0145", ("", "PO BOX 145", None)),
        ("PO BOX -145", ("", "PO BOX 145", None)),
        ("DRAWER L", ("", "PO BOX L", None)),
        ("FIRM CALLER 9", ("", "PO BOX 9", None)),
        ("PO BIN 4000", ("", "PO BOX 4000", None)),
        ("APARTADO 1190", ("", "PO BOX 1190", None)),
        ("87 DEPOT ST PO BOX 5", ("87 DEPOT ST", "PO BOX 5", None)),
        ("PO BOX 5 OLGA, WA 98279", ("", "PO BOX 5", ("OLGA", "WA", "98279"))),
        ("JANE ROE PO BOX 5 OLGA, WA 98279", ("", "PO BOX 5", ("OLGA", "WA", "98279"))),
        ("PO BOX", ("", None, None)),
        ("PO BINGO", ("PO BINGO", None, None)),
        ("12 BINGO ST", ("12 BINGO ST", None, None)),
        ("12 DRAWER RD", ("12 DRAWER RD", None, None)),
    ],
)
def test_boxes(line: str, expected: tuple[str, str | None, tuple[str, str, str] | None]) -> None:
    assert take_box(line, "US") == expected
