"""Small tables for the tests of this folder: rows are written as what differs from an ordinary row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from skiptrace import schema
from skiptrace.schema import EVENTS, IDENTITIES, SIGHTINGS, TAPE
from skiptrace.schema.table import Table

AS_OF = dt.date(2026, 6, 30)

EVIDENCE = pa.schema(
    [
        ("account_id", pa.string()),
        ("record_id", pa.string()),
        ("match_probability", pa.float64()),
        ("mine", pa.bool_()),
        ("source_kind", pa.string()),
        *((field.name, field.type) for field in SIGHTINGS.arrow if field.name != "identity"),
    ]
)
PHONE = {"kind": "phone", "value": "+12065550123"}
EMAIL = {"kind": "email", "value": "pat@example.com"}
HOME = {
    "kind": "address", "value": "123 N MAIN ST, SEATTLE, WA 98101", "house": "123", "street": "N MAIN ST",
    "city": "SEATTLE", "state": "WA", "postal_code": "98101", "country": "US", "point_kind": "street",
}  # fmt: skip
AWAY = {
    "kind": "address", "value": "77 OAK AVE, PORTLAND, OR 97201", "house": "77", "street": "OAK AVE",
    "city": "PORTLAND", "state": "OR", "postal_code": "97201", "country": "US", "point_kind": "street",
}  # fmt: skip


def ago(years: float) -> dt.date:
    """The day that lies so many years before AS_OF."""
    return AS_OF - dt.timedelta(days=round(365.25 * years))


def _table(spec: Table, ordinary: dict[str, Any], rows: tuple[dict[str, Any], ...]) -> pa.Table:
    return pa.Table.from_pylist([{**ordinary, **row} for row in rows], schema=spec.arrow)


def links(*rows: dict[str, Any]) -> pa.Table:
    """LINKS without comparisons; an ordinary one is accepted."""
    ordinary = {
        "account_id": "A1", "source": "header", "record_id": "R1", "identity": 1, "rank": 1, "match_weight": 10.0, "person_weight": 10.0,
        "match_probability": 0.9, "relation": "same", "status": "linked",
    }  # fmt: skip
    return _table(schema.links(()), ordinary, rows)


def sightings(*rows: dict[str, Any]) -> pa.Table:
    """SIGHTINGS; an ordinary one is a number of record 1 of `header`, seen half a year ago."""
    ordinary = {"source": "header", "identity": 1, "origin": "header", "party": "borrower", "last_seen": ago(0.5)}
    return _table(SIGHTINGS, {**ordinary, **PHONE}, rows)


def identities(*rows: dict[str, Any]) -> pa.Table:
    """IDENTITIES; an ordinary one is record R1, number 1 of `header`."""
    ordinary = {"source": "header", "identity": 1, "record_id": "R1", "party": "borrower", "origin": "header"}
    return _table(IDENTITIES, ordinary, rows)


def own_identities(*rows: dict[str, Any]) -> pa.Table:
    """IDENTITIES of the portfolio; an ordinary one is account A1, number 1."""
    return identities(*({"source": "portfolio", "origin": "portfolio", "record_id": "A1", **row} for row in rows))


def tape(*rows: dict[str, Any]) -> pa.Table:
    """TAPE; an ordinary row is account A1, opened in 2015."""
    return _table(TAPE, {"account_id": "A1", "identity": 1, "open_date": dt.date(2015, 5, 1)}, rows)


def events(*rows: dict[str, Any]) -> pa.Table:
    """EVENTS; an ordinary one is a call to the ordinary number of A1 a month ago."""
    moment = dt.datetime.combine(AS_OF, dt.time(12), dt.UTC) - dt.timedelta(days=30)
    ordinary = {"account_id": "A1", "channel": "voice", "outcome": "voicemail", "occurred_at": moment, **PHONE}
    return _table(EVENTS, ordinary, tuple({"event_id": f"e{n}", **row} for n, row in enumerate(rows)))


def evidence(*rows: dict[str, Any]) -> pa.Table:
    """Evidence in its order; an ordinary row is a number of A1 on one record of `header`, seen half a year ago."""
    ordinary = {
        "account_id": "A1", "record_id": "R1", "match_probability": 0.9, "mine": False, "source_kind": "credit_header",
        "source": "header", "origin": "header", "party": "borrower", "last_seen": ago(0.5), **PHONE,
    }  # fmt: skip
    full = [{**ordinary, **row} for row in rows]
    full.sort(key=lambda row: (row["account_id"], row["kind"], row["value"], row["last_seen"] or dt.date.min))
    return pa.Table.from_pylist(full, schema=EVIDENCE)


def mine(**more: Any) -> dict[str, Any]:
    """What an evidence row of the buyer's own has."""
    own = {"mine": True, "source": "portfolio", "origin": "portfolio", "source_kind": "portfolio", "record_id": "A1"}
    return {**own, "match_probability": 0.97, **more}
