"""Ids of consumers that last: what an account was called before decides what its group is called now.

Accounts come, go and are linked anew every night, and a dialer, a letter vendor and an opt-out list know the consumer by an id. So:

* a group of accounts keeps the id that most of its accounts had; of two as frequent, the older one, and of two of one night the one
  that sorts first;
* an id that several groups could keep stays with the group that holds most accounts of it; of two with as many, the one with the
  account that sorts first. The other group keeps the next of its own ids that is free, or gets a new one;
* an id whose accounts all went to other groups is retired for good and points to the one that took most of them. An id of which no
  account is on the tape is closed, and comes back with any of them;
* a new id is made of the group's leading account, and where that id was ever given, of the account and a number. None is reused.

With nothing known every group is named after its leading account.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.grouping import begins
from skiptrace.ids import digest, digests
from skiptrace.schema import CONSUMER_CHANGES
from skiptrace.schema.table import Table, conform
from skiptrace.schema.working import CONSUMERS, NAMED_ACCOUNTS, NAMED_CONSUMERS

LIVING, MERGED, CLOSED = "living", "merged", "closed"
_Codes = NDArray[np.int64]


class Known(NamedTuple):
    """What a project knew before a run. Ids are told by their place in `ids`, oldest first.

    accounts: string, every account that ever was one of a consumer; had: the id of each, retired ones followed to what they became;
    ids: string; state: of each id living, merged or closed (string)."""

    accounts: pa.Array
    had: _Codes
    ids: pa.Array
    state: pa.Array


NOTHING = Known(pa.array([], pa.string()), np.zeros(0, np.int64), pa.array([], pa.string()), pa.array([], pa.string()))
"""What a project knows before its first run."""


class Named(NamedTuple):
    """What the groups of a run are called. accounts: string; had, now: the id of each before and now, by its place in `ids`, -1 for
    none; ids: string, those that were known and then the new ones."""

    accounts: pa.Array
    had: _Codes
    now: _Codes
    ids: pa.Array

    @property
    def table(self) -> pa.Table:
        """CONSUMERS, by account."""
        found = pa.table({"account_id": self.accounts, "consumer_id": self.ids.take(pa.array(self.now))})
        return conform(found.sort_by("account_id"), CONSUMERS)


class Register(NamedTuple):
    """What a run adds to what is known: NAMED_ACCOUNTS and NAMED_CONSUMERS, of what changed alone, and CONSUMER_CHANGES."""

    accounts: pa.Table
    consumers: pa.Table
    changes: pa.Table


def known(accounts: pa.Table, consumers: pa.Table, night: int) -> Known:
    """What was known after the run of this number, by NAMED_ACCOUNTS and NAMED_CONSUMERS of it and of any later one, each night's as
    `register` gives them, night after night."""
    theirs = consumers.filter(pc.less_equal(consumers["night"], night))
    ids = _whole(theirs["consumer_id"]).dictionary_encode()
    last = np.zeros(len(ids.dictionary), np.int64)
    last[np.asarray(ids.indices)] = np.arange(len(theirs))  # of several rows the latest
    now = theirs.take(pa.array(last))
    led = _codes(_whole(now["became"]), ids.dictionary)
    led = np.where(led < 0, np.arange(len(led)), led)
    while not np.array_equal(led, led[led]):
        led = led[led]
    mine = accounts.filter(pc.less_equal(accounts["night"], night))
    had = led[_codes(_whole(mine["consumer_id"]), ids.dictionary)]
    seen = _whole(mine["account_id"]).dictionary_encode()
    row = np.zeros(len(seen.dictionary), np.int64)
    row[np.asarray(seen.indices)] = np.arange(len(mine))
    return Known(seen.dictionary, had[row], ids.dictionary, _whole(now["state"]))


def names(accounts: pa.Array, lead: _Codes, before: Known) -> Named:
    """The consumer of each account. `accounts`: distinct, in any order; `lead`: of each the row of the account that leads its
    group. Equal whatever the order of the rows, as long as the leading accounts are the same."""
    had = _had(accounts, before)
    kept = np.full(len(accounts), -1, np.int64)  # by leading row: the id that its group keeps
    rows = np.flatnonzero(had >= 0)
    width = max(len(before.ids), 1)
    pairs, of_row, count = np.unique(lead[rows] * width + had[rows], return_inverse=True, return_counts=True)
    group, id_ = pairs // width, pairs % width
    alone = (np.bincount(group, minlength=len(accounts))[group] == 1) & (np.bincount(id_, minlength=width)[id_] == 1)
    kept[group[alone]] = id_[alone]
    if not alone.all():
        _contested(kept, accounts, rows, of_row, np.flatnonzero(~alone), group, id_, count)
    fresh = np.flatnonzero((lead == np.arange(len(lead))) & (kept < 0))
    made = _made(accounts.take(pa.array(fresh)).to_pylist(), before.ids)
    kept[fresh] = len(before.ids) + np.arange(len(fresh))
    return Named(accounts, had, kept[lead], pa.concat_arrays([before.ids, pa.array(made, pa.string())]))


def named(consumers: pa.Table, before: Known) -> Named:
    """CONSUMERS that were named by what was known at another time, as if they had been named by what is known now."""
    accounts, theirs = (_whole(consumers[name]) for name in ("account_id", "consumer_id"))
    distinct = pc.unique(theirs)
    ids = pa.concat_arrays([before.ids, distinct.filter(pc.invert(pc.is_in(distinct, before.ids)))])
    return Named(accounts, _had(accounts, before), _codes(theirs, ids), ids)


def register(found: Named, before: Known, night: int, as_of: dt.date) -> Register:
    """What a run that gave these ids adds to what was known before it, as the run of this number."""
    had, now, ids = found.had, found.now, found.ids
    size, old = len(ids), len(before.ids)
    has = np.bincount(now, minlength=size) > 0
    before_too = np.bincount(had[had >= 0], minlength=size)  # accounts of tonight that had the id
    was = [np.asarray(pc.equal(before.state, word).to_numpy(zero_copy_only=False), bool) for word in (LIVING, CLOSED)]
    living, closed = (np.append(word, np.zeros(size - old, bool)) for word in was)
    moved = np.flatnonzero((had >= 0) & (had != now))
    pairs, count = np.unique(had[moved] * size + now[moved], return_counts=True)
    left, right = pairs // size, pairs % size
    gone, back = np.flatnonzero(living & ~has & (before_too == 0)), np.flatnonzero(closed & has)
    order = np.lexsort((right, -count, left))
    first = order[begins(left[order])]
    merged = first[~has[left[first]]]
    kind = np.where(~has[left], "merged", np.where(right >= old, "split", "moved"))
    changes = _table(
        CONSUMER_CHANGES,
        kind=pa.array([*kind, *["closed"] * len(gone), *["returned"] * len(back)], pa.string()),
        consumer_id=ids.take(pa.array(np.concatenate([left, gone, back]))),
        other_id=pa.concat_arrays([ids.take(pa.array(right)), pa.nulls(len(gone) + len(back), pa.string())]),
        accounts=pa.array(np.concatenate([count, np.bincount(before.had, minlength=size)[gone], before_too[back]]), pa.int32()),
    )
    parts = [(np.arange(old, size), LIVING), (back, LIVING), (left[merged], MERGED), (gone, CLOSED)]
    told = np.concatenate([codes for codes, _ in parts])
    became = np.concatenate([np.full(size - old + len(back), -1), right[merged], np.full(len(gone), -1)])
    new = np.flatnonzero(had != now)
    return Register(
        _table(
            NAMED_ACCOUNTS, account_id=found.accounts.take(pa.array(new)), consumer_id=ids.take(pa.array(now[new])),
            night=pa.repeat(pa.scalar(night, pa.int32()), len(new)),
        ).sort_by("account_id"),
        _table(
            NAMED_CONSUMERS, consumer_id=ids.take(pa.array(told)), became=ids.take(pa.array(became, mask=became < 0)),
            state=pa.concat_arrays([pa.repeat(word, len(codes)) for codes, word in parts]),
            as_of=pa.repeat(pa.scalar(as_of, pa.date32()), len(told)), night=pa.repeat(pa.scalar(night, pa.int32()), len(told)),
        ).sort_by("consumer_id"),
        changes.sort_by([(name, "ascending") for name in ("kind", "consumer_id", "other_id")]),
    )  # fmt: skip


def _had(accounts: pa.Array, before: Known) -> _Codes:
    """The id that each account had; -1 where it had none."""
    at = _codes(accounts, before.accounts)
    return np.where(at < 0, -1, before.had[at]) if len(before.had) else at


def _contested(
    kept: _Codes, accounts: pa.Array, rows: _Codes, of_row: _Codes, open_: _Codes, group: _Codes, id_: _Codes, count: _Codes
) -> None:  # fmt: skip
    """Give ids that several groups could keep, and groups that could keep several ids, by the rules above; into `kept`."""
    place = np.full(len(group), -1, np.int64)
    place[open_] = np.arange(len(open_))
    voters = np.flatnonzero(place[of_row] >= 0)
    texts = accounts.take(pa.array(rows[voters])).to_pylist()
    lowest: list[str | None] = [None] * len(open_)
    for at, text in zip(place[of_row[voters]].tolist(), texts, strict=True):
        best = lowest[at]
        if best is None or text < best:
            lowest[at] = text
    wishes = zip((-count[open_]).tolist(), id_[open_].tolist(), lowest, group[open_].tolist(), strict=True)
    taken: set[int] = set()
    for _, wanted, _, leader in sorted(wishes):
        if kept[leader] < 0 and wanted not in taken:
            kept[leader] = wanted
            taken.add(wanted)


def _made(leaders: Sequence[str], given: pa.Array) -> list[str]:
    """A new id for each leading account, none of which was ever given."""
    made = ["c-" + text for text in digests("consumer", leaders, size=8)]
    again = np.flatnonzero(pc.is_in(pa.array(made, pa.string()), given).to_numpy(zero_copy_only=False))
    if not len(again) and len(set(made)) == len(made):
        return made
    used, taken = set(given.to_pylist()), set[str]()
    for at in sorted(range(len(made)), key=lambda at: leaders[at]):
        number = 1
        while made[at] in used or made[at] in taken:
            number += 1
            made[at] = "c-" + digest("consumer", leaders[at], number, size=8)
        taken.add(made[at])
    return made


def _codes(texts: pa.Array, among: pa.Array) -> _Codes:
    """The place of each text among distinct ones; -1 for one that is not there, and for NULL."""
    return np.asarray(pc.fill_null(pc.index_in(texts, among, skip_nulls=True), -1)).astype(np.int64)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def _table(spec: Table, **columns: pa.Array) -> pa.Table:
    return conform(pa.table({name: columns[name] for name in spec.names}), spec)
