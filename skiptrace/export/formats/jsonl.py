"""JSON lines: one object per row, UTF-8, every value a text or null. Written by column kernels, read back by the standard
library's parser, which shares no code with them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import DataRefused

SUFFIX: Final = "jsonl"
TEXT: Final = True
"""Cells are text in this format; the caller turns every column into text first."""

OPTIONS: Final[Mapping[str, Any]] = {"spreadsheet_safe": False}
"""spreadsheet_safe: free text is neutralised against formulas."""

_BATCH: Final = 1 << 16
_ESCAPES: Final = (("\\", "\\\\"), ('"', '\\"'), *((chr(code), f"\\u{code:04x}") for code in range(32)))
_SPECIAL: Final = '["\\\\\\x00-\\x1f]'


def check(options: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Findings about complete options: key, what is wrong, the mend."""
    if not isinstance(options["spreadsheet_safe"], bool):
        yield "spreadsheet_safe", "must be true or false", ""


class Writer:
    """Writes tables of string columns to one file, one after the other. Equal tables give equal bytes; `size` is the bytes
    written so far."""

    def __init__(self, path: Path, names: Sequence[str], options: Mapping[str, Any]) -> None:
        self._file, self.size = path.open("wb"), 0

    def add(self, table: pa.Table) -> None:
        """Write the rows."""
        for batch in table.to_batches(max_chunksize=_BATCH):
            parts: list[Any] = []
            for place, name in enumerate(batch.schema.names):
                parts += [f"{'{' if place == 0 else ', '}{json.dumps(name)}: ", _values(batch.column(place))]
            lines = pc.binary_join_element_wise(*parts, "}\n", "").to_pylist()
            self.size += self._file.write("".join(lines).encode())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _values(column: pa.Array) -> pa.Array:
    text = column
    if pc.any(pc.match_substring_regex(column, _SPECIAL)).as_py():
        for character, escaped in _ESCAPES:
            text = pc.replace_substring(text, character, escaped)
    return pc.fill_null(pc.binary_join_element_wise('"', text, '"', ""), "null")


def read(path: Path, options: Mapping[str, Any], names: Sequence[str]) -> Iterator[pa.Table]:
    """The cells of a file as string columns, in pieces; null is NULL.

    Raises DataRefused when a line is no object of texts, or has other names than the first."""
    first: list[str] | None = None
    rows: list[list[str | None]] = []
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            found = json.loads(line, object_pairs_hook=list)
            here = [name for name, _ in found]
            first = here if first is None else first
            if here != first or not all(value is None or isinstance(value, str) for _, value in found):
                raise DataRefused(f"{path.name}: a line has other names than the first, or a value that is no text — export again")
            rows.append([value for _, value in found])
            if len(rows) == _BATCH:
                yield _table(rows, first)
                rows = []
    if first is not None:
        yield _table(rows, first)


def _table(rows: list[list[str | None]], names: list[str]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)
