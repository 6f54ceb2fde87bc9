from __future__ import annotations

import pyarrow as pa
import pytest

from skiptrace.contacts.changes import STEP, changes
from skiptrace.schema import ALERTS

Row = tuple[str, str, float]


def accounts(*rows: Row) -> pa.Table:
    names = ("account_id", "locate_status", "p_any_channel")
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows],
        schema=pa.schema([(names[0], pa.string()), (names[1], pa.string()), (names[2], pa.float64())]),
    )


def test_a_new_status_is_news() -> None:
    found = changes(accounts(("A", "not_found", 0.0)), accounts(("A", "located", 0.1)))
    assert found.schema.equals(ALERTS.arrow)
    (row,) = found.to_pylist()
    assert row == {
        "account_id": "A", "kind": "locate_status", "before": "not_found", "after": "located",
        "delta_p": pytest.approx(0.1),
    }  # fmt: skip


@pytest.mark.parametrize(("after", "kind"), [(0.5 + STEP + 0.001, "reach_up"), (0.5 - STEP - 0.001, "reach_down")])
def test_a_reach_that_moved_is_news(after: float, kind: str) -> None:
    (row,) = changes(accounts(("A", "located", 0.5)), accounts(("A", "located", after))).to_pylist()
    assert (row["kind"], row["before"], row["after"]) == (kind, "0.5", str(round(after, 3)))
    assert row["delta_p"] == pytest.approx(after - 0.5)


def test_a_small_move_is_no_news() -> None:
    same = changes(accounts(("A", "located", 0.5)), accounts(("A", "located", 0.5 + STEP - 0.001)))
    assert same.num_rows == 0


def test_accounts_of_one_run_alone_are_no_news() -> None:
    assert changes(accounts(("A", "located", 0.9)), accounts(("B", "located", 0.1))).num_rows == 0
    assert changes(accounts(), accounts(("B", "located", 0.1))).num_rows == 0


def test_alerts_are_in_order_of_account_and_kind() -> None:
    before = accounts(("B", "located", 0.1), ("A", "located", 0.9))
    after = accounts(("A", "moved", 0.1), ("B", "confirmed", 0.9))
    assert [(row["account_id"], row["kind"]) for row in changes(before, after).to_pylist()] == [
        ("A", "locate_status"),
        ("A", "reach_down"),
        ("B", "locate_status"),
        ("B", "reach_up"),
    ]
