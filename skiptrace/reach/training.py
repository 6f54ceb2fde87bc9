"""Learning a channel's scorecard from outcomes, and judging it on people and days that it did not see.

Consumers are dealt into folds and time is cut once: each fold is judged on its attempts after the cut, by a scorecard that was
fitted on the other folds' attempts before it. So no person and no later day is on both sides. What is published is fitted on all
attempts, and only where the judged one was no worse than the scorecard in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.reach import fairness
from skiptrace.reach.fitting import Lessons, fit
from skiptrace.reach.judging import auc_falls, judge, log_loss
from skiptrace.reach.learned import Learned, refit
from skiptrace.reach.lessons import of_channel
from skiptrace.reach.scorecards import Scorecard
from skiptrace.reach.scoring import sigmoid
from skiptrace.reach.teaching import Teaching

FOLDS, SEED = 4, 7
TIME_CUT = 0.6
"""The share of a channel's attempts, the earliest, that the judged scorecards are fitted on."""
IN_FORCE, SHIPPED = "in force", "shipped with the program (the one in force has seen these attempts)"


@dataclass(frozen=True)
class Verdict:
    """What came of one channel: `learned` where it is to be published, else None and why. `report` holds the figures."""

    channel: str
    learned: Learned | None
    why_not: str | None
    worse: bool
    report: dict[str, Any]


def train(table: pa.Table, covered: pa.Table, cards: tuple[Scorecard, ...], teaching: Teaching) -> tuple[Verdict, ...]:
    """The verdict on each channel from LESSONS and COVERED. `cards` are those in force."""
    return tuple(_channel(table, covered, card, teaching) for card in cards)


def _channel(table: pa.Table, covered: pa.Table, card: Scorecard, teaching: Teaching) -> Verdict:
    lessons, rows = of_channel(table, card.channel)
    reached = int(lessons.reached.sum())
    counts: dict[str, Any] = {"attempts": len(lessons), "reached": reached, "consumers": len(np.unique(lessons.consumer))}
    if len(lessons) < teaching.outcomes or min(reached, len(lessons) - reached) < teaching.of_each:
        needed = f"{teaching.outcomes} attempts, {teaching.of_each} of them reached and as many missed"
        return Verdict(card.channel, None, f"too few outcomes to learn from: it needs {needed}", False, counts)
    at, p = _judged(lessons, card, teaching)
    force, against, fair = _rival(lessons, rows, at, card, teaching)
    at, p = at[fair], p[fair]
    y, who = lessons.reached[at], lessons.consumer[at]
    before, after = judge(force, y, who), judge(p, y, who)
    seen = rows.take(pa.array(at))
    report = {
        **counts, "judged_on": len(at), "against": against, "in_force": before, "learned": after,
        "by_source": _by_source(seen, p, force, y, who),
        "fairness": fairness.report(seen, p, y, covered, card.channel),
    }  # fmt: skip
    worse = _worse(against, force, p, y.astype(np.float64), who)
    if worse:
        return Verdict(card.channel, None, worse, True, report)
    return Verdict(card.channel, fit(lessons, card, teaching.prior), None, False, report)


def _judged(lessons: Lessons, card: Scorecard, teaching: Teaching) -> tuple[np.ndarray, np.ndarray]:
    """(rows after the cut, their chances by scorecards that saw neither their consumer nor their days)."""
    fold = np.random.default_rng(SEED).permutation(np.arange(int(lessons.consumer.max()) + 1) % FOLDS)[lessons.consumer]
    late = lessons.moment > np.quantile(lessons.moment, TIME_CUT)
    if not late.any():  # all at one moment: then people alone are on different sides
        late = np.ones(len(lessons), bool)
        early = late
    else:
        early = ~late
    p = np.full(len(lessons), np.nan)
    for one in range(FOLDS):
        ours, others = np.flatnonzero((fold == one) & late), np.flatnonzero((fold != one) & early)
        if len(ours) and len(others):
            p[ours] = chances(fit(lessons.take(others), card, teaching.prior), lessons.take(ours))
    rows = np.flatnonzero(~np.isnan(p))
    return rows, p[rows]


def _rival(
    lessons: Lessons, rows: pa.Table, at: np.ndarray, card: Scorecard, teaching: Teaching
) -> tuple[np.ndarray, str, np.ndarray]:  # fmt: skip
    """What the judged scorecard must not fall behind: (chances of the rival, its name, which of `at` both are judged on).

    A scorecard that was learned before is no fair rival on attempts that taught it: it is one on those since, where there are
    enough, and else the shipped one is the rival."""
    force = rows["in_force"].to_numpy()[at]
    every = np.arange(len(at))
    if card.learned is None:
        return force, IN_FORCE, every
    since = np.flatnonzero(lessons.moment[at] > card.learned.until)
    reached = int(lessons.reached[at[since]].sum())
    if min(reached, len(since) - reached) >= teaching.of_each:
        return force[since], IN_FORCE, since
    return sigmoid(lessons.shipped[at]), SHIPPED, every


def chances(learned: Learned, lessons: Lessons) -> np.ndarray:
    """p_reach of attempts by a learned scorecard: float64 [n]."""
    return sigmoid(refit(learned, lessons.shipped, lessons.current, lessons.said).odds)


def _worse(against: str, force: np.ndarray, p: np.ndarray, y: np.ndarray, who: np.ndarray) -> str | None:
    """Why the learned scorecard is worse than its rival; None where it is not."""
    old, new = log_loss(force, y), log_loss(p, y)
    if old is None or new is None or new > old:
        return f"worse than the scorecard {against}: the log loss on attempts that it did not see is higher"
    if auc_falls(force, p, y, who):
        return f"worse than the scorecard {against}: it orders attempts that it did not see less well (AUC)"
    return None


def _by_source(rows: pa.Table, p: np.ndarray, force: np.ndarray, y: np.ndarray, who: np.ndarray) -> dict[str, Any]:
    names = rows["source"].to_numpy(zero_copy_only=False)
    return {
        str(name): {"in_force": judge(force[at], y[at], who[at]), "learned": judge(p[at], y[at], who[at])}
        for name in sorted(set(names.tolist())) for at in [np.flatnonzero(names == name)]
    }  # fmt: skip
