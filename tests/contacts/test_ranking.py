from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.contacts.ranking import rank_points
from skiptrace.vocabulary import WRONG_STATUSES
from tests.contacts.tables import ago


def ranked(*rows: dict[str, Any]) -> tuple[list[int], list[int]]:
    """(rank of each row, rows in order); rows by account number, kind and what differs from an ordinary number."""
    ordinary = {"account": 0, "kind": "phone", "p_current": 0.5, "p_right_party": 0.9, "status": "unknown", "last_seen": ago(1), "seen": 1}
    full = [{**ordinary, "point_id": f"p{n}", **row} for n, row in enumerate(rows)]
    table = pa.Table.from_pylist([{k: v for k, v in row.items() if k not in ("account", "seen")} for row in full])
    rank, order = rank_points(table, np.array([row["account"] for row in full]), np.array([row["seen"] for row in full]))
    return rank.to_pylist(), order.tolist()


def test_the_likelier_point_leads_within_account_and_kind() -> None:
    rows = [{"p_current": 0.2}, {"p_current": 0.6}, {"kind": "address"}, {"account": 1}, {"p_current": 0.5, "p_right_party": 0.99}]
    assert ranked(*rows) == ([3, 1, 1, 1, 2], [2, 1, 4, 0, 3])


@pytest.mark.parametrize("status", WRONG_STATUSES)
def test_a_point_proved_wrong_stands_last_and_never_first(status: str) -> None:
    assert ranked({"status": status, "p_current": 0.99}, {"p_current": 0.01})[0] == [2, 1]
    assert ranked({"status": status}) == ([2], [0])
    assert ranked({"status": status}, {"status": "active", "account": 1})[0] == [2, 1]


def test_ties_go_by_the_last_day_or_the_evidence_then_by_id() -> None:
    assert ranked({"last_seen": ago(3)}, {"last_seen": ago(1)}, {"last_seen": None})[0] == [2, 1, 3]
    assert ranked({"kind": "address", "seen": 1}, {"kind": "address", "seen": 4, "last_seen": ago(9)})[0] == [2, 1]
    assert ranked({"point_id": "b"}, {"point_id": "a"}, {"point_id": "c"})[0] == [2, 1, 3]
