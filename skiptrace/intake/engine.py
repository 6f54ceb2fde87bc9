"""The SQL engine as intake uses it: shut in like `skiptrace.sql`, in UTC, and without one optimiser step.

`TRY(expression)` keeps an error to its row. The engine's optimiser for common sub-expressions (seen in DuckDB 2.0)
moves a part that two expressions share out of both TRYs, and one unreadable date then fails the whole delivery. That
step is off here. The zone is fixed because casts between instants and days depend on it.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb

MAX_EXPRESSION = 10_000


def connect(memory_limit: str) -> duckdb.DuckDBPyConnection:
    """A private in-memory connection: one thread, no files, no network, no extensions, configuration locked."""
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": memory_limit,
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
            "python_enable_replacements": False,
            "disabled_optimizers": "common_subexpressions",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")
    return connection


def syntax_tree(connection: duckdb.DuckDBPyConnection, expression: str) -> dict[str, Any] | None:
    """The parsed form of `SELECT (expression)`, None where it does not parse."""
    rows = connection.execute("SELECT json_serialize_sql($1)", [f"SELECT (\n{expression}\n)"]).fetchall()
    tree: dict[str, Any] = json.loads(rows[0][0])
    return None if tree.get("error") else tree
