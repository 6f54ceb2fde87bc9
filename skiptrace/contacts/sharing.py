"""Points that several consumers of the project show: households, employers, settlement firms, placeholders.

Relatives share a number or an address as a matter of course and are not counted. Unrelated people who show one point are,
and the more they are, the less it is anybody's.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number
from skiptrace.contacts.ageing import logit, sigmoid
from skiptrace.contacts.pooling import pairs_within
from skiptrace.contacts.ranking import rank_points
from skiptrace.contacts.rules import SharingRules
from skiptrace.grouping import begins
from skiptrace.schema import CONTACT_POINTS
from skiptrace.schema.table import conform
from skiptrace.schema.working import SHARING

LEAST, MOST = 1e-6, 1 - 1e-6


COLUMNS = ("account_id", "point_id", "kind", "relations")
"""The columns of CONTACT_POINTS that are read."""
_ROW = pa.schema([("account", pa.int32()), ("point_id", pa.string()), ("home", pa.bool_()), ("kin", pa.bool_())])


def shared(points: Iterable[pa.Table], consumers: pa.Table, identities: pa.Table, household: int) -> pa.Table:
    """SHARING: for every account and point that unrelated consumers of the project show, how many they are.

    `points`: COLUMNS of the whole project, table by table, of which no more than a few bytes per point and its id are held;
    `consumers`: CONSUMERS; `identities`: record_id (the account) and last of its borrower. Of at most `household` consumers those are
    related who have one surname, or show a second point together of which one is an address; so is whoever shows what a relative of
    the other is known to show. More are never a household."""
    ids = consumers["account_id"].combine_chunks()
    whose = number(consumers["consumer_id"])
    rows, shows = _by_several(points, ids, whose)
    surname = _surnames(whose, shows, ids, identities)
    person, point = whose[rows["account"].to_numpy()], number(rows["point_id"])
    width = int(person.max(initial=0)) + 1
    pairs, first, row_of = np.unique(point * width + person, return_index=True, return_inverse=True)
    point, person = pairs // width, pairs % width
    starts = begins(point)
    size = np.diff(np.append(starts, len(point)))
    others = np.repeat(size - 1, size)
    among = np.flatnonzero(others < household)
    left, right = pairs_within(point[among])
    left, right = among[left], among[right]
    related = (surname[person[left]] == surname[person[right]]) & (surname[person[left]] >= 0)
    kin = np.zeros(len(pairs), bool)
    kin[row_of[rows["kin"].to_numpy(zero_copy_only=False)]] = True
    related |= kin[left] | kin[right]
    related |= _met_twice(person, width, left, right, rows["home"].to_numpy(zero_copy_only=False)[first])
    counted = others.copy()
    counted[among] = 0
    np.add.at(counted, left[~related], 1)
    np.add.at(counted, right[~related], 1)
    kept = np.flatnonzero(counted[row_of] > 0)
    found = rows.take(pa.array(kept))
    return conform(
        pa.table(
            {"account_id": ids.take(found["account"].combine_chunks()), "point_id": found["point_id"],
             "others": pa.array(counted[row_of][kept].astype(np.int32))}
        ), SHARING,
    )  # fmt: skip


def _by_several(points: Iterable[pa.Table], ids: pa.Array, whose: np.ndarray) -> tuple[pa.Table, np.ndarray]:
    """Rows of points that more than one consumer shows: account (row of `ids`), point_id, home (an address), kin (a relative is known
    to show it); and which accounts show anything, bool per account."""
    pieces, accounts, there = [_ROW.empty_table()], [ids.slice(0, 0)], 0
    for table in points:
        encoded = table["account_id"].combine_chunks().dictionary_encode()
        pieces.append(_compact(table, pc.add(encoded.indices, pa.scalar(there, pa.int32()))))
        accounts.append(encoded.dictionary)
        there += len(encoded.dictionary)
    rows = pa.concat_tables(pieces)
    account = pc.index_in(pa.chunked_array(accounts), ids).to_numpy()
    shows = np.zeros(len(ids), bool)
    shows[account] = True
    rows = rows.set_column(0, "account", pa.array(account[rows["account"].to_numpy()], pa.int32()))
    # The ids of one ending at a time: to number all at once takes ten times the memory of the rows.
    person = whose[rows["account"].to_numpy()].astype(np.int32)
    ending = number(pc.utf8_slice_codeunits(rows["point_id"], -1)).astype(np.int32)
    several = np.zeros(len(rows), bool)
    for group in range(int(ending.max(initial=-1)) + 1):
        at = np.flatnonzero(ending == group)
        code = number(rows["point_id"].take(pa.array(at)))
        one = np.zeros(int(code.max(initial=-1)) + 1, np.int32)
        one[code] = person[at]
        mixed = np.zeros(len(one), bool)
        mixed[code[person[at] != one[code]]] = True
        several[at] = mixed[code]
    return rows.filter(pa.array(several)), shows


def _compact(table: pa.Table, account: pa.Array) -> pa.Table:
    kin = pc.greater(pc.list_value_length(table["relations"]).fill_null(0), 0)
    return pa.table([account, table["point_id"], pc.equal(table["kind"], "address"), kin], schema=_ROW)


def _surnames(whose: np.ndarray, shows: np.ndarray, ids: pa.Array, identities: pa.Table) -> np.ndarray:
    """A code of each consumer's surname on accounts that show anything, -1 where none is known: int64 [consumers]."""
    account = pc.index_in(identities["record_id"], ids).fill_null(-1).to_numpy().astype(np.int64)
    code = np.full(len(ids) + 1, -1)
    code[account[::-1]] = number(identities["last"])[::-1]
    out = np.full(int(whose.max(initial=-1)) + 1, -1)
    at = np.flatnonzero(shows)
    np.maximum.at(out, whose[at], code[at])
    return out


