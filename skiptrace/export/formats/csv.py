"""CSV after RFC 4180: UTF-8 without BOM unless said otherwise, quotes only where a cell needs them.

The file is written by column kernels and read back by the standard library's reader, which shares no code with them.
An empty text and NULL are both an empty cell: the format knows no difference.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import DataRefused

SUFFIX: Final = "csv"
TEXT: Final = True
"""Cells are text in this format; the caller turns every column into text first."""

OPTIONS: Final[Mapping[str, Any]] = {
    "delimiter": ",", "encoding": "utf-8", "bom": False, "newline": "crlf", "header": True, "quoting": "minimal",
    "spreadsheet_safe": False,
}  # fmt: skip
"""Delimiter: one character. Encoding: utf-8, windows-1252 or ascii. bom: the mark of UTF-8 first. Newline: crlf (RFC 4180) or
lf. Header: a first line of names. Quoting: minimal, all, or never (for importers that know none: cells then hold neither
delimiter nor quote). spreadsheet_safe: free text is neutralised against formulas."""

_NEWLINES: Final = {"crlf": "\r\n", "lf": "\n"}
_ENCODINGS: Final = ("utf-8", "windows-1252", "ascii")
_DELIMITERS: Final = (",", ";", "\t", "|")
_QUOTING: Final = ("minimal", "all", "never")
_BATCH: Final = 1 << 16


def check(options: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Findings about complete options: key, what is wrong, the mend."""
    allowed = {"delimiter": _DELIMITERS, "encoding": _ENCODINGS, "newline": tuple(_NEWLINES), "quoting": _QUOTING}
    for key, values in allowed.items():
        if options[key] not in values:
            yield key, "not a value of this option", f"one of {', '.join(map(repr, values))}"
    for key in ("bom", "header", "spreadsheet_safe"):
        if not isinstance(options[key], bool):
            yield key, "must be true or false", ""
    if options["bom"] is True and options["encoding"] != "utf-8":
        yield "bom", "only UTF-8 has this mark", 'say encoding = "utf-8", or leave bom out'


class Writer:
    """Writes tables of string columns to one file, one after the other. Equal tables give equal bytes; `size` is the bytes
    written so far."""

    def __init__(self, path: Path, names: Sequence[str], options: Mapping[str, Any]) -> None:
        self._options, self._newline = options, _NEWLINES[options["newline"]]
        self._file = path.open("wb")
        self.size = self._file.write(b"\xef\xbb\xbf") if options["bom"] else 0
        if options["header"]:
            self.add(pa.table([pa.array([name]) for name in names], names=list(names)))

    def add(self, table: pa.Table) -> None:
        """Write the rows. Raises DataRefused naming the column when a cell does not exist in the encoding."""
        for batch in table.to_batches(max_chunksize=_BATCH):
            lines = "".join(_lines(pa.table(batch), self._options, self._newline))
            try:
                self.size += self._file.write(lines.encode(self._options["encoding"]))
            except UnicodeEncodeError:
                raise _no_such_character(table, self._options["encoding"]) from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path, options: Mapping[str, Any]) -> Iterator[pa.Table]:
    """The cells of a file as string columns, in pieces; empty cells are empty text.

    Raises DataRefused when a line has another number of cells than the first, and when there is a line without any."""
    never = options["quoting"] == "never"
    encoding = "utf-8-sig" if options["bom"] else options["encoding"]
    with path.open(encoding=encoding, newline="") as file:
        delimiter = options["delimiter"]
        lines = (
            csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
            if never
            else csv.reader(file, delimiter=delimiter, strict=True)
        )
        names: list[str] | None = next(lines, []) if options["header"] else None
        piece: list[list[str]] = []
        for line in lines:
            names = names or [f"column{number}" for number in range(len(line))]
            if not line or len(line) != len(names):
                raise DataRefused(f"{path.name}: a line has {len(line)} cells, not {len(names)}")
            piece.append(line)
            if len(piece) == _BATCH:
                yield _table(piece, names)
                piece = []
        yield _table(piece, names or [])


def _table(lines: list[list[str]], names: list[str]) -> pa.Table:
    columns = list(zip(*lines, strict=True)) if lines else [() for _ in names]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)


def _lines(table: pa.Table, options: Mapping[str, Any], newline: str) -> list[str]:
    """Each row as one line with its end."""
    delimiter, quoting = options["delimiter"], options["quoting"]
    special = f'["\\r\\n{delimiter}]'
    marks = ('"', "\r", "\n", delimiter)
    alone = table.num_columns == 1
    cells = []
    for column in table.columns:
        text = pc.fill_null(column.combine_chunks(), "")
        if quoting == "never" or (quoting == "minimal" and not alone and not _holds(text, marks)):
            cells.append(text)
            continue
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
        if quoting == "all":
            cells.append(quoted)
            continue
        needed = pc.match_substring_regex(text, special)
        if alone:  # a line of nothing would be skipped by readers
            needed = pc.or_(needed, pc.equal(text, ""))
        cells.append(pc.if_else(needed, quoted, text))
    line = pc.binary_join_element_wise(*cells, delimiter)
    lines: list[str] = pc.binary_join_element_wise(line, newline, "").to_pylist()
    return lines


def _holds(text: pa.Array, marks: Sequence[str]) -> bool:
    """Whether any of the characters stands in any of the cells: one look at the bytes of the column."""
    offsets, values = text.buffers()[1:]
    if values is None:
        return False
    ends = memoryview(offsets).cast("i")
    content = memoryview(values)[ends[text.offset] : ends[text.offset + len(text)]].tobytes()
    return any(mark.encode() in content for mark in marks)


def _no_such_character(table: pa.Table, encoding: str) -> DataRefused:
    for name in table.column_names:
        for value in pc.unique(table[name]).to_pylist():
            try:
                (value or "").encode(encoding)
            except UnicodeEncodeError:
                return DataRefused(f"column {name}: a cell has a character that {encoding} does not know")
    return DataRefused(f"a header has a character that {encoding} does not know")
