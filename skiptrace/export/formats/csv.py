"""CSV after RFC 4180: UTF-8 without BOM unless said otherwise, quotes only where a cell needs them.

The file is written by joining columns of text and read back by Arrow's CSV parser, which shares no code with that.
An empty text and NULL are both an empty cell: the format knows no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

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
_BLOCK: Final = 1 << 22
_KNOWN: Final = "name an encoding in the profile that knows it: utf-8"


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
            lines = _lines(pa.table(batch), self._options, self._newline)
            try:
                content = lines if self._options["encoding"] == "utf-8" else str(lines, "utf-8").encode(self._options["encoding"])
                self.size += self._file.write(content)
            except UnicodeEncodeError:
                raise _no_such_character(table, self._options["encoding"]) from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path, options: Mapping[str, Any], names: Sequence[str]) -> Iterator[pa.Table]:
    """The cells of a file as string columns, in pieces; empty cells are empty text. `names` are the headers it should have.

    Raises DataRefused when a line has another number of cells, when one is blank, and when the bytes are no text."""
    quote = False if options["quoting"] == "never" else '"'
    given = arrow_csv.ReadOptions(
        use_threads=False, block_size=_BLOCK, encoding="utf8" if options["encoding"] == "utf-8" else options["encoding"],
        column_names=None if options["header"] else list(names),
    )  # fmt: skip
    parsed = arrow_csv.ParseOptions(
        delimiter=options["delimiter"], quote_char=quote, double_quote=True, escape_char=False, newlines_in_values=bool(quote),
        ignore_empty_lines=False,
    )  # fmt: skip
    kept = arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    try:
        for batch in arrow_csv.open_csv(path, given, parsed, kept):
            yield pa.Table.from_batches([batch])
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        if "Empty CSV file" not in str(error):
            raise DataRefused(f"{path.name}: a line has more or fewer cells than the first, or is no text — export again") from None


def _lines(table: pa.Table, options: Mapping[str, Any], newline: str) -> memoryview:
    """Each row as one line with its end, in UTF-8: an array of text lies in memory as the file wants it."""
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
    return _bytes(pc.binary_join_element_wise(line, newline, ""))


def _bytes(text: pa.Array) -> memoryview:
    """The characters of all cells, one after the other, in UTF-8."""
    offsets, values = text.buffers()[1:]
    if values is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("i")
    return memoryview(values)[ends[text.offset] : ends[text.offset + len(text)]]


def _holds(text: pa.Array, marks: Sequence[str]) -> bool:
    """Whether any of the characters stands in any of the cells: one look at the bytes of the column."""
    content = _bytes(text).tobytes()
    return any(mark.encode() in content for mark in marks)


def _no_such_character(table: pa.Table, encoding: str) -> DataRefused:
    for name in table.column_names:
        for value in pc.unique(table[name]).to_pylist():
            try:
                (value or "").encode(encoding)
            except UnicodeEncodeError:
                return DataRefused(f"column {name}: a cell has a character that {encoding} does not know — {_KNOWN}")
    return DataRefused(f"a header has a character that {encoding} does not know — {_KNOWN}")
