from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from skiptrace.intake.canonical import SPECS
from skiptrace.schema import conform
from tests.intake.deliveries import own_names, portfolio, reasons, run

TAPE = pa.table({
    "account_id": ["A1", "A2", "A3"],
    "first_name": ["Ann", None, "Jane"],
    "last_name": ["O'Neil", None, "Roe (Estate of)"],
    "full_name": ["ignored", "SMITH, JOHN Q JR", None],
    "former_names": ["Jones", None, None],
    "dob": ["06/30/1980", "2010-01-01", "nonsense"],
    "ssn": ["321-54-6789", None, "000-00-0000"],
    "ssn4": [None, "4321", None],
    "address_line1": ["12 North Main Street", "PO Box 7", None],
    "address_line2": ["Apt 4", None, None],
    "city": ["Seattle", "Spokane", "Tacoma"],
    "state": ["WA", "Washington", "WA"],
    "postal_code": ["98101", "99201-1234", "98402"],
    "phone": ["206-455-0100", "(509) 455-0101", "12"],
    "email": ["Ann.Oneil+debt@Gmail.com", None, "no at sign"],
    "balance": ["$1,234.50", "10", "much"],
    "open_date": ["2020-01-02", "2030-01-01", None],
    "cease": ["Y", "N", None],
    "deceased": ["N", None, None],
    "preferred_channel": ["Text", "pigeon", None],
    "language": [" es ", None, ""],
})  # fmt: skip


def one(folder: Path, data: pa.Table | dict[str, Any] = TAPE, **more: Any) -> Any:
    table = data if isinstance(data, pa.Table) else pa.table(data)
    (tables,) = run(folder, portfolio(own_names(table), **more), table)
    for name, spec in SPECS.items():
        conform(getattr(tables, name), spec)
    return tables


def test_accounts_with_money_dates_and_flags(tmp_path: Path) -> None:
    rows = one(tmp_path).tape.to_pylist()
    assert [row["account_id"] for row in rows] == ["A1", "A2", "A3"]
    assert [row["identity"] for row in rows] == [0, 2, 4]
    assert [row["balance"] for row in rows] == [Decimal("1234.50"), Decimal("10.00"), None]
    assert [row["open_date"] for row in rows] == [dt.date(2020, 1, 2), None, None]
    assert [row["cease"] for row in rows] == [True, False, None]
    assert [row["bankruptcy"] for row in rows] == [None] * 3
    assert [row["deceased"] for row in rows] == [False, None, True]
    assert [row["minor"] for row in rows] == [False, True, None]
    assert [row["preferred_channel"] for row in rows] == ["sms", None, None]
    assert [row["language"] for row in rows] == ["es", None, None]


def test_people_in_canonical_form(tmp_path: Path) -> None:
    rows = one(tmp_path).identities.to_pylist()
    assert [(row["first"], row["middle"], row["last"], row["suffix"]) for row in rows[:2]] == [
        ("ANN", None, "ONEIL", None), ("JOHN", "Q", "SMITH", "JR"),
    ]  # fmt: skip
    assert [row["record_id"] for row in rows] == ["A1", "A2", "A3"]
    assert {row["source"] for row in rows} == {row["origin"] for row in rows} == {"portfolio"}
    assert {row["party"] for row in rows} == {"borrower"}
    assert [row["former_names"] for row in rows] == [["JONES"], [], []]
    assert [row["dob"] for row in rows] == [dt.date(1980, 6, 30), dt.date(2010, 1, 1), None]
    assert [row["ssn4"] for row in rows] == ["6789", "4321", None]
    assert [row["deceased"] for row in rows] == [False, False, True]
    assert "estate" in rows[2]["name_flags"]


def test_a_number_leaves_as_a_token_only(tmp_path: Path) -> None:
    tables = one(tmp_path)
    tokens = tables.identities["ssn_token"].to_pylist()
    assert [token is None for token in tokens] == [False, True, True]
    assert len(tokens[0]) == 16
    everything = "".join(str(getattr(tables, name).to_pydict()) for name in SPECS)
    assert "321546789" not in everything.replace("-", "")


