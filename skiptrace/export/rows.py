"""The rows of an export: one per exportable use, joined from the published tables, and the count of what stayed behind.

A use is exportable when its decision is permitted or conditional and may still be used on the day of the export. A
decision without a last day is not exportable: what is not known keeps a contact from happening. Social security numbers
are in no published table; birth dates, deaths and holds have no column here, so no profile can name them.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ContractError, DataRefused
from skiptrace.export.evaluation import engine
from skiptrace.export.times import as_iso, with_local_times
from skiptrace.export.view import EXPORTABLE
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, Table, conform
from skiptrace.vocabulary import CHANNELS as CHANNEL_NAMES

_SPECS: Final = {"accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "channels": CHANNELS, "decisions": DECISIONS}
_LOCAL: Final = ("window_start_local", "window_end_local")

_FROM_ACCOUNT: Final = (
    "account_id", "consumer_id", "portfolio_id", "first_name", "middle_name", "last_name", "suffix", "language",
    "original_creditor", "charge_off_date", "balance", "locate_status", "best_channel", "p_any_channel", "expected_value",
)  # fmt: skip
_HOME: Final = {
    "home_line1": ("house", "street"), "home_line2": ("unit",), "home_city": ("city",), "home_state": ("state",),
    "home_postal_code": ("postal_code",),
}  # fmt: skip
"""Columns of the account's first address, with those of CONTACT_POINTS that fill them."""
LATE: Final = frozenset(_FROM_ACCOUNT) | frozenset(_HOME)
"""Columns of EXPORTABLE that are the same for all uses of an account."""
_HOME_TEXTS: Final = {"home_line1": "nullif(concat_ws(' ', p.house, p.street), '')"}
_FROM_USE: Final = ("channel", "rank", "p_reach", "p_reach_low", "p_reach_high", "grade")
_FROM_POINT: Final = (
    "point_id", "kind", "value", "city", "state", "postal_code", "country", "line_type", "origin", "first_seen", "last_seen",
    "independent_sources", "shared_by", "p_current", "p_right_party",
)  # fmt: skip
_TEXTS: Final = {
    **{name: f"a.{name}" for name in _FROM_ACCOUNT}, **{name: f"c.{name}" for name in _FROM_USE},
    **{name: f"p.{name}" for name in _FROM_POINT},
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
FROM decisions d
JOIN channels c ON c.account_id = d.account_id AND c.point_id = d.point_id AND c.channel = d.channel
JOIN contact_points p ON p.account_id = d.account_id AND p.point_id = d.point_id
JOIN accounts a ON a.account_id = d.account_id
"""
_HOMES: Final = """
SELECT p.account_id, {told} FROM contact_points p
SEMI JOIN (SELECT account_id, point_id FROM decisions d WHERE d.channel = 'mail' AND {open}) d
    ON d.account_id = p.account_id AND d.point_id = p.point_id
WHERE p.kind = 'address' AND p.rank = 1
"""
_ORDER: Final = """
ORDER BY a.place, list_position(a.channel_order, d.channel) NULLS LAST, list_position($channels, d.channel), c.rank, d.point_id
"""
_ONE_CHANNEL: Final = "ORDER BY a.place, c.rank, d.point_id"

_JUDGED: Final = """
WITH judged AS (
  SELECT channel, decision,
         CASE WHEN decision = 'stopped' AND len(stopped_by) > 0 THEN stopped_by[1]
              WHEN decision = 'stopped' AND len(steps_required) > 0 THEN 'step:' || steps_required[1]
              WHEN decision = 'stopped' THEN 'no_reason_given'
              WHEN valid_until IS NULL THEN 'no_last_day'
              WHEN decision NOT IN ('permitted', 'conditional') OR valid_until < $as_of THEN 'expired' END AS reason
  FROM decisions
)
SELECT channel, decision, reason, count(*)::BIGINT AS uses FROM judged GROUP BY ALL ORDER BY ALL
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
    counted: Judged | None = None,
) -> pa.Table:
    """Every exportable use of `channels` with what is known of its account, point and decision, in the columns of EXPORTABLE,
    or in those of `columns`. `counted` is what `judged` says of the tables, where it was asked already.

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
    given["accounts"] = given["accounts"].append_column("place", _places(given["accounts"]["account_id"]))
    expected = sum(uses for channel, uses in (counted or judged(tables, as_of, connection)).open.items() if channel in channels)
    with engine(connection, given) as held:
        chosen = ", ".join(f"'{channel}'" for channel in channels if channel in CHANNEL_NAMES)
        chosen = ", ".join(f"'{channel}'" for channel in channels if channel in CHANNEL_NAMES)
        picked = ", ".join(f"{_TEXTS[name]} AS {name}" for name in dict.fromkeys(["account_id", *names, *basis]) if name in _TEXTS)
        order = _ONE_CHANNEL if len(set(channels)) == 1 else _ORDER
        both = f"d.channel IN ({chosen}) AND c.channel IN ({chosen})"
        text = f"SELECT {picked} {_JOIN} WHERE {_OPEN} AND d.decision = c.decision AND {both} {order}"
        values = {"as_of": as_of, "channels": list(CHANNEL_NAMES)}
        rows = held.sql(text, params={name: value for name, value in values.items() if f"${name}" in text}).to_arrow_table()
    if rows.num_rows != expected:
        raise DataRefused(
            f"the tables of this run do not fit together: {expected} uses may be exported, but {rows.num_rows} have an "
            "account, a point and a channel with the same decision — run again"
        )
    rows = as_iso(with_local_times(rows, local), ("window_start", "window_end"))
    rows = with_late(rows, given, as_of, [name for name in names if name in _HOME], connection)
    return conform(rows.select(names), Table(EXPORTABLE.name, EXPORTABLE.sentence, tuple(wanted)))


def _places(accounts: pa.ChunkedArray) -> pa.Array:
    """Each account's place among them in order: sorted by a number, rows cost less than by a text."""
    order = pc.sort_indices(accounts).to_numpy()
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return pa.array(places)


