"""Which rows of evidence show one contact point, by canonical form, within an account.

A mailbox is one point however its tags are written. A number is one point, and so is the number that it had before its
area code was split: the last seven digits stay, and both codes belong to one split. An address is one point per spelling;
`places` says which spellings are one place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes, number, ranked
from skiptrace.contacts.merging import days
from skiptrace.grouping import components

KINDS = ("address", "email", "phone")
"""In the order in which an account's points stand."""


@dataclass(frozen=True)
class Spelled:
    """The points of EVIDENCE before addresses are pooled: `point` of each row; `kind` (place in KINDS), `account` and
    `speaker` (the row whose value stands for the point) of each point, ascending by kind and account."""

    point: np.ndarray
    account: np.ndarray
    kind: np.ndarray
    speaker: np.ndarray

    def of(self, kind: str) -> slice:
        """The points of one kind."""
        low, high = np.searchsorted(self.kind, [KINDS.index(kind), KINDS.index(kind) + 1])
        return slice(int(low), int(high))


def spell(evidence: pa.Table, shows: np.ndarray, splits: frozenset[tuple[int, int]]) -> Spelled:
    """The points of EVIDENCE. `splits`: pairs of an old and a new area code; `shows`: rows that are sightings.

    The commonest, then newest value speaks for a mailbox; the newer area code for a number."""
    account = evidence["account"].to_numpy()
    names, code = codes(evidence["kind"])
    kind = np.array([KINDS.index(name) for name in names], np.int64)[code] if names else code
    value = number(evidence["value"])
    key = value.copy()
    mail = np.flatnonzero(kind == KINDS.index("email"))
    mailbox = pc.coalesce(evidence["match_key"].take(pa.array(mail)), evidence["value"].take(pa.array(mail)))
    key[mail] = number(mailbox)  # a code of its own kind: kinds are never compared
    home = np.flatnonzero(kind == KINDS.index("address"))
    key[home] = ranked(evidence["value"].take(pa.array(home)))  # sums over an account's addresses run in an order of its own
    width = int(key.max(initial=0)) + 1
    people = int(account.max(initial=0)) + 1
    _, first, point = np.unique((kind * people + account) * width + key, return_index=True, return_inverse=True)
    joined, ahead = _lines(evidence["value"], account[first], kind[first], first, splits)
    if joined is not None:
        _, first, point = np.unique(joined[point], return_index=True, return_inverse=True)
    return Spelled(point, account[first], kind[first], _speakers(evidence, point, first, value, shows, ahead))


def _lines(
    values: pa.ChunkedArray, account: np.ndarray, kind: np.ndarray, row: np.ndarray, splits: frozenset[tuple[int, int]]
) -> tuple[np.ndarray | None, np.ndarray]:
    """(lowest point that is the same line, or None where no two are; area codes that were new in a split)."""
    new = np.array(sorted({pair[1] for pair in splits}), np.int64)
    phones = np.flatnonzero(kind == KINDS.index("phone"))
    local = _digits(values.take(pa.array(row[phones])))
    phones, local = phones[local >= 0], local[local >= 0]
    area, line = np.divmod(local, 10_000_000)
    order = np.lexsort((area, line, account[phones]))
    phones, area, line = phones[order], area[order], line[order]
    same = (line[1:] == line[:-1]) & (account[phones][1:] == account[phones][:-1])
    at = np.flatnonzero(same)
    known = np.array([(a, b) in splits or (b, a) in splits for a, b in zip(area[at], area[at + 1], strict=True)], bool)
    if not known.any():
        return None, new
    return components(len(account), phones[at[known]], phones[at[known] + 1]), new


def _digits(values: pa.ChunkedArray) -> np.ndarray:
    """The ten digits of numbers of country code 1 as an integer, -1 elsewhere: int64 [n]."""
    ours = pc.and_(pc.starts_with(values, "+1"), pc.equal(pc.utf8_length(values), 12))
    code = pc.if_else(ours, pc.utf8_slice_codeunits(values, 2, 12), "-1")
    found: np.ndarray = pc.cast(code, pa.int64()).to_numpy()
    return found


def _speakers(
    evidence: pa.Table, point: np.ndarray, first: np.ndarray, value: np.ndarray, shows: np.ndarray, new: np.ndarray
) -> np.ndarray:
    """The row whose value stands for each point."""
    speaker = first.copy()
    several = np.zeros(len(first), bool)
    several[point[value != value[first][point]]] = True
    rows = np.flatnonzero(several[point])
    if not len(rows):
        return speaker
    _, one, place, uses = np.unique(
        point[rows] * (int(value.max()) + 1) + value[rows], return_index=True, return_inverse=True, return_counts=True
    )
    uses = np.bincount(place, weights=shows[rows], minlength=len(uses))
    newest = np.full(len(uses), -(2**62))
    np.maximum.at(newest, place, days(evidence["last_seen"])[rows])
    texts = evidence["value"].take(pa.array(rows[one]))
    ahead = np.isin(_digits(texts) // 10_000_000, new)
    order = np.lexsort((pc.rank(texts.combine_chunks()).to_numpy(), -newest, -uses, ~ahead, point[rows[one]]))
    lead = order[np.unique(point[rows[one]][order], return_index=True)[1]]
    speaker[point[rows[one[lead]]]] = rows[one[lead]]
    return speaker
