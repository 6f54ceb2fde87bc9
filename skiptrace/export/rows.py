"""The rows of an export: one per exportable use, joined from the published tables, and the count of what stayed behind.

A use is exportable when its decision is permitted or conditional and may still be used on the day of the export. A
decision without a last day is not exportable: what is not known keeps a contact from happening. Social security numbers
are in no published table; birth dates, deaths and holds have no column here, so no profile can name them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ContractError, DataRefused, Problem
from skiptrace.export.profiles import Profile, select_list
from skiptrace.export.view import EXPORTABLE
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, conform
from skiptrace.sql import connect
from skiptrace.vocabulary import CHANNELS as CHANNEL_NAMES

_SPECS = {"accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "channels": CHANNELS, "decisions": DECISIONS}
_ISO = "%Y-%m-%dT%H:%M:%SZ"

_JOIN = """
SELECT a.account_id, a.consumer_id, a.portfolio_id, a.first_name, a.middle_name, a.last_name, a.suffix,
       nullif(concat_ws(' ', a.first_name, a.middle_name, a.last_name, a.suffix), '') AS full_name,
       a.language, a.original_creditor, a.charge_off_date, a.balance, a.locate_status, a.best_channel,
       a.p_any_channel, a.expected_value,
       c.channel, c.rank, c.p_reach, c.p_reach_low, c.p_reach_high, c.grade,
       nullif(array_to_string([r.code FOR r IN c.reasons], '|'), '') AS reasons,
       p.point_id, p.kind, p.value,
       CASE WHEN p.kind = 'phone' THEN p.value END AS phone,
       CASE WHEN p.kind = 'email' THEN p.value END AS email,
       CASE WHEN p.kind = 'address' THEN p.value END AS address,
       nullif(concat_ws(' ', p.house, p.street), '') AS address_line1, p.unit AS address_line2,
       p.city, p.state, p.postal_code, p.country, p.line_type, p.status AS point_status, p.origin, p.first_seen,
       p.last_seen, nullif(array_to_string(p.sources, '|'), '') AS sources, p.independent_sources, p.shared_by,
       p.p_current, p.p_right_party, nullif(array_to_string(p.zones, '|'), '') AS zones,
       d.decision, nullif(array_to_string(d.conditions, '|'), '') AS conditions, d.window_start, d.window_end,
       d.valid_until, d.rulebook
FROM decisions d
JOIN channels c USING (account_id, point_id, channel)
JOIN contact_points p USING (account_id, point_id)
JOIN accounts a USING (account_id)
WHERE d.decision IN ('permitted', 'conditional') AND d.decision = c.decision AND d.valid_until >= $as_of
ORDER BY a.account_id, list_position(a.channel_order, c.channel) NULLS LAST,
         list_position($channels, c.channel), c.rank, c.point_id
"""

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


def exportable_uses(tables: Mapping[str, pa.Table], as_of: datetime.date) -> pa.Table:
    """Every exportable use with what is known of its account, point and decision, in the columns of EXPORTABLE.

    `tables` holds accounts, contact_points, channels and decisions as published. Sorted by account_id, then channel in
    the account's own order (channels it does not list follow in the vocabulary's order), then rank.

    Raises ContractError where a table is missing or does not conform; DataRefused where an exportable decision has no
    channel, point or account, or another decision in `channels`: nothing may be lost, or added, on the way."""
    given = _conformed(tables, tuple(_SPECS))
    decisions = given["decisions"]
    for edge in ("window_start", "window_end"):
        text = pc.strftime(decisions[edge].cast(pa.timestamp("s")), format=_ISO)
        decisions = decisions.set_column(decisions.column_names.index(edge), edge, text)
    connection = connect()
    try:
        for name, table in (given | {"decisions": decisions}).items():
            connection.register(name, table)
        rows = connection.sql(_JOIN, params={"as_of": as_of, "channels": list(CHANNEL_NAMES)}).to_arrow_table()
    finally:
        connection.close()
    expected = decisions.num_rows - sum(entry.uses for entry in not_exported(tables, as_of))
    if rows.num_rows != expected:
        raise DataRefused(
            f"the tables of this run do not fit together: {expected} uses may be exported, but {rows.num_rows} have an "
            "account, a point and a channel with the same decision — run again"
        )
    return conform(rows, EXPORTABLE)


def not_exported(tables: Mapping[str, pa.Table], as_of: datetime.date) -> tuple[LeftBehind, ...]:
    """How many decided uses stay out of an export, by decision and first reason, sorted."""
    decisions = _conformed(tables, ("decisions",))["decisions"]
    connection = connect()
    try:
        connection.register("decisions", decisions)
        found = connection.sql(_LEFT_BEHIND, params={"as_of": as_of}).fetchall()
    finally:
        connection.close()
    return tuple(LeftBehind(*row) for row in found)


def export_rows(profile: Profile, uses: pa.Table) -> pa.Table:
    """The columns of a profile over exportable uses, in the same row order; types are what its expressions give.

    Raises DataRefused, naming the column, when an expression fails on a value of this run, and when one does not give
    exactly one value per row."""
    connection = connect()
    try:
        order = pa.array(np.arange(uses.num_rows))
        connection.register("uses", uses.append_column("_row", order))
        table = connection.sql(f"SELECT {select_list(profile.columns)}, _row FROM uses ORDER BY _row").to_arrow_table()
    except duckdb.Error:
        raise _fails(connection, profile) from None  # the engine's text may hold the value
    finally:
        connection.close()
    if not table["_row"].combine_chunks().equals(order):
        raise DataRefused(f"export profile {profile.name}: an expression does not give one value per row")
    return table.drop_columns(["_row"])


def _fails(connection: duckdb.DuckDBPyConnection, profile: Profile) -> DataRefused:
    problems = []
    for column in profile.columns:
        try:
            connection.sql(f"SELECT {select_list([column])} FROM uses").to_arrow_table()
        except duckdb.Error:
            what = "its expression fails on a value of this run"
            problems.append(
                Problem(f"{profile.name}.toml", f"column {column.name}", what, "TRY(…) makes such a cell empty")
            )
    return DataRefused("an export was not written", tuple(problems))


def _conformed(tables: Mapping[str, pa.Table], names: tuple[str, ...]) -> dict[str, pa.Table]:
    missing = [name for name in names if name not in tables]
    if missing:
        raise ContractError(f"an export needs the tables {', '.join(missing)}")
    return {name: conform(tables[name], _SPECS[name]) for name in names}


__all__ = ["EXPORTABLE", "LeftBehind", "export_rows", "exportable_uses", "not_exported"]
