"""Figures of the portfolio as a whole: the summary, the funnel from tape to permitted contact, the statuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import duckdb

from skiptrace.report.model import Funnel, Stage, Status, Summary
from skiptrace.vocabulary import LOCATE_STATUSES

MEANINGS: Final = {
    "confirmed": "A reference supports the portfolio's address as current.",
    "moved": "Another address is now more likely current than the portfolio's.",
    "located": "Linked, with contact points; the address is open.",
    "not_found": "No reference record is the same person.",
    "held": "A rule stops the whole account.",
    "deceased": "A death is reported.",
}
LOCATED: Final = ("confirmed", "moved", "located")

PART: Final = {
    "accounts_by": """
SELECT locate_status, linked, pointed, allowed, count(*) AS accounts, sum(balance) AS owed, count(balance) AS known,
       sum(reach) AS reach, sum((reach * balance)::DECIMAL(18, 2)) AS reach_owed,
       sum(open_reach) AS open_reach, sum(open_value) AS open_value
FROM book GROUP BY locate_status, linked, pointed, allowed
""",
}
_SUMMARY: Final = """
SELECT coalesce(sum(accounts), 0), sum(owed), coalesce(sum(known), 0),
       coalesce(sum(accounts) FILTER (located), 0), sum(owed) FILTER (located),
       coalesce(sum(reach), 0), sum(reach_owed),
       coalesce(sum(open_reach), 0), sum(open_value),
       coalesce(sum(accounts) FILTER (allowed), 0), sum(owed) FILTER (allowed)
FROM (SELECT *, list_contains($located, locate_status) AS located FROM accounts_by)
"""
_FUNNEL: Final = """
SELECT coalesce(sum(accounts) FILTER (linked), 0), sum(owed) FILTER (linked),
       coalesce(sum(accounts) FILTER (found), 0), sum(owed) FILTER (found),
       coalesce(sum(reach) FILTER (found), 0), sum(reach_owed) FILTER (found),
       coalesce(sum(open_reach) FILTER (found), 0), sum(open_value) FILTER (found),
       coalesce(sum(accounts) FILTER (allowed AND NOT found), 0), coalesce(sum(open_reach) FILTER (NOT found), 0)
FROM (SELECT *, linked AND pointed AS found FROM accounts_by)
"""
_STATUSES: Final = "SELECT locate_status, sum(accounts), sum(owed) FROM accounts_by GROUP BY locate_status"


def summary(book: duckdb.DuckDBPyConnection) -> Summary:
    """The portfolio in one look."""
    row = book.sql(_SUMMARY, params={"located": list(LOCATED)}).fetchall()[0]
    (
        accounts,
        owed,
        known,
        located,
        located_owed,
        reach,
        reach_owed,
        permitted,
        permitted_owed,
        allowed,
        allowed_owed,
    ) = row

    def money(amount: Decimal | None) -> Decimal | None:
        return (amount or Decimal(0)) if known else None

    return Summary(
        accounts=accounts, balance=money(owed), balance_known=known,
        located=located, located_balance=money(located_owed),
        reachable=reach, reachable_balance=money(reach_owed),
        permitted=permitted, permitted_balance=money(permitted_owed),
        open_accounts=allowed, open_balance=money(allowed_owed),
    )  # fmt: skip


def funnel(book: duckdb.DuckDBPyConnection, whole: Summary, rows_in: int | None) -> Funnel:
    """The stages, each within the one before. Without a balance anywhere, no stage has one."""
    linked, linked_sum, found, found_sum, reach, reach_sum, allowed, allowed_sum, beside, beside_reach = book.sql(
        _FUNNEL
    ).fetchall()[0]
    known = whole.balance is not None

    def stage(
        name: str, meaning: str, accounts: int | Decimal, balance: Decimal | None, expected: bool = False
    ) -> Stage:
        return Stage(name, meaning, Decimal(accounts), (balance or Decimal(0)) if known else None, expected)

    stages = [
        stage("Accepted", "Accounts of the tape that could be used.", whole.accounts, whole.balance),
        stage("Linked", "At least one reference record is the same person.", linked, linked_sum),
        stage("With contact points", "Linked, with an address, phone or e-mail.", found, found_sum),
        stage("Reachable", "Expected to be reached, if every use were allowed.", reach, reach_sum, True),
        stage("Reachable and permitted", "Expected to be reached by uses the rules allow.", allowed, allowed_sum, True),
    ]
    if rows_in is not None:
        stages.insert(0, Stage("Rows of the tape", "Rows delivered.", Decimal(rows_in), None))
    return Funnel(tuple(stages), beside, beside_reach)


def statuses(book: duckdb.DuckDBPyConnection) -> tuple[Status, ...]:
    """Every locate_status, those that found somebody first; also the ones that no account has."""
    found = {name: (accounts, balance) for name, accounts, balance in book.sql(_STATUSES).fetchall()}
    order = sorted(LOCATE_STATUSES, key=list(MEANINGS).index)
    return tuple(Status(name, MEANINGS[name], *found.get(name, (0, None))) for name in order)
