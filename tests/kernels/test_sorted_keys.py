"""Sorting, probing and gathering equal dictionaries and sets, with hot keys, truncated keys and many under one prefix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.sorted_keys import HOT, LOW, ROW, Runs, copy_rows, entry_of, gather, order_by_top, probe, sort_bucket, spread
from skiptrace.linkage.terms import frozen

TOP = 56
POOL = [
    (top << TOP) | (middle << 40) | (low << 30) | rest
    for top in (0, 7, 255) for middle in (0, 1, 65_535) for low in (0, 3) for rest in (0, 2)
]  # fmt: skip
"""Keys of few prefixes; at 10 bits the last 22 are not stored, so that keys which differ in `rest` alone are one key."""
PAIRS = st.lists(st.tuples(st.sampled_from(POOL), st.integers(0, 40)), max_size=80, unique=True)
BITS = 10


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([key for key, _ in pairs], np.uint64), np.array([row for _, row in pairs], np.uint32)


def held(pairs: list[tuple[int, int]]) -> dict[int, list[int]]:
    """Rows by what an entry and its place tell of a key."""
    out: dict[int, list[int]] = {}
    for key, row in pairs:
        out.setdefault(key >> (64 - BITS - 32), []).append(row)
    return out


class Sorted:
    """Pairs sorted range by range, as an index is built."""

    def __init__(self, pairs: list[tuple[int, int]], cap: int, narrow_cap: int, blocks: int = 1) -> None:
        per_range = 1 << (BITS - 8)
        taken = [np.array_split(column, blocks) for column in columns(pairs)]
        parts = []
        for keys, rows in zip(*taken, strict=True):
            starts, out, there = np.zeros(257, np.int64), np.empty(len(keys), np.uint64), np.empty(len(keys), np.uint32)
            spread(keys, rows.astype(np.int32), 0, TOP, starts, out, there)
            parts.append((starts, out, there))
        entries, hot = [np.zeros(0, np.uint64)], list[tuple[int, int]]()
        self.prefix, filled = np.zeros((1 << BITS) + 1, np.uint32), 0
        for number in range(256):
            keys = np.concatenate([part[1][part[0][number] : part[0][number + 1]] for part in parts])
            rows = np.concatenate([part[2][part[0][number] : part[0][number + 1]] for part in parts])
            local, some = np.zeros(per_range + 1, np.int64), np.empty(len(keys), np.uint64)
            hot_keys, hot_rows = np.empty(len(keys), np.uint64), np.empty(len(keys), np.uint32)
            written, warm = sort_bucket(keys, rows, BITS, number * per_range, cap, narrow_cap, local, some, hot_keys, hot_rows)
            self.prefix[number * per_range : (number + 1) * per_range + 1] = local + filled
            filled += written
            entries.append(some[:written])
            hot += zip(hot_keys[:warm].tolist(), hot_rows[:warm].tolist(), strict=True)
        self.entries, self.hot = np.concatenate(entries), hot

    def find(self, keys: list[int]) -> tuple[list[list[int] | None], int]:
        """The rows of each key, None for a hot one, and the sum that probing tells."""
        starts, runs = np.empty(len(keys), np.int64), np.empty(len(keys), np.int32)
        order, ends, wanted = np.empty(len(keys), np.int32), np.empty((1 << (64 - TOP)) + 1, np.int64), np.array(keys, np.uint64)
        order_by_top(wanted, TOP, ends, order)
        assert np.array_equal(order, np.argsort(wanted >> np.uint64(TOP), kind="stable"))
        assert ends[-1] == len(keys)
        total = int(probe(wanted, order, frozen(self.entries), frozen(self.prefix), BITS, starts, runs))
        rows = np.empty(total, np.uint32)
        copy_rows(order, frozen(self.entries), runs, 5, starts, rows)
        pairs = zip((starts - 5).tolist(), runs.tolist(), strict=True)
        return [None if run < 0 else rows[start : start + run].tolist() for start, run in pairs], total


@given(PAIRS, st.integers(1, 30), st.integers(1, 30))
def test_probing_finds_the_rows_of_a_key_unless_it_is_hot(pairs: list[tuple[int, int]], cap: int, narrow_cap: int) -> None:
    """Keys with the top bit set are narrow: fewer people, or more, may share one."""
    made, kept = Sorted(pairs, cap, narrow_cap), 64 - BITS - 32
    wanted = held(pairs)
    hot = {key for key, rows in wanted.items() if len(rows) > (narrow_cap if key << kept >> 63 else cap)}
    found, total = made.find(POOL)
    assert found == [None if key >> kept in hot else sorted(wanted.get(key >> kept, [])) for key in POOL]
    assert total == sum(len(rows) for rows in found if rows is not None)
    assert sorted(made.hot) == sorted((key << kept, row) for key in hot for row in wanted[key])
    assert (made.entries & LOW == HOT).sum() == len(hot)


@given(PAIRS, st.integers(2, 5), st.randoms())
def test_neither_the_order_of_the_keys_nor_the_cut_into_blocks_matters(pairs: list[tuple[int, int]], blocks: int, luck: object) -> None:
    mixed = list(pairs)
    luck.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = Sorted(pairs, 4, 2), Sorted(mixed, 4, 2, blocks)
    assert np.array_equal(one.entries, other.entries)
    assert np.array_equal(one.prefix, other.prefix)
    assert sorted(one.hot) == sorted(other.hot)


def test_many_keys_of_one_prefix_are_sorted_as_few_are() -> None:
    """Up to 24 are sorted by insertion, more by the library: both ways give the same order."""
    draw = np.random.default_rng(3)
    for size in (1, 2, 24, 25, 300):
        pairs = [(int(key), row) for row, key in enumerate(draw.integers(0, 1 << 50, size))]
        made = Sorted(pairs, 10, 10)
        assert np.array_equal(made.entries, np.sort(made.entries))
        assert sorted((made.entries & ROW).tolist()) == list(range(size))


def test_spreading_is_a_stable_sort_by_the_top_bits() -> None:
    draw = np.random.default_rng(1)
    keys, rows = draw.integers(0, 1 << 63, 500).astype(np.uint64) * np.uint64(2), np.arange(500, dtype=np.int32)
    starts, out, there = np.zeros(257, np.int64), np.empty(500, np.uint64), np.empty(500, np.uint32)
    spread(keys, rows, 1000, TOP, starts, out, there)
    order = np.argsort(keys >> np.uint64(TOP), kind="stable")
    assert np.array_equal(out, keys[order])
    assert np.array_equal(there, rows[order] + 1000)
    assert np.array_equal(starts, np.searchsorted(out >> np.uint64(TOP), np.arange(257)))


@pytest.mark.parametrize("bits", [8, 20, 26])
@pytest.mark.parametrize("lowest", [0, 1])
def test_an_entry_keeps_the_bits_behind_the_prefix_the_row_and_the_lowest_bit(bits: int, lowest: int) -> None:
    key, row = 0xFEDCBA9876543210 | lowest, 77
    entry = int(entry_of(np.uint64(key), np.uint64(row), np.uint64(bits)))
    assert entry == ((key >> (32 - bits)) & 0xFFFFFFFF) << 32 | lowest << 31 | row


RUN = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(-1, 4)), max_size=12)
FOUND = np.array([0, 1, 2, 3, 4, 3, 2, 9, 8, 9, 0, 1, 6, 7], np.uint32)


def runs(drawn: list[tuple[int, int, int]]) -> Runs:
    some = sorted(drawn, key=lambda one: one[0])
    rows, starts, sizes = (np.array([one[place] for one in some], kind) for place, kind in enumerate((np.int32, np.int64, np.int32)))
    return Runs(rows, starts, sizes, FOUND)


@given(RUN, RUN)
def test_gathered_pairs_are_a_set_in_the_order_of_the_probing_rows(
    first: list[tuple[int, int, int]], second: list[tuple[int, int, int]]
) -> None:  # fmt: skip
    low = FOUND.tolist()
    wanted = {(row, low[place]) for row, start, size in first + second for place in range(start, start + size)}
    seen, generation = np.zeros(256, np.int64), 0
    for _ in range(3):  # what an earlier call left behind changes nothing
        left, right = np.empty(100, np.int32), np.empty(100, np.int32)
        filled = gather(runs(first), runs(second), 5, seen, generation, left, right)
        generation += 5
        found = list(zip(left[:filled].tolist(), right[:filled].tolist(), strict=True))
        assert len(found) == len(set(found))
        assert set(found) == wanted
        assert [row for row, _ in found] == sorted(row for row, _ in found)


def test_rows_that_fall_into_one_place_of_the_scratch_are_told_apart() -> None:
    rows = np.arange(32, dtype=np.uint32)
    straight = Runs(np.zeros(1, np.int32), np.zeros(1, np.int64), np.array([32], np.int32), rows)
    nothing = Runs(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int32), rows)
    left, right = np.empty(64, np.int32), np.empty(64, np.int32)
    filled = gather(straight, straight, 1, np.zeros(64, np.int64), 0, left, right)
    assert right[:filled].tolist() == list(range(32))
    assert gather(nothing, nothing, 1, np.zeros(64, np.int64), 1, left, right) == 0
