"""Which uses make a row of an export: one use, all channels of a point, or the ranked points of an account or a consumer.

A platform that dials people gets one row per consumer, however many debts: one call, one cap. The account with the most
expected value leads, its points fill the slots. Another account of the consumer joins the row only when each of these
points may be used for it as well, and in common hours; otherwise it is left out with its reason, because whoever works the
row could not know which number is for which debt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number
from skiptrace.export.grouping import merged, window_codes
from skiptrace.export.model import Profile
from skiptrace.sql import query

NEEDED = (
    "account_id", "consumer_id", "point_id", "channel", "decision", "conditions", "window_start", "window_end", "valid_until",
    "balance", "expected_value",
)  # fmt: skip
"""Columns of EXPORTABLE that rows are made by, whatever a profile names."""

_MERGED = ("decision", "conditions", "window_start", "window_end", "valid_until")
_OWED = """
SELECT row, CASE WHEN count(*) = count(balance) THEN sum(balance)::DECIMAL(14, 2) END AS balance FROM many GROUP BY row ORDER BY row
"""
OTHER_ACCOUNT = "other_account_of_consumer"
ROW_FULL = "consumer_row_full"
BAR = "account_number_has_bar"


@dataclass(frozen=True)
class Shaped:
    """Rows of an export before their cells: `rows` has a line per row with the columns of ROW (those that `uses` had),
    `slots` per slot the place in `uses` of what fills it (int64, NULL: empty), `row_of` and `accounts` which accounts stand
    in which row, `left` the accounts that were left out by reason."""

    rows: pa.Table
    slots: tuple[pa.Array, ...]
    row_of: np.ndarray
    accounts: pa.Array
    left: dict[str, str]


def shape(profile: Profile, uses: pa.Table) -> Shaped:
    """The rows that a profile makes of exportable uses (NEEDED and more columns of EXPORTABLE, in its order)."""
    if not uses.num_rows:
        return _nothing(profile, uses)
    if profile.row == "use":
        lead = np.arange(uses.num_rows)
        return _shaped(profile, uses, lead, lead, lead, lead, [lead])
    accounts = number(uses["account_id"])
    if profile.row == "point":
        pair = accounts * (uses.num_rows + 1) + number(uses["point_id"])
        _, lead, group = np.unique(pair, return_index=True, return_inverse=True)
        order = np.argsort(lead)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        return _shaped(profile, uses, accounts, lead[order], np.arange(uses.num_rows), place[group], [lead[order]])
    return _wide(profile, uses, accounts)


def _wide(profile: Profile, uses: pa.Table, accounts: np.ndarray) -> Shaped:
    """Rows of ranked points. `accounts` numbers the accounts in the order they appear, so their uses stand together."""
    starts = np.searchsorted(accounts, np.arange(accounts[-1] + 1))
    left: dict[str, str] = {}
    owners = np.arange(len(starts))
    others = np.empty(0, np.int64)
    if profile.row == "consumer":
        firsts = uses.select(["consumer_id", "expected_value"]).take(pa.array(starts))
        worth = pc.fill_null(firsts["expected_value"].cast(pa.float64()), -1.0).to_numpy()
        consumer = number(firsts["consumer_id"])
        order = np.lexsort((owners, -worth, consumer))
        leading = np.r_[True, consumer[order][1:] != consumer[order][:-1]]
        owners, others = np.sort(order[leading]), order[~leading]
    begin, end, _ = window_codes(uses)
    slots = _slots(profile, begin, end, starts, accounts, owners)
    used = np.concatenate([slot[slot >= 0] for slot in slots])
    row = np.concatenate([np.flatnonzero(slot >= 0) for slot in slots])
    if len(others):
        row_of = np.full(len(starts), -1)
        row_of[consumer[owners]] = np.arange(len(owners))
        joining = _Joining(uses, accounts, begin, end, used, row)
        names = uses["account_id"].take(pa.array(starts))
        more, theirs, left = joining.join(others, row_of[consumer[others]], names, owners, profile.accounts)
        used, row = np.r_[used, more], np.r_[row, theirs]
    return _shaped(profile, uses, accounts, slots[0], used, row, slots, left)


def _slots(
    profile: Profile, begin: np.ndarray, end: np.ndarray, starts: np.ndarray, accounts: np.ndarray, owners: np.ndarray
) -> list[np.ndarray]:
    """Per slot the use that fills it for each owner (int64, -1: none): the account's points by rank, those of later rank
    left out that have no hour in common with the ones before."""
    lengths = np.diff(np.r_[starts, len(accounts)])[owners]
    slots = [np.full(len(owners), -1, np.int64) for _ in range(profile.slots)]
    filled = np.zeros(len(owners), np.int64)
    since, until = np.full(len(owners), -1, np.int64), np.full(len(owners), np.iinfo(np.int64).max)
    for place in range(int(lengths.max())):
        rows = np.flatnonzero((lengths > place) & (filled < profile.slots))
        use = starts[owners[rows]] + place
        later, sooner = np.maximum(since[rows], begin[use]), np.minimum(until[rows], end[use])
        fits = later < sooner
        rows, use = rows[fits], use[fits]
        since[rows], until[rows] = later[fits], sooner[fits]
        for slot in range(profile.slots):
            here = filled[rows] == slot
            slots[slot][rows[here]] = use[here]
        filled[rows] += 1
    return slots


class _Joining:
    """Accounts that are not the leading ones of their consumer, and which of them join its row.

    `used[i]` is a use that stands in row `row[i]`; `begin` and `end` are the numbers of every use's window."""

    def __init__(
        self, uses: pa.Table, accounts: np.ndarray, begin: np.ndarray, end: np.ndarray, used: np.ndarray, row: np.ndarray
    ) -> None:
        self._uses, self._accounts, self._begin, self._end, self._used, self._row = uses, accounts, begin, end, used, row

    def join(
        self, others: np.ndarray, rows: np.ndarray, names: pa.ChunkedArray, owners: np.ndarray, most: int
    ) -> tuple[np.ndarray, np.ndarray, dict[str, str]]:
        """The uses of `others` that join and their rows, and by name why an account stays out. `others[i]` is of the consumer of
        row `rows[i]`; a row takes `most` accounts, in the order of `others`."""
        row_of = np.full(len(names), -1)
        row_of[others] = rows
        size = int(self._row.max()) + 1
        theirs, whole = self._same_points(row_of, others, size)
        since, until = np.full(size, -1), np.full(size, np.iinfo(np.int64).max)
        np.maximum.at(since, self._row, self._begin[self._used])
        np.minimum.at(until, self._row, self._end[self._used])
        own_since, own_until = np.full(len(names), -1), np.full(len(names), np.iinfo(np.int64).max)
        np.maximum.at(own_since, self._accounts[theirs], self._begin[theirs])
        np.minimum.at(own_until, self._accounts[theirs], self._end[theirs])
        barred = pc.match_substring(names, "|").to_numpy()
        count, joins = np.ones(size, np.int64), np.zeros(len(names), bool)
        why: dict[int, str] = {}
        for account, row in zip(others.tolist(), rows.tolist(), strict=True):
            later, sooner = max(since[row], own_since[account]), min(until[row], own_until[account])
            if barred[account] or barred[owners[row]]:
                why[account] = BAR
            elif not whole[account] or later >= sooner:
                why[account] = OTHER_ACCOUNT
            elif count[row] >= most:
                why[account] = ROW_FULL
            else:
                joins[account], since[row], until[row] = True, later, sooner
                count[row] += 1
        theirs = theirs[joins[self._accounts[theirs]]]
        told = names.take(pa.array(list(why), pa.int64())).to_pylist()
        return theirs, row_of[self._accounts[theirs]], dict(zip(told, why.values(), strict=True))

    def _same_points(self, row_of: np.ndarray, others: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Uses of `others` at a point of their row, and per account whether it has one for each of the row's points."""
        several = np.zeros(size, bool)
        several[row_of[others]] = True
        mine = np.flatnonzero(several[self._row])
        theirs = np.flatnonzero(row_of[self._accounts] >= 0)
        both = np.r_[self._used[mine], theirs]
        points = number(self._uses["point_id"].take(pa.array(both)))
        key = np.r_[self._row[mine], row_of[self._accounts[theirs]]] * (points.max(initial=0) + 1) + points
        theirs = theirs[np.isin(key[len(mine) :], key[: len(mine)])]
        found = np.bincount(self._accounts[theirs], minlength=len(row_of))
        asked = np.bincount(self._row, minlength=size)
        whole = np.zeros(len(row_of), bool)
        whole[others] = found[others] == asked[row_of[others]]
        return theirs, whole


def _shaped(
    profile: Profile, uses: pa.Table, accounts: np.ndarray, lead: np.ndarray, used: np.ndarray, row: np.ndarray,
    slots: list[np.ndarray], left: dict[str, str] | None = None,
) -> Shaped:  # fmt: skip
    """Rows with what holds for all their uses: `used[i]` stands in row `row[i]`. `accounts` numbers the accounts of uses."""
    rows = uses if profile.row == "use" else uses.take(pa.array(lead))
    several = profile.row != "use"
    told = uses.select([name for name in ("channel", *_MERGED) if name in uses.column_names])
    per_row = merged(told.take(pa.array(used)), row, len(lead)) if several else {"channels": uses["channel"].combine_chunks()}
    for name in _MERGED:
        if name in per_row:
            rows = rows.set_column(rows.column_names.index(name), name, per_row[name])
    row_of, names, balances = _accounts(uses, accounts, used, row)
    totals = _totals(rows, row_of, names, balances)
    filled = np.sum([slot >= 0 for slot in slots], axis=0).astype(np.int32)
    for name, column in {**totals, "channels": per_row["channels"], "slots_filled": pa.array(filled, pa.int32())}.items():
        rows = rows.append_column(name, column)
    places = tuple(pa.array(slot, mask=slot < 0) for slot in slots)
    return Shaped(rows, places, row_of, names, left or {})


def _accounts(uses: pa.Table, accounts: np.ndarray, used: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, pa.Array, pa.Array]:
    """Each account of each row once, in order of row and appearance: its row, number and balance."""
    _, first = np.unique(row * (uses.num_rows + 1) + accounts[used], return_index=True)
    first = first[np.lexsort((first, row[first]))]
    picked = pa.array(used[first])
    return row[first], uses["account_id"].combine_chunks().take(picked), uses["balance"].combine_chunks().take(picked)


def _totals(rows: pa.Table, row_of: np.ndarray, names: pa.Array, balances: pa.Array) -> dict[str, pa.Array]:
    """account_ids, account_count and total_balance of each row."""
    count = np.bincount(row_of, minlength=rows.num_rows).astype(np.int32)
    found: dict[str, Any] = {"account_count": pa.array(count, pa.int32())}
    if rows.num_rows == len(row_of):
        return {"account_ids": names, **found, "total_balance": balances}
    ends = pa.array(np.r_[0, np.cumsum(count)], pa.int32())
    found["account_ids"] = pc.binary_join(pa.ListArray.from_arrays(ends, names), "|")
    whole = balances.take(pa.array(np.searchsorted(row_of, np.arange(rows.num_rows))))
    many = count > 1
    table = pa.table({"row": pa.array(row_of), "balance": balances}).filter(pa.array(many[row_of]))
    told = query(_OWED, {"many": table})["balance"].combine_chunks().cast(whole.type)
    found["total_balance"] = pc.replace_with_mask(whole, pa.array(many), told)
    return found


def _nothing(profile: Profile, uses: pa.Table) -> Shaped:
    """No rows of no uses."""
    rows = uses
    kinds = {"account_ids": pa.string(), "account_count": pa.int32(), "total_balance": pa.decimal128(14, 2), "channels": pa.string(),
             "slots_filled": pa.int32()}  # fmt: skip
    for name, kind in kinds.items():
        rows = rows.append_column(name, pa.array([], kind))
    empty = tuple(pa.array([], pa.int64()) for _ in range(profile.slots))
    return Shaped(rows, empty, np.empty(0, np.int64), pa.array([], pa.string()), {})
