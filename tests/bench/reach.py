"""`make bench-reach`: scorecards learned from outcomes of a stated model, beside the true probability of every use.

    make bench-reach [ACCOUNTS=5000] [DRAWS=50]

On a sample project (`reach_generator`), for voice and e-mail: half of the consumers teach, the others test. From 5,000 outcomes:
calibration error and AUC on at least 25,000 test outcomes, beside the AUC of the true probability itself; the share of test uses
whose true probability lies within the 90 % bounds. From 200 outcomes, over DRAWS draws: mean difference of AUC and of log loss
from the shipped scorecard, in units where more is better. Exits 0 when it ran, whatever the figures.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from skiptrace.reach import scorecards, teaching
from skiptrace.reach.fitting import fit
from skiptrace.reach.judging import ece
from skiptrace.reach.learned import Learned, refit
from skiptrace.reach.scorecards import Scorecard
from skiptrace.reach.scoring import NINETY, sigmoid
from skiptrace.reach.teaching import Teaching
from tests.bench.reach_generator import Known, known_uses
from tests.bench.report import Figure, print_bench

MANY, FEW, TEST_POINTS, REPEATS, SEED = 5_000, 200, 25_000, 30, 17
CHANNELS = ("voice", "email")
ECE_TARGET, AUC_TARGET, COVER, COVER_SLACK = 0.02, 0.01, 0.90, 0.03


def auc_expected(score: np.ndarray, p: np.ndarray) -> float:
    """The AUC that `score` has on average where outcomes are drawn from `p`: each use counts p as reached and 1 - p as missed."""
    _, group = np.unique(score, return_inverse=True)
    yes, no = np.bincount(group, p), np.bincount(group, 1 - p)
    below = np.cumsum(no) - no
    return float((yes * (below + no / 2)).sum() / (yes.sum() * no.sum()))


def loss_expected(score: np.ndarray, p: np.ndarray) -> float:
    """The mean log loss of `score` where outcomes are drawn from `p`."""
    q = np.clip(score, 1e-9, 1 - 1e-9)
    return float(-(p * np.log(q) + (1 - p) * np.log1p(-q)).mean())


def measure(known: Known, card: Scorecard, rules: Teaching, draws: int) -> list[Figure]:
    """The figures of one channel."""
    rng = np.random.default_rng(SEED)
    teach = rng.random(int(known.lessons.consumer.max()) + 1)[known.lessons.consumer] < 0.5
    pool, test = known.take(np.flatnonzero(teach)), known.take(np.flatnonzero(~teach))
    shipped, name = sigmoid(test.lessons.shipped), card.channel
    best, base = auc_expected(test.truth, test.truth), auc_expected(shipped, test.truth)
    many = [_learn(pool, MANY, card, rules, rng) for _ in range(REPEATS)]
    few = [_learn(pool, FEW, card, rules, rng) for _ in range(draws)]
    times = -(-TEST_POINTS // len(test.truth))
    found = [_apply(one, test) for one in many]
    errors = []
    for p, _ in found:
        again = np.tile(test.truth, times)
        errors.append(ece(np.tile(p, times), (rng.random(len(again)) < again).astype(np.float64)) or 0.0)
    figures = [
        Figure(f"{name}: ECE from {MANY:,} outcomes", _r(np.mean(errors)), "", ECE_TARGET, at_most=True),
        Figure(f"{name}: test points", times * len(test.truth), "outcomes", TEST_POINTS),
        Figure(f"{name}: AUC of the true probability", _r(best), ""), Figure(f"{name}: AUC of the shipped scorecard", _r(base), ""),
        Figure(f"{name}: AUC below the best possible, from {MANY:,}", _r(best - np.mean([auc_expected(p, test.truth) for p, _ in found])),
               "", AUC_TARGET, at_most=True),
    ]  # fmt: skip
    for size, some in ((MANY, many), (FEW, few)):
        inside = [_covered(one, test) for one in some]
        off = abs(float(np.mean(inside)) - COVER)
        figures.append(Figure(f"{name}: true probability within the 90 % bounds, from {size:,}", _r(np.mean(inside)), "share"))
        figures.append(Figure(f"{name}: that share is off 0.90 by, from {size:,}", _r(off), "", COVER_SLACK, at_most=True))
    after = [_apply(one, test)[0] for one in few]
    gained = np.array([auc_expected(p, test.truth) - base for p in after])
    loss = np.array([loss_expected(shipped, test.truth) - loss_expected(p, test.truth) for p in after])
    figures += [
        Figure(f"{name}: AUC gained from {FEW}, mean of {draws} draws", _r(gained.mean()), "", 0.0),
        Figure(f"{name}: AUC gained from {FEW}, share of draws that lose", _r((gained < 0).mean()), "share"),
        Figure(f"{name}: log loss gained from {FEW}, mean of {draws} draws", _r(loss.mean()), "nats", 0.0),
    ]  # fmt: skip
    return figures


def _learn(pool: Known, size: int, card: Scorecard, rules: Teaching, rng: np.random.Generator) -> Learned:
    some = pool.take(rng.integers(0, len(pool.truth), size))
    return fit(some.drawn(rng), card, rules.prior)


def _apply(learned: Learned, test: Known) -> tuple[np.ndarray, np.ndarray]:
    told = refit(learned, test.lessons.shipped, test.lessons.current, test.lessons.said)
    return sigmoid(told.odds), told.error


def _covered(learned: Learned, test: Known) -> float:
    told = refit(learned, test.lessons.shipped, test.lessons.current, test.lessons.said)
    low, high = sigmoid(told.odds - NINETY * told.error), sigmoid(told.odds + NINETY * told.error)
    return float(((low <= test.truth) & (test.truth <= high)).mean())


def _r(value: float) -> float:
    return round(float(value), 4)


def main(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Measure and print; returns the figures."""
    accounts, draws = int(environ.get("ACCOUNTS") or 5_000), int(environ.get("DRAWS") or 50)
    cards, rules = {card.channel: card for card in scorecards.load()}, teaching.load()
    with TemporaryDirectory() as folder:
        found = known_uses(Path(folder) / "project", accounts, SEED)
    figures = [figure for channel in CHANNELS for figure in measure(found[channel], cards[channel], rules, draws)]
    print_bench("reach", figures)
    return figures


if __name__ == "__main__":
    main()
