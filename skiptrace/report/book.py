"""The published tables of a run, opened for counting: part by part, of each only counts and sums are kept.

A part holds whole accounts, so what is counted and summed over accounts is the sum of its parts, and memory does not grow with the
portfolio. Sums of money are exact (decimals); probabilities are rounded to nine decimals before they are summed, so that a sum does
not depend on the order of its terms, nor on how the accounts are cut into parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import duckdb
import pyarrow as pa

from skiptrace.errors import ContractError
from skiptrace.report import deliveries, linkage, portfolio, uses
from skiptrace.schema import ACCOUNTS, ALERTS, CHANNELS, CONTACT_POINTS, DECISIONS, REJECTS, Table, conform, links
from skiptrace.sql import connect

_SPECS: Final = {
    "accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "channels": CHANNELS, "decisions": DECISIONS,
    "rejects": REJECTS, "alerts": ALERTS,
}  # fmt: skip
NEEDED: Final = {
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
CREATE OR REPLACE TEMP TABLE book AS
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


BY_ACCOUNT: Final = ("accounts", "links", "contact_points", "channels", "decisions")
"""Tables that come in parts; of the others there are few rows, and they stay as they are."""
_KEPT: Final = portfolio.PART | deliveries.PART | uses.PART | linkage.PART
"""What is kept of a part, by the name of the table that it is added to."""


def columns_of(name: str, there: Sequence[str]) -> list[str]:
    """The columns that the report reads of a table which has these: a run of an earlier version lacks some."""
    compared = ("level_", "weight_") if name == "links" else ()
    return [column for column in there if column in NEEDED[name] or (compared and column.startswith(compared))]


@contextmanager
def open_book(
    tables: Mapping[str, pa.Table], parts: Iterable[Mapping[str, pa.Table]] | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the tables `rejects` and `alerts`, and those that the sections of the report keep of each part.

    `parts`: the tables of BY_ACCOUNT in parts of whole accounts, where they are not among `tables`. While a part is counted its tables
    have their names, and `book` has one row per account: account_id, balance decimal(14,2), locate_status, linked, pointed, allowed
    (booleans), reach and open_reach decimal(18,9) (probability that some use, or some allowed use, reaches the consumer), open_value
    decimal(14,2), NULL without a balance. Raises ContractError where a table is missing or does not conform."""
    whole = tuple(name for name in NEEDED if parts is None or name not in BY_ACCOUNT)
    _refuse_missing(whole, tables)
    connection = connect()
    try:
        for name in NEEDED:
            if name not in BY_ACCOUNT:
                connection.register(name, _read(name, tables[name]))
        for part in [tables] if parts is None else parts:
            _refuse_missing(BY_ACCOUNT, part)
            for name in BY_ACCOUNT:
                connection.register(name, _read(name, part[name]))
            connection.execute(_BOOK)
            for name, text in _KEPT.items():
                connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} AS {text} WITH NO DATA")
                connection.execute(f"INSERT INTO {name} {text}")
            for name in BY_ACCOUNT:
                connection.unregister(name)
        connection.execute("DROP TABLE book")
        yield connection
    finally:
        connection.close()


def _refuse_missing(names: Sequence[str], tables: Mapping[str, pa.Table]) -> None:
    missing = sorted(set(names) - set(tables))
    if missing:
        raise ContractError(f"a report needs the tables {', '.join(missing)}")


def _read(name: str, table: pa.Table) -> pa.Table:
    """The columns that are read, in their types: words that repeat come as dictionaries."""
    table = _whole(name, table)
    spec = _spec(name, table)
    wanted = set(columns_of(name, spec.names))
    some = Table(spec.name, spec.sentence, tuple(column for column in spec.columns if column.name in wanted))
    return conform(table.select([column for column in table.column_names if column in wanted]), some)


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