def _met_twice(whose: np.ndarray, width: int, left: np.ndarray, right: np.ndarray, home: np.ndarray) -> np.ndarray:
    """Pairs of consumers who show more than one point together, an address among them: bool per pair of rows."""
    low, high = np.minimum(whose[left], whose[right]), np.maximum(whose[left], whose[right])
    _, pair, times = np.unique(low * width + high, return_inverse=True, return_counts=True)
    at_home = np.bincount(pair, weights=home[left], minlength=len(times)) > 0
    met: np.ndarray = (times[pair] > 1) & at_home[pair]
    return met


def mark(points: pa.Table, sharing: pa.Table, rules: SharingRules) -> pa.Table:
    """CONTACT_POINTS with `shared_by`, the doubt that this casts on whose the points are, and the ranks that follow."""
    points = points.combine_chunks()
    account = number(points["account_id"])
    sharing = sharing.filter(pc.is_in(sharing["account_id"], points["account_id"].unique()))
    names = number(pa.chunked_array([*points["point_id"].chunks, *sharing["point_id"].chunks], pa.string()))
    ids = pa.chunked_array([*points["account_id"].chunks, *sharing["account_id"].chunks], pa.string())
    key = number(ids) * (int(names.max(initial=0)) + 1) + names
    mine, told = key[: len(points)], key[len(points) :]
    order = np.argsort(told)
    place = np.searchsorted(told[order], mine)
    found = np.append(told[order], -1)[place] == mine
    others = np.where(found, np.append(sharing["others"].to_numpy()[order], 0)[place], 0)
    doubt = np.zeros(len(points))
    for kind, (bounds, odds) in rules.odds.items():
        chosen = pc.equal(points["kind"], kind).to_numpy(zero_copy_only=False)
        doubt[chosen] = np.append(0.0, odds)[np.searchsorted(bounds, others[chosen], side="right")]
    right = points["p_right_party"].to_numpy()
    doubted = np.where(doubt < 0, sigmoid(logit(np.clip(right, LEAST, MOST)) + doubt), right)
    for name, values in (("shared_by", pa.array(others.astype(np.int32))), ("p_right_party", pa.array(doubted))):
        points = points.set_column(points.column_names.index(name), name, values)
    seen = pc.list_value_length(points["evidence"]).to_numpy().astype(np.int64)
    rank, order = rank_points(points, account, seen)
    points = points.set_column(points.column_names.index("rank"), "rank", rank)
    if (np.diff(order) < 0).any():  # the evidence is costly to move, and seldom has to
        points = points.take(pa.array(order))
    return conform(points, CONTACT_POINTS)
