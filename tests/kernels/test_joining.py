from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.joining import join_plain, join_rows, joined_size
from skiptrace.normalize.text_buffers import arrow_text, text_of

rows = st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=12)


@given(rows, st.sampled_from([" ", ", ", ""]))
def test_rows_are_joined_as_one_by_one(pairs: list[tuple[str, str]], separator: str) -> None:
    (left_offsets, left), (right_offsets, right) = (arrow_text(pa.array([pair[at] for pair in pairs], pa.string())) for at in (0, 1))
    between = np.frombuffer(separator.encode(), np.uint8)
    offsets = np.empty(len(pairs) + 1, np.int32)
    joined_size(left_offsets, right_offsets, len(between), offsets)
    out = np.empty(int(offsets[-1]), np.uint8)
    join_rows(left, left_offsets, right, right_offsets, between, offsets, out)
    assert text_of(offsets, out).to_pylist() == [join_plain(*pair, separator) for pair in pairs]
