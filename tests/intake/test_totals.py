"""What was delivered is compared with what the seller says was sold."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import DataRefused
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.intake.totals import Total, agree, of_partition
from skiptrace.project.model import Portfolio, Purchase
from skiptrace.schema import REJECTS
from skiptrace.store.inputs import InputFile

AS_OF = dt.date(2026, 6, 30)
PART = Partition("portfolio", 0, InputFile("tape.csv", "tape.csv", 1, "csv"), 0, 0, 0)


def spec(*purchases: Purchase) -> Portfolio:
    return Portfolio(path="tape.csv", columns={"account_id": ("a",)}, purchase=purchases)


def bought(**known: object) -> Purchase:
    return Purchase.model_validate({"seller": "Northgate", "cut_off": AS_OF, **known})


def totals(balances: list[str | None], ids: list[str | None] | None = None) -> list[Total]:
    columns = {"balance": pa.array(balances, pa.string())} | ({"portfolio_id": pa.array(ids, pa.string())} if ids else {})
    rows = pa.array(range(1, len(balances) + 1), pa.int64())
    return of_partition(Mapped(pa.table(columns), rows, REJECTS.empty(), len(balances), 0), PART, spec(), AS_OF)


def test_totals_are_of_every_row() -> None:
    assert totals(["1.50", "$1,000", "x", None]) == [Total(None, 4, "1001.50", 1)]
    assert totals(["1", "2", "4"], ["s", "t", "s"]) == [Total("s", 2, "5.00", 0), Total("t", 1, "2.00", 0)]


def test_lines_that_could_not_be_read_were_delivered_too() -> None:
    rows = pa.array([1, 3], pa.int64())
    mapped = Mapped(pa.table({"balance": ["1", "2"]}), rows, REJECTS.empty(), 4, 1)
    assert of_partition(mapped, PART, spec(), AS_OF) == [Total(None, 1, "0.00", 1), Total(None, 2, "3.00", 0)]


def test_what_agrees_is_taken() -> None:
    agree(spec(bought(accounts=3, balance=1001.5)), [Total(None, 2, "1.50", 0).plain(), Total(None, 1, "1000.00", 0).plain()])
    agree(spec(bought(portfolio_id="s", accounts=2)), [Total("s", 2, "5.00", 0).plain(), Total("t", 1, "2.00", 0).plain()])
    agree(spec(), [])


@pytest.mark.parametrize(
    ("purchase", "told"),
    [
        (bought(accounts=4), "3 rows were delivered, 4 were sold"),
        (bought(balance=1001.51), "the balances sum to 1,001.50, 1,001.51 was sold; 1 balances cannot be read"),
        (bought(portfolio_id="none", accounts=3), "0 rows were delivered"),
    ],
)
def test_what_differs_is_refused_with_both_figures(purchase: Purchase, told: str) -> None:
    with pytest.raises(DataRefused) as refused:
        agree(spec(purchase), [Total(None, 3, "1001.50", 1).plain()])
    assert told in str(refused.value)


@given(st.lists(st.integers(-99_999, 99_999), min_size=1), st.integers(0, 5))
def test_cuts_do_not_matter(cents: list[int], cut: int) -> None:
    texts = [f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}" for value in cents]
    parts = [part for part in (texts[:cut], texts[cut:]) if part]
    found = [total.plain() for part in parts for total in totals(list(part))]
    if sum(cents) >= 0:
        agree(spec(bought(accounts=len(cents), balance=sum(cents) / 100)), found)
