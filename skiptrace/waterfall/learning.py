"""Learning what sources do from the log of asks.

Two chances are learned for each source: that it knows the consumer, and that a hit makes a right-party contact possible that was not.
The second has two witnesses. An outcome is the thing itself, but comes late and seldom; the change of p_any is there at once, but a score
that was never trained on a source may make too much of it. So each source has a term for what its scores exaggerate, which outcomes
settle. What an account lacks and how old it is has a common effect, from which sources differ; who was asked before has one for each
ordered pair of sources, so that copies are found out: they know whom the other knew and add nothing."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.schema import ASKS, conform
from skiptrace.waterfall.behaviour import KINDS, Behaviour, rounded
from skiptrace.waterfall.cells import EFFECTS, FIXED, PAIRS, Cells, cells
from skiptrace.waterfall.fitting import fit
from skiptrace.waterfall.priors import Priors

Floats = NDArray[np.float64]
_ENOUGH_HITS = 50
_LEAST_LEFT = 0.02
"""Below this chance of not being reached before, a change of p_any says nothing of the source."""


def learn(asks: pa.Table, priors: Priors, sources: Iterable[str] = ()) -> Behaviour:
    """What the sources of the log, and `sources`, do. `asks`: ASKS; rows without an answer say nothing. The same rows in any order give
    the same behaviour."""
    asks = conform(asks, ASKS)
    names = tuple(sorted({*sources, *pc.unique(asks["source"]).to_pylist()}))
    asks = asks.filter(pc.is_valid(asks["hit"]))
    of = pc.fill_null(pc.index_in(asks["source"], pa.array(names, pa.string())), -1).to_numpy().astype(np.int64)
    hit = asks["hit"].to_numpy(zero_copy_only=False).astype(bool)
    found = cells(asks, names, priors)
    counts = {"hit": _Counts.of(found, of, np.zeros(len(of), np.int64), hit.astype(float), np.ones(len(of)))}
    counts["lift"] = _lifts(asks, found, of, hit, priors)
    mean, spread = {}, {}
    score, score_sd = np.zeros(len(names)), np.zeros(len(names))
    for kind in KINDS:
        common = _common(counts[kind], kind, len(names), priors)
        fitted = [_one(counts[kind], kind, place, common, len(names), priors) for place in range(len(names))]
        width = FIXED + 2 * len(names)
        mean[kind] = rounded(np.stack([theta[:width] for theta, _ in fitted])) if fitted else np.zeros((0, width))
        spread[kind] = rounded(np.stack([loose[:width, :width] for _, loose in fitted])) if fitted else np.zeros((0, width, width))
        if kind == "lift" and fitted:
            score = rounded(np.asarray([theta[width] for theta, _ in fitted]))
            score_sd = rounded(np.sqrt(np.asarray([loose[width, width] for _, loose in fitted])))
    return Behaviour(
        names, mean, spread, dict(priors.portfolio), np.bincount(of, minlength=len(names)).astype(np.int64),
        _known(asks, hit, priors), score, score_sd,
    )  # fmt: skip


class _Counts:
    """What was seen, per distinct pattern of a source: columns [n, f], the source, whether a score says it (1) or an outcome (0), how
    often, and how often it came true."""

    def __init__(self, columns: Floats, source: NDArray[np.int64], scored: NDArray[np.int64], count: Floats, yes: Floats) -> None:
        self.columns, self.source, self.scored, self.count, self.yes = columns, source, scored, count, yes

    @classmethod
    def of(cls, found: Cells, of: NDArray[np.int64], scored: NDArray[np.int64], yes: Floats, weight: Floats) -> _Counts:
        """The counts of rows. Fractions are summed as whole numbers of millionths, so that the order of rows does not matter."""
        distinct, place = found.patterns()
        key = (place * (int(of.max(initial=0)) + 1) + of) * 2 + scored
        _, first, row = np.unique(key, return_index=True, return_inverse=True)
        units = [np.bincount(row, np.round(part * 1e6), minlength=len(first)) / 1e6 for part in (weight, weight * yes)]
        return cls(distinct.columns()[place[first]], of[first], scored[first], units[0], units[1])

    def only(self, rows: NDArray[np.bool_]) -> _Counts:
        return _Counts(self.columns[rows], self.source[rows], self.scored[rows], self.count[rows], self.yes[rows])


def _lifts(asks: pa.Table, found: Cells, of: NDArray[np.int64], hit: NDArray[np.bool_], priors: Priors) -> _Counts:
    before = asks["p_before"].to_numpy()
    after = asks["p_after"].to_numpy(zero_copy_only=False).astype(float)
    left = 1 - before
    scores = np.flatnonzero(hit & ~np.isnan(after) & (left > _LEAST_LEFT))
    rise = np.clip((after[scores] - before[scores]) / left[scores], 0.0, 1.0)
    reached = pc.fill_null(asks["reached"].cast(pa.int8()), -1).to_numpy(zero_copy_only=False)
    outcomes = np.flatnonzero(hit & (reached >= 0))
    rows = np.concatenate([scores, outcomes])
    scored = np.repeat([1, 0], [len(scores), len(outcomes)])
    part = Cells(found.cell[rows], found.state[rows], found.asked_on[rows])
    yes = np.concatenate([rise, reached[outcomes].astype(float)])
    return _Counts.of(part, of[rows], scored, yes, np.where(scored == 1, priors.score_weight, 1.0))


def _common(counts: _Counts, kind: str, sources: int, priors: Priors) -> Floats:
    """The effects that all sources have in common: float64 [EFFECTS]."""
    if not len(counts.source):
        return priors.effects[kind]
    levels = np.zeros((len(counts.source), 2 * sources))
    levels[np.arange(len(counts.source)), 2 * counts.source + counts.scored] = 1.0
    seen = counts.columns[:, FIXED:].copy()
    hit, none = seen[:, 0::2].sum(1), seen[:, 1::2].sum(1)
    own = np.arange(len(counts.source))
    again = np.stack([seen[own, 2 * counts.source], seen[own, 2 * counts.source + 1]], 1)
    others = np.stack([hit, none], 1) - again
    columns = np.concatenate([counts.columns[:, 1 : 1 + EFFECTS], levels, others, again], 1)
    level, sd = priors.level[kind]
    mean = np.concatenate([priors.effects[kind], np.full(2 * sources, level), priors.after[kind], np.full(2, priors.again[kind])])
    wide = np.concatenate([priors.effect_sd, np.full(2 * sources, sd), np.full(2, priors.after_sd), np.full(2, priors.again_sd)])
    return fit(columns, counts.count, counts.yes, mean, wide)[0][:EFFECTS]


def _one(counts: _Counts, kind: str, place: int, common: Floats, sources: int, priors: Priors) -> tuple[Floats, Floats]:
    """(coefficients, covariance) of one source; the last column is what its scores exaggerate."""
    mine = counts.only(counts.source == place)
    level, sd = priors.level[kind]
    pairs = np.tile(priors.after[kind], sources)
    pairs[2 * place : 2 * place + 2] = priors.again[kind]
    loose = np.full(2 * sources, priors.after_sd)
    loose[2 * place : 2 * place + 2] = priors.again_sd
    mean = np.concatenate([[level], common, np.zeros(len(PAIRS)), pairs, [0.0]])
    measured = len(counts.source) > 0
    effects = priors.between_sd if measured else np.hypot(priors.between_sd, priors.effect_sd)
    wide = np.concatenate([[sd], effects, np.full(len(PAIRS), priors.interaction), loose, [priors.score_sd]])
    columns = np.concatenate([mine.columns, mine.scored[:, None].astype(float)], 1)
    return fit(columns, mine.count, mine.yes, mean, wide)


def _known(asks: pa.Table, hit: NDArray[np.bool_], priors: Priors) -> float:
    """Share of hits with an outcome; the prior's until enough were seen."""
    hits = int(hit.sum())
    if hits < _ENOUGH_HITS:
        return priors.known
    return round(float(pc.sum(pc.and_(pc.is_valid(asks["reached"]), pa.array(hit))).as_py() or 0) / hits, 9)
