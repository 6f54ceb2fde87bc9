"""What came of everything that was asked: answers, chances before and after, right parties, and what each ask costs or may still cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import outcomes
from jobs.waterfall import log
from jobs.waterfall.log import State
from jobs.waterfall.prices import Prices, from_plain
from skiptrace.reach import teaching
from skiptrace.reach.attempts import attempts
from skiptrace.results import Run
from skiptrace.schema import ASKS, conform
from skiptrace.sql import query
from skiptrace.store.places import Place

RIGHT_PARTY = "right_party"
POINTS = ("account_id", "kind", "value", "origin", "sources")
"""Columns of CONTACT_POINTS that say which source showed a point."""
_REQUESTS = pa.schema([
    ("request", pa.string()), ("closed", pa.bool_()), ("record", pa.float64()), ("on_hit", pa.float64()), ("success", pa.float64()),
    ("until", pa.date32()),
])  # fmt: skip
_TRIED = """
select k.reference,
    bool_or(e.outcome = '{right}' and e.occurred_at::date between k.asked_on and r.until) as right_party,
    bool_or(e.missed) as missed
from asked k join requests r using (request)
join shown p on p.account_id = k.account_id and p.source = k.source
join told e on e.account_id = k.account_id and e.kind = p.kind and e.value = p.value and e.occurred_at::date >= k.asked_on
group by k.reference
"""
_HISTORY = """
with known as (
    select k.* exclude (hit, p_after, reached, price), r.closed, r.record, r.on_hit, r.success, r.until,
        case when w.hit is not null then w.hit when r.closed then false end as hit, a.p_after, a.reference is not null as read,
        coalesce(t.right_party, false) as right_party, t.missed
    from asked k join requests r using (request) left join answered w using (reference) left join after a using (reference)
    left join tried t using (reference)),
priced as (
    select *, record + case when hit then on_hit else 0 end + case when hit and right_party then success else 0 end as cost,
        case when hit is null then on_hit + success
            when hit and not right_party and until >= DATE '{as_of}' then success else 0 end as reserve
    from known)
