"""Slots fill in order, once per value, and no further than there is room; terms are matched by their bytes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.record_slots import fill_slots, match_terms
from skiptrace.linkage.terms import dictionary, frozen
from skiptrace.normalize.text_buffers import arrow_text

VALUE = st.tuples(st.integers(0, 2), st.integers(0, 1))


@given(st.lists(st.tuples(st.integers(-1, 3), VALUE), max_size=40), st.integers(1, 3))
def test_filling_equals_a_plain_list_per_record(drawn: list[tuple[int, tuple[int, int]]], width: int) -> None:
    records, counts = np.full((4, 10), 9, np.int32), np.zeros(4, np.uint8)
    records[:, 1 : 1 + 2 * width] = 0
    rows, values = np.array([row for row, _ in drawn], np.int32), np.array([value for _, value in drawn], np.int32).reshape(-1, 2)
    fill_slots(rows, values, 1, width, counts, records)
    kept: list[list[tuple[int, int]]] = [[] for _ in range(4)]
    for row, value in drawn:
        if row >= 0 and value != (0, 0) and value not in kept[row] and len(kept[row]) < width:
            kept[row].append(value)
    for row, mine in enumerate(kept):
        padded = [word for value in mine for word in value] + [0] * (2 * (width - len(mine)))
        assert records[row].tolist() == [9, *padded, *[9] * (9 - 2 * width)], "words beside the slots stay as they were"
    assert counts.tolist() == [len(mine) for mine in kept]


def test_values_that_came_before_keep_their_slots() -> None:
    records, counts = np.zeros((1, 6), np.int32), np.zeros(1, np.uint8)
    for value in ([[1, 1]], [[1, 1], [2, 2]], [[3, 3]], [[4, 4]]):
        fill_slots(np.zeros(len(value), np.int32), np.array(value, np.int32), 0, 3, counts, records)
    assert records[0].tolist() == [1, 1, 2, 2, 3, 3]


@given(st.lists(st.text("ABC", max_size=3), max_size=20), st.lists(st.text("ABC", min_size=1, max_size=3), max_size=20, unique=True))
def test_a_text_has_the_code_of_the_equal_term(texts: list[str], terms: list[str]) -> None:
    here, there = dictionary(pa.array(texts, pa.string())), dictionary(pa.array(terms, pa.string()))
    wanted = [terms.index(text) + 1 if text in terms else 0 for text in texts]
    assert here.match(there).tolist() == wanted
    # With one hash for all, only the bytes tell terms apart.
    out, alike = np.empty(len(texts), np.int32), np.full(len(terms), 5, np.uint64)
    codes = np.arange(len(terms), dtype=np.int32)[::-1].copy()
    mine = frozen(np.full(len(texts), 5, np.uint64))
    match_terms(*arrow_text(here.texts), mine, frozen(alike), frozen(codes), *arrow_text(there.texts), out)
    assert out.tolist() == wanted
