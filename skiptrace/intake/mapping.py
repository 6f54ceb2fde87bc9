"""The column mapping of a delivery: checked against its schema, compiled to one SELECT, run over a partition.

Each expression runs as `TRY(struct_pack(v := (expression)))`: an error makes the struct NULL and a missing value only
its field, so one pass tells both apart, the row is kept and the value is a reject. A bare column name is taken as it
is, without the engine, so text stays text and typed columns keep their type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.intake.engine import MAX_EXPRESSION, syntax_tree
from skiptrace.intake.rejects import RejectList
from skiptrace.intake.told_columns import nearest
from skiptrace.intake.types import accepted, kind_of, mend_for, plain, words_for
from skiptrace.project.fields import fields_of
from skiptrace.project.model import Portfolio, Source
from skiptrace.sql import SqlRefused, bounded, check_expression, engine_message, lent, quote

_CLOCK = frozenset({
    "now", "today", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "version",
    "get_current_time", "get_current_timestamp", "transaction_timestamp", "current_localtime", "current_schema",
    "current_localtimestamp", "current_setting", "current_user", "user", "session_user", "current_database",
})  # fmt: skip
_NO_PARTS = ("where_clause", "having", "qualify", "sample", "modifiers", "group_expressions")
_CLOCK_REFERENCES = frozenset(
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user"}
)


@dataclass(frozen=True)
class Item:
    """One expression: the canonical column, the name of its column in the mapped table (numbered where the canonical
    column has several expressions), its text, and the delivery's column where it is nothing but that."""

    column: str
    name: str
    text: str
    bare: str | None


@dataclass(frozen=True)
class Mapping:
    """A compiled mapping: its expressions in file order, the row filter, the delivery's columns it reads, and those
    that nobody reads."""

    items: tuple[Item, ...]
    where: str | None
    references: tuple[str, ...]
    ignored: tuple[str, ...]
    memory_limit: str = "2GB"


class Mapped(NamedTuple):
    """A mapped partition: one column per Item, the file row number (int64, from 1) of each row, rejects so far
    (REJECTS), how many rows were read, and how many of them `where` left out."""

    table: pa.Table
    rows: pa.Array
    rejects: pa.Table
    rows_in: int
    filtered: int


def compile_mapping(
    columns: pa.Schema, spec: Portfolio | Source, file: str, place: str, memory_limit: str = "2GB"
) -> Mapping:
    """Bind the mapping of `spec` to a delivery's schema. `file` and `place` (such as `source[2]`) are for messages.

    Raises ConfigError (exit 2) with every expression that does not parse or bind, uses an unknown column, or has a type
    that its canonical column does not take."""
    expressions = tuple((column, tuple(texts)) for column, texts in spec.columns.items())
    return _compiled(columns.remove_metadata(), expressions, spec.where, spec.kind, file, place, memory_limit)


@lru_cache(maxsize=64)  # a delivery is surveyed, and then read partition by partition, with the same mapping
def _compiled(
    columns: pa.Schema, mapped: tuple[tuple[str, tuple[str, ...]], ...], where: str | None, of: str, file: str, place: str,
    memory_limit: str,
) -> Mapping:  # fmt: skip
    items: list[Item] = []
    with lent({"delivery": columns.empty_table()}, "500MB") as connection:
        reader = _Reader(columns, file, place, connection)
        for column, expressions in mapped:
            for position, text in enumerate(expressions):
                key = f"columns.{column}" + (f"[{position + 1}]" if len(expressions) > 1 else "")
                name = f"{column}.{position + 1}" if len(expressions) > 1 else column
                bare = reader.expression(text, key, fields_of(of)[column].accepts, column)
                items.append(Item(column, name, text, bare))
        if where is not None:
            reader.expression(where, "where", ("boolean",), "where")
        if reader.problems:
            raise ConfigError("the mapping does not fit the delivery", tuple(reader.told()))
    used = tuple(name for name in columns.names if name.casefold() in reader.used)
    ignored = tuple(name for name in columns.names if name.casefold() not in reader.used)
    return Mapping(tuple(items), where, used, ignored, memory_limit)


