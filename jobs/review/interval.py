"""Intervals of shares that were estimated from samples of unequal chances: of one band, of bands together, and of a part of a whole.

One band has Wilson's score interval with the correction for continuity, which stays honest where few were asked and nearly all are
right. Bands are put together by squaring and adding the distances to their limits, so that the interval keeps its lopsidedness.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Z = 1.959964
"""Of an interval that holds the truth in 95 of 100 cases."""
_HALVINGS = 40
_Shares = NDArray[np.float64]


class Bounds(NamedTuple):
    """An estimate and the interval around it."""

    low: float
    value: float
    high: float

    @property
    def half(self) -> float:
        """Half of the interval's width."""
        return (self.high - self.low) / 2


def of_share(share: float, seen: float) -> Bounds:
    """The interval of a share that was found among so many; `seen` may be a fraction, where some count for less. Nobody seen: 0 to 1."""
    if seen <= 0:
        return Bounds(0.0, share, 1.0)
    other, square = 1 - share, Z * Z
    low, high = 0.0, 1.0
    if share > 0:
        inside = square - 2 - 1 / seen + 4 * share * (seen * other + 1)
        low = (2 * seen * share + square - 1 - Z * math.sqrt(max(inside, 0.0))) / (2 * (seen + square))
    if share < 1:
        inside = square + 2 - 1 / seen + 4 * share * (seen * other - 1)
        high = (2 * seen * share + square + 1 + Z * math.sqrt(max(inside, 0.0))) / (2 * (seen + square))
    return Bounds(max(min(low, share), 0.0), share, min(max(high, share), 1.0))


def together(weight: _Shares, low: _Shares, value: _Shares, high: _Shares) -> Bounds:
    """The interval of `sum of weight * share` over independent bands; a weight may be negative. A band of which nothing is known, 0 to
    1, is no matter of chance: its whole distance is added."""
    below = np.where(weight >= 0, weight * (value - low), weight * (value - high))
    above = np.where(weight >= 0, weight * (high - value), weight * (low - value))
    estimate, known = float((weight * value).sum()), (low > 0) | (high < 1)
    return Bounds(estimate - _added(below, known), estimate, estimate + _added(above, known))


def _added(distance: _Shares, known: NDArray[np.bool_]) -> float:
    return math.sqrt(float((distance[known] ** 2).sum())) + float(distance[~known].sum())


def part_of_whole(mine: NDArray[np.bool_], size: _Shares, low: _Shares, value: _Shares, high: _Shares) -> Bounds | None:
    """The interval of the part of all true ones that lie in the bands `mine`, of bands of these sizes and shares. None where there may
    be no true one at all."""
    found, missed = float((size * value)[mine].sum()), float((size * value)[~mine].sum())
    if found + missed <= 0:
        return None
    estimate = found / (found + missed)

    def over(share: float) -> Bounds:
        """How many more there are in `mine` than the share says, which is 0 where it is right."""
        return together(np.where(mine, (1 - share) * size, -share * size), low, value, high)

    lowest = _crossing(lambda share: over(share).low, 0.0, estimate)
    return Bounds(lowest, estimate, _crossing(lambda share: over(share).high, estimate, 1.0))


def _crossing(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that falls from `low` to `high` passes 0."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
