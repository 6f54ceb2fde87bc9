from __future__ import annotations

import pyarrow as pa
import pytest

from skiptrace import schema
from skiptrace.errors import ContractError
from skiptrace.schema.migrations import ADDED, migrated
from skiptrace.schema.table import Column, Table

SPEC = Table("t", "A table.", (Column("a", pa.int32(), "A.", nullable=False), Column("b", pa.string(), "B.")))


def test_a_column_that_may_be_null_is_null_and_the_order_is_that_of_the_schema() -> None:
    found, added = migrated(pa.table({"z": [1.5], "a": pa.array([7], pa.int32())}), SPEC, 1)
    assert found.to_pylist() == [{"a": 7, "b": None, "z": 1.5}]
    assert found.column_names == ["a", "b", "z"]
    assert added == ("b",)


def test_a_column_of_which_no_version_says_what_it_was_is_an_error() -> None:
    with pytest.raises(ContractError, match="column a"):
        migrated(pa.table({"b": ["x"]}), SPEC, 1)


def test_a_table_of_the_present_form_is_taken_as_it_is() -> None:
    table = SPEC.empty()
    found, added = migrated(table, SPEC, schema.SCHEMA_VERSION)
    assert (found.schema, added) == (table.schema, ())


def test_each_added_column_is_one_of_the_schema_and_may_not_be_null() -> None:
    assert max(ADDED) == schema.SCHEMA_VERSION
    for tables in ADDED.values():
        for name, columns in tables.items():
            spec = schema.spec_of(name)
            assert {column.name for column in spec.columns if not column.nullable} >= set(columns)


def test_a_list_of_records_gets_the_parts_it_lacks() -> None:
    old = pa.list_(pa.struct([("x", pa.string())]))
    new = pa.list_(pa.struct([("x", pa.string()), ("y", pa.date32())]))
    spec = Table("t", "A table.", (Column("evidence", new, "E.", nullable=False),))
    values = pa.chunked_array([pa.array([[{"x": "1"}, {"x": "2"}], [], [{"x": "3"}]], old)])
    found, _ = migrated(pa.table({"evidence": values.slice(1)}), spec, 1)
    assert found["evidence"].to_pylist() == [[], [{"x": "3", "y": None}]]
