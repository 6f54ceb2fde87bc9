"""Lineage at the door: a value leaves only where a source of it may go."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.export.lineage import SOURCE_RULE, for_export

DECISIONS = pa.table(
    {
        "account_id": ["A", "A", "A", "A"],
        "point_id": ["own", "header", "mail", "both"],
        "decision": ["permitted"] * 4,
        "stopped_by": pa.array([[], [], [], []], pa.list_(pa.string())),
    }
)
POINTS = pa.table(
    {
        "account_id": ["A", "A", "A", "A"],
        "point_id": ["own", "header", "mail", "both"],
        "origin": ["portfolio", "reference", "reference", "reference"],
        "sources": [["portfolio"], ["header"], ["mail"], ["header", "mail"]],
    }
)


def decided(limits: dict[str, tuple[str, ...] | None], export: str) -> list[str]:
    return for_export(DECISIONS, POINTS, limits, export)["decision"].to_pylist()  # type: ignore[no-any-return]


def test_sources_without_limits_leave_decisions_as_they_are() -> None:
    assert for_export(DECISIONS, POINTS, {"header": None, "mail": None}, "dialer") is DECISIONS


def test_a_use_leaves_where_one_of_its_sources_may() -> None:
    limits: dict[str, tuple[str, ...] | None] = {"header": None, "mail": ("letters",)}
    assert decided(limits, "dialer") == ["permitted", "permitted", "stopped", "permitted"]
    assert decided(limits, "letters") == ["permitted"] * 4
    assert decided({"header": ("letters",), "mail": ("letters",)}, "dialer") == ["permitted", "stopped", "stopped", "stopped"]


def test_the_reason_is_kept() -> None:
    told = for_export(DECISIONS, POINTS, {"header": (), "mail": None}, "dialer")
    assert told["stopped_by"].to_pylist() == [[], [SOURCE_RULE], [], []]
