"""Columns of facts as numbers: each distinct value once, and for every row the number of its value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int32]
EMPTY_LIST = "\x02"


@dataclass(frozen=True)
class Coded:
    """A column: `codes` (int32 per row) into `words`, its distinct values in the order of their first row, NULL among them.
    Of a list, `words` are its members joined by \\x1f, EMPTY_LIST for one without any; a NULL within makes it NULL."""

    codes: Codes
    words: pa.Array

    @property
    def size(self) -> int:
        """How many distinct values there are, at least 1."""
        return max(1, len(self.words))


def code(column: pa.ChunkedArray | pa.Array) -> Coded:
    """A column coded. Equal values have equal codes, and other values other codes."""
    values = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_list(values.type):
        values = pc.if_else(pc.equal(pc.list_value_length(values), 0), EMPTY_LIST, pc.binary_join(values, "\x1f"))
    coded = pc.dictionary_encode(values, null_encoding="encode")
    return Coded(coded.indices.to_numpy(zero_copy_only=False), coded.dictionary)


def code_table(facts: pa.Table) -> dict[str, Coded]:
    """Every column coded, by name."""
    return {name: code(facts.column(name)) for name in facts.column_names}


def first_rows(codes: npt.NDArray[np.integer], size: int) -> npt.NDArray[np.int64]:
    """A row that shows each code below `size`; every code must occur."""
    row_of: npt.NDArray[np.int64] = np.zeros(size, np.int64)
    row_of[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return row_of


def distinct_rows(matrix: npt.NDArray[np.int8]) -> tuple[Codes, npt.NDArray[np.int8]]:
    """(number of each row among the distinct rows, the distinct rows in the order in which they first occur)."""
    rows, width = matrix.shape
    if not width or not rows:
        return np.zeros(rows, np.int32), matrix[:1]
    flat = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), rows, [None, pa.py_buffer(np.ascontiguousarray(matrix))])
    coded = pc.dictionary_encode(flat)
    codes: Codes = coded.indices.to_numpy(zero_copy_only=False)
    return codes, matrix[first_rows(codes, len(coded.dictionary))]
