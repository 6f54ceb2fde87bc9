"""What sources were found to do: chances of a hit and of a contact given a hit, by cell and by what was asked before, with their spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from skiptrace.errors import DataRefused, Problem
from skiptrace.waterfall.cells import Cells
from skiptrace.waterfall.fitting import sigmoid

Floats = NDArray[np.float64]
KINDS = ("hit", "lift")
_Z = 1.6448536269514722
_PLACES = 9


@dataclass(frozen=True)
class Chances:
    """Per row and source, float64 [n, sources]: the chance of a hit, of a right-party contact given a hit of somebody not reached yet
    (`lift`), of both, and bounds of 90 % of the latter."""

    hit: Floats
    lift: Floats
    both: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Behaviour:
    """`mean` and `spread`: coefficients of `cells.Cells.columns` per kind, [sources, f] and [sources, f, f]. `portfolio`: sd of a
    portfolio as a whole, per kind. `answered`: answers that each source is known by. `known`: share of hits whose points were tried by
    the next stage. `score`: log-odds by which a change of p_any makes too much of a source, [sources], with its sd, `score_sd`."""

    sources: tuple[str, ...]
    mean: Mapping[str, Floats]
    spread: Mapping[str, Floats]
    portfolio: Mapping[str, float]
    answered: NDArray[np.int64]
    known: float
    score: Floats
    score_sd: Floats

    def chances(self, cells: Cells) -> Chances:
        """The chances of rows, with the uncertainty averaged in. Work is per row: give it distinct patterns."""
        columns = cells.columns()
        mean, variance = {}, {}
        for kind in KINDS:
            at = columns @ self.mean[kind].T
            loose = np.stack([((columns @ one) * columns).sum(1) for one in self.spread[kind]], axis=1)
            variance[kind] = np.maximum(loose, 0.0) + self.portfolio[kind] ** 2
            mean[kind] = sigmoid(at / np.sqrt(1 + np.pi * variance[kind] / 8))  # the mean of a logistic of a normal
        both = mean["hit"] * mean["lift"]
        wide = np.exp(_Z * np.sqrt(sum((1 - mean[kind]) ** 2 * variance[kind] for kind in KINDS)))
        return Chances(mean["hit"], mean["lift"], both, both / wide, np.minimum(both * wide, 1.0))

    def drawn(self, rng: np.random.Generator) -> Behaviour:
        """One behaviour that the evidence leaves possible, taken at random, without a spread of its own."""
        mean = {}
        for kind in KINDS:
            common = self.portfolio[kind] * rng.standard_normal()
            lots = rng.standard_normal(self.mean[kind].shape)
            mean[kind] = self.mean[kind] + np.stack([_root(one) @ lot for one, lot in zip(self.spread[kind], lots, strict=True)])
            mean[kind][:, 0] += common
        nothing = {kind: np.zeros_like(self.spread[kind]) for kind in KINDS}
        return replace(self, mean=mean, spread=nothing, portfolio=dict.fromkeys(KINDS, 0.0))

    def place(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Place of each source. Raises DataRefused for a source it does not know."""
        unknown = sorted(set(names) - set(self.sources))
        if unknown:
            raise DataRefused("the waterfall's behaviour does not fit", (
                Problem("behaviour", unknown[0], "is no source of it", "learn it anew with this source among those named"),
            ))  # fmt: skip
        return np.asarray([self.sources.index(name) for name in names], np.int64)


def rounded(values: Floats) -> Floats:
    """Values to a billionth: what the last bits of a sum hang on decides nothing."""
    return np.round(values, _PLACES) + 0.0


def _root(spread: Floats) -> Floats:
    values, vectors = np.linalg.eigh(spread)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
