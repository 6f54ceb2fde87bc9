"""Counting by which sources the best chances of accounts rest: the steps from which `skiptrace.report.worth` tells what each is worth.

An account's chances, best first, with the sources that show a point so far, cut its best chance into steps: a step is there as soon as
one source of its set is. What the portfolio shows itself needs no source."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ContractError
from skiptrace.report.holdouts import FOLDS
from skiptrace.report.owed import Owed
from skiptrace.report.placed import Places
from skiptrace.vocabulary import CHANNELS

ANY: Final = "any"
"""In place of a channel: the best chance over all of them."""
OWN: Final = "portfolio"
"""What it shows is there without any source."""
_UNIT: Final = 10**9
_BITS: Final = 62
_FREE: Final = np.int64(1) << _BITS
"""Set in the first word where the portfolio shows a point, so that no source is needed."""


def counted(
    points: pa.Table, channels: pa.Table, places: Mapping[str, Places], codes: Mapping[str, np.ndarray], owed: Owed, folds: np.ndarray
) -> dict[str, pa.Table]:  # fmt: skip
    """The column `shown_by` of COUNTS. `points`: sources (lists of words); `channels`: channel, p_reach; `places`: of the rows of
    `contact_points` and `channels` their accounts; `codes`: likewise a number for each point id; `folds`: of each account. Raises
    ContractError for a use of a point that is not there."""
    names, shown = _shown(points["sources"])
    size = int(max((code.max(initial=-1) for code in codes.values()), default=-1)) + 1
    at = {name: places[name].astype(np.int64) * size + codes[name] for name in codes}
    order = np.argsort(at["contact_points"], kind="stable")
    known = at["contact_points"][order]
    found = np.searchsorted(known, at["channels"])
    if len(channels) and (not len(known) or (known[np.minimum(found, len(known) - 1)] != at["channels"]).any()):
        raise ContractError("table channels: it has a use of a point that contact_points has not")
    sets = shown[order[found]]
    chance = np.floor(channels["p_reach"].to_numpy() * _UNIT + 0.5).astype(np.int64)
    channel = pc.index_in(channels["channel"].cast(pa.string()), pa.array(CHANNELS)).to_numpy().astype(np.int64)
    some = chance > 0
    place, channel, chance, sets = places["channels"].astype(np.int64)[some], channel[some], chance[some], sets[some]
    each, left = _steps(place, channel, chance, sets, owed, folds)
    every, _ = _steps(place[left], np.full(len(left), len(CHANNELS)), chance[left], sets[left], owed, folds)
    return {"shown_by": _table(names, every, each)}


def _shown(lists: pa.ChunkedArray) -> tuple[list[str], np.ndarray]:
    """The names of sources, and of each point which of them show it: int64 [points, words], a bit per name."""
    encoded = pc.list_flatten(lists).dictionary_encode().unify_dictionaries()
    there = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    names = sorted(name for name in there if name != OWN)
    code = pa.chunked_array([chunk.indices for chunk in encoded.chunks], pa.int32()).to_numpy()
    place = np.array([names.index(name) if name != OWN else -1 for name in there], np.int64)[code]
    lengths = pc.list_value_length(lists).to_numpy()
    row = np.repeat(np.arange(len(lengths)), lengths)
    bits = np.zeros((len(lengths), max(1, -(-len(names) // _BITS))), np.int64)
    for word in range(bits.shape[1]):
        mine = place // _BITS == word
        np.bitwise_or.at(bits[:, word], row[mine], np.int64(1) << (place[mine] % _BITS))
    bits[lengths == 0, 0] |= _FREE
    bits[row[place < 0], 0] |= _FREE
    return names, bits


def _steps(
    place: np.ndarray, channel: np.ndarray, chance: np.ndarray, sets: np.ndarray, owed: Owed, folds: np.ndarray
) -> tuple[tuple[np.ndarray, ...], np.ndarray]:  # fmt: skip
    """Steps of value of each account and channel: channel, fold, the set that each needs (a row of bits), accounts that have such a step,
    those whose last step before the portfolio's own it is, the chance in 1e-9 and the balance in cents that it adds. And the rows that
    make a step: those that make none on a channel make none on any."""
    group = place * (len(CHANNELS) + 1) + channel
    order = np.argsort((group << 30) | (_UNIT - chance), kind="stable")
    order = order[~_settled(group[order], sets[order, 0] >= _FREE)]
    group, channel, chance, needed = group[order], channel[order], chance[order], sets[order]
    first = np.diff(group, prepend=-1) != 0
    last = np.append(first[1:], True)[: len(first)]
    start = np.flatnonzero(first)
    depth = np.arange(len(group)) - np.repeat(start, np.diff(start, append=len(group)))
    by_depth, ends = np.argsort(depth, kind="stable"), np.cumsum(np.bincount(depth))
    for begin, end in itertools.pairwise(ends):
        rows = by_depth[begin:end]
        needed[rows] |= needed[rows - 1]
    free = needed[:, 0] >= _FREE
    needed[free] = 0
    needed[free, 0] = _FREE
    cents = owed.cents[place[order]]
    money = cents // _UNIT * chance + (cents % _UNIT * chance + _UNIT // 2) // _UNIT
    begun = first | np.append(True, (needed[1:] != needed[:-1]).any(axis=1))[: len(first)]
    ended = ~free & (last | np.append(free[1:], True)[: len(free)])
    return (channel, folds[place[order]], needed, begun, ended, _less_next(chance, last), _less_next(money, last)), order


def _settled(group: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Whether an earlier row of the same group is free already: such rows add nothing."""
    before = np.cumsum(free) - free
    start = np.flatnonzero(np.diff(group, prepend=-1))
    found: np.ndarray = before > np.repeat(before[start], np.diff(start, append=len(group)))
    return found


