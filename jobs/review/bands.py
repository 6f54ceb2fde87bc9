"""The pairs of a run in bands of match probability, each with its chance to be the next that is asked about.

Within a band a pair's chance is one by the root of how many pairs show its pattern of levels, so that a pattern of a hundred pairs is
asked about ten times as often as one that occurs once, and not a hundred times. The chances are known, so answers can be weighed back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.ids import digest
from skiptrace.linkage import rules as linkage_rules
from skiptrace.linkage.patterns import pack
from skiptrace.linkage.terms import hashes_of
from skiptrace.results import Run

KEY = ("account_id", "source", "record_id")
EDGES = (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)
"""Where bands begin, beside 0 and the bars of the linkage rules."""
_Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """The written pairs of a run, a row each: KEY, stated probability, number of the band, chance to be drawn first in it, and a number
    from 0 to 1 that decides the draw. `edges`: where each band begins; `accepted`: whether its pairs are linked."""

    run_id: str
    keys: pa.Table
    probability: _Shares
    band: NDArray[np.int64]
    chance: _Shares
    lot: _Shares
    edges: tuple[float, ...]
    accepted: NDArray[np.bool_]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Pairs of each band."""
        return np.bincount(self.band, minlength=len(self.edges))

    @property
    def stated(self) -> _Shares:
        """The mean probability of each band; 0 where it is empty."""
        return np.bincount(self.band, self.probability, minlength=len(self.edges)) / np.maximum(self.sizes, 1)


def frame(run: Run) -> Frame:
    """The pairs of a run. Raises as `Run.table`: DataRefused (exit 3) where its files are not what was published."""
    rules = linkage_rules.load()
    links = run.table("links", [*KEY, "match_probability", *(f"level_{name}" for name in rules.names)])
    levels = np.stack([links[f"level_{name}"].to_numpy() for name in rules.names], axis=1).astype(np.int8)
    probability = links["match_probability"].to_numpy()
    return of_pairs(run.run_id, links.select(list(KEY)), probability, pack(levels), rules)


def of_pairs(
    run_id: str, keys: pa.Table, probability: _Shares, pattern: NDArray[np.int64], rules: linkage_rules.LinkageRules
) -> Frame:  # fmt: skip
    """The same of pairs with these keys, probabilities and patterns of levels. The lots are drawn from the run's id and the pair's."""
    edges = tuple(sorted({0.0, *EDGES, rules.decision["linked"], rules.decision["review"]}))
    band = np.searchsorted(edges, probability, side="right") - 1
    _, shown = np.unique(pattern, return_inverse=True)
    _, kind = np.unique(shown * len(edges) + band, return_inverse=True)
    chance = 1 / np.sqrt(np.bincount(kind)[kind])
    chance /= np.bincount(band, chance, minlength=len(edges))[band]
    return Frame(run_id, keys, probability, band, chance, _lots(run_id, keys), edges, np.array(edges) >= rules.decision["linked"])


def _lots(run_id: str, keys: pa.Table) -> _Shares:
    """A number from 0 to 1 for each pair, as if drawn by chance: the run's id and the pair's decide it, and nothing else."""
    mixed = np.full(len(keys), int(digest("review", run_id, size=8), 16), np.uint64)
    for name in KEY:
        texts = keys[name].combine_chunks()
        mixed = _stirred(mixed ^ hashes_of(texts))
    lots: _Shares = ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53
    return lots


def _stirred(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each number turned into one that looks like chance, the same ever again (splitmix64)."""
    with np.errstate(over="ignore"):
        bits = bits + np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    stirred: NDArray[np.uint64] = bits ^ (bits >> np.uint64(31))
    return stirred
