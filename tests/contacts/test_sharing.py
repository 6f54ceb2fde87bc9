from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from skiptrace.contacts import rules
from skiptrace.contacts.sharing import mark, shared
from skiptrace.schema import CONTACT_POINTS
from skiptrace.schema.working import SHARING
from tests.contacts.tables import consumers

SHARED = rules.load().sharing


def points(*rows: tuple[str, str], relations: dict[tuple[str, str], list[str]] | None = None) -> pa.Table:
    """Points by account and id; an id that begins with a- is an address."""
    told = relations or {}
    return pa.table(
        {
            "account_id": [a for a, _ in rows], "point_id": [p for _, p in rows],
            "kind": ["address" if p.startswith("a-") else "phone" for _, p in rows],
            "relations": pa.array([told.get(row, []) for row in rows], pa.list_(pa.string())),
        }
    )  # fmt: skip


def names(**of: str | None) -> pa.Table:
    return pa.table({"record_id": list(of), "last": pa.array(list(of.values()), pa.string())})


def found(table: pa.Table, people: pa.Table, surnames: pa.Table, household: int = 6) -> dict[tuple[str, str], int]:
    rows = shared([table.slice(0, 2), table.slice(2)], people, surnames, household)
    assert rows.schema.equals(SHARING.arrow)
    return {(row["account_id"], row["point_id"]): row["others"] for row in rows.to_pylist()}


ALONE = consumers(A="A", B="B", C="C")
OTHERS = names(A="ROSS", B="KANE", C="WEST")


def test_unrelated_consumers_who_show_a_point_are_counted_not_accounts() -> None:
    told = points(("A", "p-1"), ("B", "p-1"), ("C", "p-1"), ("A", "p-2"), ("C", "p-3"))
    assert found(told, consumers(A="x", B="x", C="y"), OTHERS) == {("A", "p-1"): 1, ("B", "p-1"): 1, ("C", "p-1"): 1}
    assert found(told, ALONE, OTHERS) == {("A", "p-1"): 2, ("B", "p-1"): 2, ("C", "p-1"): 2}


def test_one_surname_is_a_family() -> None:
    told = points(("A", "p-1"), ("B", "p-1"), ("C", "p-1"))
    assert found(told, ALONE, names(A="ROSS", B="ROSS", C="WEST")) == {("A", "p-1"): 1, ("B", "p-1"): 1, ("C", "p-1"): 2}
    assert found(told, ALONE, names(A=None, B=None, C=None)) == {(a, "p-1"): 2 for a in "ABC"}


def test_who_also_shares_an_address_is_of_the_household() -> None:
    assert found(points(("A", "p-1"), ("B", "p-1"), ("A", "a-1"), ("B", "a-1")), ALONE, OTHERS) == {}
    two_phones = points(("A", "p-1"), ("B", "p-1"), ("A", "p-2"), ("B", "p-2"))
    assert len(found(two_phones, ALONE, OTHERS)) == 4


def test_a_known_relative_is_no_stranger() -> None:
    told = points(("A", "p-1"), ("B", "p-1"), relations={("A", "p-1"): ["co_borrower"]})
    assert found(told, ALONE, OTHERS) == {}


def test_many_people_are_no_household_whatever_their_names() -> None:
    rows = [(f"A{n}", point) for n in range(8) for point in ("p-1", "a-1")]
    people = consumers(**{f"A{n}": f"c{n}" for n in range(8)})
    surnames = names(**{f"A{n}": "SMITH" for n in range(8)})
    assert found(points(*rows), people, surnames, household=6) == dict.fromkeys(rows, 7)
    assert found(points(*rows), people, surnames, household=8) == {}


def contact_points(*rows: dict[str, Any]) -> pa.Table:
    ordinary: dict[str, Any] = {
        "account_id": "A", "kind": "phone", "value": "+12065550123", "rank": 1, "origin": "both", "sources": [],
        "independent_sources": 1, "p_current": 0.5, "p_right_party": 0.9, "line_type": "unknown", "shared_by": 0,
        "status": "unknown", "relations": [], "flags": [], "zones": [], "evidence": [],
    }  # fmt: skip
    return pa.Table.from_pylist([{**ordinary, **row} for row in rows], schema=CONTACT_POINTS.arrow)


def sharing(*rows: tuple[str, str, int]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table(dict(zip(SHARING.names, columns, strict=True)), schema=SHARING.arrow)


def test_mark_counts_the_others_and_doubts_whose_the_point_is() -> None:
    table = contact_points({"point_id": "p-1"}, {"point_id": "p-2", "rank": 2, "p_current": 0.4}, {"account_id": "B", "point_id": "p-1"})
    marked = mark(table, sharing(("A", "p-1", 12), ("B", "p-9", 3)), SHARED).to_pylist()
    assert [(row["account_id"], row["point_id"], row["rank"], row["shared_by"]) for row in marked] == [
        ("A", "p-2", 1, 0),
        ("A", "p-1", 2, 12),
        ("B", "p-1", 1, 0),
    ]
    assert marked[1]["p_right_party"] < 0.2
    assert marked[0]["p_right_party"] == marked[2]["p_right_party"] == 0.9


@pytest.mark.parametrize("kind", ["phone", "email", "address"])
def test_more_people_more_doubt(kind: str) -> None:
    bounds, _ = SHARED.odds[kind]
    chances = []
    for others in (0, *bounds):
        marked = mark(contact_points({"point_id": "p", "kind": kind}), sharing(("A", "p", others)), SHARED)
        chances += marked["p_right_party"].to_pylist()
    assert chances == sorted(set(chances), reverse=True)


def test_nothing_shared_marks_nothing() -> None:
    table = contact_points({"point_id": "p-1"}, {"point_id": "p-2", "rank": 2, "p_current": 0.4})
    assert mark(table, SHARING.empty(), SHARED).equals(table)
    assert mark(CONTACT_POINTS.empty(), SHARING.empty(), SHARED).num_rows == 0
