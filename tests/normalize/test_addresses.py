from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize import addresses
from skiptrace.normalize.addresses import ADDRESS_FIELDS, normalize_addresses, parse

ROWS = [
    ("123 North Main Street Apt. 4", None, "Seattle", "WA", "98101-1234", None),
    ("123 N Main St", "Apt 4", "SEATTLE", "Washington", "98101", "USA"),
    ("PO Box 12", None, "Olga", "WA", "98279", None),
    ("RR 2", "Box 15", "Ames", "IA", "50010", None),
    ("123 Main St", None, "Seattle", "WA", "10001", None),
    ("123 Main St, Seattle, WA 98101", None, None, None, None, None),
    ("11 were street", "marriott downs", "south melbourne", "nsw", "3172", "AU"),
    ("UNKNOWN", None, "Seattle", "WA", "98101", None),
    (None, None, None, None, None, None),
    ("", " ", None, None, None, None),
    ("98G19 harvest ln", None, "Anytown", "WA", "00000", None),
    ("123 Main St", None, "Seattle", "WA", "8101", None),
]


@pytest.mark.parametrize(
    ("row", "line", "kind", "flags"),
    [
        (0, "123 N MAIN ST APT 4, SEATTLE, WA 98101", "street", ()),
        (1, "123 N MAIN ST APT 4, SEATTLE, WA 98101", "street", ()),
        (2, "PO BOX 12, OLGA, WA 98279", "po_box", ("po_box",)),
        (3, "RR 2 BOX 15, AMES, IA 50010", "rural_route", ()),
        (4, "123 MAIN ST, SEATTLE, WA 10001", "street", ("state_zip_conflict",)),
        (5, "123 MAIN ST, SEATTLE, WA 98101", "street", ()),
        (6, "11 WERE ST, SOUTH MELBOURNE, NSW 3172", "street", ()),
        (7, None, "incomplete", ("incomplete", "placeholder")),
        (8, None, None, ()),
        (9, None, None, ()),
        (10, "98G19 HARVEST LN, ANYTOWN, WA 00000", "street", ()),
        (11, "123 MAIN ST, SEATTLE, WA", "street", ()),
    ],
)
def test_one_line(row: int, line: str | None, kind: str | None, flags: tuple[str, ...]) -> None:
    address = parse(*ROWS[row])
    assert (address.line, address.kind, address.flags) == (line, kind, flags)


def test_the_parts_of_an_address() -> None:
    assert parse(*ROWS[0])[:9] == ("123", "N MAIN ST", "APT 4", None, "SEATTLE", "WA", "98101", "1234", "US")
    assert parse(*ROWS[2])[:9] == (None, None, None, "PO BOX 12", "OLGA", "WA", "98279", None, "US")


def test_an_address_without_a_place_is_incomplete() -> None:
    assert parse("12 Oak St", None, None, None, None).flags == ("incomplete",)
    assert parse("12 Oak St", None, "Austin", None, None).flags == ("incomplete",)
    assert parse("12 Oak St", None, "Austin", "TX", None).flags == ()
    assert parse("12 Oak St", None, None, None, "78701").flags == ()
    assert parse("Oak St", None, "Austin", "TX", "78701").flags == ("incomplete", "no_number")


@pytest.mark.parametrize(
    ("line1", "line2", "city"),
    [
        ("PO BOX 12 C/O JOHN SMITH", None, "Austin"),
        ("PO BOX 12 C/O JOHN SMITH AUSTIN TX", None, None),
        ("C/O JOHN SMITH", "PO BOX 12", "Austin"),
        ("JOHN SMITH PO BOX 12 AUSTIN, TX 78701", None, None),
        ("12 OAK ST APT 4 ATTN JOHN SMITH", None, "Austin"),
        ("12 OAK ST", "% JOHN SMITH", "Austin"),
        ("C/O JOHN SMITH 12 OAK ST", "APT 4", "Austin"),
        ("C/O JOHN SMITH RR 2 BOX 5", None, "Austin"),
        ("JOHN SMITH", "GENERAL DELIVERY", "Austin"),
        ("12 OAK ST", None, "C/O JOHN SMITH"),
        ("12 OAK ST", None, "Attn: John Smith"),
    ],
)
def test_the_name_of_a_care_of_reaches_no_column(line1: str, line2: str | None, city: str | None) -> None:
    found = parse(line1, line2, city, "TX", "78701")
    assert found.line is not None
    assert not any("JOHN" in str(part) or "SMITH" in str(part) for part in found)


