"""Points that several consumers of the project show: households, employers, settlement firms, placeholders.

Relatives share a number or an address as a matter of course and are not counted. Unrelated people who show one point are,
and the more they are, the less it is anybody's.
"""

from __future__ import annotations

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


def shared(points: pa.Table, consumers: pa.Table, identities: pa.Table, household: int) -> pa.Table:
    """SHARING: for every account and point that unrelated consumers of the project show, how many they are.

    `points`: account_id, point_id, kind, relations of the whole project; `consumers`: CONSUMERS; `identities`: record_id
    (the account) and last of its borrower. Of at most `household` consumers those are related who have one surname, or
    show a second point together of which one is an address; so is whoever shows what a relative of the other is known to
    show. More are never a household."""
    ids = consumers["account_id"].combine_chunks()
    person = number(consumers["consumer_id"])[pc.index_in(points["account_id"], ids).to_numpy().astype(np.int64)]
    surname = _surnames(person, points["account_id"], identities)
    point = number(points["point_id"])
    width = int(person.max(initial=0)) + 1
    pairs, first, row_of = np.unique(point * width + person, return_index=True, return_inverse=True)
    point, whose = pairs // width, pairs % width
    starts = begins(point)
    size = np.diff(np.append(starts, len(point)))
    others = np.repeat(size - 1, size)
    small = (others > 0) & (others < household)
    among = np.flatnonzero(small)
    left, right = pairs_within(point[among])
    left, right = among[left], among[right]
    related = (surname[whose[left]] == surname[whose[right]]) & (surname[whose[left]] >= 0)
    kin = _has_relatives(points["relations"], row_of, len(pairs))
    related |= kin[left] | kin[right]
    home = pc.equal(points["kind"], "address").to_numpy(zero_copy_only=False)[first]
    related |= _met_twice(whose, width, left, right, home)
    counted = others.copy()
    counted[among] = 0
    np.add.at(counted, left[~related], 1)
    np.add.at(counted, right[~related], 1)
    rows = np.flatnonzero(counted[row_of] > 0)
    table = points.select(["account_id", "point_id"]).take(pa.array(rows))
    return conform(table.append_column("others", pa.array(counted[row_of][rows].astype(np.int32))), SHARING)


def _surnames(person: np.ndarray, accounts: pa.ChunkedArray, identities: pa.Table) -> np.ndarray:
    """A code of each consumer's surname, -1 where none is known: int64 [consumers]."""
    known = pc.index_in(accounts, identities["record_id"].combine_chunks()).fill_null(-1).to_numpy().astype(np.int64)
    code = np.append(number(identities["last"]), -1)[known]
    out = np.full(int(person.max(initial=-1)) + 1, -1)
    np.maximum.at(out, person, code)
    return out


def _has_relatives(relations: pa.ChunkedArray, row_of: np.ndarray, pairs: int) -> np.ndarray:
    found = np.zeros(pairs, bool)
    found[row_of[pc.list_value_length(relations).fill_null(0).to_numpy() > 0]] = True
    return found


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
