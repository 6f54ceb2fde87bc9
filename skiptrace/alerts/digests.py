"""Which accounts may have an alert: a number per account over the few columns that alerts depend on, compared between two runs.

Reading two runs whole would cost more than all else a quiet night does. Two accounts that differ have one number once in 2^64;
accounts that do not differ for any alert may still have two, which costs time and changes nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.alerts.rules import AlertRules, Limits
from skiptrace.kernels.text_hash import hash_texts
from skiptrace.normalize.text_buffers import arrow_text

Numbers = NDArray[np.uint64]

COLUMNS: Final = {
    "accounts": ("account_id", "locate_status", "p_any_channel", "holds"),
    "contact_points": ("account_id", "point_id", "rank", "status", "p_current"),
    "decisions": ("account_id", "point_id", "channel", "decision"),
}  # fmt: skip
"""What is read of each table; of `situations` account_id, point_id and the facts that the rules name."""
_ODD: Final = tuple(np.uint64(value | 1) for value in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5))


def facts_named(rules: AlertRules) -> list[str]:
    """Columns of the fact sheet that bring about an alert."""
    return sorted({fact for kind in rules.kinds.values() for fact in (*kind.facts, *kind.point_facts)})


class Digests:
    """A number per account of a partition, and the rows of its fact sheet that say something. Tables are added piece by piece, with the
    columns of COLUMNS; the rows of one account stand together."""

    def __init__(self, accounts: pa.Table, limits: Limits) -> None:
        self._limits, self._ids = limits, accounts["account_id"].combine_chunks()
        self._accounts = accounts.select(["account_id", "p_any_channel"])
        self._found = _mixed(_hashes(accounts["locate_status"]) ^ _hashes(pc.binary_join(accounts["holds"], " ")) * _ODD[0])
        self._met: list[tuple[pa.Array, Numbers]] = []  # accounts of rows that were added, and their sums

    @property
    def table(self) -> pa.Table:
        """account_id, p_any_channel, digest (uint64)."""
        found = self._found.copy()
        if self._met:  # all at once: the accounts are sorted into a table of hashes every time that some are looked up
            met = pa.concat_arrays([ids for ids, _ in self._met])
            np.add.at(found, pc.index_in(met, self._ids).to_numpy(), np.concatenate([sums for _, sums in self._met]))
        return self._accounts.append_column("digest", pa.array(found))

    def add_points(self, points: pa.Table) -> None:
        """Which points there are, in which state, which lead, and whether as likely."""
        first = points["rank"].to_numpy() == 1
        likely = first & (points["p_current"].to_numpy() >= self._limits.likely_address)
        row = _hashes(points["point_id"]) ^ _hashes(points["status"]) * _ODD[1] ^ (first * 1 + likely * 2).astype(np.uint64) * _ODD[2]
        self._add(points["account_id"], _mixed(row))

    def add_uses(self, uses: pa.Table) -> None:
        """Which uses there are, and which are open."""
        row = _hashes(uses["point_id"]) ^ _hashes(uses["channel"]) * _ODD[2]
        stopped = pc.equal(uses["decision"], "stopped").to_numpy().astype(np.uint64)
        self._add(uses["account_id"], _mixed(row ^ stopped * _ODD[3]))

    def add_facts(self, sheet: pa.Table) -> pa.Table:
        """What is reported of accounts and points; returns the rows that report something, which are few."""
        flags = np.zeros(len(sheet), np.uint64)
        for place, name in enumerate(name for name in sheet.column_names if name not in ("account_id", "point_id")):
            flags |= pc.fill_null(sheet[name], False).to_numpy().astype(np.uint64) << np.uint64(place)
        told = np.flatnonzero(flags)
        some = sheet.take(pa.array(told))
        self._add(some["account_id"], _mixed(_hashes(some["point_id"]) ^ flags[told] * _ODD[0]))
        return some

    def _add(self, account: pa.ChunkedArray, row: Numbers) -> None:
        """Add each row's number to its account's: a sum, so that the order of rows does not matter."""
        if not len(row):
            return
        whole = account.combine_chunks()
        start = np.append(0, np.flatnonzero(pc.not_equal(whole[1:], whole[:-1]).to_numpy(zero_copy_only=False)) + 1)
        self._met.append((whole.take(pa.array(start)), np.add.reduceat(row, start)))


def differing(before: pa.Table, after: pa.Table, limits: Limits) -> pa.Array:
    """Accounts (string, in the order of `after`) that are in both tables and may have an alert. Each has account_id, p_any_channel and
    `digest` (uint64)."""
    place = pc.index_in(after["account_id"].combine_chunks(), before["account_id"].combine_chunks())
    there = np.flatnonzero(place.is_valid())
    was = before.take(place.take(pa.array(there)))
    now = after.take(pa.array(there))
    differ = was["digest"].to_numpy() != now["digest"].to_numpy()
    differ |= np.abs(was["p_any_channel"].to_numpy() - now["p_any_channel"].to_numpy()) >= limits.reach_step - 1e-9
    return now["account_id"].combine_chunks().filter(pa.array(differ))


def _hashes(column: pa.ChunkedArray) -> Numbers:
    """64-bit hash per text; of a column of dictionaries each word is hashed once."""
    parts = []
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type):
            parts.append(_of_text(chunk.dictionary)[chunk.indices.to_numpy()])
        else:
            parts.append(_of_text(chunk))
    return np.concatenate(parts) if parts else np.zeros(0, np.uint64)


def _of_text(texts: pa.Array) -> Numbers:
    out = np.empty(len(texts), np.uint64)
    hash_texts(*arrow_text(texts), out)
    return out


def _mixed(value: Numbers) -> Numbers:
    """SplitMix64's finaliser, so that a sum of numbers is as good as a set of them."""
    z = value + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: Numbers = z ^ (z >> np.uint64(31))
    return found
