"""The seller's control totals: rows and balances as delivered, compared with what the contract says was sold.

Every row of the tape counts, whatever becomes of it later; an amount that cannot be read is told, for it may be what is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import DataRefused, Problem
from skiptrace.intake.cells import Cells
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.intake.rejects import RejectList
from skiptrace.project.model import Portfolio, Purchase

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Total:
    """Of one portfolio_id: rows, the sum of their balances as text with two decimals, and the rows whose balance cannot be read."""

    portfolio_id: str | None
    rows: int
    balance: str
    unreadable: int

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


def of_partition(mapped: Mapped, partition: Partition, spec: Portfolio, as_of: dt.date) -> list[Total]:
    """The totals of one mapped partition, by portfolio_id. Lines that could not be read are rows of no known portfolio_id."""
    rejects = RejectList("portfolio", partition.file.name)
    cells = Cells(mapped.table, mapped.rows, rejects, as_of, spec.formats)
    amounts, ids = cells.money("balance"), cells.text("portfolio_id")
    given = pc.is_valid(mapped.table.column("balance")) if "balance" in mapped.table.column_names else pa.array([False] * len(cells))
    table = pa.table({"id": ids, "amount": amounts, "lost": pc.and_(given, pc.is_null(amounts)).cast(pa.int64())})
    found = table.group_by("id").aggregate([("amount", "sum"), ("lost", "sum"), ([], "count_all")]).sort_by("id")

    def total(row: dict[str, Any]) -> Total:
        return Total(row["id"], row["count_all"], str((row["amount_sum"] or Decimal(0)).quantize(_CENT)), row["lost_sum"] or 0)

    unread = mapped.rows_in - mapped.filtered - len(mapped.rows)
    return [*([Total(None, unread, "0.00", unread)] if unread else []), *(total(row) for row in found.to_pylist())]


def agree(spec: Portfolio, totals: Iterable[Mapping[str, Any]]) -> None:
    """Compare the totals of all partitions with every purchase. Raises DataRefused (exit 3) with both figures of each that differs."""
    found, problems = list(totals), list[Problem]()
    for number, purchase in enumerate(spec.purchase, 1):
        mine = [one for one in found if purchase.portfolio_id in (None, one["portfolio_id"])]
        problems += _differences(f"portfolio.purchase[{number}]", purchase, mine)
    if problems:
        raise DataRefused("the tape is not what the seller's control totals say", tuple(problems))


def _differences(place: str, purchase: Purchase, mine: list[Mapping[str, Any]]) -> Iterable[Problem]:
    rows, unreadable = sum(one["rows"] for one in mine), sum(one["unreadable"] for one in mine)
    balance = sum((Decimal(one["balance"]) for one in mine), Decimal(0))
    mend = "ask the seller for the whole file, or correct the totals"
    if purchase.accounts is not None and rows != purchase.accounts:
        yield Problem("portfolio", f"{place}.accounts", f"{rows:,} rows were delivered, {purchase.accounts:,} were sold", mend)
    sold = None if purchase.balance is None else Decimal(str(purchase.balance)).quantize(_CENT)
    if sold is not None and balance != sold:
        lost = f"; {unreadable:,} balances cannot be read" if unreadable else ""
        yield Problem("portfolio", f"{place}.balance", f"the balances sum to {balance:,}, {sold:,} was sold{lost}", mend)
