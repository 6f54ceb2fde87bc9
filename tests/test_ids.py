"""Identifiers are stored and compared for years: golden values notice the day when a hash changes."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.ids import digest, digests, file_digest, point_id, point_ids


def test_golden_values() -> None:
    assert digest("a", 1, {"b": None, "a": dt.date(2026, 6, 30)}) == "5b177adfca9b02e87488319338149ffa"
    assert digest("consumer", "A1", size=8) == "a4f640f8322ba1e2"
    assert point_id("phone", "+15185550100") == "p-ffedda3be9f58b5f"


def test_digest_reads_content_not_layout() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert len({digest("a", "b"), digest("ab"), digest("b", "a"), digest(["a", "b"]), digest("a", "b", None)}) == 5
    assert (len(digest("a")), len(digest("a", size=4))) == (32, 8)


@given(st.lists(st.text()))
def test_digests_are_those_of_each_text(texts: list[str]) -> None:
    assert digests("consumer", texts, size=8) == [digest("consumer", text, size=8) for text in texts]


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
