from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from skiptrace.errors import DataRefused
from skiptrace.intake.duplicates import SURVEY, judge
from tests.intake.deliveries import portfolio, reasons, run


def survey(*rows: tuple[int, str | None, int], tape: str = "one.csv") -> pa.Table:
    return pa.table([list(column) for column in zip(*((*row, tape) for row in rows), strict=True)], schema=SURVEY)


def many(start: int) -> pa.Table:
    return survey(*((number, f"x{number}", 1) for number in range(start, start + 500)))


def test_equal_rows_keep_the_first_and_conflicts_keep_none() -> None:
    first = survey((0, "a", 1), (1, "b", 1), (2, None, 1), (3, "y" * 201, 1))
    second = survey((4, "a", 1), (5, "b", 2), (6, "b", 1), (7, None, 1))
    assert judge([first, second, many(10)]).to_pylist() == [
        {"number": 1, "reason": "conflicting_account_id"},
        {"number": 2, "reason": "account_id_missing"},
        {"number": 3, "reason": "account_id_too_long"},
        {"number": 4, "reason": "duplicate_row"},
        {"number": 5, "reason": "conflicting_account_id"},
        {"number": 6, "reason": "conflicting_account_id"},
        {"number": 7, "reason": "account_id_missing"},
    ]


def test_the_order_of_partitions_does_not_matter() -> None:
    parts = [survey((0, "a", 1)), survey((600, "a", 1)), many(10)]
    assert judge(parts).equals(judge(parts[::-1]))


def test_more_than_one_percent_in_conflict_refuses_the_portfolio() -> None:
    conflict = survey(*((number, f"a{number // 2}", number) for number in range(6)))
    assert judge([conflict.slice(0, 4), many(100)]).num_rows == 4
    with pytest.raises(DataRefused, match="6 of 506 rows") as caught:
        judge([conflict, many(100)])
    assert caught.value.exit_code == 3
    assert caught.value.problems[0].place == "account_id"


def test_two_sellers_that_number_their_accounts_alike_are_told_so() -> None:
    first = survey(*((number, f"a{number}", number) for number in range(8)))
    second = survey(*((100 + number, f"a{number}", 50 + number) for number in range(8)), tape="two.csv")
    with pytest.raises(DataRefused, match="two sellers number their accounts alike") as caught:
        judge([first, second])
    assert "concat_ws" in caught.value.problems[0].mend
    same = survey(*((100 + number, f"a{number}", 50 + number) for number in range(8)))
    with pytest.raises(DataRefused, match="16 of 16 rows share an account number with a row that differs"):
        judge([first, same])


def test_a_portfolio_without_any_account_number_is_refused() -> None:
    with pytest.raises(DataRefused, match="no row has an account number"):
        judge([survey((0, None, 1), (1, None, 2))])


def test_over_partitions_of_a_file(tmp_path: Path) -> None:
    ids = [f"A{number}" for number in range(400)] + ["A0", " A1 ", "", None, "A2"]
    data = {"id": ids, "city": ["X"] * 404 + ["Y"], "noise": list(range(405))}
    found = run(tmp_path, portfolio({"account_id": "id", "city": "city"}), data, partition_rows=100)
    assert len(found) == 5
    whole = {row: reason for tables in found for row, column, reason in reasons(tables) if column is None}
    # " A1 " is the same account as "A1", but its row was delivered differently
    assert whole == {
        2: "conflicting_account_id", 3: "conflicting_account_id", 401: "duplicate_row", 402: "conflicting_account_id",
        403: "account_id_missing", 404: "account_id_missing", 405: "conflicting_account_id",
    }  # fmt: skip
    accounts = [account for tables in found for account in tables.tape["account_id"].to_pylist()]
    assert len(accounts) == len(set(accounts)) == 398
    for tables in found:
        assert tables.counts["rows_in"] == tables.counts["rows_out"] + tables.counts["rows_rejected"]
