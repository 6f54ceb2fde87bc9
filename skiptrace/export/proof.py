"""Proof that a file holds what was meant: per column a digest of every cell, of what was given to the writer and of what another
parser reads back. The digest depends on the cells and their order alone, not on how they were cut into pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import DataRefused

_NULL = "\x00"
_AGAIN = "export again; if it says so again, please report this line"


class Proof:
    """Digests of the columns of a table that comes in pieces. `text`: NULL and the empty text are one cell."""

    def __init__(self, schema: pa.Schema, text: bool) -> None:
        self.schema, self._text, self.rows = schema, text, 0
        self._cells = [hashlib.blake2b() for _ in schema]
        self._lengths = [hashlib.blake2b() for _ in schema]

    def add(self, table: pa.Table) -> None:
        """Take in the next rows: as many columns as the schema has, of types that cast to its."""
        for place, kind in enumerate(self.schema.types):
            column = table.column(place).cast(kind).cast(pa.string())
            for chunk in pc.fill_null(column, "" if self._text else _NULL).chunks:
                ends = np.frombuffer(chunk.buffers()[1], np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
                values = chunk.buffers()[2]
                if len(chunk):
                    self._lengths[place].update(np.diff(ends).tobytes())
                    self._cells[place].update(memoryview(values)[ends[0] : ends[-1]] if values is not None else b"")
        self.rows += table.num_rows

    def differs(self, other: Proof) -> str | None:
        """The first column whose cells are others in `other`; None where all are the same."""
        names: list[str] = self.schema.names
        for place, name in enumerate(names):
            for mine, theirs in ((self._cells, other._cells), (self._lengths, other._lengths)):
                if mine[place].digest() != theirs[place].digest():
                    return name
        return None


def prove(name: str, module: ModuleType, options: Mapping[str, Any], path: Path, meant: Proof) -> None:
    """Read a file with the reader of its format, which did not write it, and compare every cell with what was meant.

    Raises DataRefused: with other columns, other rows, or a cell that is not what was written."""
    found = Proof(meant.schema, module.TEXT)
    named = not module.TEXT or options.get("header", True)
    for piece in module.read(path, options, meant.schema.names):
        if piece.num_columns != len(meant.schema) or (named and piece.column_names != meant.schema.names):
            raise DataRefused(f"{name}: the file read back has other columns — {_AGAIN}")
        try:
            found.add(piece)
        except pa.ArrowInvalid:
            raise DataRefused(f"{name}: the file read back has cells of another kind — {_AGAIN}") from None
    if found.rows != meant.rows:
        raise DataRefused(f"{name}: {found.rows} rows read back, {meant.rows} written — {_AGAIN}")
    if (column := meant.differs(found)) is not None:
        raise DataRefused(f"{name}: column {column} read back is not what was written — {_AGAIN}")
