from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.intake.partitions import ROWS_OF_A_FILE
from skiptrace.schema import SIGHTINGS, conform
from tests.intake.deliveries import own_names, portfolio, reasons, run, source


def one(folder: Path, data: dict[str, Any], kind: str = "other") -> Any:
    (tables,) = run(folder, source(own_names(pa.table(data)), kind), data)
    conform(tables.sightings, SIGHTINGS)
    return tables


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("utility", "active", {"address": "active", "phone": "active", "email": "active"}),
        ("utility", "disconnected", {"address": None, "phone": "disconnected", "email": None}),
        ("phone_file", "invalid", {"address": None, "phone": "invalid", "email": None}),
        ("email_file", "invalid", {"address": None, "phone": None, "email": "invalid"}),
        ("ncoa", "invalid", {"address": "invalid", "phone": None, "email": None}),
    ],
)
def test_a_status_holds_for_the_points_that_the_file_is_about(
    tmp_path: Path, kind: str, status: str, expected: dict[str, str | None]
) -> None:
    found = one(tmp_path, {
        "record_id": ["1"], "address_line1": ["1 Oak St"], "city": ["Seattle"], "state": ["WA"],
        "phone": ["2064550100"],
        "email": ["a@example.org"], "status": [status], "line_type": ["Wireless"], "ncoa_code": ["02"],
    }, kind=kind)  # fmt: skip
    rows = {row["kind"]: row for row in found.sightings.to_pylist()}
    assert {name: row["status"] for name, row in rows.items()} == expected
    assert {name: row["line_type"] for name, row in rows.items()} == {"address": None, "phone": "mobile", "email": None}
    assert {name: row["ncoa_code"] for name, row in rows.items()} == {"address": "02", "phone": None, "email": None}


def test_a_point_given_twice_on_one_account_is_one_sighting(tmp_path: Path) -> None:
    table = pa.table({"id": ["A1"], "home": ["206-455-0100"], "cell": ["(206) 455 0100"], "work": ["2064550101"]})
    (found,) = run(tmp_path, portfolio({"account_id": "id", "phones": ["home", "cell", "work"]}), table)
    assert found.sightings["value"].to_pylist() == ["+12064550100", "+12064550101"]


def test_a_zip_that_names_another_state_indicates_both_zones(tmp_path: Path) -> None:
    found = one(tmp_path, {
        "record_id": ["1", "2", "3"], "address_line1": ["1 Oak St"] * 3, "city": ["X"] * 3, "state": ["NY", "WA", "NY"],
        "postal_code": ["98101", "00000", "M5V 2T6"], "country": [None, None, "CA"],
    })  # fmt: skip
    assert found.sightings["zones"].to_pylist()[:2] == [
        ["America/Los_Angeles", "America/New_York"],
        ["America/Los_Angeles"],
    ]
    assert found.sightings["zones"].to_pylist()[2] == []


def test_a_line_without_street_and_box_is_a_reject_and_a_city_alone_is_not(tmp_path: Path) -> None:
    lines, cities = ["Apt 4", None, "General Delivery"], ["Seattle"] * 3
    found = one(tmp_path, {"record_id": ["1", "2", "3"], "address_line1": lines, "city": cities, "state": ["WA"] * 3})
    assert 2 not in {row for row, _, _ in reasons(found)}
    assert (1, "address_line1", "incomplete_address") in reasons(found)
    places = [(row["identity"] % ROWS_OF_A_FILE, row["kind"], row["street"]) for row in found.sightings.to_pylist()]
    assert all(street for _, kind, street in places if kind == "address")
    assert (1, "locality", None) in places, "nobody can be written to there, but it tells people apart"


def test_several_points_keep_the_order_of_the_mapping(tmp_path: Path) -> None:
    data = {"id": ["1"], "b": ["2064550102"], "a": ["2064550101"], "l": [["x@example.org", "a@example.org"]]}
    spec = source({"record_id": "id", "phones": ["b", "a"], "emails": "l"})
    (found,) = run(tmp_path, spec, data)
    assert [(row["kind"], row["value"]) for row in found.sightings.to_pylist()] == [
        ("email", "x@example.org"), ("email", "a@example.org"), ("phone", "+12064550102"), ("phone", "+12064550101"),
    ]  # fmt: skip
