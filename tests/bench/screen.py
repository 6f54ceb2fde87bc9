"""Screening at size: the whole rulebook over millions of situations, part by part as a worker does, in CPU seconds.

    python -m tests.bench.screen [ROWS=5000000]

Accounts, points and past contacts are drawn at random with the variety of a real portfolio: all states, three thousand days
of last payment, call counts, consents, two lists. The fact sheet is made by the same functions as in a run and counted for
itself; the plain form of asking, which the fast one must equal, is measured on one part.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import time
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.compliance.accounts import build_accounts
from skiptrace.compliance.history import gather
from skiptrace.compliance.licences import Licence
from skiptrace.compliance.places import with_places
from skiptrace.compliance.screening import screen
from skiptrace.compliance.situations import build
from skiptrace.normalize import area_codes
from skiptrace.rulebook.coding import code_table
from skiptrace.rulebook.engine import ask, asked_rules
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.patterns import patterns
from skiptrace.schema import CONTACT_POINTS, EVENTS, SUPPRESSIONS, TAPE
from skiptrace.schema.facts import FACTS
from skiptrace.schema.table import Table
from skiptrace.vocabulary import ACCOUNT_FLAGS
from tests.bench.report import Figure, print_bench

AS_OF = dt.date(2026, 10, 30)
USES = (("a", "mail"), ("b", "mail"), ("p", "voice"), ("p", "sms"), ("q", "voice"), ("q", "sms"), ("r", "voice"), ("r", "sms"),
        ("e", "email"), ("f", "email"))  # fmt: skip
"""Per account two addresses, three numbers and two mailboxes, and the uses of each."""
SHAPES = {"a": ("address", 1), "b": ("address", 2), "p": ("phone", 1), "q": ("phone", 2), "r": ("phone", 3), "e": ("email", 1),
          "f": ("email", 2)}  # fmt: skip
ZONES = [["America/New_York"], ["America/Chicago"], ["America/Denver"], ["America/Los_Angeles"], ["America/Chicago", "America/New_York"]]
PART = 20_000
"""Accounts that a worker screens at a time."""
LICENCES = {"header": Licence(("fcra", "glba")), "utility": Licence(("glba",), not_states=("CA",)), "ncoa": Licence(("ncoa",), ("mail",))}


def _table(spec: Table, rows: int, columns: dict[str, Any]) -> pa.Table:
    filled = {}
    for column in spec.columns:
        values = columns.get(column.name)
        if values is None:
            filled[column.name] = pa.nulls(rows, column.type)
        else:
            filled[column.name] = values if isinstance(values, pa.Array) else pa.array(values, column.type)
    return pa.table(filled, schema=pa.schema([(c.name, c.type) for c in spec.columns]))


def _pick(draw: np.random.Generator, pool: list[Any], rows: int, kind: pa.DataType, odds: list[float] | None = None) -> pa.Array:
    return pa.array(pool, kind).take(pa.array(draw.choice(len(pool), rows, p=odds)))


def inputs(number: int, accounts: int) -> dict[str, pa.Table]:
    """Tape, points, uses, consents, events and lists of one part."""
    draw = np.random.default_rng(number)
    ids = pa.array([f"{number:03}-{row:06}" for row in range(accounts)])
    states = sorted(load().places.states)[:-5]
    flag, seldom = [True, False, None], [0.01, 0.98, 0.01]
    tape = _table(TAPE, accounts, {
        "account_id": ids, "identity": np.arange(accounts),
        "balance": _pick(draw, [Decimal(n) for n in range(0, 3000, 7)], accounts, pa.decimal128(14, 2)),
        "charge_off_date": pa.array((20_000 + draw.integers(-3000, 0, accounts)).astype(np.int32), pa.date32()),
        "last_payment_date": pa.array((20_000 + draw.integers(-3000, 0, accounts)).astype(np.int32), pa.date32()),
        "language": _pick(draw, ["en", "es", None], accounts, pa.string()),
        **{name: _pick(draw, flag, accounts, pa.bool_(), seldom) for name in ACCOUNT_FLAGS},
    })  # fmt: skip
    points = pa.concat_tables([_points(draw, ids, name, *shape, states) for name, shape in SHAPES.items()])
    uses = pa.concat_tables([
        pa.table({"account_id": ids, "point_id": [f"{name}{row}" for row in range(accounts)], "channel": pa.array([channel] * accounts)})
        for name, channel in USES
    ])  # fmt: skip
    several = accounts * 3
    who = pa.array(draw.integers(0, accounts, several))
    consents = pa.table({
        "account_id": ids.take(who), "point_id": [f"{'pqe'[n % 3]}{row}" for n, row in enumerate(who.to_pylist())],
        "channel": _pick(draw, ["voice", "text", "email", "prerecorded"], several, pa.string()),
        "state": _pick(draw, ["given", "revoked"], several, pa.string(), [0.9, 0.1]),
        "at": pa.array((20_600 - draw.integers(0, 200, several)).astype(np.int32), pa.date32()),
        "given_to": _pick(draw, ["collector", "creditor", None], several, pa.string()),
    })  # fmt: skip
    events = _table(EVENTS, several, {
        "event_id": [f"{number}-{n}" for n in range(several)], "account_id": ids.take(who),
        "channel": _pick(draw, ["voice", "sms", "email", "mail"], several, pa.string()),
        "outcome": _pick(draw, ["voicemail", "right_party", "busy", "sent", "replied"], several, pa.string()),
        "occurred_at": pa.array(1_793_000_000 - draw.integers(0, 40 * 86_400, several), pa.timestamp("s", "UTC")),
    })  # fmt: skip
    lists = _table(SUPPRESSIONS, 2000, {
        "list": ["internal"] * 2000, "scope": _pick(draw, ["account", "person"], 2000, pa.string()),
        "channel": _pick(draw, ["voice", None], 2000, pa.string()), "account_id": ids.take(pa.array(draw.integers(0, accounts, 2000))),
        "reason": _pick(draw, ["opt_out", "litigator", "cease"], 2000, pa.string()),
    })  # fmt: skip
    return {"tape": tape, "points": points, "uses": uses, "consents": consents, "events": events, "lists": lists}


def _points(draw: np.random.Generator, ids: pa.Array, name: str, kind: str, rank: int, states: list[str]) -> pa.Table:
    rows, words = len(ids), pa.list_(pa.string())
    areas = sorted(area_codes.states())
    value = {
        "address": lambda: pa.array([f"{n} MAIN ST" for n in range(rows)]),
        "phone": lambda: pa.array([f"+1{areas[a]}{n % 10_000_000:07}" for n, a in enumerate(draw.integers(0, len(areas), rows).tolist())]),
        "email": lambda: pa.array([f"x{n}@{'gmail.com' if n % 3 else 'acme.example'}" for n in range(rows)]),
    }[kind]()
    return _table(CONTACT_POINTS, rows, {
        "account_id": ids, "point_id": [f"{name}{row}" for row in range(rows)], "kind": pa.array([kind] * rows), "value": value,
        "rank": np.full(rows, rank, np.int32), "origin": _pick(draw, ["portfolio", "reference", "both"], rows, pa.string()),
        "sources": _pick(draw, [["header"], ["header", "utility"], ["utility"], ["ncoa"]], rows, words),
        "independent_sources": np.ones(rows, np.int32), "p_current": draw.random(rows), "p_right_party": draw.random(rows),
        "line_type": _pick(draw, ["mobile", "landline", "voip", "unknown"], rows, pa.string()),
        "shared_by": draw.integers(0, 3, rows).astype(np.int32),
        "status": _pick(draw, ["active", "unknown", "disconnected", "wrong_party"], rows, pa.string()),
        "state": _pick(draw, states, rows, pa.string()), "postal_code": pa.array(["10025"] * rows), "country": pa.array(["US"] * rows),
        "point_kind": pa.array(["street" if kind == "address" else "fixed_or_mobile"] * rows),
        "flags": _pick(draw, [[], ["free"], ["role"]], rows, words), "zones": _pick(draw, ZONES if kind != "email" else [[]], rows, words),
        "evidence": pa.array([[]] * rows, CONTACT_POINTS.arrow.field("evidence").type),
    })  # fmt: skip


def sheet(tables: dict[str, pa.Table]) -> pa.Table:
    """The fact sheet of one part."""
    book = load()
    done = ("bankruptcy_scrub", "deceased_scrub", "litigator_scrub")
    attest = [{"step": step, "date": AS_OF - dt.timedelta(days=5), "by": "x"} for step in done]
    settings = {"operator_role": "debt_buyer_active", "dialer_class": "manual", "content_has_offer": False, "attest": attest,
                "licensed_states": sorted(book.places.states)}  # fmt: skip
    history = gather(book, AS_OF, tables["events"], tables["lists"])
    common: dict[str, Any] = {"as_of": AS_OF, "rulebook": book, "settings": settings, "history": history}
    points = with_places(tables["points"], book.places)
    accounts = build_accounts(tables["tape"], points=points, **common)
    return build(accounts, points, tables["uses"], consents=tables["consents"], licences=LICENCES, **common)


def main(environment: dict[str, str]) -> list[Figure]:
    """Measure and print."""
    wanted = int(environment.get("ROWS", "5000000"))
    book = load()
    spent = {"facts": 0.0, "screen": 0.0}
    rows = number = stopped = 0
    while rows < wanted:
        tables = inputs(number, min(PART, -(-(wanted - rows) // len(USES))))
        begin = time.process_time()
        facts = sheet(tables)
        middle = time.process_time()
        decisions = screen(facts, book, AS_OF)
        spent["facts"] += middle - begin
        spent["screen"] += time.process_time() - middle
        rows, number = rows + facts.num_rows, number + 1
        stopped += decisions["decision"].to_pylist().count("stopped")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    rules = asked_rules(book, AS_OF)
    some = facts.slice(0, 50_000)
    begin = time.process_time()
    plain = ask(some, rules)
    took = time.process_time() - begin
    codes, found = patterns(some, rules, code_table(some.select(sorted(FACTS))))
    figures = [
        Figure("situations", rows, "rows"),
        Figure("rules", len(rules), "rules"),
        Figure("screen_cpu_seconds_of_5_million", round(spent["screen"] / rows * 5_000_000, 1), "s", 60, at_most=True),
        Figure("facts_cpu_seconds_of_5_million", round(spent["facts"] / rows * 5_000_000, 1), "s"),
        Figure("peak_memory", round(peak / 2**30, 2), "GiB", 2, at_most=True),
        Figure("stopped_share", round(stopped / rows, 4), "of uses"),
        Figure("plain_cpu_seconds_of_5_million", round(took / some.num_rows * 5_000_000, 1), "s"),
        Figure("answers_that_differ_from_the_plain_form", int(np.count_nonzero(found[codes] != plain)), "answers", 0, at_most=True),
    ]
    print_bench("screen", figures)
    return figures


if __name__ == "__main__":
    main(dict(os.environ))
