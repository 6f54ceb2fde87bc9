"""Accounts alike: what chances depend on, as small numbers, and as the columns of a linear model.

A cell is what an account lacks, a band of the age of the debt and one of the last evidence. With it goes the state of each source: never
asked, asked and did not know the consumer, asked and did, asked and silent so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.schema.waterfall import MISSING
from skiptrace.waterfall.priors import BANDS, Priors

NEVER, NONE, HIT, SILENT = 0, 1, 2, 3
"""State of a source for an account."""
EFFECTS = len(MISSING) + 2 * BANDS
COMBINATIONS = 1 << len(MISSING)
PAIRS = tuple(combinations(range(len(MISSING)), 2))
FIXED = 1 + EFFECTS + len(PAIRS)
"""Columns of the model before those of sources: the level, effects, and pairs of what is missing."""


@dataclass(frozen=True)
class Cells:
    """Rows as small numbers. `cell`: int64 [n]; `state`: int8 [n, sources]; `asked_on`: days since 1970, int32 [n, sources], the newest
    request to each source, 0 where there was none."""

    cell: NDArray[np.int64]
    state: NDArray[np.int8]
    asked_on: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.cell)

    def patterns(self) -> tuple[Cells, NDArray[np.int64]]:
        """(the distinct combinations of cell and states, each row's place among them). A silent source counts as never asked."""
        code = self.cell.copy()
        for column in range(self.state.shape[1]):
            code *= 3
            code += self.state[:, column] % SILENT
        _, first, place = np.unique(code, return_index=True, return_inverse=True)
        return Cells(self.cell[first], self.state[first] % SILENT, self.asked_on[first]), place.astype(np.int64).ravel()

    def columns(self) -> NDArray[np.float64]:
        """The columns of the model: float64 [n, FIXED + 2 * sources]. Per source: it was asked and knew the consumer; it did not."""
        rows, sources = self.state.shape
        out = np.zeros((rows, FIXED + 2 * sources))
        out[:, 0] = 1.0
        missing, bands = self.cell % COMBINATIONS, self.cell // COMBINATIONS
        for bit in range(len(MISSING)):
            out[:, 1 + bit] = (missing >> bit) & 1
        at, every = 1 + len(MISSING), np.arange(rows)
        out[every, at + bands % BANDS] = 1.0
        out[every, at + BANDS + bands // BANDS] = 1.0
        for column, (one, other) in enumerate(PAIRS):
            out[:, 1 + EFFECTS + column] = (missing >> one) & (missing >> other) & 1
        out[:, FIXED::2] = self.state == HIT
        out[:, FIXED + 1 :: 2] = self.state == NONE
        return out


def cells(table: pa.Table, sources: Sequence[str], priors: Priors) -> Cells:
    """The rows of WATERFALL_FACTS or ASKS as small numbers. Requests to sources that are not among `sources` are left out."""
    missing = table["missing"].to_numpy().astype(np.int64) % COMBINATIONS
    age = _band(table["debt_age_days"], priors.age_days)
    evidence = _band(table["last_evidence_days"], priors.evidence_days)
    state, asked_on = states(table["asked"], sources)
    return Cells(missing + COMBINATIONS * (age + BANDS * evidence), state, asked_on)


def states(asked: pa.ChunkedArray, sources: Sequence[str]) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
    """(state of each source, day of the newest request to it) of a column of type ASKED: int8 and int32 [n, sources]."""
    rows = len(asked)
    state, days = np.zeros((rows, len(sources)), np.int8), np.zeros((rows, len(sources)), np.int32)
    flat = pc.list_flatten(asked.combine_chunks() if isinstance(asked, pa.ChunkedArray) else asked)
    if not len(flat) or not sources:
        return state, days
    row = pc.list_parent_indices(asked).to_numpy().astype(np.int64)
    name, day, hit = pc.struct_field(flat, "source"), pc.struct_field(flat, "asked_on"), pc.struct_field(flat, "hit")
    place = pc.fill_null(pc.index_in(name, pa.array(list(sources), pa.string())), -1).to_numpy(zero_copy_only=False).astype(np.int64)
    when = pc.fill_null(day.cast(pa.int32()), 0).to_numpy(zero_copy_only=False)
    said = pc.fill_null(pc.if_else(hit, HIT, NONE), SILENT).to_numpy(zero_copy_only=False).astype(np.int8)
    order = np.argsort(when, kind="stable")
    order = order[place[order] >= 0]
    state[row[order], place[order]] = said[order]
    days[row[order], place[order]] = when[order]
    return state, days


def _band(days: pa.ChunkedArray, bounds: Sequence[int]) -> NDArray[np.int64]:
    """Band of each number of days: up to the first bound, and so on; one of its own for NULL."""
    known = pc.fill_null(days, -(1 << 30)).to_numpy(zero_copy_only=False)
    return np.where(known == -(1 << 30), BANDS - 1, np.searchsorted(np.asarray(bounds), known, side="left")).astype(np.int64)
