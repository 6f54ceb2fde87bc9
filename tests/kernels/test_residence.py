"""The compiled walk equals the plain function that it is compiled from; what it does is told in tests/contacts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.residence import LEFT, MOVED_TO, SEEN, walk

sighting = st.tuples(st.integers(0, 3), st.floats(0, 30), st.sampled_from([SEEN, MOVED_TO, LEFT]), st.floats(0.01, 0.99))


@given(st.lists(st.lists(sighting, max_size=6), max_size=5))
def test_the_compiled_walk_is_the_plain_one(accounts: list[list[tuple[int, float, int, float]]]) -> None:
    rows = [seen for told in accounts for seen in sorted(told, key=lambda s: -s[1])]
    begins = np.append(0, np.cumsum([len(told) for told in accounts])).astype(np.int64)
    firsts = np.arange(len(accounts) + 1) * 4
    columns = [np.array([row[k] for row in rows], kind) for k, kind in enumerate((np.int64, float, np.int64, float))]
    address, years, word, trust = columns
    shares = [np.zeros(int(firsts[-1])) for _ in range(2)]
    for share, run in zip(shares, (walk, walk.py_func), strict=True):  # type: ignore[attr-defined]
        run(begins, address, years, word, trust, 1.2, firsts, 0.08, 0.3, 0.9, 4.0, share)
    assert np.allclose(*shares, atol=1e-12)
