"""Limitation periods: is a suit on the debt still in time, barred, or not to be told? A screening aid, no legal conclusion.

Which state's period counts depends on where the consumer lives and lived, on the contract and on the creditor's home, so
every state that may count is a candidate: the earliest end takes the shorter period of all candidates, the latest the
longer one. `rules/compliance/limitation.toml` holds the periods with their statutes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pyarrow as pa

from skiptrace.rulebook.model import Rulebook
from skiptrace.sql import query

MARGIN_DAYS = 90
"""Less than this before the earliest end counts as uncertain (policy)."""


def spans(rulebook: Rulebook, states: Iterable[str]) -> tuple[int, int] | None:
    """(shortest, longest) period in years over candidate states; None where there is none or one has no known period."""
    found = [rulebook.limitation.get(state) for state in states]
    known = [row for row in found if row is not None]
    if not known or len(known) < len(found):
        return None
    return min(row.shorter for row in known), max(row.longer for row in known)


def limitation_status(accounts: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.ChunkedArray:
    """in_period, uncertain or barred (string) for each row of `accounts`: delinquent_since (date32), candidates (list of
    states) and military_indicated (bool).

    Uncertain where dates or candidates are not known. Active duty stops the clock (50 USC 3936): what would be barred is
    then uncertain. No payment is taken to start the clock anew."""
    lists = query("SELECT DISTINCT candidates FROM accounts WHERE candidates IS NOT NULL ORDER BY ALL", {"accounts": accounts})
    told = [spans(rulebook, states) for states in lists.column("candidates").to_pylist()]
    periods = lists.append_column("shorter", pa.array([span and span[0] for span in told], pa.int32())).append_column(
        "longer", pa.array([span and span[1] for span in told], pa.int32())
    )
    numbered = accounts.append_column("row", pa.array(range(accounts.num_rows), pa.int64()))
    text = f"""
        SELECT CASE WHEN delinquent_since IS NULL OR shorter IS NULL THEN 'uncertain'
            WHEN (delinquent_since + to_years(longer))::DATE < DATE '{as_of}'
                THEN CASE WHEN coalesce(military_indicated, TRUE) THEN 'uncertain' ELSE 'barred' END
            WHEN (delinquent_since + to_years(shorter))::DATE >= DATE '{as_of + dt.timedelta(days=MARGIN_DAYS)}' THEN 'in_period'
            ELSE 'uncertain' END AS status
        FROM accounts a LEFT JOIN periods p ON p.candidates = a.candidates ORDER BY row"""
    return query(text, {"accounts": numbered, "periods": periods}).column("status")
