"""The sorted keys of a layer cut by the keys' top bits, so that whoever looks keys up needs only a part of them.

A shard holds the entries of one value of the top bits, of the keys and of the refinements, each with its own piece of the prefix
table: with a key's top bits shifted out, it is probed as a whole table is. Which values are hot is known without any shard: their
list is short, because each stands for more rows than the cap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from skiptrace.grouping import expand
from skiptrace.kernels.sorted_keys import order_by_top
from skiptrace.linkage.candidates import LOOKED_UP, Blocking
from skiptrace.linkage.keys import SortedKeys, key_values, mapped, program_of, refinements_of, told_by_entry
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.lookup import look_up
from skiptrace.linkage.records import People
from skiptrace.linkage.rules import LinkageRules

MOST_BITS = 7
"""Top bits that a layer may be cut by: a prefix table has one more at least."""
TABLES = ("keys", "refined")


@dataclass(frozen=True)
class Hot:
    """The hot values of a layer's keys and their rows' number, ascending. bits: of the prefix table, as in `SortedKeys`."""

    bits: int
    values: NDArray[np.uint64]
    counts: NDArray[np.int64]

    def place(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Where each key stands among the hot ones, -1 for one that is not hot."""
        if not len(self.values):
            return np.full(len(keys), -1, np.int64)
        kept = told_by_entry(keys, self.bits)
        at = np.minimum(np.searchsorted(self.values, kept), len(self.values) - 1)
        found: NDArray[np.int64] = np.where(self.values[at] == kept, at, -1)
        return found


@dataclass(frozen=True)
class KeyShard:
    """An opened shard of those that `bits` top bits make."""

    bits: int
    keys: SortedKeys
    refined: SortedKeys


@dataclass(frozen=True)
class Probes:
    """Keys that people look up: the key, the row of the person, and the number of the key in the rules, or ~number for a
    refinement of it."""

    keys: NDArray[np.uint64]
    people: NDArray[np.int32]
    numbers: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.keys)


def joined(parts: Sequence[Probes]) -> Probes:
    """Probes one after another."""
    none = Probes(np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.int16))
    every = (none, *parts)
    return Probes(*(np.concatenate([getattr(one, name) for one in every]) for name in ("keys", "people", "numbers")))


def write_hot(layer: Layer, folder: Path) -> None:
    """Write the layer's hot values to `folder`."""
    np.save(folder / "hot.npy", np.asarray(layer.keys.hot), allow_pickle=False)
    np.save(folder / "hot_counts.npy", np.asarray(layer.keys.hot_counts), allow_pickle=False)
    np.save(folder / "hot_bits.npy", np.int64(layer.keys.bits), allow_pickle=False)


def open_hot(folder: Path) -> Hot:
    """Map what `write_hot` wrote. Raises OSError or ValueError where it is gone or torn."""
    values, counts = (np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ("hot", "hot_counts"))
    return Hot(int(np.load(folder / "hot_bits.npy", allow_pickle=False)), values, counts)


def write_keys(layer: Layer, bits: int, number: int, folder: Path) -> None:
    """Write shard `number` of the layer's keys to `folder`."""
    for name in TABLES:
        table: SortedKeys = getattr(layer, name)
        step = (len(table.prefix) - 1) >> bits
        prefix = np.asarray(table.prefix[number * step : (number + 1) * step + 1])
        with (folder / f"{name}_entries.bin").open("wb") as file:
            np.asarray(table.entries[int(prefix[0]) : int(prefix[-1])]).tofile(file)
        np.save(folder / f"{name}_prefix.npy", prefix - prefix[0], allow_pickle=False)


def open_keys_of(folder: Path, bits: int) -> KeyShard:
    """Map what `write_keys` wrote. Raises OSError or ValueError where it is gone or torn."""
    tables = []
    for name in TABLES:
        prefix = np.load(folder / f"{name}_prefix.npy", mmap_mode="r", allow_pickle=False)
        entries = mapped(folder / f"{name}_entries.bin", np.uint64)
        if int(prefix[-1]) != len(entries):
            raise ValueError("the prefix table is of other entries")
        tables.append(SortedKeys(entries, prefix, np.zeros(0, np.uint64), np.zeros(0, np.int64)))
    return KeyShard(bits, *tables)


def probes_of(
    people: People, hot: Sequence[Hot | None], rules: LinkageRules, skip: NDArray[np.bool_] | None = None, among: bool = False
) -> tuple[list[Probes], Blocking]:  # fmt: skip
    """What people ask each layer for, and what is dropped because it is hot. `hot`: of each layer, None for one that is not asked;
    `skip` and `among` as for `Prober`. What a hot value asks for are its refinements."""
    program, finer, hashes = program_of(rules, among=among), refinements_of(rules, among=among), people.terms.hashes()
    found: list[list[Probes]] = [[] for _ in hot]
    blocking = Blocking(rules)
    for first in range(0, len(people), LOOKED_UP):
        records = people.records[first : first + LOOKED_UP]
        values = key_values(records, hashes, program)
        for number, one in enumerate(hot):
            if one is None:
                continue
            asked = np.arange(len(values.keys)) if skip is None else np.flatnonzero(~skip[first + values.rows, number])
            place = one.place(values.keys[asked])
            cold, asked, place = asked[place < 0], asked[place >= 0], place[place >= 0]
            numbers, rows = program.number[values.which[asked]], values.rows[asked]
            blocking.add("hot_values_dropped", numbers, np.ones(len(asked), np.int64))
            blocking.add("hot_pairs_dropped", numbers, one.counts[place])
            more = key_values(records[rows], hashes, finer, numbers)
            found[number] += [
                Probes(values.keys[cold], values.rows[cold] + np.int32(first), program.number[values.which[cold]].astype(np.int16)),
                Probes(more.keys, rows[more.rows] + np.int32(first), ~finer.number[more.which].astype(np.int16)),
            ]
    return [joined(parts) for parts in found], blocking


def cut(probes: Probes, bits: int) -> list[Probes]:
    """The probes of each shard, by the top bits of their keys, otherwise as they stand."""
    if not bits:
        return [probes]
    order, ends = np.empty(len(probes), np.int32), np.empty((1 << bits) + 1, np.int64)
    order_by_top(probes.keys, 64 - bits, ends, order)
    parts = [order[ends[number] : ends[number + 1]] for number in range(1 << bits)]
    return [Probes(probes.keys[some], probes.people[some], probes.numbers[some]) for some in parts]


def pairs_of(probes: Probes, shard: KeyShard, blocking: Blocking) -> NDArray[np.uint64]:
    """The pairs that probes of a shard bring, some more than once: the person's row in the high half, the row of the layer in the low
    one. What each key brought is counted in `blocking`."""
    pairs = [np.zeros(0, np.uint64)]
    for name, table, mine in (("pairs", shard.keys, probes.numbers >= 0), ("refined_pairs", shard.refined, probes.numbers < 0)):
        some = np.flatnonzero(mine)
        starts, runs, rows = look_up(probes.keys[some] << np.uint64(shard.bits), table)
        count = np.maximum(runs, 0).astype(np.int64)
        numbers = probes.numbers[some].astype(np.int32)
        blocking.add(name, numbers if name == "pairs" else ~numbers, count)
        _, place = expand(starts, count)
        pairs.append(np.repeat(probes.people[some].astype(np.uint64), count) << np.uint64(32) | rows[place])
    return np.concatenate(pairs)
