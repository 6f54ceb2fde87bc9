"""Published tables of a made-up run: seeded, conforming, of any size, with every status, decision and kind of gap."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any

import pyarrow as pa

from skiptrace.ids import point_id
from skiptrace.report.model import Wording
from skiptrace.schema import ACCOUNTS, ALERTS, CHANNELS, CONTACT_POINTS, DECISIONS, REJECTS, Table, conform, links

AS_OF = datetime.date(2026, 6, 30)
RULEBOOK = "9f2c4e1ab0d37765"
SPEND: dict[str, Any] = {
    "budget": "100.00", "spent": "12.50", "reserved": "3.00", "left": "84.50", "begins": None,
    "sources": [
        {"source": "premium", "stage": 1, "asked": 200, "hits": 60, "waiting": 0, "spent": "12.00",
         "better": {"accounts": 200, "rise": 0.125}},
        {"source": "cheap", "stage": 2, "asked": 4, "hits": 1, "waiting": 3, "spent": "0.50", "better": {"accounts": 1, "rise": 0.9}},
    ],
    "stops": {"reached": 300, "not_worth_it": 3},
    "gain": [
        {"policy": "policy", "method": "logged", "asks": 200, "better": None, "better_low": None, "better_high": None},
        {"policy": "cheap > premium", "method": "snips", "asks": 150, "better": 0.5, "better_low": 0.1, "better_high": 0.9},
        {"policy": "cheap > premium", "method": "dr", "asks": 200, "better": 0.4, "better_low": 0.2, "better_high": 0.6},
        {"policy": "premium > cheap", "method": "dr", "asks": 200, "better": 0.05, "better_low": -0.1, "better_high": 0.2},
    ],
}  # fmt: skip
SOURCES = (("header", "credit_header"), ("utility", "utility"), ("voter", "voter"), ("mobiles", "phone_file"))
COMPARISONS = ("name", "dob", "address")
WORDING = Wording(
    {
        "name": ("One side has no name.", "The names differ.", "The names are alike.", "The names agree."),
        "dob": ("One side has no birth date.", "The birth dates differ.", "The years agree.", "The birth dates agree."),
        "address": ("One side has no address.", "The states differ.", "The streets agree.", "The addresses agree."),
    },
    {"dob_last": "birth date + last name", "names": "first name + last name, also exchanged"},
)
RULES = {
    "deceased": ("Nobody is contacted about the account of a person who has died.", "12 CFR 1006.6(a)(4)"),
    "attorney": ("A consumer with an attorney is contacted through the attorney alone.", "15 USC 1692c(a)(2)"),
    "sms_consent": ("A text message needs the consumer's consent.", "47 USC 227(b)(1)(A)(iii)"),
    "email_opt_out": ("Nobody is e-mailed who has opted out.", "12 CFR 1006.42(e)"),
    "bankruptcy_scrub_due": ("An account is checked for a bankruptcy within 30 days of a call.", "11 USC 362(a)"),
    "cease": ("A written request to cease ends communication.", "15 USC 1692c(c)"),
}
_FIRST = ("MARISOL", "THEODORE", "PRIYA", "OKECHUKWU", "INGRID", "DESMOND", "YUKIKO", "AUGUSTIN")
_LAST = ("QUENBY", "HALVORSEN", "TREMBLAY", "ADEYEMI", "VANTERPOOL", "KOWALCZYK", "ZIMBARDO", "OYELARAN")
_STREET = ("LARKSPUR LN", "OLD QUARRY RD", "TAMARACK CT", "GRISTMILL WAY", "PUMPHOUSE AVE")
_CITY = (("SPOKANE", "WA", "99201"), ("SALEM", "OR", "97301"), ("BOISE", "ID", "83702"))
_CHANNELS = {"phone": ("voice", "sms"), "email": ("email",), "address": ("mail",)}


def tables(accounts: int = 300, seed: int = 7, *, balances: bool = True, linked: bool = True) -> dict[str, pa.Table]:
    """The published tables by name. `balances=False`: no balance is known; `linked=False`: nothing links."""
    draw = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("accounts", "links", "contact_points", "uses")}
    for number in range(accounts):
        _account(draw, f"A{number:06d}", rows, balances, linked)
    specs: dict[str, Table] = {
        "accounts": ACCOUNTS, "links": links(COMPARISONS), "contact_points": CONTACT_POINTS, "channels": CHANNELS,
        "decisions": DECISIONS, "rejects": REJECTS, "alerts": ALERTS,
    }  # fmt: skip
    rows["channels"] = rows["decisions"] = rows["uses"]
    rows["rejects"] = [
        {
            "source": "portfolio",
            "file": "tape.csv",
            "row": row,
            "column": None,
            "reason": "duplicate account id, rows differ",
        }
        for row in (17, 18)
    ] + [
        {"source": "header", "file": "header.parquet", "row": row, "column": "dob", "reason": "not a date"}
        for row in range(3, 40, 4)
    ]
    rows["alerts"] = [
        {"account_id": f"A{number:06d}", "kind": "new_phone", "before": None, "after": None, "delta_p": 0.25}
        for number in range(min(accounts, 14))
    ]
    return {name: _table(rows[name], spec) for name, spec in specs.items()}


def ledger(tables: dict[str, pa.Table]) -> dict[str, Any]:
    """The ledger that goes with `tables`, as `run.json` holds it."""
    accepted = tables["accounts"].num_rows
    return {
        "spend": SPEND,
        "run_id": "20260630T020000Z-sample", "name": "spring-purchase", "as_of": AS_OF.isoformat(),
        "versions": {"skiptrace": "0.1.0", "schema": 1, "python": "3.11.7"},
        "hashes": {"rules": RULEBOOK, "model": "51be0c77aa20e913", "code": "c0ffee5150c0ffee"},
        "counts": {
            "portfolio": {"rows_in": accepted + 5, "rows_out": accepted,
                          "rejected": {"duplicate account id, rows differ": 2, "identical row": 3}},
        },
        "sources": [
            *({"name": name, "kind": kind, "rows": 1200 + place} for place, (name, kind) in enumerate(SOURCES)),
            {"name": "calls", "kind": "dispositions", "rows": 340},
        ],
        "linkage": {
            "pairs": 3900,
            "blocking": {
                "dob_last": {"pairs": 900, "hot_values_dropped": 0, "hot_pairs_dropped": 0, "refined_pairs": 0},
                "names": {"pairs": 2500, "hot_values_dropped": 41, "hot_pairs_dropped": 98_765, "refined_pairs": 333},
                "house_zip": {"pairs": 1100, "hot_values_dropped": 3, "hot_pairs_dropped": 61, "refined_pairs": 2},
            },
            "expected_recall": {
                "recall": 0.9213,
                "by_fields": [
                    {"fields": ["ssn", "dob", "address"], "accounts": accepted // 2, "recall": 0.9876},
                    {"fields": ["address"], "accounts": accepted // 4, "recall": 0.8123},
                    {"fields": [], "accounts": 3, "recall": 0.1},
                ],
                "has": {"name": 1.0, "dob": 0.75, "ssn": None, "address": 0.991}, "leaves_out": ["blocking", "rivals"],
            },
        },
        "timings": {step: {"seconds": 1.5 * place + 0.25, "peak_bytes": 150_000_000 + place}
                    for place, step in enumerate(("intake", "index", "link", "enrich", "score", "screen", "settle"))},
    }  # fmt: skip


def _account(
    draw: random.Random, account: str, rows: dict[str, list[dict[str, Any]]], balances: bool, linked: bool
) -> None:
    first, last = draw.choice(_FIRST), draw.choice(_LAST)
    found = sorted(draw.sample([name for name, _ in SOURCES], draw.choice((0, 1, 1, 2, 3)))) if linked else []
    dead, attorney = draw.random() < 0.04 and bool(found), draw.random() < 0.03
    for place, source in enumerate(found, start=1):
        rows["links"].append({
            "account_id": account, "source": source, "record_id": f"{source}-{account}", "identity": int(account[1:]),
            "rank": place, "match_weight": 14.0 - place, "person_weight": 15.0,
            "via": f"{found[0]}-{account}" if place == 2 else None, "match_probability": 0.999 - place / 100, "relation": "same",
            "status": "linked" if place < 3 else "review", **{f"level_{name}": 2 for name in COMPARISONS},
            **{f"weight_{name}": 4.5 for name in COMPARISONS},
        })  # fmt: skip
    if linked and int(account[1:]) % 6 == 0:
        rows["links"].append({
            "account_id": account, "source": "voter", "record_id": f"home-{account}", "identity": int(account[1:]),
            "rank": len(found) + 1, "match_weight": -6.5, "person_weight": -6.5, "match_probability": 0.0001, "relation": "household",
            "status": "refused", "level_name": 1, "level_dob": -1, "level_address": 2, "weight_name": -7.25, "weight_dob": 0.0,
            "weight_address": 1.25,
        })  # fmt: skip
    stop = "deceased" if dead else "attorney" if attorney else ""
    uses = [
        use
        for kind in ("address", "phone", "email")
        for use in _point(draw, account, kind, (first, last), found, rows, stop)
    ]
    open_uses = [use for use in uses if use["decision"] != "stopped"]
    order = sorted(
        {use["channel"]: use["p_reach"] for use in reversed(open_uses)}.items(), key=lambda pair: (-pair[1], pair[0])
    )
    missed = 1.0
    for _, chance in order:
        missed *= 1 - chance
    balance = Decimal(draw.randrange(20_000, 900_000)) / 100 if balances and draw.random() < 0.98 else None
    status = ("deceased" if dead else "held" if attorney else "not_found" if not found
              else draw.choice(("moved", "confirmed", "confirmed", "located")))  # fmt: skip
    rows["accounts"].append({
        "account_id": account, "consumer_id": f"C{account[1:]}", "portfolio_id": "P1", "first_name": first,
        "middle_name": None, "last_name": last, "suffix": None, "state": draw.choice(_CITY)[1],
        "language": None, "original_creditor": draw.choice(("FIRST HARBOR BANK", None)), "balance": balance,
        "charge_off_date": datetime.date(2024, 3, 1), "locate_status": status,
        "best_channel": order[0][0] if order else None, "channel_order": [channel for channel, _ in order],
        "p_any_channel": 1 - missed, "expected_value": round(Decimal(1 - missed) * (balance or 0), 2),
        "holds": ["deceased"] if dead else ["attorney"] if attorney else [],
        "linked_records": min(len(found), 2), "review_records": max(len(found) - 2, 0), "account_state": "open",
    })  # fmt: skip


def _point(
    draw: random.Random, account: str, kind: str, name: tuple[str, str], found: list[str],
    rows: dict[str, list[dict[str, Any]]], stop: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Zero to two points of a kind with their uses; one may be the portfolio's own."""
    uses: list[dict[str, Any]] = []
    for rank in range(1, draw.choice((1, 2, 3))):
        own = not found or draw.random() < 0.3
        seen = sorted(draw.sample(found, draw.randint(1, len(found)))) if found else []
        city, state, code = draw.choice(_CITY)
        house, street = str(draw.randrange(1, 9999)), draw.choice(_STREET)
        value = {
            "address": f"{house} {street}, {city}, {state} {code}",
            "phone": f"+1509555{draw.randrange(10000):04d}",
            "email": f"{name[0]}.{name[1]}{draw.randrange(99)}@example.com".lower(),
        }[kind]
        point = point_id(kind, value)
        if any(use["point_id"] == point for use in uses):
            continue
        address = kind == "address"
        rows["contact_points"].append({
            "account_id": account, "point_id": point, "kind": kind, "value": value, "rank": rank,
            "origin": "both" if own and seen else "portfolio" if own else "reference",
            "last_seen": datetime.date(2026, 1, 9),
            "sources": sorted([*seen, "portfolio"]) if own else seen, "independent_sources": len(seen) + own,
            "p_current": 0.7, "p_right_party": 0.9, "line_type": "mobile" if kind == "phone" else "unknown",
            "shared_by": 0, "status": "active",
            "house": house if address else None, "street": street if address else None,
            "city": city if address else None, "state": state if address else None,
            "postal_code": code if address else None, "country": "US", "relations": [], "flags": [], "zones": ["America/Los_Angeles"],
            "evidence": [],
        })  # fmt: skip
        uses += [_use(draw, account, point, channel, rank, stop) for channel in _CHANNELS[kind]]
    rows["uses"] += uses
    return uses


