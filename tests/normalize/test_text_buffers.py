from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.text_buffers import arrow_text, empty_texts, has_text, is_known, named_bits, null_unless, text_of

texts_with_nulls = st.lists(st.none() | st.text(max_size=4), max_size=20)


@given(texts_with_nulls, st.integers(0, 5))
def test_a_column_is_its_buffers(texts: list[str | None], skipped: int) -> None:
    column = pa.array([*["x"] * skipped, *texts], pa.string()).slice(skipped)
    assert text_of(*arrow_text(column)).to_pylist() == [text or "" for text in texts]
    assert has_text(column).tolist() == [bool(text) for text in texts]
    assert is_known(column).tolist() == [text is not None for text in texts]


def test_buffers_are_not_to_be_written_to() -> None:
    offsets, data = arrow_text(pa.array(["a"]))
    with pytest.raises(ValueError, match="read-only"):
        offsets[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        data[0] = 1


def test_empty_texts() -> None:
    assert empty_texts(3).to_pylist() == ["", "", ""]
    assert empty_texts(0).to_pylist() == []


@given(st.lists(st.tuples(st.none() | st.text(max_size=4), st.booleans()), max_size=20))
def test_nulls_are_laid_over_a_column(rows: list[tuple[str | None, bool]]) -> None:
    column = pa.array([text for text, _ in rows], pa.string())
    found = null_unless(column, np.array([keep for _, keep in rows], np.bool_))
    found.validate(full=True)
    assert found.to_pylist() == [text if keep else None for text, keep in rows]


@given(st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=20))
def test_bits_become_names(rows: list[tuple[int, bool]]) -> None:
    names = ("a", "b", "c")
    found = named_bits(np.array([bits for bits, _ in rows], np.uint16), names, np.array([keep for _, keep in rows], np.bool_))
    found.validate(full=True)
    expected = [[name for at, name in enumerate(names) if bits >> at & 1] if keep else None for bits, keep in rows]
    assert found.to_pylist() == expected
