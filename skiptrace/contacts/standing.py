"""Where a point stands after attempts and sources' words: which outcomes are about it, and what they add."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes, number
from skiptrace.contacts.outcomes import proofs
from skiptrace.contacts.places import Places
from skiptrace.contacts.rules import CurrencyRules
from skiptrace.grouping import matches


def standing(
    points: pa.Table, evidence: pa.Table, point: np.ndarray, instant: np.ndarray, attempts: np.ndarray, places: Places,
    dead: pa.Table, rules: CurrencyRules, as_of: dt.date,
) -> tuple[np.ndarray, pa.ChunkedArray]:  # fmt: skip
    """(log-odds that outcomes and statuses add: float64, status: string) of each of `points` (kind, value, status).

    `attempts`: rows of EVIDENCE that are outcomes of the consumer's, `instant` (int64, seconds since 1970) and `point` of
    each row of EVIDENCE; the first points are those of `places`. `dead`: what is dead for everybody."""
    row, whose = _about(attempts, point, places)
    found, listed = _listed(points, dead)
    told = pa.chunked_array(
        [*evidence["outcome"].take(pa.array(row)).chunks, *dead["outcome"].take(pa.array(listed)).chunks], pa.string()
    )
    seconds = dead["occurred_at"].cast(pa.int64()).to_numpy()
    now = (as_of - dt.date(1970, 1, 1)).days * 86_400
    when = np.concatenate([instant[row], seconds[listed]])
    added, proved = proofs(np.concatenate([whose, found]), told, when, rules, len(points), now)
    names, code = codes(points["status"])
    by_status = np.array([rules.status.get(name, 0.0) for name in names] + [0.0])[code]
    added = np.where(proved.is_null().to_numpy(zero_copy_only=False), added + by_status, added)
    return added, pc.coalesce(pa.chunked_array([proved]), points["status"], pa.scalar("unknown"))


def _about(attempts: np.ndarray, point: np.ndarray, places: Places) -> tuple[np.ndarray, np.ndarray]:
    """(row, point) of each point that an attempt says something of: its own, and every spelling of one delivery point.

    House and street must be the same, and units where both have one: another number is another house."""
    own = point[attempts]
    is_address = own < len(places.place)
    rows, mine = attempts[is_address], own[is_address]
    at, other = matches(places.place[mine], places.place)
    mine = mine[at]
    house, street, unit = (number(places.spelled[name]) for name in ("house", "street", "unit"))
    same = (house[other] == house[mine]) & (street[other] == street[mine])
    same &= (unit[other] == unit[mine]) | (unit[other] < 0) | (unit[mine] < 0)
    return (
        np.concatenate([attempts[~is_address], rows[at[same]]]),
        np.concatenate([own[~is_address], other[same]]),
    )


def _listed(points: pa.Table, dead: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """(point, row of `dead`) of every phone and e-mail that is dead for everybody."""
    if not len(dead):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # a number is never an e-mail, so the value alone tells which is meant
    listed = dead.append_column("row", pa.array(np.arange(len(dead)))).filter(pc.not_equal(dead["kind"], "address"))
    row = pc.index_in(points["value"], listed["value"].combine_chunks()).fill_null(-1).to_numpy().astype(np.int64)
    found = np.flatnonzero(row >= 0)
    return found, listed["row"].to_numpy()[row[found]]