select *, cost as price, case when hit and right_party then true when hit and missed then false end as reached from priced
order by asked_on, request, reference
"""


def history(private: Place, state: State, shown: pa.Table | None, as_of: dt.date) -> pa.Table:
    """Every ask, by day, request and reference: the columns of ASKED with what came of it, and beside them `closed` (nobody waits for an
    answer), `read` (a run has read it), `right_party` (a contact by a point that the source showed reached the consumer in time), `cost`
    (what it costs by now) and `reserve` (what it may cost beyond that). shown: POINTS of the last run, by which it is told whose points a
    source showed; without it nobody is known to be reached. Raises DataRefused (exit 3) where the ledger is damaged."""
    asked = log.asked(private, state)
    requests = _requests(state, as_of)
    tables = {"asked": asked, "requests": requests, "answered": log.answered(private, state), "after": log.after(private, state)}
    tables["tried"] = query(_TRIED.format(right=RIGHT_PARTY), {**tables, **_told(private, shown, asked, as_of)})
    return query(_HISTORY.format(as_of=as_of), tables)


def asks_of(found: pa.Table) -> pa.Table:
    """ASKS of a history: what is learned from."""
    return conform(found.select(list(ASKS.names)), ASKS)


def committed(state: State, found: pa.Table, begins: dt.date | None = None) -> dict[str, Decimal]:
    """What each request costs, or may cost at most while that is not settled, by request, in the ledger's order; those that were withdrawn,
    or asked before `begins`, are left out. found: `history` of all of them."""
    counts = counts_of(state, found)
    return {
        name: promised(from_plain(request["prices"]), counts[name], billed(state, name))
        for name, request in state["requests"].items()
        if not log.is_withdrawn(state, name) and (begins is None or dt.date.fromisoformat(request["asked_on"]) >= begins)
    }  # fmt: skip


def promised(prices: Prices, counts: Mapping[str, int], paid: Decimal = Decimal(0)) -> Decimal:
    """What a request may cost at most. counts: see `counts_of`."""
    known = prices.record * counts.get("asked", 0) + prices.hit * counts.get("hits", 0) + prices.success * counts.get("successes", 0)
    still = prices.hit * counts.get("waiting", 0) + prices.success * (counts.get("waiting", 0) + counts.get("may_succeed", 0))
    return max(prices.minimum, max(known, paid) + still)


def owed(request: Mapping[str, Any], counts: Mapping[str, int]) -> Decimal:
    """What a request costs by what is known of it. counts: see `counts_of`."""
    return from_plain(request["prices"]).owed(request["rows"], counts.get("hits", 0), counts.get("successes", 0))


def billed(state: State, name: str) -> Decimal:
    """What was billed for a request."""
    return sum((Decimal(bill["amount"]) for bill in state["bills"] if bill["request"] == name), Decimal(0))


def counts_of(state: State, found: pa.Table) -> dict[str, dict[str, int]]:
    """By request: accounts `asked` about, `waiting` for an answer, `hits`, `successes`, and hits that `may_succeed` yet. What was asked and
    answered about people who are forgotten still counts: it is paid for."""
    sums, counts = _sums(found), dict[str, dict[str, int]]()
    for name, request in state["requests"].items():
        mine = sums.get(name, {})
        gone, waiting = request["rows"] - mine.get("asked", 0), mine.get("waiting", 0)
        hits = sum(one["hits"] for one in state["answers"] if one["request"] == name)
        counts[name] = {**mine, "asked": request["rows"], "waiting": waiting + (gone if waiting else 0), "hits": hits}
    return counts


def _sums(found: pa.Table) -> dict[str, dict[str, int]]:
    text = """select request, count(*) as asked, count(*) filter (hit is null) as waiting, count(*) filter (hit) as hits,
        count(*) filter (hit and right_party) as successes, count(*) filter (hit and not right_party and reserve > 0) as may_succeed
        from found group by request"""
    return {row.pop("request"): row for row in query(text, {"found": found}).to_pylist()}


def _requests(state: State, as_of: dt.date) -> pa.Table:
    rows = []
    for name, request in state["requests"].items():
        prices, day = from_plain(request["prices"]), dt.date.fromisoformat(request["asked_on"])
        rows.append({
            "request": name, "closed": log.is_closed(state, name, as_of), "record": float(prices.record), "on_hit": float(prices.hit),
            "success": float(prices.success), "until": day + dt.timedelta(days=request["success_days"]),
        })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_REQUESTS)


def points_of(run: Run) -> pa.Table:
    """The columns POINTS of a run's contact points."""
    return run.table("contact_points", POINTS)


def _told(private: Place, points: pa.Table | None, asked: pa.Table, as_of: dt.date) -> dict[str, pa.Table]:
    """Points that sources showed of the accounts that were asked about and the buyer did not have (`shown`), and attempts on these accounts
    (`told`), with whether one missed the consumer."""
    events = outcomes.kept(private)
    events = events.filter(pc.is_in(events["account_id"], asked["account_id"].combine_chunks()))
    tried = attempts(events, teaching.load(), as_of)
    text = """select e.account_id, e.kind, e.value, e.occurred_at, e.outcome, coalesce(not t.reached, false) as missed
        from events e left join tried t using (account_id, channel, kind, value, occurred_at) where e.occurred_at::date <= DATE '{}'"""
    plain = events.set_column(events.column_names.index("occurred_at"), "occurred_at", events["occurred_at"].cast(pa.timestamp("s")))
    mine = tried.set_column(tried.column_names.index("occurred_at"), "occurred_at", tried["occurred_at"].cast(pa.timestamp("s")))
    told = query(text.format(as_of), {"events": plain, "tried": mine})
    if points is None:
        nothing = pa.schema([(name, pa.string()) for name in ("account_id", "kind", "value", "source")]).empty_table()
        return {"told": told, "shown": nothing}
    points = points.filter(pc.is_in(points["account_id"], asked["account_id"].combine_chunks()))
    text = "select account_id, kind, value, unnest(sources) as source from points where origin = 'reference'"
    return {"told": told, "shown": query(text, {"points": points})}
