"""The rows of an export: one per exportable use, joined from the published tables, and the count of what stayed behind.

A use is exportable when its decision is permitted or conditional and may still be used on the day of the export. A
decision without a last day is not exportable: what is not known keeps a contact from happening. Social security numbers
are in no published table; birth dates, deaths and holds have no column here, so no profile can name them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from skiptrace.errors import ContractError, DataRefused, Problem
from skiptrace.export.times import as_iso, with_local_times
from skiptrace.export.view import EXPORTABLE
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, Table, conform
from skiptrace.sql import connect
from skiptrace.vocabulary import CHANNELS as CHANNEL_NAMES

_SPECS: Final = {"accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "channels": CHANNELS, "decisions": DECISIONS}
_LOCAL: Final = ("window_start_local", "window_end_local")
_HOME: Final = {
    "home_line1": ("house", "street"), "home_line2": ("unit",), "home_city": ("city",), "home_state": ("state",),
    "home_postal_code": ("postal_code",),
}  # fmt: skip
"""Columns of the account's first address, with those of CONTACT_POINTS that fill them."""
_HOME_TEXTS: Final = {"home_line1": "nullif(concat_ws(' ', p.house, p.street), '')"}

_FROM_ACCOUNT: Final = (
    "account_id", "consumer_id", "portfolio_id", "first_name", "middle_name", "last_name", "suffix", "language",
    "original_creditor", "charge_off_date", "balance", "locate_status", "best_channel", "p_any_channel", "expected_value",
)  # fmt: skip
_FROM_USE: Final = ("channel", "rank", "p_reach", "p_reach_low", "p_reach_high", "grade")
_FROM_POINT: Final = (
    "point_id", "kind", "value", "city", "state", "postal_code", "country", "line_type", "origin", "first_seen", "last_seen",
    "independent_sources", "shared_by", "p_current", "p_right_party",
)  # fmt: skip
_TEXTS: Final = {
    **{name: f"a.{name}" for name in _FROM_ACCOUNT}, **{name: f"c.{name}" for name in _FROM_USE},
    **{name: f"p.{name}" for name in _FROM_POINT}, **{name: f"h.{name}" for name in _HOME},
    **{name: f"d.{name}" for name in ("decision", "window_start", "window_end", "valid_until", "rulebook")},
    "full_name": "nullif(concat_ws(' ', a.first_name, a.middle_name, a.last_name, a.suffix), '')",
    "reasons": "nullif(array_to_string([r.code FOR r IN c.reasons], '|'), '')",
    "phone": "CASE WHEN p.kind = 'phone' THEN p.value END", "email": "CASE WHEN p.kind = 'email' THEN p.value END",
    "address": "CASE WHEN p.kind = 'address' THEN p.value END",
    "address_line1": "nullif(concat_ws(' ', p.house, p.street), '')", "address_line2": "p.unit",
    "point_status": "p.status", "sources": "nullif(array_to_string(p.sources, '|'), '')",
    "zones": "nullif(array_to_string(p.zones, '|'), '')", "zone": "p.zones[1]",
    "conditions": "nullif(array_to_string(d.conditions, '|'), '')",
}  # fmt: skip
"""How each column of EXPORTABLE is filled; the two local times are made of others."""

_ALWAYS: Final = {
    "accounts": ("account_id", "consumer_id", "channel_order", "holds"), "contact_points": ("account_id", "point_id"),
    "channels": ("account_id", "point_id", "channel", "rank", "decision"),
    "decisions": ("account_id", "point_id", "channel", "decision", "valid_until", "stopped_by", "steps_required", "rulebook"),
}  # fmt: skip
"""Columns that every export reads."""

