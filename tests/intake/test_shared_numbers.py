from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from skiptrace.intake.duplicates import VERDICT
from skiptrace.intake.shared_numbers import NUMBERS, REASON, judge, split
from tests.intake.deliveries import portfolio, reasons, run

OF_MANY, OF_ONE = b"a" * 16, b"b" * 16
NOBODY = VERDICT.empty_table()


def numbers(*rows: tuple[int, bytes, int]) -> pa.Table:
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=NUMBERS)


def test_a_number_beside_more_than_ten_surnames_is_nobodys_however_the_portfolio_is_cut() -> None:
    rows = [*((row, OF_MANY, row) for row in range(11)), *((100 + row, OF_ONE, row % 10) for row in range(40))]
    verdict = judge([numbers(*rows)], NOBODY)
    assert verdict.to_pylist() == [{"number": row, "reason": REASON} for row in range(11)]
    assert judge([numbers(*rows[30:]), numbers(*rows[:30])], NOBODY) == verdict
    assert not judge([], NOBODY).num_rows


def test_a_row_that_is_not_used_anyway_keeps_its_reason() -> None:
    before = pa.table([[3], ["duplicate_row"]], schema=VERDICT)
    verdict = judge([numbers(*((row, OF_MANY, row) for row in range(12)))], before)
    assert verdict["number"].to_pylist() == list(range(12))
    assert verdict["reason"].to_pylist() == [REASON] * 3 + ["duplicate_row"] + [REASON] * 8
    rows, of_many = split(verdict, np.arange(2, 5))
    assert rows.to_pylist() == before.to_pylist()
    assert of_many.tolist() == [True, False, True]


def test_accounts_with_a_number_of_many_stay_without_it(tmp_path: Path) -> None:
    data = {
        "account_id": [*(f"a{row}" for row in range(11)), *(f"b{row}" for row in range(20))],
        "last_name": [*(f"ROE{chr(65 + row)}" for row in range(11)), *["DOE"] * 20],
        "ssn": [*["219-09-5511"] * 11, *["219-09-5512"] * 20],
    }
    spec = portfolio({name: name for name in data})
    for rows in (1000, 7):
        found = run(tmp_path, spec, data, rows)
        people = pa.concat_tables([tables.identities for tables in found]).to_pylist()
        assert len(people) == 31
        assert {(one["ssn_token"], one["ssn4"]) for one in people if one["record_id"].startswith("a")} == {(None, None)}
        assert all(one["ssn_token"] and one["ssn4"] == "5512" for one in people if one["record_id"].startswith("b"))
        assert [reason for tables in found for reason in reasons(tables) if reason[1] == "ssn"] == [
            (row, "ssn", REASON) for row in range(1, 12)
        ]
