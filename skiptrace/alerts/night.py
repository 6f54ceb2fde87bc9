"""What alerts read of one published run: which columns, and the tables of some of its accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from skiptrace.columns import of_accounts

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts": ("account_id", "consumer_id", "balance", "locate_status", "p_any_channel", "holds", "deceased_date"),
    "contact_points": (
        "account_id", "point_id", "kind", "value", "rank", "status", "p_current", "p_right_party", "origin", "sources", "house",
        "street", "unit", "city", "postal_code",
    ),
    "decisions": ("account_id", "point_id", "channel", "decision", "stopped_by", "steps_required"),
}  # fmt: skip
"""Columns of published tables; of `situations` those of the facts that the rules name."""
EVIDENCE: Final = tuple(f"evidence.list.element.{part}" for part in ("source", "last_seen", "match_probability", "status", "relation"))
"""What is read of the evidence of contact points, of the later night alone: it costs more than all other columns together."""


@dataclass(frozen=True)
class Night:
    """Some accounts of one run: its tables by name, each with account_id and the columns of NEEDED.

    Contact points of the later night have `evidence` (source, last_seen, match_probability, status and relation of each entry) too.
    `situations`: account_id, point_id and the facts that the rules name, at least of rows that report something; None where the run
    kept none. `reports`: account_id, kind, source (string): which deliveries report a fact; may be empty."""

    accounts: pa.Table
    contact_points: pa.Table
    decisions: pa.Table
    situations: pa.Table | None
    reports: pa.Table

    def of(self, accounts: pa.Array) -> Night:
        """The same of these accounts alone."""
        return Night(
            of_accounts(self.accounts, accounts), of_accounts(self.contact_points, accounts), of_accounts(self.decisions, accounts),
            None if self.situations is None else of_accounts(self.situations, accounts), of_accounts(self.reports, accounts),
        )  # fmt: skip


REPORTS = pa.schema([("account_id", pa.string()), ("kind", pa.string()), ("source", pa.string())])
