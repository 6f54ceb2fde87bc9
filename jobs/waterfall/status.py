"""What was asked, answered, spent and is owed: by source and stage, by request, and in all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from jobs.waterfall import history, log, prices
from jobs.waterfall.log import State
from skiptrace.project import Project
from skiptrace.sql import query

Plain = dict[str, Any]
_COUNTS = ("asked", "waiting", "answered", "hits", "successes")
_MONEY = ("owed", "billed", "promised")


def status(project: Project, state: State, found: pa.Table, as_of: dt.date) -> Plain:
    """`budget` (in all, since `begins`), what of it was `spent` (owed or billed, whichever is more), may still come (`reserved`) and is
    `left`; `sources` by stage and `requests` with their counts and sums, without those that were withdrawn. found: `history`."""
    section = project.waterfall
    begins = section.begins if section else None
    counts, most_of = history.counts_of(state, found), history.committed(state, found)
    requests = [_request(state, name, counts[name], most_of[name], as_of) for name in most_of]
    counted = [one for one in requests if begins is None or one["asked_on"] >= begins.isoformat()]
    spent, most = (sum((one[name] for one in counted), Decimal(0)) for name in ("spent", "promised"))
    budget = prices.exact(section.budget) if section else None
    return {
        "as_of": as_of, "budget": budget, "begins": begins, "spent": spent, "reserved": most - spent,
        "left": None if budget is None else max(budget - most, Decimal(0)),
        "sources": _summed(requests), "requests": requests,
    }  # fmt: skip


def read_by_runs(project: Project, ledger: Mapping[str, Any]) -> list[Plain]:
    """The sources with a price that runs read themselves, and no order asks: the accounts that each linked in a run, and what these cost by
    its contract. They are no part of the budget: what a run reads of them is licensed already. ledger: of the run."""
    linked = ledger.get("linked_by", {})
    return [
        {"source": one.name, "cost_per_record": one.cost_per_record, "accounts": int(linked.get(one.name, 0)),
         "cost": prices.exact(one.cost_per_record) * int(linked.get(one.name, 0))}
        for one in project.source if one.cost_per_record and one.order is None
    ]  # fmt: skip


def stops_of(stops: pa.Table) -> dict[str, int]:
    """Accounts of STOPS by reason, most first."""
    text = "select stop_reason, count(*) as accounts from stops group by all order by accounts desc, stop_reason"
    return {row["stop_reason"]: row["accounts"] for row in query(text, {"stops": stops}).to_pylist()}


def _request(state: State, name: str, mine: Mapping[str, int], most: Decimal, as_of: dt.date) -> Plain:
    request = state["requests"][name]
    stage = next(order["stage"] for order in state["orders"] if name in order["requests"])
    owed, billed = history.owed(request, mine), history.billed(state, name)
    return {
        "request": name, "source": request["source"], "stage": stage, "asked_on": request["asked_on"], "answer_by": request["answer_by"],
        "state": _word(state, name, as_of), "asked": request["rows"], "waiting": mine.get("waiting", 0),
        "answered": sum(one["references"] for one in state["answers"] if one["request"] == name), "hits": mine.get("hits", 0),
        "successes": mine.get("successes", 0), "owed": owed, "billed": billed, "spent": max(owed, billed),
        "promised": most,
    }  # fmt: skip


def _word(state: State, name: str, as_of: dt.date) -> str:
    if any(one["request"] == name for one in state["answers"]):
        return "answered" if log.is_closed(state, name, as_of) else "answered in part"
    return "overdue" if log.is_closed(state, name, as_of) else "waiting"


def _summed(requests: list[Plain]) -> list[Plain]:
    sums = dict[tuple[str, int], Plain]()
    for one in requests:
        mine = sums.setdefault((one["source"], one["stage"]), {"source": one["source"], "stage": one["stage"], "requests": 0})
        mine["requests"] += 1
        for name in (*_COUNTS, *_MONEY, "spent"):
            mine[name] = mine.get(name, 0) + one[name]
    return [sums[key] for key in sorted(sums)]