def check(columns: pa.Schema, spec: Portfolio | Source, file: str, place: str) -> list[Problem]:
    """The problems that `compile_mapping` would raise; empty where the mapping fits."""
    try:
        compile_mapping(columns, spec, file, place)
    except ConfigError as error:
        return list(error.problems)
    return []


def apply(mapping: Mapping, delivery: pa.Table, rows: pa.Array, source: str, file: str, unread: pa.Table) -> Mapped:
    """Run a compiled mapping over rows of a delivery; `rows` are their file row numbers (int64, from 1), `unread` (records.BAD)
    the rows beside them that could not be read, which are rejected.

    Rows for which `where` is not true are left out and counted; a row for which it fails is rejected
    ("where_failed"). A value whose expression fails is NULL and rejected ("expression_failed"). Raises DataRefused
    where the engine gives up."""
    rejects = RejectList(source, file)
    rejects.add_unread(unread)
    rows_in, filtered = delivery.num_rows + unread.num_rows, 0
    if mapping.where is not None:
        values, failed = _evaluate(delivery, [("where", mapping.where)], mapping.memory_limit, file)["where"]
        rejects.add(rows, pc.if_else(failed, "where_failed", pa.scalar(None, pa.string())), None)
        keep = pc.fill_null(values, False)
        filtered = delivery.num_rows - (pc.sum(keep).as_py() or 0) - (pc.sum(failed).as_py() or 0)
        delivery, rows = delivery.filter(keep), rows.filter(keep)
    computed = _evaluate(
        delivery, [(i.name, i.text) for i in mapping.items if i.bare is None], mapping.memory_limit, file
    )
    columns = {}
    for item in mapping.items:
        if item.bare is not None:
            columns[item.name] = plain(delivery.column(item.bare))
        else:
            columns[item.name], failed = computed[item.name]
            rejects.add(rows, pc.if_else(failed, "expression_failed", pa.scalar(None, pa.string())), item.column)
    return Mapped(pa.table(columns), rows, rejects.table(), rows_in, filtered)


def _evaluate(
    delivery: pa.Table, expressions: list[tuple[str, str]], memory_limit: str, file: str
) -> dict[str, tuple[pa.Array, pa.Array]]:
    """Value and failure (boolean) of each expression, row by row in the delivery's order."""
    if not expressions:
        return {}
    select = ", ".join(f"{_protected(text)} AS {quote(name)}" for name, text in expressions)
    try:
        with lent({"delivery": delivery}, memory_limit) as connection, bounded(connection):
            result = (
                connection.sql(f"SELECT {select} FROM delivery").to_arrow_table().combine_chunks()
            )  # a projection keeps the rows' order
    except duckdb.Error as error:  # its text may hold values
        problem = Problem(
            file, "", f"an expression of the mapping stops the engine ({type(error).__name__})", "try them one by one"
        )
        raise DataRefused("a delivery cannot be mapped", (problem,)) from None
    found = {}
    for name, _ in expressions:
        packed = result.column(name)
        packed = packed.chunk(0) if packed.num_chunks else pa.array([], packed.type)
        found[name] = (plain(pa.chunked_array([pc.struct_field(packed, "v")])), pc.is_null(packed))
    return found


def _protected(text: str) -> str:
    return f"TRY(struct_pack(v := (\n{text}\n)))"


