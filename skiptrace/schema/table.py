"""What a table is: columns with a type, a sentence and a privacy class; and `conform`, the check at each hand-over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from skiptrace.errors import ContractError

Privacy = Literal["none", "key", "personal", "sensitive"]
"""none: says nothing about a person · key: names an account or record · personal: a person's data · sensitive: would
harm if leaked (identifiers, birth dates, deaths, holds)."""


@dataclass(frozen=True)
class Column:
    """One column: Arrow type, the sentence documentation shows, its privacy class, and whether NULL is allowed."""

    name: str
    type: pa.DataType
    sentence: str
    privacy: Privacy = "none"
    nullable: bool = True


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, the columns that make a row unique, and the order rows are written in."""

    name: str
    sentence: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema, with nullability."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def empty(self) -> pa.Table:
        """A table of no rows."""
        return self.arrow.empty_table()

    def with_columns(self, *more: Column) -> Table:
        """The same table with further columns at the end."""
        return Table(self.name, self.sentence, self.columns + more, self.key)


def conform(table: pa.Table, spec: Table) -> pa.Table:
    """The table with exactly the columns of `spec`, in its order and types.

    Casts are safe ones only (a cast that would lose data raises). Raises ContractError naming table and column when a
    column is missing, unknown, of a type that does not cast, or holds NULL where none is allowed."""
    unknown = sorted(set(table.column_names) - set(spec.names))
    missing = sorted(set(spec.names) - set(table.column_names))
    if unknown or missing:
        raise ContractError(f"table {spec.name}: missing {missing or 'nothing'}, unknown {unknown or 'nothing'}")
    if len(table.column_names) != len(spec.names):
        twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
        raise ContractError(f"table {spec.name}: {twice} stand there twice")
    columns = []
    for column in spec.columns:
        values = table.column(column.name)
        if values.type != column.type:
            try:
                values = values.cast(column.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                raise ContractError(
                    f"table {spec.name}: column {column.name} is {values.type}, not {column.type}"
                ) from None
        if not column.nullable and values.null_count:
            raise ContractError(f"table {spec.name}: column {column.name} holds {values.null_count} NULL")
        columns.append(values)
    return pa.table(columns, schema=spec.arrow)
