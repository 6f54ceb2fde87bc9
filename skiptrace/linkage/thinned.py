"""Counts that a sample saw, and the counts of the whole that they stand for.

Of a value that c rows share a sample of a share f of all rows sees k, which varies. Judging k / f by a cap would drop values that are
below it and keep values that are above, so what counts are likely is found first: the distribution of c under which what was seen is
most likely, by EM, and by it the chance that a value seen k times is hot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS = 200
_SURELY = 6.0
"""Standard deviations above a cap from which on a count is believed as it is seen."""
_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Thinned:
    """What values seen k times are likely to be, by k from 0 to the length less one; whatever was seen more often is hot.

    within: chance that no more than the cap share the value; rows: expected number of rows of values above the cap, where one is;
    none: the weight of values that no row has, as a share of all."""

    share: float
    within: _Floats
    rows: _Floats
    none: float = 0.0

    def chance(self, seen: NDArray[np.int64]) -> _Floats:
        """The chance that each value is not hot."""
        found: _Floats = np.where(seen < len(self.within), self.within[np.minimum(seen, len(self.within) - 1)], 0.0)
        return found

    def hot_rows(self, seen: NDArray[np.int64]) -> _Floats:
        """The rows of each value, times the chance that it is hot."""
        known = self.rows[np.minimum(seen, len(self.rows) - 1)]
        found: _Floats = np.where(seen < len(self.rows), known, seen / self.share)
        return found


def thinned(seen: NDArray[np.int64], weight: _Floats, share: float, cap: int) -> Thinned:
    """From how often each of some values was seen in a share of all rows (0 to 1), with weights, to what that says about a cap."""
    if share >= 1.0:
        return Thinned(1.0, np.ones(cap + 1), np.zeros(cap + 1), float(weight[seen == 0].sum() / max(weight.sum(), 1e-300)))
    middle = cap * share
    last = int(middle + _SURELY * np.sqrt(middle + 1.0) + 3)
    most = int(last / share + _SURELY * np.sqrt(last + 1.0) / share)
    some = seen <= last
    tally = np.bincount(seen[some], weight[some], minlength=last + 1)
    chances = _binomial(last, most, share)
    spread = np.full(most + 1, 1.0 / (most + 1))
    posterior = spread * chances
    for _ in range(ROUNDS if tally.sum() > 0 else 0):
        posterior = spread * chances
        posterior /= np.maximum(posterior.sum(axis=1, keepdims=True), 1e-300)
        spread = tally @ posterior
        spread = np.maximum(spread / spread.sum(), 1e-12)
    posterior = posterior / np.maximum(posterior.sum(axis=1, keepdims=True), 1e-300)
    counts = np.arange(most + 1)
    above = (posterior[:, cap + 1 :] * counts[cap + 1 :]).sum(axis=1)
    return Thinned(share, posterior[:, : cap + 1].sum(axis=1), above, float(spread[0]))


def _binomial(last: int, most: int, share: float) -> _Floats:
    """Chances of k of c, float [last + 1, most + 1]."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])
    k, c = np.arange(last + 1)[:, None], np.arange(most + 1)[None, :]
    apart = np.maximum(c - k, 0)
    found = logs[c] - logs[np.minimum(k, most)] - logs[apart] + k * np.log(share) + apart * np.log1p(-share)
    result: _Floats = np.where(k <= c, np.exp(found), 0.0)
    return result
