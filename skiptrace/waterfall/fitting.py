"""A logistic model with normal priors, fitted to counts of distinct patterns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDS = 60
_CLOSE = 1e-6
_LONGEST = 2.0
"""The longest step of a coefficient: far from the answer, the curve misleads."""


def sigmoid(values: Floats) -> Floats:
    """Chances of log-odds."""
    return 1.0 / (1.0 + np.exp(-np.clip(values, -40.0, 40.0)))


def fit(columns: Floats, count: Floats, yes: Floats, mean: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """(coefficients [f], their covariance [f, f]) of log-odds that are linear in `columns` [n, f], where `yes` of `count` (float64 [n],
    fractions allowed) came true, and coefficients are normal around `mean` with `sd` [f] before. Newton's method; the curve at the
    answer gives the covariance."""
    precision = 1.0 / np.square(sd)
    theta = mean.astype(np.float64).copy()
    curve = np.diag(precision)
    for _ in range(_ROUNDS):
        p = sigmoid(columns @ theta)
        slope = columns.T @ (yes - count * p) - precision * (theta - mean)
        curve = (columns * (count * p * (1 - p))[:, None]).T @ columns + np.diag(precision)
        step = np.linalg.solve(curve, slope)
        longest = float(np.abs(step).max(initial=0.0))
        theta = theta + step * min(1.0, _LONGEST / longest if longest else 1.0)
        if longest < _CLOSE:
            break
    covariance = np.linalg.inv(curve).astype(np.float64)
    return theta, covariance
