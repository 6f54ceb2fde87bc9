"""A small published run made by hand: a linked, an unlinked, an unseen, a deceased and a stopped account, with marker
values in every personal column so that a leak can be seen."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from skiptrace import schema
from skiptrace.ids import point_id
from skiptrace.linkage import rules as linkage
from skiptrace.rulebook import loading
from skiptrace.schema import IDENTITIES, Table, conform
from skiptrace.store.commit import encode_json
from skiptrace.store.tables import write_table

PLAN = """version = 1
[project]
name = "demo"
purposes = ["other"]
[portfolio]
path = "portfolio.csv"
[portfolio.columns]
account_id = "account_id"
"""
RUN_ID = "20260630-abc"
AS_OF = dt.date(2026, 6, 30)
PHONE, EMAIL, ADDRESS = "+15095550123", "jocasta.q@example.com", "123 MAIN ST APT 4, SPOKANE, WA 99201"
PERSONAL = ("JOCASTA", "QUENBY", PHONE, "5095550123", EMAIL, "jocasta", "MAIN", "99201", "APT 4", "2024-02-29")
COMPARISONS = linkage.load().names
WEIGHTS = dict(zip(COMPARISONS, (6.25, -5.5, 2.5, 1.75, 0.0, 0.0, 3.125, 0.0, -1.5), strict=True))
PRIOR = -1.25


def publish(project: Path) -> Path:
    """Write the run and a project file to `project`; returns the run's folder."""
    project.mkdir(mode=0o700, exist_ok=True)
    (project / "skiptrace.toml").write_text(PLAN)
    folder = project / "runs" / RUN_ID
    named = {}
    rows: dict[str, list[dict[str, Any]]] = {
        "accounts": _accounts(),
        "links": _links(),
        "contact_points": _points(),
        **_uses(),
        "rejects": [],
        "alerts": [],
    }
    for name in schema.PUBLISHED_NAMES:
        spec: Table = schema.links(COMPARISONS) if name == "links" else getattr(schema, name.upper())
        ref = write_table(table(rows[name], spec), spec, folder / name, "part-00000").plain()
        named[name] = {"rows": ref["rows"], "files": [ref | {"path": f"{name}/{Path(ref['path']).name}"}]}
    counts = {"portfolio": {"rows_in": 7, "rows_out": 5, "filtered": 0, "rejected": {"no account id": 2}}}
    ledger = {
        "run_id": RUN_ID,
        "name": "made-by-hand",
        "as_of": AS_OF.isoformat(),
        "tables": named,
        "counts": counts,
        "warnings": ["a warning"],
        "feedback": [{"export": "dialer", "files": 2, "rows": 9, "attempts": 8, "rejected": {"never_exported": 1}, "heeded": 0}],
        "placements": {"placed": {"acme": 1}, "told": 1},
        "account_events": {"events": 3, "new": 0, "of_unknown": 1},
        "inventory": {
            "portfolios": [
                {"portfolio_id": "spring", "accounts": 4, "balance": "4938.00", "open": 3, "closed": 0, "recalled": 1, "transferred": 0,
                 "open_balance": "3703.50", "permitted": 2, "placed": 1},
                {"portfolio_id": None, "accounts": 1, "balance": None, "open": 1, "closed": 0, "recalled": 0, "transferred": 0,
                 "open_balance": None, "permitted": 0},
            ],
            "further": {"portfolios": 0, "accounts": 0},
        },
        "hashes": {"model": "m1"},
        "versions": {"skiptrace": "0"},
        "timings": {"link": {"seconds": 1.5, "peak_bytes": 2_000_000}},
        "sources": [
            {"name": "header", "kind": "credit_header", "rows": 3},
            {"name": "voter", "kind": "voter", "rows": 2},
        ],
    }
    (folder / "run.json").write_bytes(encode_json(ledger))
    (folder / "rulebook.json").write_bytes(encode_json({"hash": loading.load().hash, "files": dict(loading.load().files)}))
    os.symlink(RUN_ID, project / "runs" / "latest")
    return folder


def deliver(project: Path, source: str, dead: dict[int, bool | None], key: str) -> None:
    """Keep a canonical delivery of `source`, as intake does: record numbers and whether they report a death."""
    rows = [
        {
            "source": source,
            "identity": number,
            "record_id": f"{source}-{number}",
            "party": "borrower",
            "origin": source,
            "deceased": says,
        }
        for number, says in dead.items()
    ]
    folder = project / ".skiptrace" / "deliveries" / key
    ref = write_table(table(rows, IDENTITIES), IDENTITIES, folder / "identities", "part-00000").plain()
    (folder / "intake-00000.json").write_bytes(encode_json({"identities": ref}))


def table(rows: list[dict[str, Any]], spec: Table) -> pa.Table:
    """Rows as a table of a spec; what a row leaves out is NULL, an empty list or 0."""
    made = []
    for column in spec.columns:
        absent = None if column.nullable else [] if pa.types.is_list(column.type) else "unknown" if column.type == pa.string() else 0
        made.append(pa.array([row.get(column.name, absent) for row in rows], column.type))
    return conform(pa.table(made, names=list(spec.names)), spec)


