"""The result file that a platform sends back after working an export, and how it is read as a delivery of dispositions.

A row of an export may be about several accounts of one consumer, and one call about three debts is an attempt on each of
them. A delivery's mapping makes one event of a row, so such a file is delivered once per account of the row: `{k}` in an
expression is the account's place in the row, from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa

from skiptrace.sql import SqlRefused, check_expression, engine_message, lent, quote

Finding = tuple[str, str, str]
_KEYS: Final = {"sentence": str, "columns": list, "system": str, "map": dict, "codes": dict}
_OPTIONAL: Final = ("where",)
MAPPED: Final = ("event_id", "account_id", "channel", "value", "outcome_code", "system", "occurred_at")
"""Canonical columns of a delivery of dispositions."""


@dataclass(frozen=True)
class ResultFile:
    """What comes back, as CSV with a header: its `columns` in order; `map` gives the SQL expression of each canonical column,
    `where` the rows that are outcomes; `codes` what each code of the platform means (an outcome of
    rules/words/dispositions.toml), in the system `system`."""

    sentence: str
    columns: tuple[str, ...]
    system: str
    map: Mapping[str, str]
    where: str | None
    codes: Mapping[str, str]

    def mapping(self, place: int) -> dict[str, str]:
        """The expression of each canonical column, for the account at a place of its row."""
        return {name: text.replace("{k}", str(place)) for name, text in self.map.items()}

    def condition(self, place: int) -> str | None:
        """Which rows are outcomes of the account at a place of its row."""
        return None if self.where is None else self.where.replace("{k}", str(place))


def read_result(content: Mapping[str, Any]) -> tuple[ResultFile | None, list[Finding]]:
    """The table [result] of a profile, and what is wrong with it."""
    known = {*_KEYS, *_OPTIONAL}
    found: list[Finding] = [(key, "unknown key", f"there are {', '.join(sorted(known))}") for key in sorted(set(content) - known)]
    for key, kind in _KEYS.items():
        if key not in content and key not in _OPTIONAL:
            found.append((key, "missing", ""))
        elif key in content and not isinstance(content[key], kind):
            found.append((key, f"must be a {kind.__name__}", ""))
    if found:
        return None, found
    unknown = sorted(set(content["map"]) - set(MAPPED))
    missing = sorted(set(MAPPED) - {"value", "system"} - set(content["map"]))
    if unknown or missing:
        found.append(("map", f"unknown {unknown or 'nothing'}, missing {missing or 'nothing'}", f"there are {', '.join(MAPPED)}"))
        return None, found
    result = ResultFile(
        content["sentence"], tuple(content["columns"]), content["system"],
        {"system": f"'{content['system']}'", **content["map"]}, content.get("where"), content["codes"],
    )  # fmt: skip
    texts = {**result.mapping(1), **({"where": result.condition(1) or ""} if result.where else {})}
    with lent({"result": pa.table({name: pa.array([], pa.string()) for name in result.columns})}) as connection:
        return result, [(f"map.{key}", what, "") for key, text in texts.items() if (what := _unbound(text, connection))]


def _unbound(expression: str, connection: duckdb.DuckDBPyConnection) -> str:
    """Why an expression cannot be read over the result file's columns (`result`); empty where it can."""
    try:
        check_expression(expression)
        connection.sql(f"SELECT ({expression}) AS {quote('it')} FROM result")
    except SqlRefused as refused:
        return refused.message
    except duckdb.Error as error:
        return engine_message(error)
    return ""


def source_text(result: ResultFile, export: str, path: str, accounts: int, purposes: tuple[str, ...]) -> str:
    """The `[[source]]` blocks, as TOML, that deliver a result file of an export: one per account that a row may be about."""
    blocks = []
    for place in range(1, accounts + 1):
        name = f"{export}_results" + (f"_{place}" if place > 1 else "")
        lines = ["[[source]]", f"name = {_text(name)}", f"path = {_text(path)}", 'kind = "dispositions"']
        lines.append(f"purposes = [{', '.join(map(_text, purposes))}]")
        condition = result.condition(place)
        if condition is not None:
            lines.append(f"where = {_text(condition)}")
        lines.append("[source.columns]")
        lines += [f"{key} = {_text(text)}" for key, text in sorted(result.mapping(place).items())]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _text(value: str) -> str:
    """A text as a TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
