from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.errors import ContractError
from skiptrace.report.placed import placed

IDS = pa.array(["A", "B", "C", "D"])


@given(st.lists(st.sampled_from("ABCD")), st.integers(1, 5))
def test_a_row_is_placed_where_its_account_is(rows: list[str], cut: int) -> None:
    chunks = [rows[start : start + cut] for start in range(0, len(rows), cut)]
    found = placed("links", pa.chunked_array(chunks, pa.string()), IDS)
    assert found.tolist() == ["ABCD".index(row) for row in rows]
    assert found.dtype == "int32"


def test_an_account_that_nobody_knows_is_refused_by_the_name_of_the_table() -> None:
    with pytest.raises(ContractError, match="links") as refused:
        placed("links", pa.chunked_array([["A", "X"]]), IDS)
    assert "X" not in str(refused.value)