def _use(draw: random.Random, account: str, point: str, channel: str, rank: int, stop: str) -> dict[str, Any]:
    stopped_by = [stop] if stop else []
    steps: list[str] = []
    if channel == "sms" and draw.random() < 0.8:
        stopped_by.append("sms_consent")
    if channel == "email" and draw.random() < 0.1:
        stopped_by.append("email_opt_out")
    if channel == "voice" and draw.random() < 0.2:
        steps.append("bankruptcy_scrub")
        stopped_by.append("bankruptcy_scrub_due")
    duties = ["cease_notice"] if channel == "mail" and draw.random() < 0.3 else []
    chance = round(draw.uniform(0.05, 0.95), 6)
    decision = "stopped" if stopped_by or steps else "conditional" if duties else "permitted"
    window = channel == "voice" and decision != "stopped"
    return {
        "account_id": account, "point_id": point, "channel": channel, "rank": rank, "p_reach": chance,
        "p_reach_low": chance * 0.8, "p_reach_high": min(chance * 1.1, 1.0), "grade": "B" if chance > 0.5 else "D",
        "reasons": [{"code": "recent", "text": "Seen this year.", "points": 0.4}], "decision": decision,
        "stopped_by": sorted(stopped_by), "conditions": duties, "steps_required": steps,
        "window_start": datetime.datetime(2026, 6, 30, 15, tzinfo=datetime.UTC) if window else None,
        "window_end": datetime.datetime(2026, 7, 1, 4, tzinfo=datetime.UTC) if window else None,
        "valid_until": AS_OF + datetime.timedelta(days=6), "rulebook": RULEBOOK, "facts_digest": 7,
    }  # fmt: skip


def _table(rows: list[dict[str, Any]], spec: Table) -> pa.Table:
    columns = [pa.array([row.get(column.name) for row in rows], column.type) for column in spec.columns]
    return conform(pa.table(columns, names=list(spec.names)), spec)
