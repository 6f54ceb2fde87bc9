"""Expressions of a profile over the rows of an export, and the columns that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import duckdb
import numpy as np
import pyarrow as pa

from skiptrace.errors import DataRefused, Problem
from skiptrace.export.view import EXPORTABLE
from skiptrace.sql import SECONDS, bounded, lent


def named_columns(expressions: Iterable[str]) -> set[str]:
    """Columns of EXPORTABLE that expressions may name: every word of theirs that is one."""
    words = {word for text in expressions for word in re.findall(r"\w+", text.lower())}
    return words & set(EXPORTABLE.names)


@contextmanager
def engine(
    connection: duckdb.DuckDBPyConnection | None, tables: Mapping[str, pa.Table]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which the tables can be named: the one given, or one lent where none is."""
    if connection is None:
        with lent(tables) as own:
            yield own
        return
    for name, table in tables.items():
        connection.register(name, table)
    yield connection
    for name in tables:
        connection.unregister(name)


def evaluate(
    profile: str, table: pa.Table, expressions: Mapping[str, str], connection: duckdb.DuckDBPyConnection | None = None
) -> pa.Table:
    """The value of each expression, by name, for every row of a table of uses, in its order; types are what they give.

    Raises DataRefused, naming the column, when an expression fails on a value of this run, and when one does not give
    exactly one value per row. `profile` is the name that the message says."""
    asked = {name: text for name, text in expressions.items() if text not in table.column_names}
    found = _asked(profile, table, asked, connection)
    columns = [found[name] if name in asked else table[text] for name, text in expressions.items()]
    return pa.table(columns, names=list(expressions))


def _asked(
    profile: str, table: pa.Table, expressions: Mapping[str, str], connection: duckdb.DuckDBPyConnection | None
) -> pa.Table:
    """The expressions that are more than the name of a column."""
    order = pa.array(np.arange(table.num_rows))
    if not expressions:
        return pa.table({})
    with engine(connection, {"uses": table.append_column("_row", order)}) as held:
        picked = ", ".join(f'({text}) AS "{number}"' for number, text in enumerate(expressions.values()))
        try:
            with bounded(held):
                found = held.sql(f"SELECT {picked}, _row FROM uses").to_arrow_table()
        except duckdb.InterruptException:
            told = f"export profile {profile}: its expressions take longer than {SECONDS:,.0f} seconds — simplify them"
            raise DataRefused(told) from None
        except duckdb.Error:
            raise _fails(held, profile, expressions) from None  # the engine's text may hold the value
    if not found["_row"].combine_chunks().equals(order):
        raise DataRefused(f"export profile {profile}: an expression does not give one value per row — leave out what sums up or unfolds")
    return found.drop_columns(["_row"]).rename_columns(list(expressions))


def _fails(connection: duckdb.DuckDBPyConnection, profile: str, expressions: Mapping[str, str]) -> DataRefused:
    problems = []
    for name, text in expressions.items():
        try:
            connection.sql(f"SELECT ({text}) FROM uses").to_arrow_table()
        except duckdb.Error:
            what = "its expression fails on a value of this run"
            problems.append(Problem(f"{profile}.toml", f"column {name}", what, "TRY(…) makes such a cell empty"))
    return DataRefused("an export was not written", tuple(problems))
