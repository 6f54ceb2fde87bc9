"""What the SQL engine says of the text of an expression. Connections are those of `skiptrace.sql`."""

from __future__ import annotations

import json
from typing import Any

import duckdb

MAX_EXPRESSION = 10_000


def syntax_tree(connection: duckdb.DuckDBPyConnection, expression: str) -> dict[str, Any] | None:
    """The parsed form of `SELECT (expression)`, None where it does not parse."""
    rows = connection.execute("SELECT json_serialize_sql($1)", [f"SELECT (\n{expression}\n)"]).fetchall()
    tree: dict[str, Any] = json.loads(rows[0][0])
    return None if tree.get("error") else tree
