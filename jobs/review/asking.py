"""Which pairs are asked about next: most of them where an answer tells most, and none that was answered.

How often a band is asked follows from how many pairs it has and how uncertain they are; answers that differ from what the probability
promised make a band more uncertain. Within a band the lots of `jobs.review.bands` decide.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.review.answers import Answer, Pair, Question
from jobs.review.bands import KEY, Frame

SIZE = 0.75
"""To which power the size of a band counts: 1 would measure precision best, 0 would ask about the bar alone."""
LEAST_DOUBT = 0.1
"""How uncertain a band is at least, as a standard deviation: that a probability is near 1 may itself be wrong."""
STATED = 4.0
"""So many answers does the stated probability of a band count for when its uncertainty is judged."""


def doubt(frame: Frame, same: NDArray[np.float64], told: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a band's questions are worth, by band: of its `told` answers `same` said so."""
    expected = likely(frame, same, told)
    worth: NDArray[np.float64] = frame.sizes.astype(np.float64) ** SIZE * np.maximum(np.sqrt(expected * (1 - expected)), LEAST_DOUBT)
    return worth


def likely(frame: Frame, same: NDArray[np.float64], told: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of each band that is one person, as far as stated probabilities and answers tell."""
    share: NDArray[np.float64] = (frame.stated * STATED + same) / (STATED + told)
    return share


def questions(frame: Frame, answered: Mapping[Pair, Answer], count: int) -> list[Question]:
    """The next pairs to ask about, at most `count`, in the order in which they are asked: whoever stops early has asked about all bands.
    The same answers, the same questions."""
    known, same, told = tally(frame, answered)
    open_rows = np.flatnonzero(~known)
    open_rows = open_rows[np.lexsort((open_rows, (frame.lot / frame.chance)[open_rows], frame.band[open_rows]))]
    waiting = [open_rows[frame.band[open_rows] == band] for band in range(len(frame.edges))]
    worth, asked, chosen = doubt(frame, same, told), told.copy(), list[int]()
    taken = np.zeros(len(frame.edges), np.int64)
    left = np.array([len(rows) for rows in waiting])
    while len(chosen) < count and (taken < left).any():
        band = int(np.argmax(np.where(taken < left, worth / (asked + 1), -1.0)))
        chosen.append(int(waiting[band][taken[band]]))
        taken[band] += 1
        asked[band] += 1
    pairs = zip(*(frame.keys[name].take(np.array(chosen, np.int64)).to_pylist() for name in KEY), strict=True)
    return [
        Question(account, source, record, frame.run_id, frame.edges[frame.band[row]], float(frame.chance[row]))
        for (account, source, record), row in zip(pairs, chosen, strict=True)
    ]


def rows_of(frame: Frame, answered: Mapping[Pair, Answer]) -> dict[Pair, int]:
    """The row of each answered pair that the run has."""
    accounts = {pair[0] for pair in answered}
    mine = pc.indices_nonzero(pc.is_in(frame.keys["account_id"], pa.array(sorted(accounts), pa.string()))).to_numpy()
    found = zip(*(frame.keys[name].take(pa.array(mine)).to_pylist() for name in KEY), strict=True)
    return {pair: int(row) for pair, row in zip(found, mine, strict=True) if pair in answered}


def tally(frame: Frame, answered: Mapping[Pair, Answer]) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """(whether each pair was answered, how many answers of each band say that it is one person, how many tell at all)."""
    known = np.zeros(len(frame.band), np.bool_)
    same, told = np.zeros(len(frame.edges)), np.zeros(len(frame.edges))
    for pair, row in rows_of(frame, answered).items():
        known[row] = True
        same[frame.band[row]] += answered[pair].says == "same"
        told[frame.band[row]] += answered[pair].says != "unsure"
    return known, same, told
