from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.export.proof import Proof

CELLS = st.lists(st.one_of(st.none(), st.text(max_size=3)), min_size=1, max_size=8)
SCHEMA = pa.schema([("a", pa.string())])


def _proof(cells: list[str | None], cut: int, text: bool) -> Proof:
    proof, table = Proof(SCHEMA, text), pa.table({"a": pa.array(cells, pa.string())})
    for piece in (table.slice(0, cut), table.slice(cut)):
        proof.add(piece)
    return proof


@given(CELLS, CELLS, st.integers(0, 8), st.integers(0, 8), st.booleans())
def test_digests_are_equal_exactly_where_the_cells_are_however_they_are_cut(
    one: list[str | None], other: list[str | None], here: int, there: int, text: bool
) -> None:
    assert _proof(one, here, text).differs(_proof(one, there, text)) is None
    same = [cell or "" for cell in one] == [cell or "" for cell in other] if text else one == other
    assert (_proof(one, here, text).differs(_proof(other, there, text)) is None) == same


def test_the_column_that_differs_is_named() -> None:
    schema = pa.schema([("a", pa.string()), ("b", pa.int32())])
    proofs = []
    for value in (1, 2):
        proofs.append(Proof(schema, text=False))
        proofs[-1].add(pa.table({"a": ["x"], "b": pa.array([value], pa.int32())}))
    assert proofs[0].differs(proofs[1]) == "b"
