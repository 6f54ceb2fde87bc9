"""What a run's ledger says of spending: sums by source, why nobody is asked about the rest, and what the policy gained over fixed orders.

Numbers alone, as they were when the run was published: the report of a run says the same whenever it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pyarrow as pa

from jobs.waterfall import history, log, prices
from jobs.waterfall.status import status, stops_of
from skiptrace.project import Project, Source
from skiptrace.schema import CONTACT_POINTS
from skiptrace.sql import query
from skiptrace.store.places import Place
from skiptrace.store.tables import read_tables
from skiptrace.waterfall.replay import replay

MOST_PERMUTED = 3
"""Of so many sources every order is compared; of more the order of the project file and its reverse, and each source first."""


def told(project: Project, private: Place, points: list[dict[str, Any]], as_of: dt.date) -> dict[str, Any]:
    """`spend` for the ledger of a run; {} where nothing was ever asked. points: files of the run's CONTACT_POINTS."""
    state = log.now(private)
    if project.waterfall is None or not state["requests"]:
        return {}
    sources = prices.ordered(project)
    found = history.history(private, state, read_tables(points, CONTACT_POINTS, list(history.POINTS)), as_of)
    whole = status(project, state, found, as_of)
    stops = stops_of(log.stops(private, state))
    sums = {name: str(whole[name]) for name in ("budget", "spent", "reserved", "left")}
    better = _better(found)
    by_source = [
        {**one, **{name: str(one[name]) for name in ("owed", "billed", "promised", "spent")},
         "better": better.get((one["source"], one["stage"]), {"accounts": 0, "rise": None})}
        for one in whole["sources"]
    ]  # fmt: skip
    fixed = project.waterfall.fixed
    return {"spend": {
        **sums, "begins": None if whole["begins"] is None else whole["begins"].isoformat(), "sources": by_source, "stops": stops,
        "gain": gained(found, sources, (fixed,) if fixed else ()),
    }}  # fmt: skip


def gained(found: pa.Table, sources: Sequence[Source], fixed: Sequence[tuple[str, ...]]) -> list[dict[str, Any]]:
    """ESTIMATES as JSON objects: of the policy as it was asked, and of fixed orders. found: `history`."""
    offers = [prices.offer(source) for source in sources]
    rows: list[dict[str, Any]] = replay(history.asks_of(found), offers, [*fixed, *_orders([one.name for one in sources])]).to_pylist()
    return rows


def _orders(names: list[str]) -> list[tuple[str, ...]]:
    if len(names) <= MOST_PERMUTED:
        return list(permutations(names))
    first = [(name, *(one for one in names if one != name)) for name in names]
    return list(dict.fromkeys([tuple(names), tuple(reversed(names)), *first]))


def _better(found: pa.Table) -> dict[tuple[str, int], dict[str, Any]]:
    """Of what each source was asked at each stage and a run has read: how many accounts, and the mean rise of their chance."""
    text = """select source, stage, count(p_after)::bigint as accounts, avg(p_after - p_before) as rise from found group by source, stage"""
    return {(row.pop("source"), row.pop("stage")): row for row in query(text, {"found": found}).to_pylist()}
