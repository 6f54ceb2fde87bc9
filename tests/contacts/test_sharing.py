from __future__ import annotations

from typing import Any

import pyarrow as pa

from skiptrace.contacts.sharing import mark, shared
from skiptrace.schema import CONTACT_POINTS
from skiptrace.schema.working import CONSUMERS, SHARING


def points(*pairs: tuple[str, str]) -> pa.Table:
    return pa.table({"account_id": [a for a, _ in pairs], "point_id": [p for _, p in pairs]})


def consumers(**of: str) -> pa.Table:
    return pa.table({"account_id": list(of), "consumer_id": list(of.values())}, schema=CONSUMERS.arrow)


def contact_points(*pairs: tuple[str, str]) -> pa.Table:
    ordinary: dict[str, Any] = {
        "kind": "phone", "value": "+12065550123", "rank": 1, "origin": "both", "sources": [], "independent_sources": 1,
        "p_current": 0.5, "p_right_party": 0.9, "line_type": "unknown", "shared_by": 0, "status": "unknown",
        "flags": [], "zones": [], "evidence": [],
    }  # fmt: skip
    rows = [{**ordinary, "account_id": account, "point_id": point} for account, point in pairs]
    return pa.Table.from_pylist(rows, schema=CONTACT_POINTS.arrow)


SHOWN = [("A", "p-1"), ("B", "p-1"), ("C", "p-1"), ("A", "p-2"), ("B", "p-2"), ("C", "p-3")]


def test_a_point_is_shared_by_consumers_not_by_accounts() -> None:
    found = shared(points(*SHOWN), consumers(A="A", B="A", C="C"))
    assert found.to_pylist() == [{"point_id": "p-1", "consumers": 2}]
    assert found.schema.equals(SHARING.arrow)


def test_shared_points_are_in_order() -> None:
    found = shared(points(*reversed(SHOWN)), consumers(A="A", B="B", C="C"))
    assert found.to_pylist() == [{"point_id": "p-1", "consumers": 3}, {"point_id": "p-2", "consumers": 2}]


def test_mark_counts_the_others() -> None:
    table = contact_points(*SHOWN)
    found = mark(table, shared(table, consumers(A="A", B="B", C="C")))
    assert found["shared_by"].to_pylist() == [2, 2, 2, 1, 1, 0]
    assert found.drop_columns(["shared_by"]).equals(table.drop_columns(["shared_by"]))


def test_nothing_shared_marks_nothing() -> None:
    assert mark(contact_points(*SHOWN), SHARING.empty())["shared_by"].to_pylist() == [0] * len(SHOWN)
    assert mark(CONTACT_POINTS.empty(), SHARING.empty()).num_rows == 0
