"""CSV after RFC 4180: UTF-8 without BOM unless said otherwise, quotes only where a cell needs them.

The file is written by column kernels and read back by the standard library's reader, which shares no code with them.
An empty text and NULL are both an empty cell: the format knows no difference.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import DataRefused

SUFFIX: Final = "csv"
TEXT: Final = True
"""Cells are text in this format; the caller turns every column into text first."""

OPTIONS: Final[Mapping[str, Any]] = {
    "delimiter": ",", "encoding": "utf-8", "newline": "crlf", "header": True, "spreadsheet_safe": False,
}  # fmt: skip
"""Delimiter: one character. Encoding: utf-8 or windows-1252. Newline: crlf (RFC 4180) or lf. Header: a first line of
names. spreadsheet_safe: free text is neutralised against formulas."""

_NEWLINES: Final = {"crlf": "\r\n", "lf": "\n"}
_ENCODINGS: Final = ("utf-8", "windows-1252")
_DELIMITERS: Final = (",", ";", "\t", "|")
_BATCH: Final = 1 << 16


def check(options: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Findings about complete options: key, what is wrong, the mend."""
    for key, allowed in (("delimiter", _DELIMITERS), ("encoding", _ENCODINGS), ("newline", tuple(_NEWLINES))):
        if options[key] not in allowed:
            yield key, "not a value of this option", f"one of {', '.join(map(repr, allowed))}"
    for key in ("header", "spreadsheet_safe"):
        if not isinstance(options[key], bool):
            yield key, "must be true or false", ""


def write(table: pa.Table, path: Path, options: Mapping[str, Any]) -> None:
    """Write a table of string columns. Equal tables give equal bytes.

    Raises DataRefused naming the column when a cell does not exist in the encoding."""
    newline, encoding = _NEWLINES[options["newline"]], options["encoding"]
    with path.open("wb") as file:
        if options["header"]:
            names = pa.table([pa.array([name]) for name in table.column_names], names=table.column_names)
            file.write("".join(_lines(names, options["delimiter"], newline)).encode(encoding))
        for batch in table.to_batches(max_chunksize=_BATCH):
            lines = "".join(_lines(pa.table(batch), options["delimiter"], newline))
            try:
                file.write(lines.encode(encoding))
            except UnicodeEncodeError:
                raise _no_such_character(table, encoding) from None


def read(path: Path, options: Mapping[str, Any]) -> Iterator[pa.Table]:
    """The cells of a file as string columns, in pieces; empty cells are empty text.

    Raises DataRefused when a line has another number of cells than the first."""
    with path.open(encoding=options["encoding"], newline="") as file:
        lines = csv.reader(file, delimiter=options["delimiter"], strict=True)
        names: list[str] | None = next(lines, []) if options["header"] else None
        piece: list[list[str]] = []
        for line in lines:
            names = names or [f"column{number}" for number in range(len(line))]
            if len(line) != len(names):
                raise DataRefused(f"{path.name}: a line has {len(line)} cells, not {len(names)}")
            piece.append(line)
            if len(piece) == _BATCH:
                yield _table(piece, names)
                piece = []
        yield _table(piece, names or [])


def _table(lines: list[list[str]], names: list[str]) -> pa.Table:
    columns = list(zip(*lines, strict=True)) if lines else [() for _ in names]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)


def _lines(table: pa.Table, delimiter: str, newline: str) -> list[str]:
    """Each row as one line with its end."""
    special = f'["\\r\\n{delimiter}]'
    alone = table.num_columns == 1
    cells = []
    for column in table.columns:
        text = pc.fill_null(column.combine_chunks(), "")
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
        needed = pc.match_substring_regex(text, special)
        if alone:  # a line of nothing would be skipped by readers
            needed = pc.or_(needed, pc.equal(text, ""))
        cells.append(pc.if_else(needed, quoted, text))
    line = pc.binary_join_element_wise(*cells, delimiter)
    lines: list[str] = pc.binary_join_element_wise(line, newline, "").to_pylist()
    return lines


def _no_such_character(table: pa.Table, encoding: str) -> DataRefused:
    for name in table.column_names:
        for value in pc.unique(table[name]).to_pylist():
            try:
                (value or "").encode(encoding)
            except UnicodeEncodeError:
                return DataRefused(f"column {name}: a cell has a character that {encoding} does not know")
    return DataRefused(f"a header has a character that {encoding} does not know")
