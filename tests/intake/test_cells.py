from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.intake.cells import LONGEST, Cells
from skiptrace.intake.rejects import RejectList
from tests.intake.deliveries import AS_OF


def cells(values: Any, name: str = "c", **formats: str) -> Cells:
    table = pa.table({name: values})
    rows = pa.array(range(1, table.num_rows + 1), pa.int64())
    return Cells(table, rows, RejectList("s", "f"), AS_OF, formats)


def noted(found: Cells) -> list[tuple[int, str]]:
    return [(row["row"], row["reason"]) for row in found.rejects.table().to_pylist()]


def test_text_is_trimmed_and_empty_is_null() -> None:
    found = cells(["  007 ", "", "   ", None, "\u00a0x\t"])
    assert found.text("c").to_pylist() == ["007", None, None, None, "x"]
    assert cells([7, None]).text("c").to_pylist() == ["7", None]
    assert found.text("absent").to_pylist() == [None] * 5
    assert noted(found) == []


def test_a_text_beyond_measure_is_a_reject() -> None:
    found = cells(["x" * (LONGEST + 1), "x" * LONGEST])
    assert found.text("c").to_pylist() == [None, "x" * LONGEST]
    assert noted(found) == [(1, "too_long")]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.5", "1234.50"), ("$1,234.50", "1234.50"), ("$ 12", "12.00"), ("-$5.00", "-5.00"),
        ("$-5", "-5.00"), ("(12.00)", "-12.00"),
        ("($1,000)", "-1000.00"), ("12-", "-12.00"), (".5", "0.50"), ("0", "0.00"), ("1.005", "1.01"), (" 7 ", "7.00"),
        ("1.234,50", None), ("12,34", None), ("1,23,456", None), ("12 34", None), ("abc", None),
        ("$", None), ("1e5", None), ("--5", None),
        ("(5", None), ("5)", None), ("nan", None), ("9999999999999", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, amount: str | None) -> None:
    found = cells([text])
    assert found.money("c").to_pylist() == [None if amount is None else Decimal(amount)]
    assert noted(found) == ([] if amount else [(1, "not_an_amount")])


def test_amounts_of_number_columns() -> None:
    found = cells([12.345, float("nan"), float("inf"), None, -0.5, 1e15])
    assert found.money("c").to_pylist() == [Decimal("12.35"), None, None, None, Decimal("-0.50"), None]
    assert noted(found) == [(2, "not_an_amount"), (3, "not_an_amount"), (6, "not_an_amount")]
    assert cells([5]).money("c").to_pylist() == [Decimal("5.00")]
    assert cells([Decimal("5.105")]).money("c").to_pylist() == [Decimal("5.11")]
    assert cells(pa.nulls(2)).money("c").to_pylist() == [None, None]


def test_flags_of_every_form() -> None:
    found = cells(["Y", "n", "1", "0", "TRUE", "false", "t", "F", "Yes", "no", "", None, "maybe", "2"])
    assert found.flag("c").to_pylist() == [True, False] * 5 + [None, None, None, None]
    assert noted(found) == [(13, "not_a_flag"), (14, "not_a_flag")]
    assert cells([True, None]).flag("c").to_pylist() == [True, None]
    assert cells([1, 0]).flag("c").to_pylist() == [True, False]


def test_words_of_a_closed_list() -> None:
    found = cells(["Active", "Not in Service", "DISCONNECTED", "dead", None])
    assert found.word("c", "status").to_pylist() == ["active", "disconnected", "disconnected", None, None]
    assert noted(found) == [(4, "unknown_word")]


def test_days_and_why_not() -> None:
    found = cells(["2020-02-03", "06/30/1999", "2026-07-01", "2026-06-30", "32/13/2020", "2019", None])
    assert found.day("c").to_pylist()[:4] == [dt.date(2020, 2, 3), dt.date(1999, 6, 30), None, AS_OF]
    assert [entry for entry in noted(found) if entry[0] != 5] == [(3, "date_after_as_of"), (6, "imprecise_date")]
    assert 5 in {row for row, _ in noted(found)}
    assert cells(["2019"]).day("c", early=True).to_pylist() == [dt.date(2019, 1, 1)]


def test_days_of_typed_columns_and_of_a_given_form() -> None:
    moment = pa.array([dt.datetime(2020, 1, 2, 23, 59)], pa.timestamp("us"))
    assert cells(moment).day("c").to_pylist() == [dt.date(2020, 1, 2)]
    assert cells(pa.array([dt.date(2020, 1, 2)])).day("c").to_pylist() == [dt.date(2020, 1, 2)]
    assert cells(["03.02.2020"], c="%d.%m.%Y").day("c").to_pylist() == [dt.date(2020, 2, 3)]


def test_values_of_several_columns_and_lists() -> None:
    table = pa.table(
        {"phones.1": ["1", " ", None], "phones.2": [["2", None, "3"], None, ["", "4"]], "phone": ["5", None, "6"]}
    )
    found = Cells(table, pa.array([1, 2, 3], pa.int64()), RejectList("s", "f"), AS_OF, {})
    spread = [(entry.column, entry.at.tolist(), entry.texts.to_pylist()) for entry in found.spread("phone", "phones")]
    assert spread == [("phones", [0], ["1"]), ("phones", [0, 0, 2], ["2", "3", "4"]), ("phone", [0, 2], ["5", "6"])]
    assert found.has("phones")
    assert not found.has("email")


def test_some_of_the_rows_keep_their_numbers() -> None:
    some = cells(["a", "maybe", "x"]).only(pa.array([False, True, True]))
    some.flag("c")
    assert noted(some) == [(2, "not_a_flag"), (3, "not_a_flag")]
