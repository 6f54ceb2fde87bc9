"""The machine agrees with the plain statement of the form on every text, and reads any array from its buffers."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.phone_form import FALLBACK, LABELS, NULL, NUMBER, scan_text
from skiptrace.kernels.phone_scan import scan_column
from tests.bench.normalize_phones import messy_values

PIECES = st.sampled_from([
    *LABELS, "tel", "x", "ext", "Ext.", "EXTN", "extension ", "#", ":", "+", "+1", "1", "011", "206", "310", "2671234", ".0", "0", "9",
    "-", ".", "(", ")", "/", " ", "\t", "\n", "\r", ",", ";", "|", "\xa0", "\xad", "\u200b", "\u202a", "\u2013", "\u2212", "\u2060",
    "\ufeff", "\u202f", "é", "\u2016", "\uff11", "😀", "\x00", "_", "&", "@",
])  # fmt: skip


def rows(array: pa.StringArray) -> list[tuple[int, int, int]]:
    found = scan_column(array)
    return list(zip(found.code.tolist(), found.number.tolist(), found.extension.tolist(), strict=True))


@given(st.lists(st.one_of(st.none(), st.lists(PIECES, max_size=14).map("".join)), max_size=60))
def test_the_machine_equals_the_plain_statement(texts: list[str | None]) -> None:
    assert rows(pa.array(texts, pa.string())) == [scan_text(text) for text in texts]


@given(st.lists(st.text(max_size=40), max_size=20))
def test_it_equals_it_on_any_text(texts: list[str]) -> None:
    array = pa.array([text.encode("utf-8", "replace").decode() for text in texts], pa.string())
    assert rows(array) == [scan_text(text) for text in array.to_pylist()]


def test_it_equals_it_on_messy_files() -> None:
    texts = messy_values(40_000, seed=1)
    found = rows(pa.array(texts))
    assert found == [scan_text(text) for text in texts]
    assert len({code for code, _, _ in found}) == 6


@pytest.mark.parametrize("start", [0, 1, 7, 8, 9])
def test_an_array_of_any_offset(start: int) -> None:
    texts = ["2062671234", None, "x", "", "267-1234"] * 5
    assert rows(pa.array(texts).slice(start, 9)) == [scan_text(text) for text in texts[start : start + 9]]


def test_arrays_without_rows_or_bytes() -> None:
    assert rows(pa.array([], pa.string())) == []
    assert rows(pa.nulls(3, pa.string())) == [(NULL, 0, 0)] * 3


@pytest.mark.parametrize("tail", [b"\xff", b"\xe2", b"\xe2\x80", b"\xc2", b"\xe2\x00\x8b", b"\xef\xbb"])
def test_bytes_that_are_no_text_are_not_read(tail: bytes) -> None:
    data = b"2062671234" + tail
    offsets = pa.py_buffer(pa.array([0, len(data), len(data) + 10], pa.int32()).buffers()[1])
    array = pa.StringArray.from_buffers(2, offsets, pa.py_buffer(data + b"2062671234"))
    assert rows(array) == [(FALLBACK, 0, 0), (NUMBER, 2062671234, 0)]
