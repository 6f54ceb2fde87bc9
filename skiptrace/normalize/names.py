"""Names of people, for a whole table: parts or one text, to canonical first, middle and last name and suffix."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import SEPARATOR, combine, lift
from skiptrace.kernels.compiling import is_compiled
from skiptrace.normalize.name_parser import Name, parse, parse_full

__all__ = ["NAME_FIELDS", "Name", "normalize_names", "parse", "parse_full"]

_TEXT = pa.string()
NAME_FIELDS = pa.schema(
    [
        ("first", _TEXT), ("middle", _TEXT), ("last", _TEXT), ("suffix", _TEXT), ("kind", _TEXT),
        ("flags", pa.list_(_TEXT)),
    ]
)  # fmt: skip
"""Columns of `normalize_names`. kind: person, organisation, unknown. flags, sorted: see `Name`."""


COLUMNS_FROM, COLUMNS_FROM_UNCOMPILED = 2_000, 40_000
"""Rows from which columns are read by shapes: below, loading the compiled loops (or compiling them) costs more than it saves."""


def _parse_joined(text: str) -> Name:
    first, middle, last, suffix, full = text.split(SEPARATOR)
    if first.strip() or middle.strip() or last.strip():
        return parse(first, middle, last, suffix)
    return parse_full(full)


def normalize_names(
    first: pa.ChunkedArray | None,
    middle: pa.ChunkedArray | None,
    last: pa.ChunkedArray | None,
    suffix: pa.ChunkedArray | None,
    full: pa.ChunkedArray | None,
) -> pa.Table:
    """Names of a table: text columns of equal length, absent ones None, to NAME_FIELDS in the same row order.

    The parts win in each row; the full name fills rows whose first, middle and last name are all empty. Rows without
    any name have kind "unknown" and no flags. Raises ValueError where no column is given.
    """
    columns = (first, middle, last, suffix, full)
    rows = next((len(column) for column in columns if column is not None), None)
    if rows is None:
        raise ValueError("normalize_names needs at least one column")
    if rows >= (COLUMNS_FROM if is_compiled("cut_names") else COLUMNS_FROM_UNCOMPILED):
        from skiptrace.normalize.name_columns import read_columns  # loads numba

        return read_columns(columns, NAME_FIELDS)
    joined = pc.fill_null(combine(columns, rows), SEPARATOR * (len(columns) - 1))
    return lift(joined, _parse_joined, NAME_FIELDS)
