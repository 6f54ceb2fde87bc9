"""Figures of a tape before it is bought, from small tables made by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from skiptrace.onboard.appraisal import Appraisal, Section, appraise
from skiptrace.schema import CONTACT_POINTS, IDENTITIES, SIGHTINGS, TAPE

AS_OF = dt.date(2026, 6, 30)


def filled(schema: pa.Schema, *rows: dict[str, object]) -> pa.Table:
    """Rows with NULL, or something empty where the schema asks for more, in columns that are not named."""
    columns = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        if not field.nullable:
            blank: object = [] if pa.types.is_list(field.type) else "" if pa.types.is_string(field.type) else 0
            values = [blank if value is None else value for value in values]
        columns.append(pa.array(values, field.type))
    return pa.table(columns, schema=schema)


@pytest.fixture
def found() -> Appraisal:
    tape = filled(
        TAPE.arrow,
        {"account_id": "A", "identity": 0, "balance": Decimal("100.00"), "charge_off_date": dt.date(2025, 12, 1)},
        {"account_id": "B", "identity": 2, "balance": Decimal("50.00"), "charge_off_date": dt.date(2018, 1, 1), "last_payment_date": AS_OF},
        {"account_id": "C", "identity": 4},
    )
    identities = filled(
        IDENTITIES.arrow,
        {"identity": 0, "last": "X", "dob": AS_OF},
        {"identity": 2, "last": "Y", "ssn4": "1234"},
        {"identity": 4, "last": "Z"},
    )
    sightings = filled(
        SIGHTINGS.arrow, {"identity": 0, "kind": "phone"}, {"identity": 0, "kind": "phone"}, {"identity": 2, "kind": "email"}
    )
    points = filled(
        CONTACT_POINTS.arrow,
        {"account_id": "A", "kind": "phone", "origin": "portfolio", "shared_by": 3, "status": "active"},
        {"account_id": "A", "kind": "phone", "origin": "both", "flags": ["placeholder"], "status": "disconnected"},
        {"account_id": "A", "kind": "phone", "origin": "reference", "shared_by": 9, "status": "wrong_party"},
    )
    chances = pa.table({"account_id": ["A", "B", "C"], "p_any_channel": [0.5, 0.2, 0.1]})
    tables = {
        "tape": tape,
        "identities": identities,
        "sightings": sightings,
        "points": points,
        "before": chances,
        "after": chances.slice(0, 1),
        "limits": pa.table({"account_id": ["A", "B"], "limitation_status": ["in_period", "barred"]}),
    }
    return appraise(tables, {"duplicate_row": 2, "account_id_missing": 5}, AS_OF)


def section(found: Appraisal, name: str) -> Section:
    return next(one for one in found.sections if one.name == name)


def test_what_can_be_expected(found: Appraisal) -> None:
    assert (found.accounts, found.balance) == (3, 150.0)
    assert (found.reachable, found.reachable_balance) == (pytest.approx(0.8), pytest.approx(60.0))
    assert (found.permitted, found.permitted_balance) == (pytest.approx(0.5), pytest.approx(50.0))


def test_how_full_it_is(found: Appraisal) -> None:
    rows = {row[0]: row[1:] for row in section(found, "filled").rows}
    assert rows["name"] == (3, 1.0)
    assert [
        rows[name][0] for name in ("birth date", "its last four digits", "phone", "e-mail", "address", "balance", "last payment date")
    ] == [
        1,
        1,
        1,
        1,
        0,
        2,
        1,
    ]


def test_rows_that_are_not_used_by_reason(found: Appraisal) -> None:
    assert section(found, "rejected").rows == (("account id missing", 5), ("duplicate row", 2))


def test_contamination_is_of_the_tape_alone(found: Appraisal) -> None:
    assert section(found, "contaminated").rows == (("address", 0, 0, 0, 0), ("phone", 2, 1, 1, 1), ("e-mail", 0, 0, 0, 0))


def test_ages_and_limitation_periods(found: Appraisal) -> None:
    assert section(found, "age").rows == (("under 1 year", 1, 100.0), ("6 years and more", 1, 50.0), ("not told", 1, None))
    assert set(section(found, "statute").rows) == {("in time", 1, 100.0), ("out of time", 1, 50.0), ("not certain", 1, None)}


def test_a_tape_of_nobody() -> None:
    tables = {
        "tape": TAPE.empty(), "identities": IDENTITIES.empty(), "sightings": SIGHTINGS.empty(), "points": CONTACT_POINTS.empty(),
        "before": pa.table({"account_id": pa.array([], pa.string()), "p_any_channel": pa.array([], pa.float64())}),
        "after": pa.table({"account_id": pa.array([], pa.string()), "p_any_channel": pa.array([], pa.float64())}),
        "limits": pa.table({"account_id": pa.array([], pa.string()), "limitation_status": pa.array([], pa.string())}),
    }  # fmt: skip
    found = appraise(tables, {}, AS_OF)
    assert (found.accounts, found.balance, found.reachable_balance) == (0, None, 0.0)
