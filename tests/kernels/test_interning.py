from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels import interning
from skiptrace.kernels.interning import code_of, content_of, find, grown, has_room, hash_of, intern, intern_spans, new_table


def spans_of(texts: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    return np.frombuffer(b"".join(texts), np.uint8), np.cumsum([0, *(len(text) for text in texts)], dtype=np.int64)


@given(st.lists(st.binary(min_size=1, max_size=5), max_size=60))
def test_entries_are_numbered_by_first_appearance_however_often_the_table_grows(texts: list[bytes]) -> None:
    table, found = intern_spans(*spans_of(texts), new_table(np.uint8, 1, 1))
    order = list(dict.fromkeys(texts))
    assert found.tolist() == [order.index(text) for text in texts]
    assert [bytes(content_of(table, entry)) for entry in range(int(table.count[0]))] == order


def test_an_empty_span_has_no_entry() -> None:
    table, found = intern_spans(*spans_of([b"", b"a", b""]), new_table(np.uint8))
    assert found.tolist() == [-1, 0, -1]
    assert int(table.count[0]) == 1


def test_known_spans_keep_their_entries() -> None:
    table, first = intern_spans(*spans_of([b"b", b"a"]), new_table(np.uint8))
    table, second = intern_spans(*spans_of([b"c", b"a"]), table)
    assert (first.tolist(), second.tolist()) == ([0, 1], [2, 1])


def test_equal_hashes_of_different_contents_are_told_apart() -> None:
    table = new_table(np.uint8)
    data = np.frombuffer(b"onetwo", np.uint8)
    assert intern(table, data, 0, 3) == 0
    stolen = code_of(table, data, 0, 3)
    assert find(table, data, 3, 6, stolen) < 0
    assert find(table, data, 0, 2, stolen) < 0
    assert find(table, data, 0, 3, stolen) == 0


def test_each_table_hashes_in_its_own_way_and_keeps_to_it_while_it_grows() -> None:
    data = np.frombuffer(b"onetwo", np.uint8)
    one, other = new_table(np.uint8), new_table(np.uint8)
    assert code_of(one, data, 0, 3) != code_of(other, data, 0, 3)
    assert code_of(grown(one, 5000, 5), data, 0, 3) == code_of(one, data, 0, 3)


def test_a_table_tells_when_it_is_full() -> None:
    table = new_table(np.int16, 2, 4)
    data = np.arange(8, dtype=np.int16)
    assert has_room(table, 1, 4)
    intern(table, data, 0, 4)
    assert has_room(table, 1, 0)
    assert not has_room(table, 1, 1)
    larger = grown(table, 1, 1)
    assert has_room(larger, 1, 1)
    assert content_of(larger, 0).tolist() == [0, 1, 2, 3]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=20))
def test_the_compiled_hash_equals_the_plain_one(numbers: list[int]) -> None:
    data = np.array(numbers, np.int16)
    with np.errstate(over="ignore"):
        plain = interning.hash_of.py_func(data, 0, len(data))  # type: ignore[attr-defined]
    assert int(hash_of(data, 0, len(data))) == int(plain)
