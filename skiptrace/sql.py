"""SQL over Arrow tables, shut in: no files, no network, no extensions, one thread, one SELECT.

The mapping expressions of a project file and the conditions of rules are SQL that other people wrote. DuckDB runs them
with external access off and its configuration locked, single-threaded, so that results have one order.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from skiptrace.errors import SkiptraceError

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_OTHER_STRING = re.compile(r"\$\w*\$|\be''", re.IGNORECASE)
_OF_THE_TEXT = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.NotImplementedException,
    duckdb.ParserException,
    duckdb.PermissionException,
    duckdb.SyntaxException,
)
"""Errors that speak of the expression and never of a row."""
_NUMBER = re.compile(r"(?<![A-Za-z0-9_])\d[\d.,:/-]*")


SECONDS = 900.0
"""How long a query with expressions of others may take over the rows of one task."""
_MAKERS = frozenset({
    "range", "generate_series", "generate_subscripts", "repeat", "repeat_row", "unnest", "list_resize", "array_resize", "bitstring",
    "printf", "format", "bar", "reduce", "list_reduce", "array_reduce", "levenshtein", "editdist3", "damerau_levenshtein", "jaccard",
    "jaro_similarity", "jaro_winkler_similarity", "sleep_ms", "write_log", "setval", "nextval", "setseed", "getvariable", "current_query",
})  # fmt: skip
"""Functions that make much out of little, or take time that grows faster than what they are given, or do something beside. The engine
computes them where they stand, whatever its memory limit, and cannot be interrupted within one."""
_REPLACERS, _PADDERS = frozenset({"replace", "regexp_replace"}), frozenset({"lpad", "rpad"})
_ENCODERS = dict.fromkeys(("hex", "to_hex", "to_json", "json_quote", "json_array", "json_object", "row_to_json", "array_to_json",
                           "json_pretty", "base64", "to_base64", "regexp_escape"), 2) | {"url_encode": 3, "bin": 8, "to_binary": 8}
_WIDEST, _MOST_GROWTH = 1_000, 1_000
"""What a value may be padded to, and how many times longer replacing and encoding may make it."""


class SqlRefused(SkiptraceError):
    """An expression does not parse, does not bind, or asks for what is not allowed. The text of the message is safe:
    it names functions and columns, never row values."""

    exit_code = 2


def spill_to(folder: Path | None) -> None:
    """Let queries of this process write what does not fit into memory to `folder`, which the engine makes when it needs it; None: nowhere,
    and a query that needs it fails. In the beginning it is nowhere: rows of people do not lie where nobody looks for them."""
    global _spill, _turn
    told = "" if folder is None else str(folder)
    if told != _spill:
        _spill, _turn = told, _turn + 1


_spill, _turn = "", 0
"""Where queries may spill, and how often that has changed: a connection made before is not lent any more."""


def connect(memory_limit: str = "2GB") -> duckdb.DuckDBPyConnection:
    """A private in-memory connection with external access off and its configuration locked. What does not fit into memory goes where
    `spill_to` says."""
    connection = duckdb.connect(
        config={"threads": 1, "memory_limit": memory_limit, "enable_external_access": False, "temp_directory": _spill,
                "autoinstall_known_extensions": False, "autoload_known_extensions": False,
                "preserve_insertion_order": True, "python_enable_replacements": False,
                # It moves a part that two TRYs share out of both, and one bad value then fails every row (DuckDB 2.0).
                "disabled_optimizers": "common_subexpressions"}
    )  # fmt: skip
    connection.execute("SET TimeZone = 'UTC'")  # casts between instants and days depend on it
    connection.execute("SET enable_progress_bar = false")  # it would be printed among the data
    connection.execute("SET lock_configuration = true")
    return connection


def query(text: str, tables: Mapping[str, pa.Table], memory_limit: str = "2GB") -> pa.Table:
    """Run one SELECT over named Arrow tables. Ours only: user expressions go through `project_columns` first."""
    with lent(tables, memory_limit) as connection:
        return connection.sql(text).to_arrow_table()


@contextmanager
def lent(tables: Mapping[str, pa.Table], memory_limit: str = "2GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of `connect` that nobody else of this thread uses meanwhile, in which the tables can be named.

    Opening one costs ten times what a small query does, so it is kept for the thread's next. Whoever borrows it only selects,
    and unregisters what it registers itself; one in which something was raised is closed."""
    if _HELD.__dict__.get("turn") != _turn:
        _HELD.__dict__.clear()
        _HELD.__dict__["turn"] = _turn
    held: list[duckdb.DuckDBPyConnection] = _HELD.__dict__.setdefault(memory_limit, [])
    connection = held.pop() if held else connect(memory_limit)
    try:
        for name, table in tables.items():
            connection.register(name, table)
        yield connection
        for name in tables:
            connection.unregister(name)
    except BaseException:
        connection.close()
        raise
    if _HELD.__dict__.get(memory_limit) is held:
        held.append(connection)
    else:
        connection.close()


