from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa

from skiptrace.intake.canonical import SPECS
from skiptrace.intake.partitions import ROWS_OF_A_FILE
from skiptrace.schema import conform
from tests.intake.deliveries import own_names, reasons, run, source


def one(folder: Path, data: dict[str, Any], kind: str = "other", **more: Any) -> Any:
    (tables,) = run(folder, source(own_names(pa.table(data)), kind, **more), data)
    for name, spec in SPECS.items():
        conform(getattr(tables, name), spec)
    return tables


def test_records_with_origin_dates_and_numbers(tmp_path: Path) -> None:
    found = one(tmp_path, {
        "record_id": [11, 12, None, 14], "last_name": ["Roe"] * 4, "origin": ["header", None, "x", ""],
        "first_seen": ["2019", "2020-05-01", None, "2020-01-01"],
        "last_seen": ["05/2024", "2030-01-01", None, "2024-02-03"],
        "phone": ["2064550100", None, "2064550101", "x"],
    })  # fmt: skip
    rows = found.identities.to_pylist()
    assert [(row["identity"] % ROWS_OF_A_FILE, row["record_id"], row["origin"]) for row in rows] == [
        (0, "11", "header"),
        (1, "12", "ref"),
        (3, "14", "ref"),
    ]
    assert [row["first_seen"] for row in rows] == [dt.date(2019, 1, 1), dt.date(2020, 5, 1), dt.date(2020, 1, 1)]
    assert [row["last_seen"] for row in rows] == [dt.date(2024, 5, 1), None, dt.date(2024, 2, 3)]
    (point,) = found.sightings.to_pylist()
    assert (point["identity"] % ROWS_OF_A_FILE, point["origin"], point["last_seen"]) == (0, "header", dt.date(2024, 5, 1))
    assert reasons(found)[:2] == [(2, "last_seen", "date_after_as_of"), (3, None, "record_id_missing")]
    assert found.counts["rows_rejected"] == 1


def test_a_death_needs_a_date_a_status_or_an_estate(tmp_path: Path) -> None:
    found = one(tmp_path, {
        "record_id": list("abcdefgh"),
        "deceased_date": ["2024-01-01", "2026-07-01", "2023", "nonsense", None, None, None, "2026-07-01"],
        "status": [None, None, None, None, "deceased", "active", None, "deceased"],
        "last_name": ["Roe", "Roe", "Roe", "Roe", "Roe", "Roe", "Estate of Jo Roe", "Roe"],
    }, kind="deceased")  # fmt: skip
    assert found.identities["deceased"].to_pylist() == [True, False, True, False, True, False, True, False]
    assert found.identities["deceased_date"].to_pylist() == [dt.date(2024, 1, 1)] + [None] * 7
    told = {row: reason for row, column, reason in reasons(found) if column == "deceased_date"}
    assert (told[2], told[3]) == ("date_after_as_of", "imprecise_date")
    assert set(told) == {2, 3, 4, 8}


def test_the_kind_alone_reports_no_death(tmp_path: Path) -> None:
    found = one(tmp_path, {"record_id": ["1"], "last_name": ["Roe"]}, kind="deceased")
    assert found.identities["deceased"].to_pylist() == [False]


def test_words_that_are_not_known_are_rejects_and_null(tmp_path: Path) -> None:
    found = one(tmp_path, {"record_id": ["1"], "phone": ["2064550100"], "status": ["dead"], "line_type": ["quantum"]})
    (point,) = found.sightings.to_pylist()
    assert (point["status"], point["line_type"]) == (None, None)
    assert reasons(found) == [(1, "line_type", "unknown_word"), (1, "status", "unknown_word")]


def test_consents_are_strict_about_what_was_given(tmp_path: Path) -> None:
    found = one(tmp_path, {
        "record_id": list("abcdef"),
        "consent_text": ["given", "GIVEN", "revoked", "yes", None, "given"],
        "consent_text_at": ["2024-01-01", "2026-07-01", "2026-07-01", None, "2024-01-01", None],
        "consent_text_given_to": ["creditor", None, "somebody", None, None, None],
        "consent_email": ["revoked", None, None, None, None, None],
    })  # fmt: skip
    rows = found.consents.to_pylist()
    assert [(row["identity"] % ROWS_OF_A_FILE, row["channel"], row["state"], row["at"], row["given_to"]) for row in rows] == [
        (0, "email", "revoked", None, None), (0, "text", "given", dt.date(2024, 1, 1), "creditor"),
        (2, "text", "revoked", None, None), (5, "text", "given", None, None),
    ]  # fmt: skip
    assert (4, "consent_text", "unknown_word") in reasons(found)
    assert (3, "consent_text_given_to", "unknown_word") in reasons(found)