_OPEN: Final = "d.decision IN ('permitted', 'conditional') AND d.valid_until >= $as_of"
_JOIN: Final = """
FROM opened d
JOIN channels c ON c.account_id = d.account_id AND c.point_id = d.point_id AND c.channel = d.channel
JOIN contact_points p ON p.account_id = d.account_id AND p.point_id = d.point_id
JOIN accounts a ON a.account_id = d.account_id
"""
_HOMES: Final = """
LEFT JOIN (
    SELECT p.account_id, {told} FROM contact_points p
    SEMI JOIN (SELECT account_id, point_id FROM decisions d WHERE d.channel = 'mail' AND {open}) d
        ON d.account_id = p.account_id AND d.point_id = p.point_id
    WHERE p.kind = 'address' AND p.rank = 1) h ON h.account_id = d.account_id
"""
_ORDER: Final = """
ORDER BY d.account_id, list_position(a.channel_order, d.channel) NULLS LAST, list_position($channels, d.channel), c.rank, d.point_id
"""
_ONE_CHANNEL: Final = "ORDER BY d.account_id, c.rank, d.point_id"

_LEFT_BEHIND = """
WITH judged AS (
  SELECT decision,
         CASE WHEN decision = 'stopped' AND len(stopped_by) > 0 THEN stopped_by[1]
              WHEN decision = 'stopped' AND len(steps_required) > 0 THEN 'step:' || steps_required[1]
              WHEN decision = 'stopped' THEN 'no_reason_given'
              WHEN valid_until IS NULL THEN 'no_last_day'
              ELSE 'expired' END AS reason
  FROM decisions
  WHERE NOT (decision IN ('permitted', 'conditional') AND coalesce(valid_until >= $as_of, false))
)
SELECT decision, reason, count(*)::BIGINT AS uses FROM judged GROUP BY ALL ORDER BY decision, reason
"""


@dataclass(frozen=True, order=True)
class LeftBehind:
    """Uses that were not exported: their decision, the first reason (a rule id, `step:` and a step, `expired`,
    `no_last_day`, `no_reason_given`) and how many."""

    decision: str
    reason: str
    uses: int


