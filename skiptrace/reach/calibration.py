"""A monotone calibration: isotonic regression over groups of attempts, drawn to the line it starts from and made continuous.

Pool adjacent violators (Ayer et al. 1955). Steps of plain isotonic regression fit noise where outcomes are few, so each group's
share counts beside the expected share with the weight of a number of outcomes, and between groups the curve is straight.
"""

from __future__ import annotations

import numpy as np

GROUP, MOST_GROUPS = 400, 10
LEAST_APART = 1e-6
"""Log-odds: two knots are further apart than this."""


def knots_of(odds: np.ndarray, reached: np.ndarray, weight: float) -> tuple[tuple[float, float], ...]:
    """Knots (log-odds before, after) from attempts: `odds` float64 [n], `reached` 0 or 1; `weight` as many outcomes speak for
    the line. Fewer than two groups of 400 attempts: no knots, so nothing is changed."""
    groups = min(len(odds) // GROUP, MOST_GROUPS)
    if groups < 2:
        return ()
    parts = np.array_split(np.argsort(odds, kind="stable"), groups)
    expected = np.array([(1 / (1 + np.exp(-odds[rows]))).mean() for rows in parts])
    count = np.array([len(rows) for rows in parts], np.float64)
    share = (np.array([reached[rows].sum() for rows in parts]) + weight * expected) / (count + weight)
    level = pooled(share, count + weight)
    before = np.log(expected) - np.log1p(-expected)
    after = np.log(level) - np.log1p(-level)
    kept = [0]
    for place in range(1, groups):
        if before[place] - before[kept[-1]] > LEAST_APART:
            kept.append(place)
    return tuple((float(before[place]), float(after[place])) for place in kept) if len(kept) > 1 else ()


def pooled(share: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The rising sequence nearest to `share` in weighted squares: isotonic regression by pooling adjacent violators."""
    blocks: list[list[float]] = []
    for one, heavy in zip(share.tolist(), weight.tolist(), strict=True):
        blocks.append([one, heavy, 1.0])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            value, mass, size = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + value * mass) / (last[1] + mass)
            last[1] += mass
            last[2] += size
    return np.concatenate([np.full(int(size), value) for value, _, size in blocks])
