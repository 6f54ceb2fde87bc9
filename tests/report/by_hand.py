"""The sample run counted by hand: plain Python over its rows, for tests to compare the figures with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from skiptrace.report.facts import summarise
from tests.report.sample import RULES, WORDING, ledger, tables

TABLES = tables(300)
RUN = ledger(TABLES)
REPORT = summarise(TABLES, RUN, RULES, WORDING)


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a table of the sample."""
    found: list[dict[str, Any]] = TABLES[name].to_pylist()
    return found


ACCOUNTS = {row["account_id"]: row for row in rows("accounts")}
LINKED = {row["account_id"] for row in rows("links") if row["status"] == "linked"}
POINTED = {row["account_id"] for row in rows("contact_points")}
ALLOWED = {row["account_id"] for row in rows("decisions") if row["decision"] != "stopped"}


def owed(ids: set[str]) -> Decimal:
    """The known balance of some accounts."""
    return sum((ACCOUNTS[name]["balance"] or Decimal(0) for name in sorted(ids)), Decimal(0))
