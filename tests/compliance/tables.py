"""Small tables for the tests of this folder: rows are written as what differs from an ordinary row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from skiptrace.compliance.history import History, gather
from skiptrace.rulebook.loading import load
from skiptrace.schema import ANSWERS, CONTACT_POINTS, EVENTS, SUPPRESSIONS, TAPE
from skiptrace.schema.table import Table

AS_OF = dt.date(2026, 6, 30)
STATES = ["CA", "DC", "MA", "NC", "NY", "WA", "WI", "AZ"]
SETTINGS: dict[str, Any] = {
    "operator_role": "debt_buyer_active",
    "dialer_class": "manual",
    "content_has_offer": False,
    "licensed_states": STATES,
    "attest": [
        {"step": step, "date": AS_OF - dt.timedelta(days=5), "by": "x"}
        for step in ("bankruptcy_scrub", "deceased_scrub", "litigator_scrub", "account_flags_review", "balance_review")
    ],
}
_NEW_YORK, _LOS_ANGELES = ["America/New_York"], ["America/Los_Angeles"]

_ACCOUNT = {"account_id": "A1", "identity": 0, "charge_off_date": dt.date(2024, 5, 1)}
POINT = {
    "account_id": "A1",
    "point_id": "p-1",
    "kind": "phone",
    "value": "+12125550123",
    "rank": 1,
    "origin": "portfolio",
    "sources": [],
    "independent_sources": 1,
    "p_current": 0.9,
    "p_right_party": 0.95,
    "line_type": "mobile",
    "shared_by": 0,
    "status": "active",
    "relations": [],
    "flags": [],
    "zones": _NEW_YORK,
    "evidence": [],
}
_EVENT = {"event_id": "e1", "account_id": "A1", "channel": "voice", "outcome": "voicemail"}
_ENTRY = {"list": "internal", "scope": "endpoint"}

HOME = {
    "point_id": "a-1",
    "kind": "address",
    "value": "1 MAIN ST, ALBANY, NY 12207",
    "state": "NY",
    "postal_code": "12207",
    "country": "US",
    "line_type": "unknown",
    "point_kind": "street",
    "zones": _NEW_YORK,
}
WEST = {
    **HOME,
    "point_id": "a-2",
    "value": "1 MAIN ST, FRESNO, CA 93701",
    "state": "CA",
    "postal_code": "93701",
    "zones": _LOS_ANGELES,
}
MAILBOX = {"point_id": "e-1", "kind": "email", "value": "x@example.com", "line_type": "unknown", "zones": []}


def table_of(spec: Table, base: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> pa.Table:
    whole = [{**base, **row} for row in rows]
    return pa.table({c.name: pa.array([row.get(c.name) for row in whole], c.type) for c in spec.columns})


def tape(*rows: Mapping[str, object]) -> pa.Table:
    return table_of(TAPE, _ACCOUNT, rows or ({},))


def points(*rows: Mapping[str, object]) -> pa.Table:
    return table_of(CONTACT_POINTS, POINT, rows)


def events(*rows: Mapping[str, object]) -> pa.Table:
    return table_of(EVENTS, _EVENT, [{"event_id": f"e{number}", **row} for number, row in enumerate(rows)])


def entries(*rows: Mapping[str, object]) -> pa.Table:
    return table_of(SUPPRESSIONS, _ENTRY, rows)


def history(
    events: pa.Table | None = None, suppressions: pa.Table | None = None, consumers: pa.Table | None = None, as_of: dt.date = AS_OF
) -> History:
    """What a project with these deliveries knows; without one it knows nothing of the kind."""
    return gather(load(), as_of, events, suppressions, consumers)


def answers(*rows: Mapping[str, object]) -> pa.Table:
    return table_of(ANSWERS, {"answered_at": AS_OF}, rows)


def uses(*rows: tuple[str, str]) -> pa.Table:
    """(point id, channel) of account A1."""
    return pa.table(
        {"account_id": ["A1"] * len(rows), "point_id": [r[0] for r in rows], "channel": [r[1] for r in rows]}
    )


def consents(*rows: Mapping[str, object]) -> pa.Table:
    base = {"account_id": "A1", "state": "given", "at": dt.date(2026, 6, 1), "given_to": "collector", "point_id": None}
    whole = [{**base, **row} for row in rows]
    kinds = {
        "account_id": pa.string(),
        "channel": pa.string(),
        "state": pa.string(),
        "at": pa.date32(),
        "given_to": pa.string(),
        "point_id": pa.string(),
    }
    return pa.table({name: pa.array([row[name] for row in whole], kind) for name, kind in kinds.items()})


def moment(day: dt.date, hour: int = 15) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)