def test_contact_points_in_order_of_identity_and_kind(tmp_path: Path) -> None:
    rows = one(tmp_path).sightings.to_pylist()
    assert [(row["identity"], row["kind"], row["value"]) for row in rows] == [
        (0, "address", "12 N MAIN ST APT 4, SEATTLE, WA 98101"),
        (0, "email", "ann.oneil+debt@gmail.com"),
        (0, "phone", "+12064550100"),
        (2, "address", "PO BOX 7, SPOKANE, WA 99201"),
        (2, "phone", "+15094550101"),
        (4, "locality", "TACOMA WA 98402"),
    ]
    street, email, phone, box = rows[:4]
    assert (street["house"], street["street"], street["unit"], street["zones"]) == (
        "12",
        "N MAIN ST",
        "APT 4",
        ["America/Los_Angeles"],
    )
    assert (box["house"], box["street"], box["point_kind"]) == (None, "PO BOX 7", "po_box")
    assert (street["match_key"], phone["match_key"]) == (street["value"], phone["value"])
    assert email["match_key"] == "annoneil@gmail.com"
    assert all(row["first_seen"] is None and row["last_seen"] is None and row["status"] is None for row in rows)


def test_values_that_were_not_used_are_told_by_row_and_column(tmp_path: Path) -> None:
    found = one(tmp_path)
    told = reasons(found)
    assert [(row, column) for row, column, _ in told] == [
        (2, "open_date"), (2, "preferred_channel"), (3, "balance"), (3, "dob"), (3, "email"), (3, "phone"), (3, "ssn"),
    ]  # fmt: skip
    assert {column: reason for _, column, reason in told}["open_date"] == "date_after_as_of"
    assert found.counts == {"rows_in": 3, "rows_filtered": 0, "rows_rejected": 0, "rows_out": 3, "values_rejected": 7}
    assert {row["file"] for row in found.rejects.to_pylist()} == {"tape.parquet"}


def test_a_co_borrower_is_a_second_person_with_own_points(tmp_path: Path) -> None:
    found = one(tmp_path, {
        "account_id": ["A1", "A2", "A3"], "last_name": ["Roe", "Lund", "Poe"], "phone": ["2064550100", None, None],
        "co_full_name": ["Jane Roe", None, None], "co_last_name": [None, "Estate of Bob Lund", None],
        "co_phone": ["2064550101", "2064550100", "2064550102"], "co_ssn": ["321-54-6789", None, None],
    })  # fmt: skip
    people = [(row["identity"], row["party"], row["last"], row["deceased"]) for row in found.identities.to_pylist()]
    assert people == [
        (0, "borrower", "ROE", False), (1, "co_borrower", "ROE", False), (2, "borrower", "LUND", False),
        (3, "co_borrower", people[3][2], True), (4, "borrower", "POE", False),
    ]  # fmt: skip
    assert [(row["identity"], row["party"], row["value"]) for row in found.sightings.to_pylist()] == [
        (0, "borrower", "+12064550100"), (1, "co_borrower", "+12064550101"), (3, "co_borrower", "+12064550100"),
    ]  # fmt: skip
    assert found.tape["deceased"].to_pylist() == [None, None, None]
    alone = "insufficient_identity"
    assert reasons(found) == [(2, "last_name", alone), (3, "co_phone", "co_borrower_without_name"), (3, "last_name", alone)]


def test_numbers_and_bytes_do_not_depend_on_how_the_tape_is_cut(tmp_path: Path) -> None:
    spec = portfolio(own_names(TAPE))
    (whole,) = run(tmp_path, spec, TAPE)
    pieces = run(tmp_path, spec, TAPE, partition_rows=1)
    for name in SPECS:
        assert pa.concat_tables([getattr(piece, name) for piece in pieces]).equals(getattr(whole, name))


def test_an_account_number_alone_is_enough(tmp_path: Path) -> None:
    found = one(tmp_path, {"account_id": [7, 8]})
    assert found.tape["account_id"].to_pylist() == ["7", "8"]
    assert found.identities["name_kind"].to_pylist() == ["unknown", "unknown"]
    assert found.sightings.num_rows == 0


def test_where_and_rejects_reconcile(tmp_path: Path) -> None:
    table = pa.table({"id": ["A1", "A1", None, "A3", "A4"], "kind": ["x", "x", "x", "y", None]})
    (found,) = run(tmp_path, portfolio({"account_id": "id"}, where="kind = 'x'"), table)
    assert found.counts == {"rows_in": 5, "rows_filtered": 2, "rows_rejected": 2, "rows_out": 1, "values_rejected": 0}
    assert reasons(found) == [(2, None, "duplicate_row"), (3, None, "account_id_missing")]
