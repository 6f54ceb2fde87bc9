"""Figures of linkage: best F1, recall at a precision, pair F1, calibration, and intervals of a difference.

A threshold takes every pair whose probability reaches it: equal scores stand or fall together. F1 is 2 · hits / (made +
true), the same as the harmonic mean of precision and recall.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.bench.linkage_truth import Bools, Floats, Judged, Tops

BINS = 15
"""Bins of the calibration error, of equal numbers of pairs."""
DRAWS, SEED = 1_000, 20_260_630
_AT_ONCE = 20


@dataclass(frozen=True)
class Curve:
    """Over every threshold, from the highest: how many were taken, how many of them are right, and at what score."""

    score: Floats
    made: npt.NDArray[np.int64]
    hits: npt.NDArray[np.int64]
    true: int

    @property
    def f1(self) -> Floats:
        """F1 at each threshold."""
        found: Floats = 2 * self.hits / np.maximum(self.made + self.true, 1)
        return found

    def best_f1(self) -> float:
        """The highest F1; 0 where nothing was taken."""
        return float(self.f1.max(initial=0))

    def best(self) -> tuple[int, int]:
        """(taken, right) at the threshold of the highest F1."""
        if not len(self.made):
            return 0, 0
        at = int(self.f1.argmax())
        return int(self.made[at]), int(self.hits[at])

    def recall_at(self, precision: float) -> float:
        """The highest recall at any threshold whose precision is at least this."""
        enough = self.hits >= precision * self.made
        return float((self.hits[enough] / max(self.true, 1)).max(initial=0))

    def threshold_at(self, recall: float) -> float | None:
        """The highest threshold whose recall is at least this; None where it is never reached."""
        enough = np.flatnonzero(self.hits >= recall * self.true)
        return float(self.score[enough[0]]) if len(enough) else None


def curve(score: Floats, right: Bools, true: int) -> Curve:
    """The curve of scored decisions; a score of -inf or NaN was never made."""
    made = np.isfinite(score)
    score, right = score[made], right[made]
    order = np.argsort(-score, kind="stable")
    score, hits = score[order], np.cumsum(right[order], dtype=np.int64)
    last = _ends(score)
    return Curve(score[last], last + 1, hits[last], true)


def _ends(ordered: Floats) -> npt.NDArray[np.int64]:
    """The last place of each run of equal scores."""
    return np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) if len(ordered) else np.zeros(0, np.int64)


def account_curve(tops: Tops) -> Curve:
    """Thresholds over the best pair of each account, against the accounts that have a true record."""
    return curve(tops.score, tops.right, int(tops.matchable.sum()))


def pair_curve(judged: Judged) -> Curve:
    """Thresholds over all pairs, against all true pairs."""
    return curve(judged.probability, judged.good, judged.true_pairs)


def linked_pair_f1(judged: Judged) -> float:
    """F1 of the pairs that the linker accepted."""
    made, hits = int(judged.linked.sum()), int((judged.linked & judged.good).sum())
    return 2 * hits / max(made + judged.true_pairs, 1)


def true_pairs_present(judged: Judged) -> float:
    """Share of the true pairs that occur among the links at all, whatever their status."""
    return int(judged.good.sum()) / max(judged.true_pairs, 1)


def absent_false(tops: Tops, recall: float) -> int | None:
    """Best pairs of accounts whose person is in no record that stand above the threshold of this recall."""
    bar = account_curve(tops).threshold_at(recall)
    return None if bar is None else int(((tops.score >= bar) & ~tops.matchable).sum())


def calibration_error(probability: Floats, good: Bools, least: float = 0.05) -> float | None:
    """Mean gap between stated probability and share that is true, over the pairs of `least` and more.

    Pairs of one probability share their mean outcome, so that the order among them does not matter."""
    keep = probability >= least
    p, outcome = probability[keep], good[keep].astype(float)
    if not len(p):
        return None
    _, group, counts = np.unique(p, return_inverse=True, return_counts=True)
    shared = (np.bincount(group, outcome) / counts)[group]
    bins = [part for part in np.array_split(np.argsort(p, kind="stable"), BINS) if len(part)]
    return float(sum(len(part) * abs(p[part].mean() - shared[part].mean()) for part in bins) / len(p))


@dataclass(frozen=True)
class Gain:
    """Best F1 of one system minus that of another on the same accounts, and a 95 % interval."""

    value: float
    low: float
    high: float


def f1_gain(ours: Tops, peer: Tops, draws: int = DRAWS, seed: int = SEED) -> Gain:
    """Paired bootstrap: accounts are drawn with replacement, the same ones for both; each draw finds its own thresholds."""
    value = account_curve(ours).best_f1() - account_curve(peer).best_f1()
    sorted_systems = [_Sorted(tops) for tops in (ours, peer)]
    parts = []
    for counts in _drawn(len(ours.score), draws, seed):
        first, second = (system.best_f1(counts) for system in sorted_systems)
        parts.append(first - second)
    low, high = np.quantile(np.concatenate(parts), (0.025, 0.975))
    return Gain(value, float(low), float(high))


def _drawn(accounts: int, draws: int, seed: int) -> Iterator[npt.NDArray[np.int32]]:
    """How often each account was drawn: some draws (rows) at a time."""
    chance = np.random.default_rng(seed)
    for start in range(0, draws, _AT_ONCE):
        rows = min(_AT_ONCE, draws - start)
        picked = [np.bincount(chance.integers(0, accounts, accounts), minlength=accounts) for _ in range(rows)]
        yield np.stack(picked).astype(np.int32)


class _Sorted:
    """A system's accounts in order of score, ready for drawing."""

    def __init__(self, tops: Tops) -> None:
        made = np.flatnonzero(np.isfinite(tops.score))
        self._order = made[np.argsort(-tops.score[made], kind="stable")]
        self._right = tops.right[self._order].astype(np.int32)
        self._last = _ends(tops.score[self._order])
        self._matchable = tops.matchable.astype(np.int32)

    def best_f1(self, counts: npt.NDArray[np.int32]) -> Floats:
        """The best F1 of each draw."""
        own = counts[:, self._order]
        made = np.cumsum(own, axis=1)[:, self._last]
        hits = np.cumsum(own * self._right, axis=1)[:, self._last]
        true = counts @ self._matchable
        found: Floats = (2 * hits / np.maximum(made + true[:, None], 1)).max(axis=1, initial=0)
        return found
