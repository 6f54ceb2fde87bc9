"""Accounts of one consumer that may be one debt."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from skiptrace.onboard.resold import duplicates

OPENED, OFF = dt.date(2015, 5, 1), dt.date(2019, 2, 3)
Account = tuple[str, str, dt.date | None, dt.date | None, str | None]


def found(*rows: Account) -> list[tuple[str, str]]:
    ids, people, opened, off, creditor = (list(column) for column in zip(*rows, strict=True))
    tape = pa.table({
        "account_id": ids, "open_date": pa.array(opened, pa.date32()), "charge_off_date": pa.array(off, pa.date32()),
        "original_creditor": pa.array(creditor, pa.string()),
    })  # fmt: skip
    told = duplicates(tape, pa.table({"account_id": ids, "consumer_id": people}))
    assert told.column_names == ["account_id", "reason", "since", "source"]
    assert set(told["reason"].to_pylist()) <= {"duplicate"}
    return sorted(zip(told["account_id"].to_pylist(), told["source"].to_pylist(), strict=True))


def test_a_debt_that_was_sold_twice_names_its_other_account() -> None:
    assert found(("A1", "c1", OPENED, OFF, "First Bank"), ("B7", "c1", OPENED, OFF, " FIRST BANK ")) == [
        ("A1", "account B7"), ("B7", "account A1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("other", "one"),
    [
        (("B7", "c1", OPENED, OFF, None), True),
        (("B7", "c1", OPENED, None, "First Bank"), True),
        (("B7", "c1", None, None, "First Bank"), False),  # one thing in common is no debt in common
        (("B7", "c1", OPENED, None, None), False),
        (("B7", "c1", OPENED, OFF, "Other Bank"), False),
        (("B7", "c1", OPENED, dt.date(2019, 2, 4), "First Bank"), False),
        (("B7", "c2", OPENED, OFF, "First Bank"), False),
    ],
)
def test_two_debts_are_two(other: Account, one: bool) -> None:
    assert bool(found(("A1", "c1", OPENED, OFF, "First Bank"), other)) == one
