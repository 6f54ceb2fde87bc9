"""Published tables with whatever a tape may bring: formulas, quotes, line ends, other scripts, long texts, odd account numbers,
several accounts of one consumer, numbers of other countries."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from skiptrace.ids import point_id
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, Table, conform

AS_OF = datetime.date(2026, 6, 30)
NASTY = ('=HYPERLINK("x")', "+1", "-2", "@SUM", "\t=1", "a\r\nb", 'O"HARA', "a,b;c|d", "Ж", "😀", "é" * 700, "", " ", "\u2028", "_x0041_",
         "'=1", "null", "\x00", "\x07", "007", "1e5", "A" * 40000, "İ", "ﬁ", "\x7f", "\ufeff")  # fmt: skip
TEXT = st.one_of(st.none(), st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"), max_size=12))
ACCOUNT = st.one_of(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), st.sampled_from([text for text in NASTY if text]))
PHONES = [f"+1206{exchange}01{number:02d}" for exchange in (555, 777) for number in range(8)] + ["+442079460000", "+12061550100"]
MAILS = ["a@example.com", "+tag@example.com", "=a@example.com", "o'brien@example.com", "jörg@bücher.example"]
HOURS = [(None, None), (15, 28), (15, 18), (20, 28), (16, 17)]


@st.composite
def tables(draw: st.DrawFn) -> dict[str, pa.Table]:
    """Accounts, contact points, channels and decisions of a made-up run."""
    accounts = draw(st.lists(ACCOUNT, min_size=1, max_size=6, unique=True))
    rows: dict[str, list[dict[str, Any]]] = {"accounts": [], "points": [], "uses": []}
    for account in sorted(accounts):
        consumer = draw(st.sampled_from(["one", "two", "three"]))
        order = [name for name in ("voice", "sms", "email", "mail", "portal") if draw(st.booleans())]
        rows["accounts"].append({
            "account_id": account, "consumer_id": consumer, "portfolio_id": draw(TEXT), "first_name": draw(TEXT),
            "middle_name": draw(TEXT), "last_name": draw(TEXT), "suffix": None, "language": draw(TEXT),
            "original_creditor": draw(TEXT), "charge_off_date": draw(st.sampled_from([None, AS_OF])),
            "balance": draw(st.sampled_from([None, Decimal("0.01"), Decimal("1234.50")])), "locate_status": "located",
            "channel_order": order, "p_any_channel": 0.5, "expected_value": draw(st.sampled_from([None, Decimal("1"), Decimal("2")])),
            "holds": [], "linked_records": 1, "review_records": 0, "account_state": "open",
        })  # fmt: skip
        _points(draw, account, rows)
    specs = {"accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "channels": CHANNELS, "decisions": DECISIONS}
    found = {"accounts": rows["accounts"], "contact_points": rows["points"], "channels": rows["uses"], "decisions": rows["uses"]}
    return {name: _table(found[name], spec) for name, spec in specs.items()}


def _points(draw: st.DrawFn, account: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    phones = draw(st.lists(st.sampled_from(PHONES), max_size=4, unique=True))
    mails = draw(st.lists(st.sampled_from(MAILS), max_size=2, unique=True))
    homes = draw(st.integers(0, 2))
    values = [("phone", one) for one in phones] + [("email", one) for one in mails]
    values += [("address", f"{number} MAIN ST, SEATTLE, WA 98101") for number in range(1, homes + 1)]
    for place, (kind, value) in enumerate(values, start=1):
        address = kind == "address"
        rows["points"].append({
            "account_id": account, "point_id": point_id(kind, value), "kind": kind, "value": value, "rank": place, "origin": "both",
            "first_seen": None, "last_seen": AS_OF, "sources": ["header"], "independent_sources": 1, "p_current": 0.5,
            "p_right_party": 0.5, "line_type": "mobile", "shared_by": 0, "relations": [], "status": "active",
            "house": str(place) if address else None, "street": "MAIN ST" if address else None, "unit": draw(TEXT) if address else None,
            "city": draw(TEXT) if address else None, "state": draw(st.sampled_from(["WA", None, "WASH"])) if address else None,
            "postal_code": draw(st.sampled_from(["98101", "98101-1234", None])) if address else None,
            "country": draw(st.sampled_from(["US", None, "CA"])), "point_kind": None, "flags": [],
            "zones": draw(st.sampled_from([[], ["America/Los_Angeles"], ["America/Denver", "America/New_York"]])), "evidence": [],
        })  # fmt: skip
        for channel in {"phone": ("voice", "sms", "portal"), "email": ("email", "portal"), "address": ("mail",)}[kind]:
            begin, end = draw(st.sampled_from(HOURS))
            decision = draw(st.sampled_from(["permitted", "conditional", "permitted", "stopped"]))
            rows["uses"].append({
                "account_id": account, "point_id": point_id(kind, value), "channel": channel, "rank": place, "p_reach": 0.5,
                "p_reach_low": 0.4, "p_reach_high": 0.6, "grade": "C", "reasons": [], "decision": decision,
                "stopped_by": ["REGF-CEASE"] if decision == "stopped" else [],
                "conditions": draw(st.sampled_from([["A"], ["B", "C"]])) if decision == "conditional" else [], "steps_required": [],
                "window_start": _instant(begin), "window_end": _instant(end),
                "valid_until": draw(st.sampled_from([AS_OF, AS_OF + datetime.timedelta(days=5), AS_OF - datetime.timedelta(days=1), None])),
                "rulebook": "0123456789abcdef", "facts_digest": 7,
            })  # fmt: skip


def _instant(hour: int | None) -> datetime.datetime | None:
    start = datetime.datetime(2026, 6, 30, tzinfo=datetime.UTC)
    return None if hour is None else start + datetime.timedelta(hours=hour)


def _table(rows: list[dict[str, Any]], spec: Table) -> pa.Table:
    columns = [pa.array([row.get(column.name) for row in rows], column.type) for column in spec.columns]
    return conform(pa.table(columns, names=list(spec.names)), spec)
