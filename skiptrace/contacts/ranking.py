"""The order of an account's points of one kind, best first."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.contacts.merging import days
from skiptrace.contacts.spelling import KINDS
from skiptrace.grouping import ranks
from skiptrace.vocabulary import WRONG_STATUSES


def rank_points(points: pa.Table, account: np.ndarray, seen: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """(rank: int32 per row, order of the rows by account, kind and rank) of points.

    `points`: columns of CONTACT_POINTS; `account` int64 per row, ascending like account_id; `seen` (int64) how much
    evidence each has. Best is p_current times p_right_party; ties go by the evidence of an address, by the last day of
    another point, then by id."""
    kind = pc.index_in(points["kind"], pa.array(KINDS, pa.string())).to_numpy().astype(np.int64)
    group = account * len(KINDS) + kind
    score = points["p_current"].to_numpy() * points["p_right_party"].to_numpy()
    tie = np.where(kind == KINDS.index("address"), seen, days(points["last_seen"]))
    order = np.lexsort((-tie, -score, group))
    barred = pc.is_in(points["status"], pa.array(WRONG_STATUSES)).to_numpy(zero_copy_only=False)
    rank = ranks(group, _by_id(order, points, group, score, tie), barred)
    return pa.array(rank), np.argsort((group << 20) + rank, kind="stable")


def _by_id(order: np.ndarray, points: pa.Table, group: np.ndarray, score: np.ndarray, tie: np.ndarray) -> np.ndarray:
    """The order with rows that are equal in all else sorted by point_id, whatever order they came in."""
    same = (np.diff(group[order]) == 0) & (np.diff(score[order]) == 0) & (np.diff(tie[order]) == 0)
    rows = np.unique(np.concatenate([np.flatnonzero(same), np.flatnonzero(same) + 1]))
    if not len(rows):
        return order
    ids = pc.rank(points["point_id"].take(pa.array(order[rows])).combine_chunks(), tiebreaker="dense").to_numpy()
    at = order[rows]
    order[rows] = at[np.lexsort((ids, -tie[at], -score[at], group[at]))]
    return order