def _accounts() -> list[dict[str, Any]]:
    person = {"first_name": "JOCASTA", "last_name": "QUENBY", "balance": Decimal("1234.50")}
    return [
        person
        | {
            "account_id": account,
            "consumer_id": account,
            "locate_status": status,
            "holds": holds,
            "linked_records": linked,
            "channel_order": order,
            "best_channel": order[0] if order else None,
            "p_any_channel": 0.6 if order else 0.0,
            "expected_value": Decimal(0),
            "deceased_date": died,
            "account_state": "open",
        }
        for account, status, holds, linked, order, died in (
            ("0001", "moved", [], 1, ["voice"], None),
            ("0002", "not_found", [], 0, [], None),
            ("0003", "not_found", [], 0, [], None),
            ("0004", "deceased", ["DEC-STOP"], 1, [], dt.date(2024, 2, 29)),
            ("0005", "held", ["REGF-ATTY"], 1, [], None),
        )
    ]


def _links() -> list[dict[str, Any]]:
    levels = {name: 0 if WEIGHTS[name] < 0 else -1 if WEIGHTS[name] == 0 else 2 for name in COMPARISONS}
    weight = PRIOR + sum(WEIGHTS.values())
    pair = {f"level_{name}": level for name, level in levels.items()} | {f"weight_{name}": WEIGHTS[name] for name in COMPARISONS}

    def link(account: str, source: str, number: int, rank: int, chance: float, **more: Any) -> dict[str, Any]:
        base = {
            "account_id": account,
            "source": source,
            "record_id": f"{source}-{number}",
            "identity": number,
            "rank": rank,
            "match_probability": chance,
            "match_weight": weight,
            "person_weight": weight,
            "relation": "same",
            "status": "linked",
        }
        return base | pair | more

    refused = {"relation": "unrelated", "status": "refused", "margin": -4.5, "person_weight": weight - 4.5}
    return [
        link("0001", "header", 1, 1, 0.9996),
        link("0001", "voter", 1, 2, 0.08, **refused),
        link("0002", "header", 2, 1, 0.31, relation="household", status="refused"),
        link("0004", "header", 4, 1, 0.99),
        link("0004", "voter", 2, 2, 0.95, via="header-4"),
        link("0005", "header", 5, 1, 0.97),
    ]


def _points() -> list[dict[str, Any]]:
    seen = {
        "source": "header",
        "record_id": "header-1",
        "origin": "header",
        "first_seen": dt.date(2020, 1, 1),
        "last_seen": dt.date(2026, 5, 1),
        "match_probability": 0.9996,
        "status": None,
    }
    rows = []
    for account in ("0001", "0005"):
        for kind, value in (("address", ADDRESS), ("phone", PHONE), ("email", EMAIL)):
            rows.append(
                {
                    "account_id": account,
                    "point_id": point_id(kind, value),
                    "kind": kind,
                    "value": value,
                    "rank": 1,
                    "origin": "both",
                    "sources": ["header"],
                    "p_current": 0.7,
                    "p_right_party": 0.9996,
                    "status": "unknown",
                    "house": "123",
                    "street": "MAIN ST",
                    "unit": "APT 4",
                    "city": "SPOKANE",
                    "state": "WA",
                    "postal_code": "99201",
                    "zones": ["America/Los_Angeles", "America/New_York"],
                    "evidence": [seen],
                }
                if kind == "address"
                else {
                    "account_id": account,
                    "point_id": point_id(kind, value),
                    "kind": kind,
                    "value": value,
                    "rank": 1,
                    "origin": "reference",
                    "p_current": 0.7,
                    "p_right_party": 0.9,
                    "status": "unknown",
                    "line_type": "mobile",
                    "shared_by": 2,
                    "evidence": [seen],
                    "zones": ["America/Los_Angeles", "America/New_York"],
                }
            )
    return rows


def _uses() -> dict[str, list[dict[str, Any]]]:
    reasons = [
        {"code": "right_party", "text": "It is probably theirs.", "points": 1.5},
        {"code": "base", "text": "It often works.", "points": -1.0},
    ]
    rulebook = loading.load().hash
    window = {
        "window_start": dt.datetime(2026, 6, 30, 15, 1, tzinfo=dt.UTC),
        "window_end": dt.datetime(2026, 7, 1, 0, 59, tzinfo=dt.UTC),
    }
    uses = [
        ("0001", "phone", "voice", {"decision": "conditional", "conditions": ["REGF-TIME"], **window}),
        (
            "0001",
            "phone",
            "sms",
            {"decision": "stopped", "stopped_by": ["REGF-TEXT-60D"], "steps_required": ["rnd_query"]},
        ),
        (
            "0001",
            "email",
            "email",
            {
                "decision": "stopped",
                "stopped_by": ["REGF-EMAIL-BASIS", "TCPA-REVOKE"],
                "steps_required": ["consent_review"],
            },
        ),
        ("0001", "address", "mail", {"decision": "permitted"}),
        (
            "0005",
            "address",
            "mail",
            {"decision": "stopped", "stopped_by": ["REGF-ATTY"], "steps_required": ["account_flags_review"]},
        ),
    ]
    points = {"phone": PHONE, "email": EMAIL, "address": ADDRESS}
    keyed = [
        ({"account_id": account, "point_id": point_id(kind, points[kind]), "channel": channel}, told)
        for account, kind, channel, told in uses
    ]
    scored = {
        "rank": 1,
        "p_reach": 0.6224593312018546,
        "p_reach_low": 0.4,
        "p_reach_high": 0.8,
        "grade": "B",
        "reasons": reasons,
    }
    return {
        "channels": [key | scored | {"decision": told["decision"]} for key, told in keyed],
        "decisions": [key | told | {"valid_until": AS_OF, "rulebook": rulebook, "facts_digest": 7} for key, told in keyed],
    }
