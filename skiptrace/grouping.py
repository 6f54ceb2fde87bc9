"""Groups from pairs: rows that are joined directly or through one another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def components(size: int, left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Lowest row of each row's connected component: int64 [size].

    `left` and `right` are the ends of the pairs, rows from 0 to `size - 1`; their order and direction do not matter.
    Each round hangs the higher of two joined groups under the lower one, and then every row under the head of its
    head, until nothing changes: a chain takes few rounds, in whatever order its rows are numbered."""
    label = np.arange(size, dtype=np.int64)
    while True:
        low = np.minimum(label[left], label[right])
        after = label.copy()
        np.minimum.at(after, label[left], low)
        np.minimum.at(after, label[right], low)
        after = after[after]
        if np.array_equal(after, label):
            return label
        label = after