def with_late(
    rows: pa.Table,
    tables: Mapping[str, pa.Table],
    as_of: datetime.date,
    names: Collection[str],
    connection: duckdb.DuckDBPyConnection | None = None,
) -> pa.Table:
    """Rows (with account_id) with the columns of LATE among `names`: those of their account and of its home, which need not be
    carried through the join of all uses."""
    columns: dict[str, pa.ChunkedArray] = {}
    of_account = [name for name in names if name in _FROM_ACCOUNT]
    if of_account:
        place = pc.index_in(rows["account_id"], tables["accounts"]["account_id"].combine_chunks()).combine_chunks()
        columns |= {name: _spelled(tables["accounts"][name]).combine_chunks().take(place) for name in of_account}
    home = {name: _HOME_TEXTS.get(name, f"p.{of[0]}") for name, of in _HOME.items() if name in names}
    if home:
        told = ", ".join(f"{text} AS {name}" for name, text in home.items())
        with engine(connection, {name: tables[name] for name in ("contact_points", "decisions")}) as held:
            homes = held.sql(_HOMES.format(open=_OPEN, told=told), params={"as_of": as_of}).to_arrow_table()
        place = pc.index_in(rows["account_id"], homes["account_id"].combine_chunks()).combine_chunks()
        columns |= {name: homes[name].combine_chunks().take(place) for name in home}
    for name in names:
        rows = rows.append_column(name, columns[name])
    return rows


def _spelled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of words as text."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


@dataclass(frozen=True)
class Judged:
    """How many decided uses there are: `open` ones, which may be exported, by channel, and why the others stay out."""

    open: Mapping[str, int]
    left: tuple[LeftBehind, ...]


def judged(
    tables: Mapping[str, pa.Table], as_of: datetime.date, connection: duckdb.DuckDBPyConnection | None = None
) -> Judged:
    """The decided uses of a part or of a whole run, counted."""
    with engine(connection, _conformed(tables, ("decisions",))) as held:
        found = held.sql(_JUDGED, params={"as_of": as_of}).fetchall()
    left = Counter[tuple[str, str]]()
    for _, decision, reason, uses in found:
        if reason is not None:
            left[decision, reason] += uses
    open_uses = Counter[str]()
    for channel, _, reason, uses in found:
        open_uses[channel] += uses if reason is None else 0
    return Judged(open_uses, tuple(sorted(LeftBehind(*key, uses) for key, uses in left.items())))


def not_exported(tables: Mapping[str, pa.Table], as_of: datetime.date) -> tuple[LeftBehind, ...]:
    """How many decided uses stay out of an export, by decision and first reason, sorted."""
    return judged(tables, as_of).left


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


def _conformed(tables: Mapping[str, pa.Table], names: tuple[str, ...]) -> dict[str, pa.Table]:
    missing = [name for name in names if name not in tables]
    if missing:
        raise ContractError(f"an export needs the tables {', '.join(missing)}")
    return {name: _conform(tables[name], _SPECS[name]) for name in names}


def _conform(table: pa.Table, spec: Table) -> pa.Table:
    """As `conform`, for a table that may lack columns that are not read and may bring words as dictionaries."""
    present = []
    for column in spec.columns:
        if column.name in table.column_names:
            kind = table.schema.field(column.name).type
            words = pa.types.is_dictionary(kind) and kind.value_type == column.type
            present.append(replace(column, type=kind) if words else column)
    return conform(table, Table(spec.name, spec.sentence, tuple(present), spec.key))


__all__ = ["EXPORTABLE", "Judged", "LeftBehind", "exportable_uses", "judged", "needed_columns", "not_exported"]
