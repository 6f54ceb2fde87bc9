"""What the report needs of a run's five large tables, counted: one part of whole accounts at a time, so that parts can be counted apart.

Counts and sums over accounts are the sum of their parts. Sums of money are exact; a probability is rounded to nine decimals before it is
summed. So neither the order of terms nor where the accounts are cut changes a figure. Account ids are compared once: in all that follows
an account is its place in the table of accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number
from skiptrace.errors import ContractError
from skiptrace.report import ages, deliveries, gain, linkage, overlap, portfolio, resting, states, uses
from skiptrace.report.holdouts import dealt
from skiptrace.report.owed import Owed
from skiptrace.report.placed import Places, placed
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, Column, Table, conform, counts, links
from skiptrace.sql import lent

_SPECS: Final = {"accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "channels": CHANNELS, "decisions": DECISIONS}
NEEDED: Final = {
    "accounts": ("account_id", "consumer_id", "state", "balance", "locate_status", "p_any_channel", "expected_value"),
    "links": ("account_id", "source", "rank", "status", "relation", "match_weight", "person_weight", "match_probability", "via"),
    "contact_points": ("account_id", "point_id", "kind", "rank", "origin", "last_seen", "sources", "p_right_party"),
    "channels": ("account_id", "point_id", "channel", "p_reach", "p_reach_low", "p_reach_high", "decision"),
    "decisions": ("account_id", "decision", "stopped_by", "steps_required"),
}
"""The columns that are counted: no column of a person's values is even opened. Of links, levels and weights are read too."""
BY_ACCOUNT: Final = tuple(NEEDED)
_LEVEL, _WEIGHT = "level_", "weight_"
_BOOK: Final = """
SELECT account, state, balance, locate_status, linked, pointed, allowed,
       greatest(reach, p_any_channel)::DECIMAL(18, 9) AS reach, p_any_channel::DECIMAL(18, 9) AS open_reach,
       CASE WHEN balance IS NOT NULL THEN expected_value END AS open_value
FROM accounts
"""
_COUNTED: Final = portfolio.PART | deliveries.PART | uses.PART | gain.PART | states.PART | ages.PART | overlap.PART
"""Counts by SQL, by the column of COUNTS that they are."""


def columns_of(name: str, there: Sequence[str]) -> list[str]:
    """The columns that the report reads of a table which has these: a run of an earlier version lacks some."""
    compared = (_LEVEL, _WEIGHT) if name == "links" else ()
    return [column for column in there if column in NEEDED[name] or (compared and column.startswith(compared))]


def count(tables: Mapping[str, pa.Table]) -> pa.Table:
    """One row of `skiptrace.schema.counts`: the tables of BY_ACCOUNT of whole accounts, counted. Tables may have further columns, and
    words as dictionaries. Raises ContractError where one is missing, does not conform, or has an account that `accounts` has not."""
    missing = sorted(set(BY_ACCOUNT) - set(tables))
    if missing:
        raise ContractError(f"a report needs the tables {', '.join(missing)}")
    read = {name: _read(name, tables[name]) for name in BY_ACCOUNT}
    accounts = read["accounts"].take(pc.sort_indices(read["accounts"]["account_id"]))
    ids = accounts["account_id"].combine_chunks()
    places = {name: placed(name, read[name]["account_id"], ids) for name in BY_ACCOUNT if name != "accounts"}
    codes, owed = _codes(read), Owed.of(accounts["balance"])
    found = _by_sql(accounts, read, places, codes["channels"])
    found |= resting.counted(read["contact_points"], read["channels"], places, codes, owed, dealt(accounts))
    found |= uses.met(read["decisions"], places["decisions"], owed)
    found |= linkage.counted(read["links"], places["links"])
    compared = [column.removeprefix(_LEVEL) for column in read["links"].column_names if column.startswith(_LEVEL)]
    return _row(found, counts(compared))


def merged(rows: pa.Table) -> pa.Table:
    """Rows of counts as one row that says the same and is as small as can be."""
    found = opened(rows)
    compared = [column.removeprefix(_LEVEL) for column in found["typical"].column_names if column.startswith(_LEVEL)]
    return _row({**found, "typical": linkage.thinned(found["typical"])}, counts(compared))


def opened(rows: pa.Table) -> dict[str, pa.Table]:
    """The groups of all rows of counts, by column."""
    return {name: pa.Table.from_struct_array(rows[name].combine_chunks().flatten()) for name in rows.column_names}


def _codes(read: Mapping[str, pa.Table]) -> dict[str, np.ndarray]:
    """A number for each point id, the same in both tables that name points: int64."""
    named = ("contact_points", "channels")
    chunks = [chunk.cast(pa.string()) for name in named for chunk in read[name]["point_id"].chunks]
    both = number(pa.chunked_array(chunks, pa.string()))
    return dict(zip(named, np.split(both, [len(read[named[0]])]), strict=True))


