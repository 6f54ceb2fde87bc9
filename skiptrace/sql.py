"""SQL over Arrow tables, shut in: no files, no network, no extensions, one thread, one SELECT.

The mapping expressions of a project file and the conditions of rules are SQL that other people wrote. DuckDB runs them
with external access off and its configuration locked, single-threaded, so that results have one order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from skiptrace.errors import SkiptraceError

_STRING = re.compile(r"'(?:[^']|'')*'")


class SqlRefused(SkiptraceError):
    """An expression does not parse, does not bind, or asks for what is not allowed. The text of the message is safe:
    it names functions and columns, never row values."""

    exit_code = 2


def connect(memory_limit: str = "2GB") -> duckdb.DuckDBPyConnection:
    """A private in-memory connection with external access off and its configuration locked."""
    connection = duckdb.connect(
        config={"threads": 1, "memory_limit": memory_limit, "enable_external_access": False,
                "autoinstall_known_extensions": False, "autoload_known_extensions": False,
                "preserve_insertion_order": True, "python_enable_replacements": False}
    )  # fmt: skip
    connection.execute("SET lock_configuration = true")
    return connection


def query(text: str, tables: Mapping[str, pa.Table], memory_limit: str = "2GB") -> pa.Table:
    """Run one SELECT over named Arrow tables. Ours only: user expressions go through `project_columns` first."""
    connection = connect(memory_limit)
    try:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.sql(text).to_arrow_table()
    finally:
        connection.close()


def quote(name: str) -> str:
    """A column name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def check_expression(text: str) -> None:
    """Refuse what cannot be one scalar expression. Raises SqlRefused with the reason.

    The engine's own lock stops files, settings and extensions; this stops a second statement, sub-queries that read
    other tables, and comments that would hide the rest of our own SELECT."""
    bare = _STRING.sub("''", text)
    if not text.strip():
        raise SqlRefused("an empty expression")
    if ";" in bare or "--" in bare or "/*" in bare:
        raise SqlRefused("an expression must be one expression: no ';' and no comments")
    if re.search(r"\bselect\b|\(\s*(from|with|values|table)\b", bare, re.IGNORECASE):
        raise SqlRefused("an expression must not contain a query")
    if bare.count("(") != bare.count(")"):
        raise SqlRefused("brackets do not match")


def engine_message(error: duckdb.Error) -> str:
    """The first line of an engine error, with quoted literals masked: literals of user data must not be printed."""
    first = str(error).split("\n")[0]
    return re.sub(r"'[^']*'", "'…'", first)