@pytest.mark.parametrize(
    ("line1", "state", "postal", "line"),
    [
        ("123 Rue Principale Est", "QC", "h2x1y4", "123 RUE PRINCIPALE EST, LAVAL, QC H2X 1Y4"),
        ("1234 Boul. Saint-Laurent App 5", "Québec", "H2X 1Y4", "1234 BOUL SAINT LAURENT APT 5, LAVAL, QC H2X 1Y4"),
        ("12 Chemin du Lac", "PQ", "J9H-1A1", "12 CHEMIN DU LAC, LAVAL, QC J9H 1A1"),
        ("12 Ch. des Érables", "QC", "J9H 1A1", "12 CH DES ERABLES, LAVAL, QC J9H 1A1"),
        ("5-123 Main Street", "ON", "M5V2T6", "123 MAIN ST # 5, LAVAL, ON M5V 2T6"),
        ("123 Main Street Unit 5", "Ontario", "M5V 2T6", "123 MAIN ST UNIT 5, LAVAL, ON M5V 2T6"),
        ("12 Avenue Road", "ON", "M5R 2G3", "12 AVENUE RD, LAVAL, ON M5R 2G3"),
        ("CP 45 Succ Centre-Ville", "QC", "G1R 4M8", "PO BOX 45, LAVAL, QC G1R 4M8"),
        ("RR 2", "British Columbia", "V0B 1M0", "RR 2, LAVAL, BC V0B 1M0"),
        ("GD STN MAIN", "ON", "K1A 0B1", "GENERAL DELIVERY, LAVAL, ON K1A 0B1"),
    ],
)
def test_canadian_addresses_are_kept_apart(line1: str, state: str, postal: str, line: str) -> None:
    found = parse(line1, None, "Laval", state, postal)
    assert (found.country, found.line) == ("CA", line)
    street = " ".join(filter(None, (found.house, found.street, found.unit))) or found.box
    assert parse(street, None, found.city, found.state, found.zip5, "CA") == found


def test_military_post_is_told_by_the_state() -> None:
    assert parse("UNIT 2050 BOX 4190", None, "APO", "AP", "96522").kind == "military"
    assert parse("12 MAIN ST", None, "APO", "AE", "09012").kind == "military"


def test_a_city_at_the_end_of_the_street_is_taken_off_where_it_is_the_city() -> None:
    assert parse("120 E 96th St New York", None, "New York", "NY", "10128").street == "E 96TH ST"
    assert parse("1005 Gravenstein Hwy 95472", None, None, "CA", "95472").street == "GRAVENSTEIN HWY"
    assert parse("120 E 96th St New York", None, "Albany", "NY", "12203").street == "E 96TH ST NEW YORK"


def test_columns_give_the_same_answers_in_the_same_rows() -> None:
    columns = [pa.chunked_array([list(column)], pa.string()) for column in zip(*ROWS, strict=True)]
    table = normalize_addresses(*columns)
    assert table.schema == ADDRESS_FIELDS
    for row, given_row in zip(table.to_pylist(), ROWS, strict=True):
        address = parse(*given_row)
        expected = [*address[:10], None if address.kind is None else list(address.flags), address.line]
        assert list(row.values()) == expected


def test_each_pair_of_street_lines_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    original = addresses.read_street_lines
    monkeypatch.setattr(addresses, "read_street_lines", lambda *key: read.append(key) or original(*key))
    line1 = pa.chunked_array([["1 OAK ST", "1 OAK ST", "2 OAK ST", "1 OAK ST"]])
    zips = pa.chunked_array([["98101", "98102", "98103", "98101"]])
    normalize_addresses(line1, None, None, None, zips, None)
    assert sorted(key[0] for key in read) == ["1 OAK ST", "2 OAK ST"]


def test_a_column_is_needed() -> None:
    with pytest.raises(ValueError, match="at least one column"):
        normalize_addresses(None, None, None, None, None, None)


def test_no_text_raises(strange: str) -> None:
    assert parse(strange, strange, strange, strange, strange, strange).flags is not None
    assert parse(strange, None, None, None, None).kind in {None, "street", "po_box", "incomplete"}


@given(st.lists(st.text("ABN OST12,#.é", max_size=20), min_size=5, max_size=5))
def test_a_line_exists_exactly_where_there_is_a_street_or_a_box(parts: list[str]) -> None:
    address = parse(*parts)
    assert (address.line is None) == (address.street is None and address.box is None)
    assert address.line is None or address.line.isascii()
