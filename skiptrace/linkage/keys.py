"""Blocking keys as programs for compiled loops, and the sorted keys of encoded people on disk.

Built in bounded memory: the keys of a block of people are brought into the order of their top bits and appended to one file
per block; then each range of top bits is gathered from all blocks and sorted on its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.grouping import begins
from skiptrace.kernels.record_keys import MOST_PARTS, PART_NAMES, NameHashes, Program, most_keys, record_keys, slots_of
from skiptrace.kernels.record_layout import WORDS
from skiptrace.kernels.sorted_keys import sort_bucket, spread
from skiptrace.linkage.rules import Key, LinkageRules
from skiptrace.linkage.terms import frozen, hashes_of

_Item = TypeVar("_Item", bound=np.generic)
BLOCK = 65_536
"""People whose keys are made at a time when an index is built: bounds memory, changes no result."""
HELD = 1 << 25
"""Key values of blocks that are kept in memory, 12 bytes each: bounds memory, changes no result."""
_TOP = 56
_RANGES = 1 << (64 - _TOP)
_FEWEST_BITS, _MOST_BITS = 8, 26


def program_of(rules: LinkageRules, probing: bool = True, among: bool = False, refined: bool = False) -> Program:
    """The keys of the rules. Accounts also ask with exchanged names where a key has `swap`; what is stored has not.
    `among`: only the keys by which records of the reference look each other up, and as they are stored. `refined`: only those whose
    hot values are refined."""
    asked = probing and not among
    keys = [(n, key) for n, key in enumerate(rules.keys) if (key.among or not among) and (key.refine or not refined)]
    turns = [(number, key, swapped) for number, key in keys for swapped in _turns(key, asked)]
    return _program([(key.name, key.parts, swapped, number, key) for number, key, swapped in turns])


def refinements_of(rules: LinkageRules, probing: bool = True, among: bool = False) -> Program:
    """What hot values of keys are looked up by instead: the key's parts and one more. `among` as for `program_of`."""
    rows = [
        (f"{key.name}+{part}", (*key.parts, part), swapped, number, key)
        for number, key in enumerate(rules.keys)
        for part in key.refine
        for swapped in _turns(key, probing and not among)
    ]
    return _program(rows)


def _turns(key: Key, probing: bool) -> tuple[bool, ...]:
    return (False, True) if key.swap and probing else (False,)


def _program(rows: list[tuple[str, tuple[str, ...], bool, int, Key]]) -> Program:
    parts = np.full((len(rows), MOST_PARTS), -1, np.int32)
    for place, (_, names, *_) in enumerate(rows):
        parts[place, : len(names)] = [PART_NAMES.index(name) for name in names]
    salts = hashes_of(pa.array([name for name, *_ in rows], pa.string())) if rows else np.zeros(0, np.uint64)
    swapped, number = np.array([row[2] for row in rows], bool), np.array([row[3] for row in rows], np.int32)
    slots = np.array([slots_of(names) for _, names, *_ in rows], np.int32).reshape(-1, 4)
    narrow, among = np.array([row[4].narrow for row in rows], bool), np.array([row[4].among for row in rows], bool)
    return Program(frozen(parts), frozen(slots), frozen(salts), frozen(swapped), frozen(narrow), frozen(among), frozen(number))


@dataclass(frozen=True)
class KeyValues:
    """Key values of people: value, row of the person, row of the program."""

    keys: NDArray[np.uint64]
    rows: NDArray[np.int32]
    which: NDArray[np.int16]


def key_values(
    records: NDArray[np.int32], hashes: NameHashes, program: Program, chosen: NDArray[np.int32] | None = None
) -> KeyValues:
    """Every key value of people, each once per person and key. `chosen`: the only key to be made per person, by its number."""
    if not len(records) or not len(program.salts):
        return KeyValues(np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.int16))
    room = len(records) * most_keys(program)
    keys, rows, which = np.empty(room, np.uint64), np.empty(room, np.int32), np.empty(room, np.int16)
    every = np.full(len(records), -1, np.int32) if chosen is None else chosen
    filled = record_keys(frozen(records), hashes, program, frozen(every), keys, rows, which)
    return KeyValues(keys[:filled], rows[:filled], which[:filled])


