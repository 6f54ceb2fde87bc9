"""Small nights by hand: accounts, points, uses and facts of a few accounts as a run publishes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa

from skiptrace.alerts.detect import Known, changes
from skiptrace.alerts.night import NEEDED, REPORTS, Night
from skiptrace.alerts.rules import load
from skiptrace.ids import point_id
from skiptrace.schema import ACCOUNTS, CONTACT_POINTS, DECISIONS, SITUATIONS, Table

FACTS = ["bankruptcy_reported", "attorney_known", "opt_out_account", "opt_out_person", "opt_out_endpoint", "cease_written"]
_CHANNELS = {"address": ("mail",), "phone": ("voice",), "email": ("email",)}


class Book:
    """The tables of one night, row by row."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {"accounts": [], "contact_points": [], "decisions": [], "situations": []}

    def account(
        self,
        account_id: str,
        p: float = 0.5,
        status: str = "located",
        holds: tuple[str, ...] = (),
        balance: str | None = "1000.00",
        **more: Any,
    ) -> Book:
        """An account."""
        money = None if balance is None else Decimal(balance)
        self.rows["accounts"].append(
            {
                "account_id": account_id,
                "consumer_id": f"C{account_id}",
                "balance": money,
                "locate_status": status,
                "p_any_channel": p,
                "holds": list(holds),
                **more,
            }
        )
        return self

    def point(
        self,
        account_id: str,
        value: str,
        rank: int = 1,
        p: float = 0.8,
        status: str = "active",
        stopped_by: tuple[str, ...] = (),
        steps: tuple[str, ...] = (),
        facts: tuple[str, ...] = (),
        sources: tuple[str, ...] = ("header",),
        right: float = 0.95,
        seen: dt.date = dt.date(2026, 6, 1),
        sure: float = 0.999,
    ) -> Book:
        """A point with its use. An address is written `12 ELM ST # 4, TACOMA, WA 98402`, the unit where there is one."""
        kind = "email" if "@" in value else "phone" if value.startswith("+") else "address"
        point = point_id(kind, value)
        row: dict[str, Any] = {
            "account_id": account_id,
            "point_id": point,
            "kind": kind,
            "value": value,
            "rank": rank,
            "status": status,
            "p_current": p,
            "p_right_party": right,
            "origin": "reference",
            "sources": list(sources),
            "evidence": [
                {"source": one, "last_seen": seen, "status": status, "match_probability": sure, "relation": "same"} for one in sources
            ],
        }
        if kind == "address":
            line, city, rest = value.split(", ")
            line, _, unit = line.partition(" # ")
            house, _, street = line.partition(" ")
            row |= {"house": house, "street": street, "unit": unit or None, "city": city, "postal_code": rest.split()[1]}
        self.rows["contact_points"].append(row)
        for channel in _CHANNELS[kind]:
            key = {"account_id": account_id, "point_id": point, "channel": channel}
            decision = "stopped" if stopped_by or steps else "permitted"
            self.rows["decisions"].append({**key, "decision": decision, "stopped_by": list(stopped_by), "steps_required": list(steps)})
            self.rows["situations"].append({**key, **{fact: fact in facts for fact in FACTS}})
        return self

    def night(self) -> Night:
        """The night's tables, sorted as a run writes them."""
        specs = {"accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "decisions": DECISIONS}
        more = {"contact_points": ["evidence"]}
        found = {name: _table(self.rows[name], spec, [*NEEDED[name], *more.get(name, [])]) for name, spec in specs.items()}
        sheet = _table(self.rows["situations"], SITUATIONS, ["account_id", "point_id", *FACTS])
        return Night(found["accounts"], found["contact_points"], found["decisions"], sheet, REPORTS.empty_table())


def _table(rows: list[dict[str, Any]], spec: Table, names: list[str]) -> pa.Table:
    fields = [spec.arrow.field(name).with_nullable(True) for name in names]
    table = pa.table({field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in fields})
    return table.sort_by([("account_id", "ascending")])


def found(
    before: Book, after: Book, passing: tuple[str, ...] = (), holding: dict[str, str] | None = None, limited: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """CHANGED between two nights, as rows."""
    rows: list[dict[str, Any]] = changes(
        before.night(), after.night(), load(), Known(passing, holding or {}, ("header", "utility"), limited), dt.date(2026, 6, 30)
    ).to_pylist()
    return rows
