"""Groups of rows: runs of equal codes, and rows that are joined by pairs, directly or through one another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def begins(codes: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Row at which each run of equal codes begins: int64, one per run."""
    if not len(codes):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))


def positions(codes: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """Position of each row within its run of equal codes, from 1: int32 [n]."""
    first = begins(codes)
    size = np.diff(np.append(first, len(codes)))
    return (np.arange(len(codes)) - np.repeat(first, size) + 1).astype(np.int32)


def expand(low: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(range that each place belongs to, the place): the ranges from `low` on of `count` places each, one after another."""
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) - before[owner] + low[owner]


def matches(
    wanted: NDArray[np.integer[Any]], there: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(row of `wanted`, row of `there`) of every pair with one code, in the order of `wanted`, then of `there`."""
    order = np.argsort(there, kind="stable")
    low = np.searchsorted(there[order], wanted, side="left")
    row, place = expand(low, np.searchsorted(there[order], wanted, side="right") - low)
    return row, order[place]


def components(size: int, left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Lowest row of each row's connected component: int64 [size].

    `left` and `right` are the ends of the pairs, rows from 0 to `size - 1`; their order and direction do not matter.
    Each round hangs the higher of two joined groups under the lower one, and then every row under the head of its
    head, until nothing changes: a chain takes few rounds, in whatever order its rows are numbered."""
    label = np.arange(size, dtype=np.int64)
    while True:
        low = np.minimum(label[left], label[right])
        after = label.copy()
        np.minimum.at(after, label[left], low)
        np.minimum.at(after, label[right], low)
        after = after[after]
        if np.array_equal(after, label):
            return label
        label = after


def ranks(group: NDArray[np.integer[Any]], order: NDArray[np.int64], barred: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Rank of each row within its group, from 1: int32 [n].

    `order` lists the rows by group, best first. `barred` rows follow the others and never have rank 1: where a group has
    no other, nobody has it."""
    order = order[np.lexsort((np.arange(len(order)), barred[order], group[order]))]
    first = begins(group[order])
    size = np.diff(np.append(first, len(order)))
    place = np.arange(len(order)) - np.repeat(first, size) + 1 + np.repeat(barred[order][first], size)
    rank = np.empty(len(order), np.int32)
    rank[order] = place
    return rank
