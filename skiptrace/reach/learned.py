"""What outcomes taught a channel: points that are added to its shipped scorecard, a monotone calibration, and how sure they are.

    log-odds = g(intercept + slope * z + current * c + points of the bands that hold)

z are the shipped log-odds within +-6 and c the log-odds of p_current within +-4, so no value of a feature can run away with a
score; g is the calibration, piecewise linear between knots and of slope 1 beyond them. A learned scorecard is plain JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Z_LIMIT, CURRENT_LIMIT = 6.0, 4.0
LEAD = 3
"""Terms before those of bands: intercept, slope, current."""


@dataclass(frozen=True)
class Learned:
    """A refit of one channel.

    `shipped` is the key of the scorecard it was learned on. `points` has, per feature, log-odds by band. `knots` are pairs
    (log-odds before, after) of the calibration, ascending in both; none: as it is. `covariance` is that of intercept, slope,
    current and all bands in order; `lack` the standard deviation, in log-odds, of what the features leave unexplained.
    `outcomes` is how many attempts it saw, `until` the last one's second since 1970."""

    shipped: str
    intercept: float
    slope: float
    current: float
    points: tuple[tuple[str, tuple[float, ...]], ...]
    knots: tuple[tuple[float, float], ...]
    covariance: tuple[tuple[float, ...], ...]
    lack: float
    outcomes: int
    until: int

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "shipped": self.shipped, "intercept": self.intercept, "slope": self.slope, "current": self.current,
            "points": [[name, list(values)] for name, values in self.points], "knots": [list(knot) for knot in self.knots],
            "covariance": [list(row) for row in self.covariance], "lack": self.lack, "outcomes": self.outcomes, "until": self.until,
        }  # fmt: skip


def from_plain(plain: Mapping[str, Any]) -> Learned:
    """The refit that `plain` describes. Raises KeyError, TypeError or ValueError where it is none."""
    points = tuple((str(name), tuple(float(one) for one in values)) for name, values in plain["points"])
    knots = tuple((float(before), float(after)) for before, after in plain["knots"])
    covariance = tuple(tuple(float(one) for one in row) for row in plain["covariance"])
    size = LEAD + sum(len(values) for _, values in points)
    if len(covariance) != size or any(len(row) != size for row in covariance):
        raise ValueError("the covariance is not that of the points")
    if any(a[0] >= b[0] or a[1] > b[1] for a, b in pairwise(knots)):
        raise ValueError("the calibration does not rise")
    return Learned(
        str(plain["shipped"]), float(plain["intercept"]), float(plain["slope"]), float(plain["current"]), points, knots, covariance,
        float(plain["lack"]), int(plain["outcomes"]), int(plain["until"]),
    )  # fmt: skip


def calibrated(odds: np.ndarray, knots: Sequence[tuple[float, float]]) -> np.ndarray:
    """Log-odds after the calibration: float64 [n]. Beyond the outermost knots the correction stays as it is there."""
    if not knots:
        return odds
    x, y = np.array(knots).T
    moved: np.ndarray = odds + np.interp(odds, x, y - x)
    return moved


@dataclass(frozen=True)
class Refit:
    """What a refit says of some uses: `odds` (log-odds of p_reach), `added` (the part of each feature, [n, features]) and
    `error` (standard error of the log-odds)."""

    odds: np.ndarray
    added: np.ndarray
    error: np.ndarray


def refit(learned: Learned, shipped: np.ndarray, current: np.ndarray, said: np.ndarray) -> Refit:
    """The refit of n uses: `shipped` and `current` are log-odds (float64 [n]), `said` the band of each feature that holds,
    counted from 1 and 0 where none does (int64 [n, features], features in the order of `learned.points`)."""
    z, c = np.clip(shipped, -Z_LIMIT, Z_LIMIT), np.clip(current, -CURRENT_LIMIT, CURRENT_LIMIT)
    # A band's row of the factor of the covariance; row 0 of each feature is "no band" and says nothing.
    factor = _factor(np.array(learned.covariance))
    spread = factor[0] + z[:, None] * factor[1] + c[:, None] * factor[2]
    added = np.zeros(said.shape)
    first = LEAD
    for place, (_, values) in enumerate(learned.points):
        rows = np.vstack([np.zeros(len(factor)), factor[first : first + len(values)]])
        added[:, place] = np.array([0.0, *values])[said[:, place]]
        spread += rows[said[:, place]]
        first += len(values)
    line = learned.intercept + learned.slope * z + learned.current * c + added.sum(axis=1)
    error = np.sqrt((spread**2).sum(axis=1) + learned.lack**2)
    return Refit(calibrated(line, learned.knots), added, error)


def _factor(covariance: np.ndarray) -> np.ndarray:
    """A matrix F with F F' = covariance; a covariance may be singular, so no Cholesky."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root: np.ndarray = vectors * np.sqrt(np.maximum(values, 0))
    return root
