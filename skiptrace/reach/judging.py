"""How good stated chances are, against what happened: AUC, KS, lift by decile, Brier score, log loss and calibration error.

Intervals come from a bootstrap over consumers (Efron 1979): the attempts on one person are no independent trials.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

DRAWS, SEED, BINS = 200, 11, 15
BANDS = 10
LEAST = 1e-9


def judge(p: np.ndarray, reached: np.ndarray, consumer: np.ndarray) -> dict[str, Any]:
    """The figures of chances `p` (float64 [n]) for `reached` (bool [n]), each with a 90 % interval over `consumer` (int64):
    attempts, reached, auc, ks, brier, log_loss, ece, and `lift`, the share reached in each tenth, the likeliest first, over
    the share of all, and `bands`. A figure that cannot be taken is None."""
    y = reached.astype(np.float64)
    out: dict[str, Any] = {"attempts": len(y), "reached": int(y.sum())}
    figures: dict[str, Callable[[np.ndarray, np.ndarray], float | None]] = {
        "auc": auc, "ks": ks, "brier": brier, "log_loss": log_loss, "ece": ece,
    }  # fmt: skip
    draws = list(_draws(consumer)) if len(y) else []
    for name, figure in figures.items():
        value = figure(p, y)
        told = [one for rows in draws if (one := figure(p[rows], y[rows])) is not None]
        low, high = np.quantile(told, [0.05, 0.95]).tolist() if told else (None, None)
        out[name] = {"value": value, "low": low, "high": high}
    out["lift"], out["bands"] = lift(p, y), bands(p, y)
    return out


def _draws(consumer: np.ndarray) -> list[np.ndarray]:
    """Rows of DRAWS samples of consumers with replacement; the same for the same input."""
    rng = np.random.default_rng(SEED)
    _, whose = np.unique(consumer, return_inverse=True)
    order = np.argsort(whose, kind="stable")
    ends = np.cumsum(np.bincount(whose))
    starts = ends - np.bincount(whose)
    out = []
    for _ in range(DRAWS):
        chosen = rng.integers(0, len(ends), len(ends))
        size = (ends - starts)[chosen]
        turn = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        out.append(order[np.repeat(starts[chosen], size) + turn])
    return out


def auc(p: np.ndarray, y: np.ndarray) -> float | None:
    """The chance that a reached attempt has the higher p than a missed one, ties half: None where one kind is missing."""
    positive = float(y.sum())
    negative = len(y) - positive
    if not positive or not negative:
        return None
    _, group, counts = np.unique(p, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[group]
    return float((rank[y > 0].sum() - positive * (positive + 1) / 2) / (positive * negative))


def auc_falls(before: np.ndarray, after: np.ndarray, y: np.ndarray, consumer: np.ndarray) -> bool:
    """Whether the AUC of `after` is below that of `before` by more than chance: in 19 of 20 draws of consumers."""
    lost = []
    for rows in _draws(consumer):
        was, now = auc(before[rows], y[rows]), auc(after[rows], y[rows])
        if was is not None and now is not None:
            lost.append(now < was)
    return bool(lost) and float(np.mean(lost)) > 0.95


def ks(p: np.ndarray, y: np.ndarray) -> float | None:
    """The largest distance between the distributions of p of reached and of missed attempts (Kolmogorov and Smirnov)."""
    positive = float(y.sum())
    if not positive or positive == len(y):
        return None
    values, group = np.unique(p, return_inverse=True)
    yes = np.cumsum(np.bincount(group, y, len(values))) / positive
    no = np.cumsum(np.bincount(group, 1 - y, len(values))) / (len(y) - positive)
    return float(np.abs(yes - no).max())


def brier(p: np.ndarray, y: np.ndarray) -> float | None:
    """Mean squared distance of p from what happened (Brier 1950)."""
    return float(((p - y) ** 2).mean()) if len(y) else None


def log_loss(p: np.ndarray, y: np.ndarray) -> float | None:
    """Mean surprise in nats."""
    q = np.clip(p, LEAST, 1 - LEAST)
    return float(-(y * np.log(q) + (1 - y) * np.log1p(-q)).mean()) if len(y) else None


def ece(p: np.ndarray, y: np.ndarray) -> float | None:
    """Expected calibration error: mean distance of stated and true share over 15 groups of equal size; equal p share theirs."""
    if not len(y):
        return None
    n = len(y)
    order = np.argsort(p, kind="stable")
    p, y = p[order], y[order]
    group = np.cumsum(np.append(False, p[1:] != p[:-1]))
    smooth = (np.bincount(group, y) / np.bincount(group))[group]
    place = np.arange(min(BINS, n))
    starts = place * (n // BINS) + np.minimum(place, n % BINS)  # the first groups have one more
    return float(np.abs(np.add.reduceat(p - smooth, starts)).sum() / n)


def bands(p: np.ndarray, y: np.ndarray) -> list[dict[str, Any]]:
    """By tenth of the stated chance, from nought on: attempts, the mean chance `stated` (None without attempts), and those `reached`."""
    place = np.minimum((p * BANDS).astype(np.int64), BANDS - 1)
    attempts, stated, reached = (np.bincount(place, weight, BANDS).tolist() for weight in (np.ones(len(p)), p, y))
    return [
        {"attempts": int(n), "stated": round(total / n, 6) if n else None, "reached": int(hits)}
        for n, total, hits in zip(attempts, stated, reached, strict=True)
    ]  # fmt: skip


def lift(p: np.ndarray, y: np.ndarray) -> list[float] | None:
    """Share reached in each tenth of the attempts, the likeliest first, over the share of all; None under ten attempts."""
    if len(y) < 10 or not y.sum():
        return None
    return [float(y[rows].mean() / y.mean()) for rows in np.array_split(np.argsort(-p, kind="stable"), 10)]
