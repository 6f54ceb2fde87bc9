from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from skiptrace.onboard import placing
from skiptrace.schema import PLACEMENTS


def day(number: int) -> dt.date:
    return dt.date(2026, 6, number)


def told(*rows: tuple[str, str, int | None, int | None]) -> pa.Table:
    plain: list[dict[str, Any]] = [
        {"account_id": account, "placed_with": holder, "placed_on": since and day(since), "recalled_on": until and day(until)}
        for account, holder, since, until in rows
    ]
    return pa.Table.from_pylist(plain, schema=PLACEMENTS.arrow)


def held(as_of: int, *rows: tuple[str, str, int | None, int | None]) -> list[tuple[str, str, int]]:
    return [(row["account_id"], row["placed_with"], row["placed_on"].day) for row in placing.held(told(*rows), day(as_of)).to_pylist()]


def test_an_account_is_held_from_its_day_until_its_recall() -> None:
    rows = (("A", "x", 5, 9),)
    assert [held(at, *rows) for at in (4, 5, 8, 9)] == [[], [("A", "x", 5)], [("A", "x", 5)], []]


def test_rows_in_any_order_and_several_times_say_the_same() -> None:
    rows = (("A", "x", 5, None), ("A", "x", None, 7), ("A", "x", 8, None))
    assert held(9, *rows) == held(9, *reversed(rows)) == held(9, *rows, *rows) == [("A", "x", 8)]


def test_the_last_placement_is_the_one_that_counts_and_ends_the_others() -> None:
    assert held(9, ("A", "x", 5, None), ("A", "y", 6, None)) == [("A", "y", 6)]
    assert held(9, ("A", "x", 5, None), ("A", "y", 6, 8)) == []


def test_a_recall_is_of_its_holder() -> None:
    assert held(9, ("A", "y", 6, None), ("A", "x", None, 8)) == [("A", "y", 6)]


def test_of_one_day_a_recall_goes_last() -> None:
    assert held(9, ("A", "x", 5, 7), ("A", "x", 7, None)) == []


def test_who_came_back_from_whom() -> None:
    found = placing.returned(told(("A", "x", 5, 7), ("B", "x", 5, 20), ("A", "y", 8, None)), day(9)).to_pylist()
    assert found == [{"account_id": "A", "placed_with": "x"}]


def test_what_is_counted() -> None:
    rows = told(("A", "x", 5, None), ("A", "y", 5, None), ("B", "x", 5, 7), ("B", "x", 5, 7), ("Z", "x", 5, None))
    assert placing.counts(rows, pa.array(["A", "B"]), day(9)) == {"told": 4, "of_unknown": 1, "with_two_holders": 1, "recalled": 1}