def told_by_entry(keys: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    """Keys with only those bits that an entry tells in a table whose prefixes have so many bits."""
    drop = np.uint64(max(32 - bits, 0))
    return (keys >> drop) << drop


@dataclass(frozen=True)
class SortedKeys:
    """Entries in order and the prefix table over the keys' top bits: see `kernels.sorted_keys`. Hot keys with their rows'
    number stand in `hot` and `hot_counts`; only as many bits of a key are kept as an entry tells."""

    entries: NDArray[np.uint64]
    prefix: NDArray[np.uint32]
    hot: NDArray[np.uint64]
    hot_counts: NDArray[np.int64]

    @property
    def bits(self) -> int:
        """How many top bits the prefix table covers."""
        return (len(self.prefix) - 1).bit_length() - 1

    def kept(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Keys with only those bits that an entry tells."""
        return told_by_entry(keys, self.bits)

    def hot_count(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """How many rows each hot key has."""
        place = np.searchsorted(self.hot, self.kept(keys))
        found: NDArray[np.int64] = self.hot_counts[place]
        return found


class Sorter:
    """Collects key values of one people and sorts them to files in `folder`, under `name`. The first blocks stay in memory, as far as
    HELD allows; the others wait in files."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name, self._blocks = folder, name, list[NDArray[np.int64]]()
        self._held: list[tuple[NDArray[np.uint64], NDArray[np.uint32]]] = []

    def add(self, values: KeyValues, first_row: int) -> None:
        """Add the values of a block of people, the first of whom has row `first_row`."""
        starts = np.zeros(_RANGES + 1, np.int64)
        keys, rows = np.empty(len(values.keys), np.uint64), np.empty(len(values.keys), np.uint32)
        spread(values.keys, values.rows, first_row, _TOP, starts, keys, rows)
        if len(self._held) == len(self._blocks) and sum(len(some) for some, _ in self._held) + len(keys) <= HELD:
            self._held.append((keys, rows))
        else:
            keys.tofile(self._file("keys", len(self._blocks)))
            rows.tofile(self._file("rows", len(self._blocks)))
        self._blocks.append(starts)

    def _file(self, what: str, block: int) -> Path:
        return self._folder / f".sorting-{self._name}-{what}-{block:05d}.bin"

    def _range(self, number: int) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Keys and rows that all blocks hold of one range. Read and not mapped: pages of a mapped file would stay in memory."""
        keys, rows = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint32)]
        for block, starts in enumerate(self._blocks):
            first, count = int(starts[number]), int(starts[number + 1] - starts[number])
            if block < len(self._held):
                keys.append(self._held[block][0][first : first + count])
                rows.append(self._held[block][1][first : first + count])
            elif count:
                keys.append(np.fromfile(self._file("keys", block), np.uint64, count, offset=first * 8))
                rows.append(np.fromfile(self._file("rows", block), np.uint32, count, offset=first * 4))
        return np.concatenate(keys), np.concatenate(rows)

    def finish(self, cap: int, narrow_cap: int) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Write the sorted keys; return the hot ones and their rows, in order."""
        total = sum(int(starts[-1]) for starts in self._blocks)
        bits = min(max(total.bit_length() - 2, _FEWEST_BITS), _MOST_BITS)
        per_range = 1 << (bits - (64 - _TOP))
        prefix = np.zeros((1 << bits) + 1, np.uint32)
        hot_keys, hot_rows, filled = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint32)], 0
        with (self._folder / f"{self._name}_entries.bin").open("wb") as file:
            for number in range(_RANGES):
                keys, rows = self._range(number)
                local, entries = np.zeros(per_range + 1, np.int64), np.empty(len(keys), np.uint64)
                some, there = np.empty(len(keys), np.uint64), np.empty(len(keys), np.uint32)
                written, hot = sort_bucket(keys, rows, bits, number * per_range, cap, narrow_cap, local, entries, some, there)
                prefix[number * per_range : (number + 1) * per_range + 1] = local + filled
                filled += written
                entries[:written].tofile(file)
                hot_keys.append(some[:hot].copy())
                hot_rows.append(there[:hot].copy())
        keys, rows = np.concatenate(hot_keys), np.concatenate(hot_rows)
        first = begins(keys)
        distinct, counts = keys[first], np.diff(np.append(first, len(keys)))
        for what, array in (("prefix", prefix), ("hot", distinct), ("hot_counts", counts.astype(np.int64))):
            np.save(self._folder / f"{self._name}_{what}.npy", array, allow_pickle=False)
        for block in range(len(self._held), len(self._blocks)):
            for what in ("keys", "rows"):
                self._file(what, block).unlink()
        return keys, rows


