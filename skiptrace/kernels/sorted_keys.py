"""Sorted blocking keys with a prefix table: how they are sorted, and how they are probed.

An entry is one uint64. The key's top `bits` bits are its place in the prefix table and are not stored; the next 32 bits are
the entry's high half. Its low half is the row, with the top bit set where records of the reference may look each other up by
the key: the key's own lowest bit, which no entry tells otherwise. A run of too many rows under one key is hot: it is one entry
with the low half HOT.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into
from skiptrace.kernels.fetching import fetch

HOT = np.uint64(0xFFFFFFFF)
LOW = np.uint64(0xFFFFFFFF)
ROW = np.uint64(0x7FFFFFFF)
AMONG = np.uint64(0x80000000)
FEW = 24
AHEAD = 16
"""Keys whose entries are asked for ahead; the prefix of twice as many."""
_32 = np.uint64(32)
_Keys = npt.NDArray[np.uint64]
_Rows = npt.NDArray[np.int64]


@compiled_into
def entry_of(key: Any, row: Any, bits: Any) -> Any:
    """The entry of a key and a row."""
    return (((key << bits) >> _32) << _32) | (key & np.uint64(1)) << np.uint64(31) | row


@compiled
def spread(
    keys: _Keys, rows: npt.NDArray[np.int32], first_row: Whole, shift: Whole, starts: _Rows, out_keys: _Keys,
    out_rows: npt.NDArray[np.uint32],
) -> None:  # fmt: skip
    """Bring keys and rows into the order of the keys' top bits (all but `shift`), otherwise as they stand. `starts` int64
    [2**(64 - shift) + 1] becomes where each begins."""
    down = np.uint64(shift)
    starts[:] = 0
    for place in range(len(keys)):
        starts[np.int64(keys[place] >> down) + 1] += 1
    for number in range(len(starts) - 1):
        starts[number + 1] += starts[number]
    fill = starts.copy()
    for place in range(len(keys)):
        bucket = np.int64(keys[place] >> down)
        out_keys[fill[bucket]] = keys[place]
        out_rows[fill[bucket]] = rows[place] + first_row
        fill[bucket] += 1


@compiled_into
def sort_run(values: Any, begin: Whole, end: Whole) -> None:
    """Sort values[begin:end] in place: by insertion where they are few."""
    if end - begin > FEW:
        values[begin:end].sort()
    else:
        for place in range(begin + 1, end):
            moved, to = values[place], place
            while to > begin and values[to - 1] > moved:
                values[to] = values[to - 1]
                to -= 1
            values[to] = moved


@compiled
def sort_bucket(
    keys: _Keys, rows: npt.NDArray[np.uint32], bits: Whole, first_prefix: Whole, cap: Whole, narrow_cap: Whole,
    prefix: npt.NDArray[np.int64], entries: _Keys, hot_keys: _Keys, hot_rows: npt.NDArray[np.uint32],
) -> tuple[Whole, Whole]:  # fmt: skip
    """Sort the keys of some neighbouring prefixes (the first is `first_prefix`) to entries. Keys with the top bit set are hot
    beyond `narrow_cap` rows, others beyond `cap`.

    prefix int64 [prefixes + 1] becomes where each begins within this bucket. Rows under hot keys go to `hot_keys` and
    `hot_rows`. Returns (entries, hot rows) written."""
    shift, up = np.uint64(64 - bits), np.uint64(bits)
    prefixes = len(prefix) - 1
    fill = np.zeros(prefixes + 1, np.int64)
    for place in range(len(keys)):
        fill[np.int64(keys[place] >> shift) - first_prefix + 1] += 1
    for number in range(prefixes):
        fill[number + 1] += fill[number]
    starts = fill.copy()
    sorted_entries = np.empty(len(keys), np.uint64)
    for place in range(len(keys)):
        number = np.int64(keys[place] >> shift) - first_prefix
        sorted_entries[fill[number]] = entry_of(keys[place], np.uint64(rows[place]), up)
        fill[number] += 1
    filled, hot = 0, 0
    for number in range(prefixes):
        begin, end = starts[number], starts[number + 1]
        most = narrow_cap if (number + first_prefix) >> (bits - 1) else cap
        prefix[number] = filled
        sort_run(sorted_entries, begin, end)
        place = begin
        while place < end:
            stop = place + 1
            while stop < end and sorted_entries[stop] >> _32 == sorted_entries[place] >> _32:
                stop += 1
            if stop - place > most:
                whole = (np.uint64(number + first_prefix) << shift) | ((sorted_entries[place] >> _32) << _32 >> up)
                for one in range(place, stop):
                    hot_keys[hot], hot_rows[hot] = whole, np.uint32(sorted_entries[one] & ROW)
                    hot += 1
                entries[filled] = (sorted_entries[place] & ~LOW) | HOT
                filled += 1
            else:
                for one in range(place, stop):
                    entries[filled] = sorted_entries[one]
                    filled += 1
            place = stop
    prefix[prefixes] = filled
    return filled, hot


@compiled
def order_by_top(keys: _Keys, shift: Whole, ends: _Rows, order: npt.NDArray[np.int32]) -> None:
    """The positions of keys in the order of their top bits (all but `shift`), otherwise as they stand. `ends` int64
    [2**(64 - shift) + 1] becomes where each begins."""
    down = np.uint64(shift)
    ends[:] = 0
    for place in range(len(keys)):
        ends[np.int64(keys[place] >> down) + 1] += 1
    for number in range(len(ends) - 1):
        ends[number + 1] += ends[number]
    fill = ends.copy()
    for place in range(len(keys)):
        bucket = np.int64(keys[place] >> down)
        order[fill[bucket]] = place
        fill[bucket] += 1


@compiled
def probe(
    keys: _Keys, order: npt.NDArray[np.int32], entries: _Keys, prefix: npt.NDArray[np.uint32], bits: Whole, starts: _Rows,
    runs: npt.NDArray[np.int32],
) -> Whole:  # fmt: skip
    """Where the rows of the keys at the positions in `order` begin among the entries, and how many they are; -1 for a hot key.
    Returns the sum of the runs. Keys in about their own order read the entries from one end to the other."""
    shift, up = np.uint64(64 - bits), np.uint64(bits)
    total = 0
    for one in range(-2 * AHEAD, len(order)):
        if one + 2 * AHEAD < len(order):
            fetch(prefix, np.int64(keys[order[one + 2 * AHEAD]] >> shift))
        if 0 <= one + AHEAD < len(order):
            coming = order[one + AHEAD]
            starts[coming] = prefix[np.int64(keys[coming] >> shift)]
            if starts[coming] < len(entries):
                fetch(entries, starts[coming])
        if one < 0:
            continue
        place = order[one]
        at, end = starts[place], np.int64(prefix[np.int64(keys[place] >> shift) + 1])
        wanted = (keys[place] << up) >> _32
        while at < end and entries[at] >> _32 < wanted:
            at += 1
        stop = at
        while stop < end and entries[stop] >> _32 == wanted:
            stop += 1
        starts[place], runs[place] = at, stop - at
        if stop > at and entries[at] & LOW == HOT:
            runs[place] = -1
        else:
            total += stop - at
    return total


@compiled
def copy_rows(
    order: npt.NDArray[np.int32], entries: _Keys, runs: npt.NDArray[np.int32], before: Whole, starts: _Rows, out: npt.NDArray[np.uint32]
) -> None:  # fmt: skip
    """Copy the rows that `probe` found to `out`, in this order; `starts` becomes where they begin there, with `before` added."""
    filled = 0
    for one in range(len(order)):
        place = order[one]
        at = starts[place]
        starts[place] = before + filled
        for number in range(max(runs[place], 0)):
            out[filled] = np.uint32(entries[at + number] & ROW)
            filled += 1


class Runs(NamedTuple):
    """Probed keys, ascending by the probing row: that row, and where in `found` the rows of the index begin and how many they are."""

    rows: npt.NDArray[np.int32]
    starts: _Rows
    runs: npt.NDArray[np.int32]
    found: npt.NDArray[np.uint32]


@compiled
def gather(
    first: Runs, second: Runs, probing: Whole, seen: npt.NDArray[np.int64], generation: Whole,
    left: npt.NDArray[np.int32], right: npt.NDArray[np.int32],
) -> Whole:  # fmt: skip
    """The distinct pairs (probing row, row of the index) that two sets of runs bring, in the order of the probing rows.

    `seen` int64 [power of two, at least twice the most rows one probing row can bring]: scratch. No call on it may have had a
    `generation` from this call's up to this call's plus the `probing` rows; it begins as zeros. Returns how many pairs were
    written."""
    mask = np.uint64(len(seen) - 1)
    filled, one, two = 0, 0, 0
    for row in range(probing):
        mark = np.int64(generation) + row + 1
        for turn in range(2):
            side = first if turn == 0 else second
            place = one if turn == 0 else two
            while place < len(side.rows) and side.rows[place] == row:
                for at in range(side.starts[place], side.starts[place] + side.runs[place]):
                    other = np.int64(side.found[at])
                    tag = mark << 32 | other
                    slot = (np.uint64(other) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20) & mask
                    while seen[slot] >> 32 == mark and seen[slot] != tag:
                        slot = (slot + np.uint64(1)) & mask
                    if seen[slot] != tag:
                        seen[slot] = tag
                        left[filled], right[filled] = row, other
                        filled += 1
                place += 1
            if turn == 0:
                one = place
            else:
                two = place
    return filled
