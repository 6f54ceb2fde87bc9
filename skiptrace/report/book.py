"""The counts of a run, and the few tables that are read whole, opened for asking: what the sections of the report are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import duckdb
import pyarrow as pa

from skiptrace.errors import ContractError
from skiptrace.report.counting import count, opened
from skiptrace.schema import ALERTS, REJECTS, Table, conform
from skiptrace.sql import lent

NEEDED: Final = {"rejects": ("source", "file", "row", "column", "reason"), "alerts": ("account_id", "kind", "accounts", "balance")}
"""Tables that are read whole, and their columns: of these there are few rows."""
_SPECS: Final = {"rejects": REJECTS, "alerts": ALERTS}


@contextmanager
def open_book(tables: Mapping[str, pa.Table], counts: pa.Table | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the tables `rejects` and `alerts`, and one for each column of `counts` with the groups of all its rows
    (`skiptrace.schema.counts`); without `counts`, those of the other `tables`. Raises ContractError where a table is missing or does not
    conform."""
    missing = sorted(set(NEEDED) - set(tables))
    if missing:
        raise ContractError(f"a report needs the tables {', '.join(missing)}")
    counted = count(tables) if counts is None else counts
    with lent({**opened(counted), **{name: _read(name, tables[name]) for name in NEEDED}}) as connection:
        yield connection


def _read(name: str, table: pa.Table) -> pa.Table:
    """The columns that are read, in their types. Alerts of an earlier version spoke of one account each."""
    spec = _SPECS[name]
    for column in (one for one in spec.columns if name == "alerts" and one.name not in table.column_names):
        table = table.append_column(column.name, pa.nulls(len(table), column.type))
    wanted = NEEDED[name]
    some = Table(spec.name, spec.sentence, tuple(column for column in spec.columns if column.name in wanted))
    return conform(table.select([column for column in table.column_names if column in wanted]), some)