def sort_keys(records: Path, hashes: NameHashes, rules: LinkageRules, folder: Path) -> int:
    """Sort all keys of the people in the file `records` to `folder`: files `keys_*` and, for values that are hot, `refined_*`.
    Returns the keys.

    A value that more than `rules.cap` people share (of a narrow key: `rules.narrow_cap`) is left out, and its people are found
    by the key's refinements."""
    program, finer = program_of(rules, probing=False), refinements_of(rules, probing=False)
    sorter, total = Sorter(folder, "keys"), 0
    for start, block in _blocks(records):
        values = key_values(block, hashes, program)
        total += len(values.keys)
        sorter.add(values, start)
    hot, rows = sorter.finish(rules.cap, rules.narrow_cap)
    sorter = Sorter(folder, "refined")
    if len(hot):
        bits = open_keys(folder, "keys").bits
        mine = np.zeros(int(rows.max()) + 1, np.bool_)
        mine[rows] = True
        people, program = np.flatnonzero(mine), program_of(rules, probing=False, refined=True)
        for start, block in _blocks(records):
            some = people[np.searchsorted(people, start) : np.searchsorted(people, start + BLOCK)]
            if not len(some):
                continue
            taken = block[some - start]
            values = key_values(taken, hashes, program)
            kept = told_by_entry(values.keys, bits)
            is_hot = hot[np.minimum(np.searchsorted(hot, kept), len(hot) - 1)] == kept
            once = values.rows[is_hot].astype(np.int64) << 16 | program.number[values.which[is_hot]]
            once = once[begins(once)]  # a person's values of one key are neighbours
            person = once >> 16
            refined = key_values(taken[person], hashes, finer, (once & 0xFFFF).astype(np.int32))
            sorter.add(KeyValues(refined.keys, some[person[refined.rows]].astype(np.int32), refined.which), 0)
    sorter.finish(rules.cap, rules.narrow_cap)
    return total


def _blocks(records: Path) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """The people of a file of records, block by block, each with the row of its first."""
    start = 0
    while len(block := np.fromfile(records, np.int32, BLOCK * WORDS, offset=start * WORDS * 4)):
        yield start, block.reshape(-1, WORDS)
        start += BLOCK


def open_keys(folder: Path, name: str) -> SortedKeys:
    """Map sorted keys from their files. Raises OSError or ValueError where one is gone or torn."""
    found = [np.load(folder / f"{name}_{what}.npy", mmap_mode="r", allow_pickle=False) for what in ("prefix", "hot", "hot_counts")]
    entries = mapped(folder / f"{name}_entries.bin", np.uint64)
    if int(found[0][-1]) != len(entries):
        raise ValueError("the prefix table is of other entries")
    return SortedKeys(entries, *found)


def mapped(path: Path, kind: type[_Item], width: int = 0) -> NDArray[_Item]:
    """A raw file of numbers, mapped; as rows of `width` where that is given. Raises OSError where it is gone, ValueError where
    its size does not fit."""
    size = path.stat().st_size
    flat = np.memmap(path, kind, "r") if size else np.zeros(0, kind)
    return flat.reshape(-1, width) if width else flat
