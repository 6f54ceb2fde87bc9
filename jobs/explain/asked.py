"""What sources were asked about an account, when and for how much, and why nobody is asked now, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import pyarrow.compute as pc

from jobs.explain.model import Asked
from jobs.explain.words import percent
from jobs.waterfall import history, log
from skiptrace.results import Run
from skiptrace.store.places import Place
from skiptrace.waterfall.priors import sentences

_CAME: Final = {None: "it has not answered yet", True: "it knew the consumer", False: "it did not know the consumer"}


def asked(run: Run, private: Place, account_id: str) -> Asked | None:
    """What the ledger of requests says of an account; None where it says nothing. Raises DataRefused (exit 3) where it is damaged."""
    state = log.now(private)
    day = dt.date.fromisoformat(str(run.ledger["as_of"]))
    found = history.history(private, state, history.points_of(run), day) if state["requests"] else None
    rows = [] if found is None else found.filter(pc.equal(found["account_id"], account_id)).to_pylist()
    stop = _stop(private, state, account_id)
    if not rows and stop is None:
        return None
    return Asked(tuple(_ask(row) for row in rows), *(stop or (None, None, None)))


def _stop(private: Place, state: log.State, account_id: str) -> tuple[str, str, dt.date | None] | None:
    """Why nobody was asked in the last order, as a word and a sentence, and when somebody may be again; None where somebody was, or where
    nothing was ordered."""
    table = log.stops(private, state)
    rows = table.filter(pc.equal(table["account_id"], account_id)).to_pylist()
    if not rows:
        return None
    reason = rows[0]["stop_reason"]
    return reason, sentences()[reason], rows[0]["next_refresh"]


def _ask(row: Mapping[str, Any]) -> str:
    """One ask as a sentence."""
    how = ", by lot" if row["explored"] else ", of the accounts that go through the fixed order" if row["held_out"] else ""
    cost = f"{row['cost']:,.4f}".rstrip("0").rstrip(".")
    more = f", at most {row['cost'] + row['reserve']:,.2f}" if row["reserve"] > 0 else ""
    came = _CAME[row["hit"]]
    if row["p_after"] is not None:
        came += f"; the chance of a right-party contact went from {percent(row['p_before'])} to {percent(row['p_after'])}"
    if row["right_party"]:
        came += "; a point that it showed reached the right party"
    return f"{row['source']} on {row['asked_on']} (stage {row['stage']}, request {row['request']}{how}), for {cost}{more}: {came}"