@contextmanager
def bounded(connection: duckdb.DuckDBPyConnection, seconds: float | None = None) -> Iterator[None]:
    """Interrupt what the connection is asked inside when it takes longer than `seconds` (SECONDS, where it is not said): it raises
    duckdb.InterruptException then."""
    timer = threading.Timer(SECONDS if seconds is None else seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


_HELD = threading.local()
"""Connections of each thread, by their memory limit and where they spill, while nobody uses them: as many as were ever borrowed at once."""


def quote(name: str) -> str:
    """A column name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def check_expression(text: str) -> None:
    """Refuse what cannot be one scalar expression. Raises SqlRefused with the reason.

    The engine's own lock stops files, settings and extensions; this stops a second statement, sub-queries that read
    other tables, and comments that would hide the rest of our own SELECT. Strings and quoted names are blanked first;
    other ways to write a string (dollar quotes, escape strings) are refused, since what they hold is read otherwise."""
    bare = _QUOTED.sub(lambda found: found[0][0] * 2, text)
    if not text.strip():
        raise SqlRefused("an empty expression")
    if ";" in bare or "--" in bare or "/*" in bare:
        raise SqlRefused("an expression must be one expression: no ';' and no comments")
    if _OTHER_STRING.search(bare):
        raise SqlRefused("a string must stand in plain quotes ('…'): no dollar quotes and no escape strings")
    if "'" in bare.replace("''", "") or '"' in bare.replace('""', ""):
        raise SqlRefused("a quote is not closed")
    if re.search(r"\bselect\b|\(\s*(from|with|values|table)\b", bare, re.IGNORECASE):
        raise SqlRefused("an expression must not contain a query")
    if bare.count("(") != bare.count(")"):
        raise SqlRefused("brackets do not match")
    if why := _endless(text):
        raise SqlRefused(why)


@lru_cache(maxsize=4_096)
def _endless(text: str) -> str:
    """Why an expression could take all memory, or never end; empty where it cannot, or does not parse. It is parsed alone: already binding
    it would compute what is constant. What neither calls a
    function nor holds a list is not looked at."""
    if "(" not in text and "[" not in text:
        return ""
    try:
        with lent({}) as connection:
            (told,) = connection.execute("SELECT json_serialize_sql($1)", [f"SELECT (\n{text}\n)"]).fetchall()
        return _GrowthOf(json.loads(told[0])).why
    except duckdb.Error:
        return ""  # told by whoever binds it
    except RecursionError:
        return "is nested too deep for an expression"


class _GrowthOf:
    """How many times longer than the columns it reads an expression's value may be, by its tree; `why` where there is no telling."""

    def __init__(self, tree: Any) -> None:
        self.why, self._lambdas = "", 0
        if self._grown(tree) > _MOST_GROWTH and not self.why:
            self.why = f"makes values more than {_MOST_GROWTH:,} times longer"

    def _grown(self, node: Any) -> int:
        if not isinstance(node, dict | list):
            return 1
        below = max((self._grown(child) for child in (node.values() if isinstance(node, dict) else node)), default=1)
        if isinstance(node, list) or node.get("class") not in ("FUNCTION", "LAMBDA"):
            return below
        if node["class"] == "LAMBDA":
            self._lambdas += 1
            self.why = self.why or ("holds more than one lambda, which may never end" if self._lambdas > 1 else "")
            return below
        name = str(node.get("function_name", "")).casefold()
        given = [one.get("expression", one) for one in node.get("arguments") or node.get("children") or ()]
        given = [None, *given] if node.get("schema") else given  # called as a method of a column
        if name in _MAKERS:
            self.why = self.why or f'"{name}" is not allowed: it may take all memory, or never end'
        elif name in _PADDERS:
            width = _constant(given[1]) if len(given) > 1 else None
            if width is None or not width.isdigit() or int(width) > _WIDEST:
                self.why = self.why or f'"{name}" wants a width that is a number of at most {_WIDEST:,}'
        elif name in _REPLACERS:
            by = _constant(given[2]) if len(given) > 2 else None
            if by is None:
                self.why = self.why or f'"{name}" wants a plain text that comes instead'
            return below * max(1, len(by or ""))
        return below * _ENCODERS.get(name, 1)


def _constant(node: Any) -> str | None:
    """The text of a constant; None for anything else."""
    if not isinstance(node, dict) or node.get("class") != "CONSTANT":
        return None
    told = node["literal"].get("text") if "literal" in node else node.get("value", {}).get("value")
    return "" if told is None else str(told)


def engine_message(error: duckdb.Error) -> str:
    """The first line of an engine error without literals: those of user data must not be printed.

    Single quotes hold literals, double quotes hold names in errors of the expression itself and values in all others.
    The engine does not escape quotes and line ends within a value, so everything from the first quote to the last one
    is masked, and the rest of the line where a quote stays open or a later line has one. Numbers are masked as well:
    they stand without quotes."""
    told = str(error).split("\nLINE ")[0]
    if not isinstance(error, _OF_THE_TEXT):
        told = told.replace('"', "'")
    first, _, rest = told.partition("\n")
    masked = re.sub(r"'.*" if "'" in rest else r"'(.*'|.*)", "'…'", first)
    return _NUMBER.sub("…", masked)
