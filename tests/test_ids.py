"""Identifiers are stored and compared for years: golden values notice the day when a hash changes."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.ids import combine64, digest, file_digest, hash64, mix64, point_id, point_ids


def test_golden_values() -> None:
    assert digest("a", 1, {"b": None, "a": dt.date(2026, 6, 30)}) == "5b177adfca9b02e87488319338149ffa"
    assert digest("consumer", "A1", size=8) == "a4f640f8322ba1e2"
    assert point_id("phone", "+15185550100") == "p-ffedda3be9f58b5f"
    assert hash64("LEE") == 3098780808225631258
    assert int(combine64(np.array([1], np.uint64), np.array([2], np.uint64))[0]) == 4120853625252346362


def test_mix64_is_splitmix64() -> None:
    """The first outputs of SplitMix64 with seed 0, as its authors publish them: each step adds the same constant."""
    step = 0x9E3779B97F4A7C15
    states = np.array([n * step % 2**64 for n in range(3)], np.uint64)
    assert [hex(value) for value in mix64(states).tolist()] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4", "0x6c45d188009454f"]


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, unique=True))
def test_mix64_keeps_numbers_apart_and_its_input_as_it_was(numbers: list[int]) -> None:
    values = np.array(numbers, np.uint64)
    assert len(set(mix64(values).tolist())) == len(numbers)
    assert values.tolist() == numbers


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20))
def test_combined_hashes_are_equal_exactly_where_rows_are(rows: list[tuple[int, int]]) -> None:
    one, two = (np.array(column, np.uint64) for column in zip(*rows, strict=True))
    found = combine64(one, two).tolist()
    assert len(set(found)) == len(set(rows))
    assert len(set(zip(found, rows, strict=True))) == len(set(rows))


def test_order_and_number_of_columns_matter() -> None:
    one, two = np.array([5], np.uint64), np.array([7], np.uint64)
    made = [combine64(one, two), combine64(two, one), combine64(one), combine64(one, one), combine64(one, one, one)]
    assert len({int(value[0]) for value in made}) == 5


def test_digest_reads_content_not_layout() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert len({digest("a", "b"), digest("ab"), digest("b", "a"), digest(["a", "b"]), digest("a", "b", None)}) == 5
    assert (len(digest("a")), len(digest("a", size=4))) == (32, 8)


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 25])
def test_a_file_is_hashed_whole_whatever_the_chunk(size: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(size)))
    assert file_digest(path, chunk=10) == hashlib.sha256(bytes(range(size))).hexdigest() == file_digest(path)


def test_points_get_the_id_of_their_kind_and_value() -> None:
    kinds, values = ["phone", "email", "phone", "address"], ["1", "1", "1", "1"]
    found = point_ids(kinds, values)
    assert found.to_pylist() == [point_id(kind, value) for kind, value in zip(kinds, values, strict=True)]
    assert [text[:2] for text in found.to_pylist()] == ["p-", "e-", "p-", "a-"]
    assert len(set(found.to_pylist())) == 3
    assert str(point_ids([], []).type) == "string"


def test_parallel_columns_must_be_of_one_length() -> None:
    with pytest.raises(ValueError, match="shorter"):
        point_ids(["phone", "phone"], ["1"])
