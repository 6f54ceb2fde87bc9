"""Figures of the inventory: each portfolio with its accounts by state, as the ledger holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from skiptrace.vocabulary import ACCOUNT_STATES

MOST: Final = 60
"""Portfolios that the page shows; the rest are summed in one line."""


@dataclass(frozen=True)
class Holding:
    """A portfolio: its accounts in each state, their balance, that of the open ones, those with a use that the rules leave open,
    and those that an agency or firm works."""

    portfolio: str | None
    accounts: int
    balance: Decimal | None
    open: int
    closed: int
    recalled: int
    transferred: int
    open_balance: Decimal | None
    permitted: int
    placed: int = 0


@dataclass(frozen=True)
class Inventory:
    """The portfolios of a project; of those that are not shown, how many there are and how many accounts they have."""

    holdings: tuple[Holding, ...] = ()
    hidden: int = 0
    hidden_accounts: int = 0

    @property
    def tells(self) -> bool:
        """Whether there is more to say than that all accounts of one portfolio are open, and their owner's to work."""
        return len(self.holdings) > 1 or any(one.open < one.accounts or one.placed for one in self.holdings)


def figures(told: Mapping[str, Any]) -> Inventory:
    """The portfolios of a run, most accounts first. `told`: `inventory` of `run.json`; of a run of an earlier version, nothing."""
    found = [_holding(row) for row in told.get("portfolios", ())]
    further = told.get("further", {"portfolios": 0, "accounts": 0})
    rest = found[MOST:]
    return Inventory(
        tuple(found[:MOST]), len(rest) + int(further["portfolios"]),
        sum(one.accounts for one in rest) + int(further["accounts"]),
    )  # fmt: skip


def _holding(row: Mapping[str, Any]) -> Holding:
    name = row["portfolio_id"]
    return Holding(
        portfolio=None if name is None else str(name), accounts=int(row["accounts"]), balance=_money(row["balance"]),
        open_balance=_money(row["open_balance"]), permitted=int(row["permitted"]), placed=int(row.get("placed", 0)),
        **{state: int(row[state]) for state in ACCOUNT_STATES},
    )  # fmt: skip


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
