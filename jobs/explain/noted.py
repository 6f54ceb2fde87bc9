"""What people noted about the contact points of a consumer, and with whom an account is placed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow.compute as pc

from jobs.explain import masks
from jobs.explain.model import Noted
from skiptrace.results import Run
from skiptrace.schema import NOTED

_WORDS: Final = {
    "find": "found to be the consumer's", "confirm": "confirmed: it reaches the consumer", "not_mine": "somebody else's: it stays down",
}  # fmt: skip


def notes(run: Run, consumer: str | None, masked: bool) -> tuple[Noted, ...]:
    """The notes that a run read about any account of a consumer. The value, and the reason, which somebody wrote and which may name
    people, are shown unless `masked`."""
    if NOTED.name not in run.ledger.get("evidence", {}):
        return ()
    accounts = run.table("accounts", ["account_id", "consumer_id"])
    theirs = accounts.filter(pc.equal(accounts["consumer_id"], consumer))["account_id"].combine_chunks()
    table = run.table(NOTED.name)
    return tuple(_noted(row, masked) for row in table.filter(pc.is_in(table["account_id"], theirs)).to_pylist())


def _noted(row: Mapping[str, Any], masked: bool) -> Noted:
    value = masks.point(row) if masked else row["value"]
    reason = "given, masked" if masked and row["reason"] else row["reason"]
    told = f"{value}: {_WORDS[row['says']]}; noted by {row['by']} for {row['date']}" + (f"; reason: {reason}" if reason else "")
    return Noted(row["note_id"], row["source"], row["account_id"], row["says"], value, row["by"], reason, row["date"], told)


def placed(account: Mapping[str, Any]) -> str | None:
    """With whom an account is placed, as a sentence; None where its owner works it, or the run is of a version that knew no placements."""
    holder = account.get("placed_with")
    if holder is None:
        return None
    return f'placed with "{holder}" since {account["placed_on"]}: it leaves in the exports of that holder alone, until it is recalled'
