"""Digests of facts: the same for the same facts in any order of rows and columns, another for any other."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.rulebook.coding import code_table
from skiptrace.rulebook.digests import facts_digest

ROWS = pa.table(
    {
        "word": ["a", "b", None, ""],
        "count": pa.array([1, None, 0, 7], pa.int32()),
        "share": [0.5, None, 0.0, 1.0],
        "day": pa.array([dt.date(2026, 1, 1), None, dt.date(1970, 1, 1), None], pa.date32()),
        "flag": [True, None, False, False],
        "words": pa.array([["a", "b"], None, [], ["a"]], pa.list_(pa.string())),
    }
)


def digests(table: pa.Table) -> list[int]:
    return [int(value) for value in facts_digest(table, code_table(table))]


def test_order_of_rows_and_columns_does_not_matter() -> None:
    found = digests(ROWS)
    assert len(set(found)) == 4
    assert digests(ROWS.take(pa.array([3, 1, 0, 2]))) == [found[3], found[1], found[0], found[2]]
    assert digests(ROWS.select(ROWS.column_names[::-1])) == found


def test_every_fact_counts_and_so_does_its_name() -> None:
    for name in ROWS.column_names:
        other = ROWS.set_column(ROWS.column_names.index(name), name, ROWS[name].take(pa.array([1, 0, 1, 1])))
        assert digests(other)[0] != digests(ROWS)[0], name
    assert digests(pa.table({"x": ["a"]})) != digests(pa.table({"y": ["a"]}))


def test_the_digest_is_the_same_on_any_machine() -> None:
    assert digests(pa.table({"word": ["a"], "count": pa.array([3], pa.int32())})) == [74999876148034836]

