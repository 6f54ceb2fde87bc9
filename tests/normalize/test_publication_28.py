from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from skiptrace.normalize.address_words import address_words
from skiptrace.normalize.addresses import ADDRESS_FIELDS, Address, normalize_addresses, parse
from skiptrace.normalize.words import read_rows
from tests.bench import normalize_pub28 as bench

SECTIONS = {
    "211", "212", "213", "214", "215", "221", "222", "223", "224", "225", "231", "232", "233.1", "233.21", "233.22", "233.23", "233.3",
    "234.1", "234.2", "235", "236", "237", "238", "239", "241", "242", "243", "244", "245", "251", "252", "253", "254", "255", "261",
    "271", "281", "282", "283", "284", "285", "292", "B", "C1", "C2", "D1", "D2", "D3", "D4", "F", "I",
}  # fmt: skip
"""Sections and appendices of USPS Publication 28 that the cases cite."""
GIVEN = ("line1", "line2", "city", "state", "postal_code", "country")
CASES = bench.cases()
WITH_NUMBER = {"APT", "BLDG", "DEPT", "FL", "HNGR", "KEY", "LOT", "PIER", "RM", "SLIP", "SPC", "STE", "STOP", "TRLR", "UNIT"}
"""Designators of Appendix C2 that need a number behind them; the others stand alone."""
DESIGNATORS = {
    "APARTMENT": "APT", "BASEMENT": "BSMT", "BUILDING": "BLDG", "DEPARTMENT": "DEPT", "FLOOR": "FL", "FRONT": "FRNT", "HANGER": "HNGR",
    "HANGAR": "HNGR", "KEY": "KEY", "LOBBY": "LBBY", "LOT": "LOT", "LOWER": "LOWR", "OFFICE": "OFC", "PENTHOUSE": "PH", "PIER": "PIER",
    "REAR": "REAR", "ROOM": "RM", "SIDE": "SIDE", "SLIP": "SLIP", "SPACE": "SPC", "STOP": "STOP", "SUITE": "STE", "TRAILER": "TRLR",
    "UNIT": "UNIT", "UPPER": "UPPR",
}  # fmt: skip


def read(case: dict[str, str]) -> Address:
    return parse(*(case[name] for name in GIVEN))


def test_there_are_cases_of_every_section() -> None:
    assert len(CASES) >= 300
    assert {case["section"] for case in CASES} == SECTIONS
    given = [tuple(case[name] for name in GIVEN) for case in CASES]
    assert len(set(given)) == len(given)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['section']}: {case['line1']}/{case['line2']}")
def test_cases(case: dict[str, str]) -> None:
    address = read(case)
    assert (address.line, address.house or "", address.street or "", address.unit or "", address.box or "") == tuple(
        case[name] for name in ("line", "house", "street", "unit", "box")
    )
    assert (address.kind, " ".join(address.flags)) == (case["kind"], case["flags"])
    assert bench.passes(case, address)


def test_columns_give_the_same_answers_as_the_cases() -> None:
    columns = [pa.chunked_array([[case[name] for case in CASES]], pa.string()) for name in GIVEN]
    table = normalize_addresses(*columns)
    assert table.schema == ADDRESS_FIELDS
    assert [tuple(row.values()) for row in table.to_pylist()] == [(*a[:10], list(a.flags), a.line) for a in map(read, CASES)]


@pytest.mark.slow
def test_columns_read_by_their_shapes_give_the_same_answers() -> None:
    from skiptrace.normalize.address_columns import read_address_columns  # loads the compiled loops

    columns = [pa.chunked_array([[case[name] for case in CASES]], pa.string()) for name in GIVEN]
    found = read_address_columns(columns, len(CASES), ADDRESS_FIELDS).to_pylist()
    assert [tuple(row.values()) for row in found] == [(*a[:10], list(a.flags), a.line) for a in map(read, CASES)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['section']}: {case['line1']}/{case['line2']}")
def test_a_normal_form_stays_as_it_is(case: dict[str, str]) -> None:
    address = read(case)
    again = bench.read_again(address)
    assert bench.values(again) == bench.values(address)
    assert bench.line_again(address) == address.line


@pytest.mark.parametrize("row", read_rows("street_suffixes"), ids=lambda row: row["variant"])
def test_every_spelling_of_a_suffix(row: dict[str, str]) -> None:
    place = (None, "Austin", "TX", "78701")
    assert parse(f"101 Main {row['variant'].title()}", *place)[:2] == ("101", f"MAIN {row['standard']}")
    assert parse(f"101 N Oak {row['variant']} Apt 5", *place)[:3] == ("101", f"N OAK {row['standard']}", "APT 5")
    assert parse(f"101 Oak {row['variant']} South", *place)[:2] == ("101", f"OAK {row['standard']} S")


@pytest.mark.parametrize("designator", [*DESIGNATORS, *sorted(set(DESIGNATORS.values())), "#"])
def test_every_designator_of_a_unit(designator: str) -> None:
    standard = DESIGNATORS.get(designator, designator)
    for number in ("5", "12B", *(() if standard in WITH_NUMBER or standard == "#" else ("",))):
        unit, text = f"{standard} {number}".strip(), f"{designator} {number}".strip()
        for line1, line2 in (
            (f"101 Main St {text.title()}", None), ("101 Main St", text), (text, "101 Main St"), (f"101 Main St, {text}", None),
            (f"101 N 5th Ave SW {text}", None), (f"{text}, 101 Main St", None),
        ):  # fmt: skip
            found = parse(line1, line2, "Austin", "TX", "78701")
            assert (found.house, found.unit) == ("101", unit)
            assert found.street in ("MAIN ST", "N 5TH AVE SW")


def test_the_designators_are_those_that_need_a_number() -> None:
    needs = address_words().unit_needs_number
    assert {unit for unit in set(DESIGNATORS.values()) if needs[unit] == "NEEDED"} == WITH_NUMBER


def test_the_published_tables_hold_nothing_that_is_read_otherwise(shared_data: Path) -> None:
    folder = shared_data.parent / "reference" / "data"
    with (folder / "pub28_c1_suffix.csv").open(encoding="utf-8", newline="") as file:
        suffixes = list(csv.DictReader(file))
    with (folder / "pub28_c2_unit.csv").open(encoding="utf-8", newline="") as file:
        units = list(csv.DictReader(file))
    assert len(suffixes) > 500
    assert len(units) == 25
    for row in suffixes:
        assert parse(f"101 Main {row['variant']}", None, "Austin", "TX", "78701").street == f"MAIN {row['standard']}"
    for row in units:
        assert parse("101 Main St", f"{row['designator']} 5", "Austin", "TX", "78701").unit == f"{row['abbr']} 5"


def test_real_addresses_are_whole_and_stay_as_they_are(shared_data: Path) -> None:
    rows = pq.read_table(shared_data / "parsing" / "rrad_real_addresses.parquet").to_pylist()
    addresses = [bench.read_real(row) for row in rows]
    assert len(addresses) > 1_500
    assert sum(map(bench.is_whole, addresses)) >= 0.995 * len(addresses)
    for address in addresses:
        assert bench.values(bench.read_again(address)) == bench.values(address)
        assert bench.line_again(address) == address.line
