"""What answers say of a run: how many pairs of each band are one person, precision and recall of its links, and how many answers more
would narrow them.

An answer stands for as many pairs as its question had small a chance to be asked. Answers of several runs count together, each run's by
how many it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jobs.review.answers import Answer, Pair
from jobs.review.asking import doubt, likely, rows_of, tally
from jobs.review.bands import Frame
from jobs.review.interval import Bounds, of_share, part_of_whole, together

NEAR = 0.02
"""Half of an interval this wide is enough: two points to either side."""
EXACT = 1e-6
"""What is known to this is known: nothing would narrow it."""
_Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """A band of match probability: pairs of the run, answers by what they say, the mean of what was stated, and what the answers say
    of it: None without any."""

    begins: float
    ends: float
    linked: bool
    pairs: int
    same: int
    other: int
    unsure: int
    stated: float
    share: float | None
    low: float
    high: float


@dataclass(frozen=True)
class Measure:
    """An estimate with its interval (95 %); how many answers more would halve it, and reach two points to either side. None: not even
    answers about all pairs."""

    value: float
    low: float
    high: float
    halved_by: int | None
    two_points_by: int | None


@dataclass(frozen=True)
class Gauge:
    """What the answers say of a run. `elsewhere`: answers about pairs that it has not written. `recall` counts true pairs among those
    written: what no blocking key brought together nobody can be asked about."""

    run_id: str
    answers: int
    unsure: int
    elsewhere: int
    bands: tuple[Band, ...]
    precision: Measure | None
    recall: Measure | None
    enough: bool


@dataclass(frozen=True)
class Estimate:
    """What answers say of the bands of a run, an item per band: how many say that a pair is one person, how many tell at all, how many
    evenly weighed ones those are worth, the share and its interval; and precision and recall of what is linked."""

    same: _Numbers
    told: _Numbers
    seen: _Numbers
    share: _Numbers
    low: _Numbers
    high: _Numbers
    measured: tuple[Bounds | None, Bounds | None]


def estimate(frame: Frame, answered: Mapping[Pair, Answer]) -> Estimate:
    """Estimate the shares of a run by answers. A band without any has its stated probability, and an interval from 0 to 1."""
    rows, stand = rows_of(frame, answered), weights(frame, answered)
    _, same, told = tally(frame, answered)
    share, seen = frame.stated.copy(), np.zeros(len(frame.edges))
    for band in np.flatnonzero(told):
        mine = [(stand[pair], answered[pair].says == "same") for pair, row in rows.items() if frame.band[row] == band and pair in stand]
        weight, yes = np.array([one for one, _ in mine]), np.array([one for _, one in mine])
        share[band] = (weight * yes).sum() / weight.sum()
        seen[band] = weight.sum() ** 2 / (weight**2).sum()
    low, high = _limits(frame, share, seen, told)
    return Estimate(same, told, seen, share, low, high, _measured(frame, share, low, high))


def gauge(frame: Frame, answered: Mapping[Pair, Answer]) -> Gauge:
    """Measure a run by answers."""
    rows, found = rows_of(frame, answered), estimate(frame, answered)
    same, told = found.same, found.told
    unsure = Counter(int(frame.band[row]) for pair, row in rows.items() if answered[pair].says == "unsure")
    bands = tuple(
        Band(
            begins, (*frame.edges[1:], 1.0)[number], bool(frame.accepted[number]), int(frame.sizes[number]), int(same[number]),
            int(told[number] - same[number]), unsure[number], float(frame.stated[number]),
            float(found.share[number]) if told[number] else None, float(found.low[number]), float(found.high[number]),
        )
        for number, begins in enumerate(frame.edges) if frame.sizes[number]
    )  # fmt: skip
    later = _Later(frame, same, told, found.seen)
    precision, recall = (_measure(one, place, later) for place, one in enumerate(found.measured))
    enough = all(one is not None and one.half <= NEAR for one in found.measured)
    return Gauge(frame.run_id, int(told.sum()), unsure.total(), len(answered) - len(rows), bands, precision, recall, enough)


def weights(frame: Frame, answered: Mapping[Pair, Answer]) -> dict[Pair, float]:
    """How many pairs each answer stands for, of those that tell: one by its chance to be among the answers of its run and band. Of the
    run itself all chances are known, of an earlier one those of the pairs that were asked."""
    telling = {pair: one.question for pair, one in answered.items() if one.says != "unsure"}
    runs = Counter(one.run_id for one in telling.values())
    cells = Counter((one.run_id, one.band) for one in telling.values())
    draws = {cell: float(count) for cell, count in cells.items()}
    for number, begins in enumerate(frame.edges):
        if (cell := (frame.run_id, begins)) in draws:
            draws[cell] = _draws(frame.chance[frame.band == number], draws[cell])
    return {
        pair: runs[one.run_id] / min(1.0, draws[one.run_id, one.band] * one.chance) / len(telling) for pair, one in telling.items()
    }


def _draws(chance: _Numbers, answers: float) -> float:
    """By what chances are multiplied so that they add up to so many answers, no pair being sure to be asked more than once."""
    if answers >= len(chance):
        return float(1 / chance.min())
    draws, sure = answers, 0
    while sure != (now := int(np.count_nonzero(draws * chance >= 1))):
        sure = now
        draws = (answers - sure) / chance[draws * chance < 1].sum()
    return draws


def _limits(frame: Frame, share: _Numbers, seen: _Numbers, told: _Numbers) -> tuple[_Numbers, _Numbers]:
    """The intervals of the bands. What was asked of all pairs of a band is no estimate."""
    low, high = np.zeros(len(share)), np.ones(len(share))
    for band, size in enumerate(frame.sizes):
        left = 1 - told[band] / size if size else 0.0
        found = Bounds(share[band], share[band], share[band]) if left <= 0 else of_share(float(share[band]), seen[band] / left)
        low[band], high[band] = found.low, found.high
    return low, high


def _measured(frame: Frame, share: _Numbers, low: _Numbers, high: _Numbers) -> tuple[Bounds | None, Bounds | None]:
    """Precision and recall of what is linked."""
    sizes, mine = frame.sizes.astype(np.float64), frame.accepted
    linked = sizes[mine].sum()
    precision = None
    if linked:
        found = together(np.where(mine, sizes / linked, 0.0), low, share, high)
        precision = Bounds(max(found.low, 0.0), found.value, min(found.high, 1.0))
    return precision, part_of_whole(mine, sizes, low, share, high)


class _Later:
    """What intervals would be after more answers, asked as `jobs.review.asking` asks."""

    def __init__(self, frame: Frame, same: _Numbers, told: _Numbers, seen: _Numbers) -> None:
        self._frame, self._told, self._share = frame, told, likely(frame, same, told)
        self._worth = doubt(frame, same, told)
        self._telling = np.where(told > 0, seen / np.maximum(told, 1), 1.0)
        self.most = int((frame.sizes - told).sum())
        self._kept = dict[int, tuple[Bounds | None, Bounds | None]]()

    def after(self, more: int) -> tuple[Bounds | None, Bounds | None]:
        """Precision and recall after so many answers more."""
        if more not in self._kept:
            told = self._asked(more)
            self._kept[more] = _measured(self._frame, self._share, *_limits(self._frame, self._share, told * self._telling, told))
        return self._kept[more]

    def _asked(self, more: int) -> _Numbers:
        """Answers of each band then: raised to what each is worth, where it has less."""
        sizes, wanted = self._frame.sizes.astype(np.float64), self._told.sum() + more
        low, high = 0.0, float((sizes / np.maximum(self._worth, 1e-9)).max(initial=0.0)) + 1
        for _ in range(60):
            level = (low + high) / 2
            told = np.minimum(np.maximum(self._told, self._worth * level), sizes)
            low, high = (level, high) if told.sum() < wanted else (low, level)
        return np.minimum(np.maximum(self._told, self._worth * high), sizes)


def _measure(now: Bounds | None, place: int, later: _Later) -> Measure | None:
    if now is None:
        return None

    def until(half: float) -> int | None:
        """The least number of answers more after which the interval is no wider than this to either side."""
        if now.half <= max(half, EXACT):
            return 0
        low, high = 0, later.most
        if not _within(later.after(high)[place], half):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _within(later.after(middle)[place], half) else (middle, high)
        return high

    return Measure(now.value, now.low, now.high, until(now.half / 2), until(NEAR))


def _within(found: Bounds | None, half: float) -> bool:
    return found is not None and found.half <= half
