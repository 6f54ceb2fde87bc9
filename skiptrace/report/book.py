"""The published tables of a run, opened for counting: one connection, and one row per account with what matters of it.

Sums of money are exact (decimals); probabilities are rounded to nine decimals before they are summed, so that a sum
does not depend on the order of its terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import duckdb
import pyarrow as pa

from skiptrace.errors import ContractError
from skiptrace.schema import ACCOUNTS, ALERTS, CHANNELS, CONTACT_POINTS, DECISIONS, REJECTS, Table, conform, links
from skiptrace.sql import connect

_SPECS: Final = {
    "accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "channels": CHANNELS, "decisions": DECISIONS,
    "rejects": REJECTS, "alerts": ALERTS,
}  # fmt: skip
_NEEDED: Final = {
    "accounts": ("account_id", "balance", "locate_status", "p_any_channel", "expected_value"),
    "links": ("account_id", "source", "rank", "status", "relation", "match_weight", "person_weight", "match_probability", "via"),
    "contact_points": ("account_id", "point_id", "kind", "rank", "origin", "sources", "p_right_party"),
    "channels": ("account_id", "point_id", "channel", "p_reach", "decision"),
    "decisions": ("account_id", "point_id", "channel", "decision", "stopped_by", "steps_required"),
    "rejects": ("source", "file", "row", "column", "reason"),
    "alerts": ("account_id", "kind", "accounts", "balance"),
}
"""The columns the report reads: no column of a person's values is even opened. Of links, levels and weights are read too."""

_BOOK: Final = """
CREATE TEMP TABLE book AS
WITH linked AS (SELECT DISTINCT account_id FROM links WHERE status = 'linked'),
pointed AS (SELECT account_id, max(p_right_party) AS q FROM contact_points GROUP BY account_id),
best AS (SELECT account_id, point_id, max(p_reach) AS p FROM channels GROUP BY account_id, point_id),
-- As for p_any_channel: every point of an account rests on the same links, so that these are wrong is counted once.
reach AS (
  SELECT account_id, CASE WHEN q > 0 THEN q * (1 - product(1 - least(p / q, 1))) ELSE 0 END AS p
  FROM best JOIN pointed USING (account_id) GROUP BY account_id, q),
allowed AS (SELECT DISTINCT account_id FROM decisions WHERE decision IN ('permitted', 'conditional'))
SELECT a.account_id, a.balance, a.locate_status, l.account_id IS NOT NULL AS linked,
       q.account_id IS NOT NULL AS pointed, o.account_id IS NOT NULL AS allowed,
       greatest(coalesce(r.p, 0), a.p_any_channel)::DECIMAL(18, 9) AS reach,
       a.p_any_channel::DECIMAL(18, 9) AS open_reach,
       CASE WHEN a.balance IS NOT NULL THEN a.expected_value END AS open_value
FROM accounts a LEFT JOIN linked l USING (account_id) LEFT JOIN pointed q USING (account_id)
LEFT JOIN reach r USING (account_id) LEFT JOIN allowed o USING (account_id)
ORDER BY a.account_id
"""


@contextmanager
def open_book(tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the published tables by name, and `book`: one row per account.

    Columns of book: account_id, balance decimal(14,2), locate_status, linked, pointed, allowed (booleans), reach and
    open_reach decimal(18,9) (probability that some use, or some allowed use, reaches the consumer), open_value
    decimal(14,2), NULL without a balance. Raises ContractError where a table is missing or does not conform."""
    missing = sorted(set(_NEEDED) - set(tables))
    if missing:
        raise ContractError(f"a report needs the tables {', '.join(missing)}")
    connection = connect()
    try:
        for name, columns in _NEEDED.items():
            table = conform(_whole(name, tables[name]), _spec(name, tables[name]))
            compared = [column for column in table.column_names if column.startswith(("level_", "weight_"))]
            connection.register(name, table.select([*columns, *compared]))
        connection.execute(_BOOK)
        yield connection
    finally:
        connection.close()


def _whole(name: str, table: pa.Table) -> pa.Table:
    """The table with the columns that runs of an earlier version lack: a person weighed what its record weighs, and an alert spoke of
    one account."""
    if name == "alerts":
        for column in (one for one in ALERTS.columns if one.name not in table.column_names):
            table = table.append_column(column.name, pa.nulls(len(table), column.type))
        return table
    if name != "links" or "person_weight" in table.column_names:
        return table
    return table.append_column("person_weight", table["match_weight"])


def _spec(name: str, table: pa.Table) -> Table:
    if name != "links":
        return _SPECS[name]
    return links([column.removeprefix("level_") for column in table.column_names if column.startswith("level_")])
