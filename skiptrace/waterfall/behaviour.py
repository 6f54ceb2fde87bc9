"""What sources were found to do: chances of a hit and of a contact given a hit, by cell and by what was asked before, with their spread."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.waterfall.cells import Cells
from skiptrace.waterfall.fitting import sigmoid

Floats = NDArray[np.float64]
KINDS = ("hit", "lift")
VERSION = 1
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

    @property
    def digest(self) -> str:
        """Hex digest of all of it."""
        return digest(self.plain())

    def plain(self) -> dict[str, Any]:
        """As a JSON object. Of a symmetric spread, the lower half is written, row by row."""
        half = np.tril_indices(next(iter(self.mean.values())).shape[1] if self.sources else 0)
        return {
            "version": VERSION, "sources": list(self.sources), "known": self.known, "answered": self.answered.tolist(),
            "portfolio": dict(self.portfolio), "score": self.score.tolist(),
            "score_sd": self.score_sd.tolist(),
            "mean": {kind: self.mean[kind].tolist() for kind in KINDS},
            "spread": {kind: [one[half].tolist() for one in self.spread[kind]] for kind in KINDS},
        }  # fmt: skip

    def json(self) -> str:
        """As JSON text: the same behaviour, the same bytes."""
        return json.dumps(self.plain(), sort_keys=True, separators=(",", ":"))


def read(text: str) -> Behaviour:
    """A behaviour from its JSON text. Raises DataRefused for one that cannot be read or is of another version."""
    try:
        content = json.loads(text)
        if content["version"] != VERSION:
            raise _damaged(f"is of version {content['version']}, not {VERSION}")
        sources = tuple(str(name) for name in content["sources"])
        mean = {kind: np.asarray(content["mean"][kind], np.float64).reshape(len(sources), -1) for kind in KINDS}
        spread = {kind: np.stack([_whole(one, mean[kind].shape[1]) for one in content["spread"][kind]]) for kind in KINDS}
        found = Behaviour(
            sources, mean, spread, {kind: float(content["portfolio"][kind]) for kind in KINDS},
            np.asarray(content["answered"], np.int64), float(content["known"]), np.asarray(content["score"], np.float64),
            np.asarray(content["score_sd"], np.float64),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, IndexError):
        raise _damaged("is damaged or no behaviour") from None
    return found


def rounded(values: Floats) -> Floats:
    """Values to a billionth: what the last bits of a sum hang on decides nothing."""
    return np.round(values, _PLACES) + 0.0


def _damaged(what: str) -> DataRefused:
    return DataRefused("the waterfall's behaviour cannot be read", (Problem("behaviour", "", what, "learn it anew from the log of asks"),))


def _whole(values: Sequence[float], size: int) -> Floats:
    out = np.zeros((size, size))
    out[np.tril_indices(size)] = values
    return out + np.tril(out, -1).T


def _root(spread: Floats) -> Floats:
    values, vectors = np.linalg.eigh(spread)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
