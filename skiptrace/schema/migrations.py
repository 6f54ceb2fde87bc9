"""How a published table of an earlier schema gets the present columns. What it said stays, cell by cell.

Each version of the schema names the columns that it added to a table, with what they are where nobody had said it. A column that may be
NULL is NULL then, and is not named.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ContractError
from skiptrace.schema.table import Column, Table

ADDED: Mapping[int, Mapping[str, Mapping[str, object]]] = {
    2: {
        "accounts": {"account_state": "open"},
        "contact_points": {"relations": []},
        "decisions": {"facts_digest": 0},
        "links": {"person_weight": "match_weight"},
    },
}
"""By version, table and column: the value of every row; of a number that is a text, the column that it is taken from."""


def migrated(table: pa.Table, spec: Table, version: int) -> tuple[pa.Table, tuple[str, ...]]:
    """A table that a schema of `version` wrote, with the columns of `spec` in its order; and the names of those that were added.
    Columns that `spec` has not (levels of comparisons) stay at the end.

    Raises ContractError for a column that must not be NULL and of which no version says what it is."""
    said: dict[str, object] = {}
    for later in sorted(ADDED):
        if later > version:
            said |= ADDED[later].get(spec.name, {})
    columns, fields, added = [], [], []
    for column in spec.columns:
        if column.name in table.column_names:
            columns.append(_as(table[column.name], column))
        else:
            added.append(column.name)
            columns.append(_made(table, column, said, spec.name))
        fields.append(pa.field(column.name, column.type, nullable=column.nullable))
    for name in table.column_names:
        if name not in spec.names:
            columns.append(table[name])
            fields.append(table.schema.field(name))
    return pa.table(columns, schema=pa.schema(fields)), tuple(added)


def _made(table: pa.Table, column: Column, said: Mapping[str, object], name: str) -> pa.Array | pa.ChunkedArray:
    if column.name not in said:
        if not column.nullable:
            raise ContractError(f"table {name}: no version says what column {column.name} was before it was there")
        return pa.nulls(len(table), column.type)
    value = said[column.name]
    if isinstance(value, str) and value in table.column_names:
        return table[value].cast(column.type)
    return pa.array([value] * len(table), column.type)


def _as(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    """A column in its present type: Parquet has no timestamps in whole seconds, and a list of records may have got another part."""
    if values.type == column.type:
        return values
    if pa.types.is_list(column.type) and pa.types.is_struct(column.type.value_type):
        whole = values.combine_chunks()
        whole = whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
        flat, inner = whole.flatten(), column.type.value_type
        there = {field.name for field in whole.type.value_type}
        parts = [pc.struct_field(flat, part.name).cast(part.type) if part.name in there else pa.nulls(len(flat), part.type)
                 for part in inner]  # fmt: skip
        struct = pa.StructArray.from_arrays(parts, fields=list(inner))
        lengths = pc.fill_null(pc.list_value_length(whole), 0)
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths).cast(pa.int32())])
        return pa.chunked_array([pa.ListArray.from_arrays(offsets, struct, type=column.type)])
    return values.cast(column.type)
