"""An order: whom the sources are asked about next, committed to the ledger before anything of it can be seen.

Its key is made of the run, the policy and the round: the same command goes on with the same order until its requests are answered,
whatever ended it. What other orders asked is in the facts, so no account is asked twice of a source, under whatever policy.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.waterfall import history, log, people, prices
from jobs.waterfall.log import ASKED, State
from jobs.waterfall.prices import Prices
from jobs.waterfall.ready import Ready
from skiptrace.export.requests import REFERENCE_CHARS, load_layout
from skiptrace.ids import digest
from skiptrace.project import Source, token_key
from skiptrace.schema import conform
from skiptrace.sql import query
from skiptrace.store import points
from skiptrace.waterfall.choosing import choose

_ASKED = """
select c.request, c.reference, c.account_id, c.source, c.stage, DATE '{as_of}' as asked_on, f.balance, f.worth, f.missing, f.debt_age_days,
    f.last_evidence_days, f.asked, c.price, c.propensity, c.explored, c.held_out, f.p_any as p_before, null::double as p_after,
    null::boolean as hit, null::boolean as reached
from chosen c join facts f using (account_id) order by c.reference
"""


def key_of(ready: Ready) -> str:
    """The key of the order that a command means: the one whose answers are waited for, or the next."""
    rounds = [order for order in ready.state["orders"] if order["run_id"] == ready.run.run_id]
    closed = sum(all(log.is_closed(ready.state, name, ready.as_of) for name in order["requests"]) for order in rounds)
    return digest("order", str(ready.run.ledger.get("run_key", ready.run.run_id)), ready.policy_key, closed)


def is_made(state: State, key: str) -> bool:
    """Whether the order of a key is in the ledger."""
    return any(order["key"] == key for order in state["orders"])


def make(ready: Ready) -> str | None:
    """Decide whom to ask and commit it to the ledger; returns the order's key, None where nobody is asked. What the order costs at most is
    within what is left of the budget, each source's budget and each account's ceiling, surely. The project's lock is held."""
    key = key_of(ready)
    choices, stops = choose(ready.facts, ready.behaviour, ready.offers, ready.policy, ready.as_of, ready.stage, ready.may)
    kept = within(ready, choices)
    left_out = choices.filter(pc.invert(pc.is_in(choices["account_id"], kept["account_id"].combine_chunks())))
    stops = pa.concat_tables([stops, _no_money(left_out, ready.facts, stops.schema)]).sort_by("account_id")
    told = {"run_id": ready.run.run_id, "as_of": ready.as_of.isoformat(), "ref": log.keep(ready.private, "stops", stops)}
    requests = _requests(ready, key, kept) if len(kept) else {}
    points.passed("order-written")
    order = {
        "key": key, "run_id": ready.run.run_id, "as_of": ready.as_of.isoformat(), "stage": ready.stage, "requests": list(requests),
    }  # fmt: skip

    def changed(state: State) -> State:
        if is_made(state, key) or state["requests"] != ready.state["requests"]:  # another command was first: its order is the one
            return state
        more = {"orders": [*state["orders"], order], "requests": {**state["requests"], **requests}} if requests else {}
        return {**state, **more, "stops": told}

    log.change(ready.private, changed)
    points.passed("order-committed")
    return key if is_made(log.now(ready.private), key) else None


def within(ready: Ready, choices: pa.Table) -> pa.Table:
    """The choices, by rank, as far as the most that they may cost is within the whole budget and the budget of their source: exact sums,
    for money that is promised. `choose` knows one request per source, and each of several is billed its minimum. The ceiling of an
    account is kept there."""
    choices = choices.sort_by("rank")
    named = {source.name: source for source in ready.sources}
    rooms, most = {source.name: ready.room(source) for source in ready.sources}, max(ready.left, Decimal(0))
    counts = {one["values"].as_py(): one["counts"].as_py() for one in pc.value_counts(choices["source"])}
    used = {name: promised(source, counts.get(name, 0)) for name, source in named.items()}
    if sum(used.values(), Decimal(0)) <= most and all(room is None or used[name] <= room for name, room in rooms.items()):
        return choices
    rows, used, keep = dict.fromkeys(named, 0), dict.fromkeys(named, Decimal(0)), np.zeros(len(choices), bool)
    for place, name in enumerate(choices["source"].to_pylist()):
        more, room = promised(named[name], rows[name] + 1), rooms[name]
        if sum(used.values(), Decimal(0)) - used[name] + more <= most and (room is None or more <= room):
            rows[name], used[name], keep[place] = rows[name] + 1, more, True
    return choices.filter(pa.array(keep))


def promised(source: Source, rows: int) -> Decimal:
    """What asking a source about so many accounts may cost at most, in as many requests as it takes."""
    if not rows:
        return Decimal(0)
    cost, most = prices.of_source(source), source.order.most_rows if source.order and source.order.most_rows else rows
    parts = [most] * (rows // most) + ([rows % most] if rows % most else [])
    return sum((history.promised(cost, {"asked": part, "waiting": part}) for part in parts), Decimal(0))


def _requests(ready: Ready, key: str, choices: pa.Table) -> dict[str, Any]:
    """The requests of an order by name, with their files written below the ledger."""
    secret, found = token_key(ready.project, os.environ), dict[str, Any]()
    for source in ready.sources:
        mine = choices.filter(pc.equal(choices["source"], source.name)).sort_by("account_id")
        most = source.order.most_rows if source.order and source.order.most_rows else max(len(mine), 1)
        for part, start in enumerate(range(0, len(mine), most)):
            some = mine.slice(start, most)
            name = f"{source.name}-{digest('request', key, source.name, part, size=6)}"
            references = pa.array([reference_of(secret, name, account) for account in some["account_id"].to_pylist()], pa.string())
            some = some.append_column("request", pa.repeat(name, len(some))).append_column("reference", references)
            found[name] = _request(ready, source, some)
    return found


def _request(ready: Ready, source: Source, chosen: pa.Table) -> dict[str, Any]:
    order = source.order
    assert order is not None  # noqa: S101 - only sources with an order are asked
    asked = conform(query(_ASKED.format(as_of=ready.as_of), {"chosen": chosen, "facts": ready.facts}), ASKED)
    rows = people.request_rows(ready.run, chosen.select(["account_id", "request", "reference"]), ready.tape)
    cost: Prices = prices.of_source(source)
    return {
        "source": source.name, "asked_on": ready.as_of.isoformat(), "rows": len(asked), "prices": cost.plain(),
        "answer_by": (ready.as_of + dt.timedelta(days=order.answer_days)).isoformat(), "success_days": order.success_days,
        "partial": order.partial, "layout": load_layout(order.layout).plain(), "asked": log.keep(ready.private, "asked", asked),
        "people": log.keep(ready.private, "people", rows),
    }  # fmt: skip


def reference_of(secret: bytes, request: str, account: str) -> str:
    """The name of an account in a request: another one in each, and nobody without the project's key can tell whose."""
    size = REFERENCE_CHARS // 2
    return hashlib.blake2b(f"{request}\0{account}".encode(), key=secret, digest_size=size, person=b"reference").hexdigest().upper()


def _no_money(choices: pa.Table, facts: pa.Table, schema: pa.Schema) -> pa.Table:
    """STOPS of choices that exact sums have no room for."""
    text = """select account_id, 'budget' as stop_reason, null::date as next_refresh, f.spent
        from choices c join facts f using (account_id) order by account_id"""
    return query(text, {"choices": choices, "facts": facts}).cast(schema)