class _Reader:
    """Checks expressions against an empty table of the delivery's schema and remembers which columns they read."""

    def __init__(self, columns: pa.Schema, file: str, place: str, connection: duckdb.DuckDBPyConnection) -> None:
        self.problems: list[Problem] = []
        self._missing: dict[int, str] = {}  # by place among the problems: columns that are not there
        self.used: set[str] = set()
        self._names = {name.casefold(): name for name in columns.names}
        self._file, self._place = file, place
        self._connection = connection

    def expression(self, text: str, key: str, accepts: tuple[str, ...], column: str) -> str | None:
        """Check one expression; returns the delivery's column where the expression is nothing but its name."""
        before = len(self.problems)
        try:
            check_expression(text)
        except SqlRefused as refusal:
            self._problem(key, refusal.message, "write one SQL expression over the delivery's columns")
            return None
        if len(text) > MAX_EXPRESSION:
            self._problem(key, "is too long for an expression", f"at most {MAX_EXPRESSION:,} characters")
            return None
        tree = syntax_tree(self._connection, text)
        if tree is None or not _is_one_expression(tree):
            self._problem(key, "is not one SQL expression", "check brackets, quotes and commas")
            return None
        bare = self._walk(tree, key)
        if len(self.problems) == before:
            self._bind(text, key, accepts, column)
        return bare

    def _walk(self, tree: dict[str, Any], key: str) -> str | None:
        """Refuse what an expression must not hold; note the columns it reads."""
        locals_: set[str] = set()
        references: list[tuple[str, ...]] = []
        for node in _nodes(tree):
            kind = node.get("class")
            if kind in ("SUBQUERY", "STAR", "WINDOW", "PARAMETER"):
                self._problem(
                    key, f"must not hold a {kind.lower()}", "write one value per row, from the columns of that row"
                )
            function = str(node.get("function_name", "")).casefold()
            if function in _CLOCK or (function == "age" and len(node.get("arguments", ())) == 1):
                self._problem(
                    key,
                    f'"{function}" depends on the moment or the machine',
                    "a delivery must read the same every night",
                )
            if kind == "LAMBDA":
                locals_ |= {
                    str(part).casefold() for inner in _nodes(node.get("lhs")) for part in inner.get("column_names", ())
                }
            if kind == "COLUMN_REF":
                references.append(tuple(str(part) for part in node["column_names"]))
        for reference in references:
            parts = [part.casefold() for part in reference]
            known = [part for part in parts[:2] if part in self._names]
            if known and (parts[0] in self._names or parts[0] == "delivery"):
                self.used.add(known[0])
            elif parts[0] in _CLOCK_REFERENCES:
                self._problem(
                    key,
                    f'"{parts[0]}" depends on the moment or the machine',
                    "a delivery must read the same every night",
                )
            elif parts[0] not in locals_:
                self._missing[len(self.problems)] = reference[-1]
                self._problem(key, f'column "{reference[-1]}" is not in the delivery', "see its columns")
        top = tree["statements"][0]["node"]["select_list"][0]
        if top.get("class") == "COLUMN_REF" and len(top["column_names"]) == 1:
            return self._names.get(str(top["column_names"][0]).casefold())
        return None

    def _bind(self, text: str, key: str, accepts: tuple[str, ...], column: str) -> None:
        try:
            bound = self._connection.sql(f"SELECT {_protected(text)} AS v FROM delivery").to_arrow_table()
        except duckdb.Error as error:
            self._problem(key, f"does not bind: {engine_message(error)}", "correct the expression")
            return
        kind = kind_of(bound.schema.field(0).type.field(0).type)
        if not accepted(kind, accepts):
            self._problem(
                key, f"is {words_for((kind,))}, where {words_for(accepts)} is needed", mend_for(column, kind, text)
            )

    def told(self) -> list[Problem]:
        """The problems, with the mend of each column that is not there: only now it is known which columns the mapping does find."""
        names = list(self._names.values())
        mends = {place: nearest(name, names, self.used) for place, name in self._missing.items()}
        return [replace(one, mend=mends.get(place, one.mend)) for place, one in enumerate(self.problems)]

    def _problem(self, key: str, what: str, mend: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self._file, f"{self._place}.{key}", what, mend))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            stack.extend(reversed(node))


def _is_one_expression(tree: dict[str, Any]) -> bool:
    statements = tree["statements"]
    node = statements[0]["node"] if len(statements) == 1 else {}
    return (
        node.get("type") == "SELECT_NODE" and len(node["select_list"]) == 1 and node["from_table"]["type"] == "EMPTY"
        and not any(node[part] for part in _NO_PARTS) and not node["cte_map"]["map"]
    )  # fmt: skip
