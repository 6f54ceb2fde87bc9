"""Small tables for the tests of this folder: rows are written as what differs from an ordinary row."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace import schema
from skiptrace.contacts import outcomes, rules
from skiptrace.contacts.evidence import EVIDENCE
from skiptrace.contacts.points import Areas, contact_points
from skiptrace.schema import EVENTS, IDENTITIES, SIGHTINGS, TAPE
from skiptrace.schema.table import Table
from skiptrace.schema.working import CONSUMERS

AS_OF = dt.date(2026, 6, 30)
AREAS = Areas({206: "WA", 503: "OR", 541: "OR"}, frozenset({(503, 541)}))

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
    full = [{name: value for name, value in {**ordinary, **row}.items() if name in spec.names} for row in rows]
    return pa.Table.from_pylist(full, schema=spec.arrow)


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
    """EVENTS with `source`; an ordinary one is a call to the ordinary number of A1 a month ago, told by `dialer`."""
    moment = dt.datetime.combine(AS_OF, dt.time(12), dt.UTC) - dt.timedelta(days=30)
    ordinary = {"account_id": "A1", "channel": "voice", "outcome": "voicemail", "occurred_at": moment, **PHONE}
    table = _table(EVENTS, ordinary, tuple({"event_id": f"e{n}", **row} for n, row in enumerate(rows)))
    names = pa.array([row.get("source", "dialer") for row in rows], pa.string())
    return table.append_column("source", names)


def evidence(*rows: dict[str, Any]) -> pa.Table:
    """EVIDENCE; an ordinary row is a number of A1 on one record of `header`, seen half a year ago. `account` counts the
    sorted account ids of the rows."""
    ordinary = {
        "account_id": "A1", "record_id": "R1", "match_probability": 0.9, "mine": False, "source_kind": "credit_header",
        "source": "header", "origin": "header", "relation": "same", "last_seen": ago(0.5), **PHONE,
    }  # fmt: skip
    full = [{**ordinary, **row} for row in rows]
    accounts = account_ids(*rows).to_pylist()
    return pa.Table.from_pylist([{**row, "account": accounts.index(row["account_id"])} for row in full], schema=EVIDENCE)


def account_ids(*rows: dict[str, Any]) -> pa.Array:
    """The sorted account ids of rows of evidence."""
    return pa.array(sorted({row.get("account_id", "A1") for row in rows}), pa.string())


def consumers(**of: str) -> pa.Table:
    """CONSUMERS: the consumer of each account."""
    return pa.table({"account_id": list(of), "consumer_id": list(of.values())}, schema=CONSUMERS.arrow)


def everyone_alone(*rows: dict[str, Any]) -> pa.Table:
    """CONSUMERS in which each account of the rows is a person of its own."""
    return consumers(**{name: f"c-{name}" for name in account_ids(*rows).to_pylist()})


def points_of(
    *rows: dict[str, Any], told: tuple[dict[str, Any], ...] = (), as_of: dt.date = AS_OF, people: pa.Table | None = None
) -> pa.Table:
    """CONTACT_POINTS of rows of evidence and of outcomes."""
    accounts, currency = account_ids(*rows), rules.load()
    past = events(*told)
    people = everyone_alone(*rows) if people is None else people
    seen, tried = evidence(*rows), outcomes.as_evidence(past, accounts, people, currency, as_of)
    return contact_points(
        accounts, pa.concat_tables([seen, tried[0]]), np.concatenate([np.zeros(len(seen), np.int64), tried[1]]),
        outcomes.dead_for_everybody(past, currency, as_of), AREAS, currency, as_of,
    )  # fmt: skip


def mine(**more: Any) -> dict[str, Any]:
    """What an evidence row of the buyer's own has."""
    own = {"mine": True, "source": "portfolio", "origin": "portfolio", "source_kind": "portfolio", "record_id": "A1"}
    return {**own, "match_probability": 0.97, **more}
