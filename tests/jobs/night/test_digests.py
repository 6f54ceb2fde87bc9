from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from jobs.night import digests
from jobs.night.base import DIGESTS
from skiptrace.schema import CONSENTS, EVENTS, IDENTITIES, SIGHTINGS, TAPE, Table
from skiptrace.schema.working import CONSIDERED, INVENTORY, PLACED
from skiptrace.sql import query

AS_OF = dt.date(2026, 6, 30)
PERSON = {"source": "portfolio", "identity": 0, "record_id": "A", "party": "borrower", "origin": "portfolio"}
SEEN = {"source": "portfolio", "identity": 0, "kind": "phone", "value": "+12065550101"}
PAIR = {
    "account_id": "A", "source": "header", "record_id": "R1", "identity": 5, "match_probability": 0.9, "relation": "same",
    "status": "linked",
}  # fmt: skip
STATE = {"account_id": "A", "account_state": "recalled", "account_state_since": AS_OF}
EVENT = {"event_id": "E", "account_id": "A", "channel": "voice", "outcome": "busy", "occurred_at": dt.datetime(2026, 6, 1, tzinfo=dt.UTC)}


def of(spec: Table, *rows: dict[str, Any]) -> pa.Table:
    """Rows with what is not given left empty, or filled with something of the type where it may not be."""
    fill = {pa.string(): "x", pa.int64(): 0, pa.bool_(): False, pa.float64(): 0.0}
    full = [
        {c.name: row.get(c.name, None if c.nullable else fill.get(c.type, [])) for c in spec.columns} for row in rows
    ]
    return pa.Table.from_pylist(full, spec.arrow)


def found(as_of: dt.date = AS_OF, key: str = "K", **other: pa.Table) -> dict[str, dict[str, int]]:
    tables = {
        "identities": of(IDENTITIES, PERSON), "sightings": of(SIGHTINGS, SEEN), "consents": of(CONSENTS),
        "tape": of(TAPE, {"account_id": "A"}, {"account_id": "B"}), "events": of(EVENTS), "likely": of(CONSIDERED, PAIR),
        "inventory": of(INVENTORY), "placed": of(PLACED), **other,
    }  # fmt: skip
    keys = pa.table({"source": ["header"], "file": pa.array([0], pa.int64()), "key": [key]})
    read = {name: tables[name] for name in ("identities", "sightings", "consents", "tape", "events")}
    rows = query(digests._text(read, as_of), {**tables, "keys": keys}).to_pylist()
    return {row["account_id"]: {name: row[name] for name in ("own", "linked", "told")} for row in rows}


BEFORE = found()


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("own", {"identities": of(IDENTITIES, {**PERSON, "last": "QUENBY"})}),
        ("own", {"sightings": of(SIGHTINGS, {**SEEN, "value": "+12065550102"})}),
        ("own", {"sightings": of(SIGHTINGS, SEEN, SEEN)}), ("own", {"sightings": of(SIGHTINGS)}),
        ("own", {"consents": of(CONSENTS, {"source": "portfolio", "identity": 0, "channel": "voice", "state": "given"})}),
        ("own", {"tape": of(TAPE, {"account_id": "A", "language": "es"}, {"account_id": "B"})}),
        ("own", {"inventory": of(INVENTORY, STATE)}),
        ("linked", {"likely": of(CONSIDERED, {**PAIR, "match_probability": 0.91})}), ("linked", {"likely": of(CONSIDERED)}),
        ("linked", {"likely": of(CONSIDERED, {**PAIR, "relation": "household"})}), ("linked", {"key": "L"}),
        ("told", {"events": of(EVENTS, EVENT)}),
    ],
)  # fmt: skip
def test_what_an_account_says_is_told_and_nobody_elses_changes(what: str, other: dict[str, Any]) -> None:
    now = found(**other)
    assert now["B"] == BEFORE["B"]
    assert {name for name in now["A"] if now["A"][name] != BEFORE["A"][name]} == {what}


def test_a_row_that_moved_within_its_file_says_the_same() -> None:
    moved = {"identities": of(IDENTITIES, {**PERSON, "identity": 7}), "sightings": of(SIGHTINGS, {**SEEN, "identity": 7})}
    assert found(**moved) == BEFORE


def test_a_day_that_comes_is_told_once() -> None:
    seen = of(SIGHTINGS, {**SEEN, "last_seen": AS_OF + dt.timedelta(days=2)})
    own = [found(AS_OF + dt.timedelta(days=days), sightings=seen)["A"]["own"] for days in range(4)]
    assert (own[0] == own[1], own[1] == own[2], own[2] == own[3]) == (True, False, True)


def test_a_state_is_told_with_its_day() -> None:
    closed, earlier = {**STATE, "account_state": "closed"}, {**STATE, "account_state_since": AS_OF - dt.timedelta(days=1)}
    told = {found(inventory=of(INVENTORY, state))["A"]["own"] for state in (STATE, closed, earlier)}
    assert len(told) == 3


def test_every_account_has_a_row(base: dict[str, Any]) -> None:
    from jobs.night.base import table

    rows = table(base["refs"], "digests")
    assert rows.schema.equals(DIGESTS.arrow)
    assert set(rows["part"].to_pylist()) == {0, 1}
    assert len(set(rows["account_id"].to_pylist())) == len(rows)
