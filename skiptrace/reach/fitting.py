"""Fitting a learned scorecard: penalised logistic regression with bounds, anchored at the shipped card.

The negative log-posterior of a logistic model with independent normal priors (Gelman et al., Bayesian Data Analysis, ch. 16),
minimised by a projected Newton method (Bertsekas 1982). Features that rise or fall from band to band are written as steps
that may not be negative, so the order of their points cannot be broken by any data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skiptrace.reach.calibration import knots_of
from skiptrace.reach.learned import CURRENT_LIMIT, LEAD, Z_LIMIT, Learned
from skiptrace.reach.scorecards import Scorecard
from skiptrace.reach.teaching import Prior

ROUNDS, ENOUGH = 60, 1e-9
CELLS = 60
"""Groups of similar attempts in which what the features leave unexplained is measured."""


@dataclass(frozen=True)
class Lessons:
    """Attempts of one channel, parallel: `shipped` and `current` log-odds (float64), `said` band per feature from 1, 0 for
    none (int64 [n, features of the card]), `reached` (bool), `consumer` (int64) and `moment` (int64, seconds since 1970)."""

    shipped: np.ndarray
    current: np.ndarray
    said: np.ndarray
    reached: np.ndarray
    consumer: np.ndarray
    moment: np.ndarray

    def __len__(self) -> int:
        return len(self.reached)

    def take(self, rows: np.ndarray) -> Lessons:
        """Some of them."""
        return Lessons(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class _Terms:
    """The parameters: how bands' points are made of them (`bands` [bands, parameters]), prior mean, precision, bounds."""

    bands: np.ndarray
    mean: np.ndarray
    precision: np.ndarray
    low: np.ndarray
    high: np.ndarray


def fit(lessons: Lessons, card: Scorecard, prior: Prior) -> Learned:
    """What the attempts teach about a channel."""
    terms = _terms(card, prior)
    x = _matrix(lessons, card) @ terms.bands
    y = lessons.reached.astype(np.float64)
    theta = _minimise(x, y, terms)
    p = _sigmoid(x @ theta)
    inverse = np.linalg.inv((x.T * (p * (1 - p))) @ x + np.diag(terms.precision))
    covariance = terms.bands @ inverse @ terms.bands.T
    values = terms.bands @ theta
    knots = knots_of(x @ theta, y, prior.calibration_outcomes)
    points, first = [], LEAD
    for name, bands in card.features:
        points.append((name, tuple(values[first : first + len(bands)].tolist())))
        first += len(bands)
    intercept, slope, current = values[:LEAD].tolist()
    return Learned(
        card.key, intercept, slope, current, tuple(points), knots, tuple(tuple(row) for row in covariance.tolist()),
        _lack(x @ theta, y, lessons, prior.lack[card.channel]), len(y), int(lessons.moment.max()),
    )  # fmt: skip


def _terms(card: Scorecard, prior: Prior) -> _Terms:
    size = LEAD + sum(len(bands) for _, bands in card.features)
    matrix = np.eye(size)
    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    low[1:LEAD] = 0.0
    low[LEAD:], high[LEAD:] = -prior.bound, prior.bound
    first, directions, steps = LEAD, dict(card.ordered), np.zeros(size, bool)
    for name, bands in card.features:
        if name in directions:
            at = slice(first, first + len(bands))
            # the first band is where the points start from; each further one adds a step of one sign
            matrix[at, at] = np.tril(np.full((len(bands), len(bands)), float(directions[name])))
            matrix[at, first] = 0.0
            low[at], high[at] = 0.0, prior.bound
            high[first] = 0.0
            steps[at] = True
        first += len(bands)
    mean = np.zeros(size)
    mean[1] = 1.0
    spread = np.array([prior.intercept, prior.slope, prior.current, *[prior.band] * (size - LEAD)])
    spread[steps] = prior.step
    return _Terms(matrix, mean, spread**-2.0, low, high)


def _matrix(lessons: Lessons, card: Scorecard) -> np.ndarray:
    """One column per term: 1, shipped log-odds, current log-odds, and whether each band holds."""
    columns = [
        np.ones(len(lessons)), np.clip(lessons.shipped, -Z_LIMIT, Z_LIMIT), np.clip(lessons.current, -CURRENT_LIMIT, CURRENT_LIMIT)
    ]  # fmt: skip
    for place, (_, bands) in enumerate(card.features):
        columns += [(lessons.said[:, place] == band).astype(np.float64) for band in range(1, len(bands) + 1)]
    return np.stack(columns, axis=1)


def _minimise(x: np.ndarray, y: np.ndarray, terms: _Terms) -> np.ndarray:
    theta = np.clip(terms.mean, terms.low, terms.high)
    theta[0] = _level(x @ theta, y)
    worth = _cost(x, y, theta, terms)
    for _ in range(ROUNDS):
        p = _sigmoid(x @ theta)
        slope = x.T @ (p - y) + terms.precision * (theta - terms.mean)
        held = ((theta <= terms.low) & (slope > 0)) | ((theta >= terms.high) & (slope < 0))
        free = np.flatnonzero(~held)
        curve = (x[:, free].T * (p * (1 - p))) @ x[:, free] + np.diag(terms.precision[free])
        move = np.zeros(len(theta))
        move[free] = -np.linalg.solve(curve, slope[free])
        step = 1.0
        while step > 1e-6:
            trial = np.clip(theta + step * move, terms.low, terms.high)
            cost = _cost(x, y, trial, terms)
            if cost < worth:
                break
            step /= 2
        else:
            break
        theta, gained, worth = trial, worth - cost, cost
        if gained < ENOUGH * max(1.0, abs(worth)):
            break
    found: np.ndarray = theta
    return found


def _level(odds: np.ndarray, y: np.ndarray) -> float:
    """Where to start: the share of all attempts against that of the card."""
    share = (float(y.sum()) + 0.5) / (len(y) + 1)
    return math.log(share / (1 - share)) - float(odds.mean())


def _cost(x: np.ndarray, y: np.ndarray, theta: np.ndarray, terms: _Terms) -> float:
    odds = x @ theta
    return float((np.logaddexp(0, odds) - y * odds).sum() + (terms.precision * (theta - terms.mean) ** 2).sum() / 2)


def _sigmoid(odds: np.ndarray) -> np.ndarray:
    p: np.ndarray = 1 / (1 + np.exp(-odds))
    return p


def _lack(odds: np.ndarray, y: np.ndarray, lessons: Lessons, prior: float) -> float:
    """Standard deviation, in log-odds, of what the features leave unexplained.

    Between groups of like attempts it is the excess of the variance of (observed - expected) over what chance gives, by the
    method of moments, as far as it is beyond chance's own two standard errors (of 1 / sqrt(sum v^2) each, v the variance that
    chance gives a group). Within a group single outcomes cannot show it: there the prior speaks."""
    p = _sigmoid(odds)
    order = np.lexsort((lessons.consumer, np.round(lessons.current, 1), odds))
    worth = p * (1 - p)
    excess, scale = 0.0, 0.0
    for rows in np.array_split(order, min(CELLS, max(len(order) // 25, 1))):
        chance = worth[rows].sum()
        excess += (y[rows] - p[rows]).sum() ** 2 - chance
        scale += chance**2
    between = max(excess / scale - 2 / np.sqrt(scale), 0.0) if scale > 0 else 0.0
    return float(np.sqrt(prior**2 + between))