def exportable_uses(
    tables: Mapping[str, pa.Table],
    as_of: datetime.date,
    columns: Collection[str] | None = None,
    channels: Collection[str] = CHANNEL_NAMES,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> pa.Table:
    """Every exportable use of `channels` with what is known of its account, point and decision, in the columns of EXPORTABLE,
    or in those of `columns`.

    `tables` holds accounts, contact_points, channels and decisions as published; columns that nobody asks for may be left
    out of them. Sorted by account_id, then channel in the account's own order (channels it does not list follow in the
    vocabulary's order), then rank.

    Raises ContractError where a table is missing or does not conform; DataRefused where an exportable decision has no
    channel, point or account, or another decision in `channels`: nothing may be lost, or added, on the way."""
    wanted = [column for column in EXPORTABLE.columns if columns is None or column.name in columns]
    names = [column.name for column in wanted]
    local = [name for name in _LOCAL if name in names]
    basis = sorted({"zone", "window_start", "window_end"} - set(names)) if local else []
    given = _conformed(tables, tuple(_SPECS))
    with engine(connection, given) as held:
        chosen = ", ".join(f"'{channel}'" for channel in channels if channel in CHANNEL_NAMES)
        told = ", ".join(name for name in given["decisions"].column_names if name not in ("stopped_by", "steps_required", "facts_digest"))
        text = f"SELECT {told} FROM decisions d WHERE {_OPEN} AND d.channel IN ({chosen})"
        opened = held.sql(text, params={"as_of": as_of}).to_arrow_table()
        held.register("opened", opened)
        picked = ", ".join(f"{_TEXTS[name]} AS {name}" for name in [*names, *basis] if name not in _LOCAL)
        home = ", ".join(f"{_HOME_TEXTS.get(name, f'p.{of[0]}')} AS {name}" for name, of in _HOME.items() if name in names)
        homes = _HOMES.format(open=_OPEN, told=home) if home else ""
        order = _ONE_CHANNEL if len(set(channels)) == 1 else _ORDER
        text = f"SELECT {picked} {_JOIN} {homes} WHERE d.decision = c.decision AND c.channel IN ({chosen}) {order}"
        values = {"as_of": as_of, "channels": list(CHANNEL_NAMES)}
        rows = held.sql(text, params={name: value for name, value in values.items() if f"${name}" in text}).to_arrow_table()
        held.unregister("opened")
        expected = opened.num_rows
    if rows.num_rows != expected:
        raise DataRefused(
            f"the tables of this run do not fit together: {expected} uses may be exported, but {rows.num_rows} have an "
            "account, a point and a channel with the same decision — run again"
        )
    rows = as_iso(with_local_times(rows, local), ("window_start", "window_end"))
    return conform(rows.select(names), Table(EXPORTABLE.name, EXPORTABLE.sentence, tuple(wanted)))


def not_exported(
    tables: Mapping[str, pa.Table], as_of: datetime.date, connection: duckdb.DuckDBPyConnection | None = None
) -> tuple[LeftBehind, ...]:
    """How many decided uses stay out of an export, by decision and first reason, sorted."""
    with engine(connection, _conformed(tables, ("decisions",))) as held:
        found = held.sql(_LEFT_BEHIND, params={"as_of": as_of}).fetchall()
    return tuple(LeftBehind(*row) for row in found)


def named_columns(expressions: Iterable[str]) -> set[str]:
    """Columns of EXPORTABLE that expressions may name: every word of theirs that is one."""
    words = {word for text in expressions for word in re.findall(r"\w+", text.lower())}
    return words & set(EXPORTABLE.names)


def needed_columns(names: Collection[str]) -> dict[str, list[str]]:
    """Columns of the published tables, by table, that an export reads which names these columns of EXPORTABLE."""
    letters = {"a": "accounts", "c": "channels", "p": "contact_points", "d": "decisions"}
    found = {table: set(columns) for table, columns in _ALWAYS.items()}
    for name in names:
        for letter, column in re.findall(r"\b([acpd])\.(\w+)", _TEXTS.get(name, "")):
            found[letters[letter]].add(column)
    if set(names) & set(_HOME):
        found["contact_points"] |= {"kind", "rank", *(column for name in names for column in _HOME.get(name, ()))}
    if set(names) & {*_LOCAL, "zone"}:
        found["contact_points"].add("zones")
    return {table: [column.name for column in _SPECS[table].columns if column.name in columns] for table, columns in found.items()}


@contextmanager
def engine(
    connection: duckdb.DuckDBPyConnection | None, tables: Mapping[str, pa.Table]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which the tables can be named: the one given, or one of its own where none is."""
    held = connection if connection is not None else connect()
    try:
        for name, table in tables.items():
            held.register(name, table)
        yield held
        for name in tables:
            held.unregister(name)
    finally:
        if connection is None:
            held.close()


def evaluate(
    profile: str, table: pa.Table, expressions: Mapping[str, str], connection: duckdb.DuckDBPyConnection | None = None
) -> pa.Table:
    """The value of each expression, by name, for every row of a table of uses, in its order; types are what they give.

    Raises DataRefused, naming the column, when an expression fails on a value of this run, and when one does not give
    exactly one value per row. `profile` is the name that the message says."""
    order = pa.array(np.arange(table.num_rows))
    if not expressions:
        return pa.table({"_row": order}).select([])
    with engine(connection, {"uses": table.append_column("_row", order)}) as held:
        picked = ", ".join(f'({text}) AS "{number}"' for number, text in enumerate(expressions.values()))
        try:
            found = held.sql(f"SELECT {picked}, _row FROM uses").to_arrow_table()
        except duckdb.Error:
            raise _fails(held, profile, expressions) from None  # the engine's text may hold the value
    if not found["_row"].combine_chunks().equals(order):
        raise DataRefused(f"export profile {profile}: an expression does not give one value per row")
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


def _conformed(tables: Mapping[str, pa.Table], names: tuple[str, ...]) -> dict[str, pa.Table]:
    missing = [name for name in names if name not in tables]
    if missing:
        raise ContractError(f"an export needs the tables {', '.join(missing)}")
    return {name: _conform(tables[name], _SPECS[name]) for name in names}


def _conform(table: pa.Table, spec: Table) -> pa.Table:
    """As `conform`, for a table that may lack columns that are not read."""
    present = tuple(column for column in spec.columns if column.name in table.column_names)
    return conform(table, Table(spec.name, spec.sentence, present, spec.key))


__all__ = ["EXPORTABLE", "LeftBehind", "evaluate", "exportable_uses", "named_columns", "needed_columns", "not_exported"]
