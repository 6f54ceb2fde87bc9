"""Similarity of texts over distinct pairs of codes, by rapidfuzz; and slips in digit strings, by arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from skiptrace.normalize import nicknames

Scorer = Callable[[list[str], list[str]], NDArray[Any]]


def jaro_winkler(left: list[str], right: list[str]) -> NDArray[np.float32]:
    """Jaro-Winkler similarity of parallel lists, float32 in [0, 1]."""
    return np.asarray(cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32, workers=1))


def one_slip(left: list[str], right: list[str]) -> NDArray[np.bool_]:
    """Whether one edit or one swap of neighbours turns one text into the other: bool."""
    return np.asarray(cpdist(left, right, scorer=OSA.distance, score_cutoff=1, dtype=np.int32, workers=1)) <= 1


def nickname(left: list[str], right: list[str]) -> NDArray[np.bool_]:
    """Whether one first name is a known form of the other: bool."""
    return np.fromiter((nicknames.compatible(a, b) for a, b in zip(left, right, strict=True)), bool, len(left))


def over_distinct(
    terms_left: pa.Array,
    codes_left: NDArray[np.int32],
    terms_right: pa.Array,
    codes_right: NDArray[np.int32],
    score: Scorer,
) -> NDArray[Any]:
    """`score` of each distinct pair of codes, spread over the pairs. Codes must not be negative."""
    if not len(codes_left):
        return score([], [])
    together = codes_left.astype(np.int64) * len(terms_right) + codes_right
    distinct, place = np.unique(together, return_inverse=True)
    left = terms_left.take(pa.array(distinct // len(terms_right))).to_pylist()
    right = terms_right.take(pa.array(distinct % len(terms_right))).to_pylist()
    scores: NDArray[Any] = score(left, right)[place]
    return scores


def digit_slip(left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]], digits: int) -> NDArray[np.bool_]:
    """Whether two numbers of `digits` digits differ by one digit or by two neighbours swapped. Equal ones do not."""
    powers = 10 ** np.arange(digits - 1, -1, -1, dtype=np.int64)
    a = left.astype(np.int64)[:, None] // powers % 10
    b = right.astype(np.int64)[:, None] // powers % 10
    unequal = a != b
    count = unequal.sum(axis=1)
    place = np.minimum(unequal.argmax(axis=1), digits - 2)
    row = np.arange(len(left))
    swapped = (count == 2) & (a[row, place] == b[row, place + 1]) & (a[row, place + 1] == b[row, place])
    slip: NDArray[np.bool_] = (count == 1) | swapped
    return slip
