"""Candidate pairs: probe the sorted keys of the index with the keys of accounts, with hot keys capped and counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skiptrace.linkage.index import Index
from skiptrace.linkage.keys import Features, key_values
from skiptrace.linkage.people import People, Terms
from skiptrace.linkage.rules import LinkageRules


@dataclass(frozen=True)
class Candidates:
    """Distinct pairs in ascending order, and what each key brought and dropped.

    counts, per key: `pairs` it brought, `hot_values_dropped` (key values of probing people that were hot: one that
    three of them carry counts three times, so that counts of partitions add up), `hot_pairs_dropped` (pairs these would
    have brought). A pair that two keys bring counts for both."""

    left: NDArray[np.int64]  # [p]: row of the probing people
    right: NDArray[np.int64]  # [p]: row of the index
    counts: dict[str, dict[str, int]]


def candidates(people: People, terms: Terms, index: Index, rules: LinkageRules) -> Candidates:
    """All pairs that agree on a blocking key.

    A key value that more than `rules.cap` reference records carry is dropped for this key alone: other keys of the pair
    still bring it."""
    straight, swapped = Features(people, terms), Features(people, terms, swapped=True)
    found: list[NDArray[np.uint64]] = []
    counts: dict[str, dict[str, int]] = {}
    size = np.uint64(len(index.people))
    for key in rules.keys:
        brought = dropped = lost = 0
        for features in (straight, swapped) if key.swap else (straight,):
            rows, values = key_values(features, key)
            start = np.searchsorted(index.keys, values, side="left")
            run = np.searchsorted(index.keys, values, side="right") - start
            hot = run > rules.cap
            dropped += int(hot.sum())
            lost += int(run[hot].sum())
            keep = (run > 0) & ~hot
            rows, start, run = rows[keep], start[keep], run[keep]
            brought += int(run.sum())
            offset = np.arange(run.sum()) - np.repeat(np.cumsum(run) - run, run)
            right = index.key_rows[np.repeat(start, run) + offset].astype(np.uint64)
            found.append(np.repeat(rows, run).astype(np.uint64) * size + right)
        counts[key.name] = {"pairs": brought, "hot_values_dropped": dropped, "hot_pairs_dropped": lost}
    pairs = np.unique(np.concatenate([np.zeros(0, np.uint64), *found]))
    return Candidates(
        (pairs // max(size, np.uint64(1))).astype(np.int64), (pairs % max(size, np.uint64(1))).astype(np.int64), counts
    )
