"""Whether an expression of a profile can fill a column: it binds, with one value per row, the same on every day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

import duckdb

from skiptrace.export.view import EXPORTABLE
from skiptrace.schema import Table
from skiptrace.sql import SqlRefused, check_expression, engine_message, lent

_NESTED: Final = ("list", "array", "struct", "map", "union")
_MOMENT: Final = re.compile(r"\b(current_(date|time|timestamp)|localtime|localtimestamp)\b", re.IGNORECASE)


def findings(expressions: Mapping[str, str], table: Table = EXPORTABLE) -> dict[str, tuple[str, str]]:
    """What is wrong with expressions over a table, given by column name: per wrong column the finding and its mend.

    All are bound in one query; only when that fails is each looked at alone."""
    wrong = {name: found for name, text in expressions.items() if (found := _forbidden(text))}
    left = {name: text for name, text in expressions.items() if name not in wrong}
    with lent({"uses": table.empty()}) as connection:
        if left and _unbound(connection, *left.values()):
            wrong |= {name: found for name, text in left.items() if (found := _unbound(connection, text))}
    return wrong


def _forbidden(expression: str) -> tuple[str, str] | None:
    try:
        check_expression(expression)
    except SqlRefused as refused:
        return refused.message, ""
    bare = re.sub(r"'(?:[^']|'')*'", "''", expression)
    called = {name.lower() for name in re.findall(r"([A-Za-z_]\w*)\"?\s*\(", bare)}
    if _MOMENT.search(bare) or called & _unsteady():
        return "the expression gives another value each time", "use the columns alone"
    return None


def _unbound(connection: duckdb.DuckDBPyConnection, *expressions: str) -> tuple[str, str] | None:
    try:
        bound = connection.sql(f"SELECT {', '.join(f'({text})' for text in expressions)} FROM uses")
        kinds, rows = [str(kind.id) for kind in bound.types], bound.fetchall()
    except duckdb.Error as error:
        return engine_message(error), "the columns there are: skiptrace/export/view.py"
    if len(kinds) != len(expressions):
        return "must be one expression", ""
    for kind in kinds:
        if kind in _NESTED:
            return f"the expression gives a {kind}", "a cell holds one value: array_to_string joins"
    return ("the expression sums rows up", "it must give a value per row") if rows else None


@cache
def _unsteady() -> frozenset[str]:
    """Functions of the engine that are not functions of their arguments: clocks, random numbers, settings."""
    with lent({}) as connection:
        names = connection.sql("SELECT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'").fetchall()
    return frozenset(name for (name,) in names)
