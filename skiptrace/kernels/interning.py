"""A hash table from sequences (of bytes, or of small integers) to numbers 0, 1, 2, … in order of first appearance.

Open addressing with linear probing. An entry is found when its 64-bit hash AND its whole content are equal: the content
comes from files of others. The hash begins with a number that each table draws for itself, so that nobody can write a file whose
texts collide; numbers of entries never depend on it.

`Table` holds nothing but arrays, so that compiled loops take it as it is. A table does not grow inside a loop: the loop
asks `has_room` before each row and stops where there is none, its caller calls `grown` and goes on from that row.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skiptrace.kernels.compiling import Whole, compiled, compiled_into

_SEED = np.uint64(0x9E3779B97F4A7C15)
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


class Table(NamedTuple):
    """`slots` int32[power of two], -1 where empty; per entry its hash, and its content as contents[starts[i]:starts[i+1]].

    `count` int64[1]: entries in use. `secret` uint64[1]: what its hashes begin with. Give the arrays to compiled loops; nothing
    else changes them.
    """

    slots: npt.NDArray[np.int32]
    hashes: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]
    contents: npt.NDArray[Any]
    count: npt.NDArray[np.int64]  # type: ignore[assignment]  # hides tuple.count, which nobody asks of a table
    secret: npt.NDArray[np.uint64]


def new_table(kind: type[np.generic], entries: int = 1024, elements: int = 16_384) -> Table:
    """An empty table for sequences of `kind` (uint8 for bytes), with room for so many entries and elements."""
    slots = 1 << (2 * entries - 1).bit_length()
    return Table(
        np.full(slots, -1, np.int32),
        np.zeros(entries, np.uint64),
        np.zeros(entries + 1, np.int64),
        np.zeros(elements, kind),
        np.zeros(1, np.int64),
        np.frombuffer(os.urandom(8), np.uint64).copy(),
    )


@compiled_into
def hash_of(data: npt.NDArray[Any], start: Whole, stop: Whole) -> Any:
    """64-bit hash of data[start:stop] (FNV-1a over elements, then one round of mixing)."""
    found = _SEED
    for at in range(start, stop):
        found = (found ^ np.uint64(data[at])) * _PRIME
    found = (found ^ (found >> _HALF)) * _MIX
    return found ^ (found >> _HALF)


@compiled_into
def code_of(table: Table, data: npt.NDArray[Any], start: Whole, stop: Whole) -> Any:
    """The table's own 64-bit hash of data[start:stop]: as `hash_of`, from the table's secret."""
    found = table.secret[0]
    for at in range(start, stop):
        found = (found ^ np.uint64(data[at])) * _PRIME
    found = (found ^ (found >> _HALF)) * _MIX
    return found ^ (found >> _HALF)


@compiled_into
def find(table: Table, data: npt.NDArray[Any], start: Whole, stop: Whole, code: Any) -> Whole:
    """The entry equal to data[start:stop], whose `code_of` is `code`; -1 - (its free slot) where there is none."""
    mask = len(table.slots) - 1
    slot = np.int64(code & np.uint64(mask))
    while True:
        entry = table.slots[slot]
        if entry < 0:
            return -1 - slot
        if table.hashes[entry] == code:
            begin = table.starts[entry]
            if table.starts[entry + 1] - begin == stop - start:
                same = True
                for at in range(stop - start):
                    if table.contents[begin + at] != data[start + at]:
                        same = False
                        break
                if same:
                    return np.int64(entry)
        slot = (slot + 1) & mask


@compiled_into
def intern(table: Table, data: npt.NDArray[Any], start: Whole, stop: Whole) -> Whole:
    """The entry of data[start:stop]; added where it is new. The caller has made sure that there is room."""
    code = code_of(table, data, start, stop)
    found = find(table, data, start, stop, code)
    if found >= 0:
        return found
    entry = table.count[0]
    begin = table.starts[entry]
    for at in range(stop - start):
        table.contents[begin + at] = data[start + at]
    table.starts[entry + 1] = begin + stop - start
    table.hashes[entry] = code
    table.slots[-1 - found] = entry
    table.count[0] = entry + 1
    return entry


@compiled_into
def has_room(table: Table, entries: Whole, elements: Whole) -> bool:
    """Whether so many more entries and elements fit."""
    used = table.count[0]
    return bool(used + entries <= len(table.hashes) and table.starts[used] + elements <= len(table.contents))


@compiled
def _place_all(slots: npt.NDArray[np.int32], hashes: npt.NDArray[np.uint64], count: Whole) -> None:
    mask = len(slots) - 1
    for entry in range(count):
        slot = np.int64(hashes[entry] & np.uint64(mask))
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = entry


def grown(table: Table, entries: int, elements: int) -> Table:
    """A table with the same entries and room for at least so many more; at least twice as large where it was full."""
    used = int(table.count[0])
    filled = int(table.starts[used])
    room = max(used + entries, len(table.hashes) * (2 if used + entries > len(table.hashes) else 1))
    space = max(filled + elements, len(table.contents) * (2 if filled + elements > len(table.contents) else 1))
    larger = new_table(table.contents.dtype.type, room, space)
    larger.hashes[:used] = table.hashes[:used]
    larger.starts[: used + 1] = table.starts[: used + 1]
    larger.contents[:filled] = table.contents[:filled]
    larger.count[0] = used
    larger.secret[0] = table.secret[0]
    _place_all(larger.slots, larger.hashes, used)
    return larger


def content_of(table: Table, entry: int) -> npt.NDArray[Any]:
    """The content of an entry, as a view."""
    return table.contents[table.starts[entry] : table.starts[entry + 1]]


@compiled
def look_up_spans(data: npt.NDArray[Any], bounds: npt.NDArray[np.int64], table: Table, entries: npt.NDArray[np.int32]) -> Whole:
    """The entry of each data[bounds[i]:bounds[i + 1]], to `entries`; -1 for new ones and empty ones. Returns the new."""
    new = 0
    for at in range(len(entries)):
        start, stop = bounds[at], bounds[at + 1]
        entries[at] = -1
        if start < stop:
            found = find(table, data, start, stop, code_of(table, data, start, stop))
            if found >= 0:
                entries[at] = found
            else:
                new += 1
    return new


@compiled
def add_spans(
    data: npt.NDArray[Any], bounds: npt.NDArray[np.int64], table: Table, entries: npt.NDArray[np.int32], first: Whole
) -> Whole:
    """Add the spans from `first` on that are not empty and have no entry yet. Returns where it stopped for want of room."""
    for at in range(first, len(entries)):
        start, stop = bounds[at], bounds[at + 1]
        if entries[at] < 0 and start < stop:
            if not has_room(table, 1, stop - start):
                return at
            entries[at] = intern(table, data, start, stop)
    return len(entries)


def intern_spans(data: npt.NDArray[Any], bounds: npt.NDArray[np.int64], table: Table) -> tuple[Table, npt.NDArray[np.int32]]:
    """(the table, grown where it was full; the entry of each span, -1 for empty ones). New spans are added in order."""
    entries, at = np.empty(len(bounds) - 1, np.int32), 0
    if look_up_spans(data, bounds, table, entries):
        while (at := add_spans(data, bounds, table, entries, at)) < len(entries):
            table = grown(table, 1, int(bounds[at + 1] - bounds[at]))
    return table, entries