def _by_sql(
    accounts: pa.Table, read: Mapping[str, pa.Table], places: Mapping[str, Places], points: np.ndarray
) -> dict[str, pa.Table]:  # fmt: skip
    tables = {name: read[name].drop_columns(["account_id"]).append_column("account", pa.array(places[name])) for name in places}
    marks = {
        "account": np.arange(len(accounts), dtype=np.int32),
        "linked": _marked(places["links"][_is(read["links"]["status"], "linked")], len(accounts)),
        "pointed": _marked(places["contact_points"], len(accounts)),
        "allowed": _marked(places["decisions"][~_is(read["decisions"]["decision"], "stopped")], len(accounts)),
        "reach": _reach(read["contact_points"], read["channels"], points, places, len(accounts)),
    }
    for name, values in marks.items():
        accounts = accounts.append_column(name, pa.array(values))
    with lent({**tables, "accounts": accounts}) as connection:
        tables |= {"book": _asked(connection, _BOOK), "best": _asked(connection, uses.BEST)}
    with lent(tables) as connection:
        return {name: _asked(connection, text) for name, text in _COUNTED.items()}


def _asked(connection: duckdb.DuckDBPyConnection, text: str) -> pa.Table:
    return connection.sql(text).to_arrow_table()


def _marked(places: Places, accounts: int) -> np.ndarray:
    found = np.zeros(accounts, bool)
    found[places] = True
    return found


def _is(words: pa.ChunkedArray, word: str) -> np.ndarray:
    found: np.ndarray = pc.equal(words, word).to_numpy()
    return found


def _reach(points: pa.Table, channels: pa.Table, point: np.ndarray, places: Mapping[str, Places], accounts: int) -> np.ndarray:
    """Of each account the probability that some use reaches the consumer, were all allowed, as for `p_any_channel`: q (1 - Π (1 - p/q))
    over its points, p the best use of a point, q the surest point. Every point of an account rests on the same links, so that these
    are wrong is counted once. `point`: of each use a number for its point. Factors are multiplied in the order in which the
    account's points stand: the last digit depends on it."""
    sure = np.zeros(accounts)
    np.maximum.at(sure, places["contact_points"], points["p_right_party"].to_numpy())
    missed = np.ones(accounts)
    if len(channels):
        place = places["channels"].astype(np.int64)
        order = np.lexsort((point, place))
        start = np.flatnonzero(np.diff(place[order], prepend=-1) | np.diff(point[order], prepend=-1))
        best, whose, first = np.maximum.reduceat(channels["p_reach"].to_numpy()[order], start), place[order[start]], order[start]
        known = sure[whose] > 0
        best, whose, first = best[known], whose[known], first[known]
        ordered = np.lexsort((first, whose))
        np.multiply.at(missed, whose[ordered], 1 - np.minimum(best[ordered] / sure[whose[ordered]], 1))
    return np.where(sure > 0, sure * (1 - missed), 0.0)


def _row(found: Mapping[str, pa.Table], spec: Table) -> pa.Table:
    """Tables of groups as one row of lists."""
    lists = []
    for column in spec.columns:
        fields = pa.schema(list(column.type.value_type))
        groups = found[column.name].select(fields.names).cast(fields).combine_chunks()
        whole = pa.StructArray.from_arrays([_one(groups[name]) for name in fields.names], fields=list(fields))
        lists.append(pa.ListArray.from_arrays(pa.array([0, len(groups)], pa.int32()), whole))
    return conform(pa.table(lists, names=list(spec.names)), spec)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _read(name: str, table: pa.Table) -> pa.Table:
    """The columns that are read, in their types; words that come as dictionaries stay so."""
    if name == "links" and "person_weight" not in table.column_names:  # an earlier version: a person weighed what its record weighs
        table = table.append_column("person_weight", table["match_weight"])
    spec = _SPECS[name] if name != "links" else links(
        [column.removeprefix(_LEVEL) for column in table.column_names if column.startswith(_LEVEL)]
    )  # fmt: skip
    wanted = set(columns_of(name, spec.names))
    some = Table(spec.name, spec.sentence, tuple(_kept(column, table) for column in spec.columns if column.name in wanted))
    return conform(table.select([column for column in table.column_names if column in wanted]), some)


def _kept(column: Column, table: pa.Table) -> Column:
    """The column of a spec, with dictionaries where the table has them, or lists of them."""
    there = table.schema.field(column.name).type if column.name in table.column_names else column.type
    plain = pa.list_(_plain(there.value_type)) if pa.types.is_list(there) else _plain(there)
    return Column(column.name, there if plain == column.type else column.type, column.sentence, column.privacy, column.nullable)


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
