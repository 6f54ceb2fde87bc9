"""Asking for memory ahead changes no result, and may be done for the last element."""

from __future__ import annotations

import numpy as np

from skiptrace.kernels.compiling import compiled
from skiptrace.kernels.fetching import fetch, fetch_in_row


@compiled
def _sums(numbers: np.ndarray, table: np.ndarray, places: np.ndarray) -> tuple[int, int]:
    one = two = 0
    for place in range(len(places)):
        if place + 4 < len(places):
            fetch(numbers, places[place + 4])
            fetch_in_row(table, places[place + 4], 1)
        one += numbers[places[place]]
        two += table[places[place], 1]
    return one, two


def test_what_is_read_is_what_is_there() -> None:
    numbers, table = np.arange(1000, dtype=np.int64), np.arange(2000, dtype=np.int32).reshape(1000, 2)
    places = np.append(np.random.default_rng(5).integers(0, 1000, 500), [999, 0, 999])
    assert _sums(numbers, table, places) == (int(numbers[places].sum()), int(table[places, 1].sum()))
    view = table.view()
    view.flags.writeable = False  # arrays that are mapped from files cannot be written
    assert _sums(numbers, view, places)[1] == int(table[places, 1].sum())