def _less_next(values: np.ndarray, last: np.ndarray) -> np.ndarray:
    return values - np.where(last, 0, np.append(values[1:], 0)[: len(values)])


def _table(names: list[str], *found: tuple[np.ndarray, ...]) -> pa.Table:
    channel, fold, needed, begun, ended, chance, money = (np.concatenate(one) for one in zip(*found, strict=True))
    code = channel * FOLDS + fold
    for word in range(needed.shape[1]):
        own = _numbered(needed[:, word])
        code = _numbered(code * (own.max(initial=0) + 1) + own)
    groups = int(code.max(initial=-1)) + 1
    order = np.argsort(code.astype(np.uint16) if groups <= 1 << 16 else code, kind="stable")  # short integers are sorted by counting
    start = np.searchsorted(code[order], np.arange(groups))
    each = (begun, ended, chance, money)
    sums = [np.add.reduceat(values[order], start, dtype=np.int64).tolist() if groups else [] for values in each]
    example = order[start]
    words = (*CHANNELS, ANY)
    return pa.table({
        "channel": pa.array([words[channel[row]] for row in example], pa.string()),
        "sources": pa.array([_named(names, needed[row].tolist()) for row in example], pa.string()),
        "fold": pa.array(fold[example], pa.int32()),
        "accounts": pa.array(sums[0], pa.int64()), "ended": pa.array(sums[1], pa.int64()),
        "p": pa.array([Decimal(one).scaleb(-9) for one in sums[2]], pa.decimal128(38, 9)),
        "balance": pa.array([Decimal(one).scaleb(-2) for one in sums[3]], pa.decimal128(38, 2)),
    })  # fmt: skip


def _numbered(values: np.ndarray) -> np.ndarray:
    """A number for each distinct value, in the order in which they come: int64."""
    found: np.ndarray = pa.array(values).dictionary_encode().indices.to_numpy().astype(np.int64)
    return found


def _named(names: list[str], words: list[int]) -> str:
    if words[0] >= _FREE:
        return OWN
    return ",".join(name for place, name in enumerate(names) if words[place // _BITS] >> (place % _BITS) & 1)
