"""Delimited text: comma, semicolon, bar or tab, with a header, in UTF-8. Every cell stays text; an empty one is NULL.

Nothing is inferred, so no leading zero is lost. A file is walked once before it is used: whatever would make a parser
swallow or shift rows (bytes that are not UTF-8, rows of another length, a quotation mark that is never closed, a
missing header) refuses the file, with the line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from skiptrace.errors import DataRefused, Problem
from skiptrace.store.inputs import InputFile, opened

_DELIMITERS = ",;|\t"
_BLOCK = 1 << 23
_HEADER_BYTES = 1 << 18
_VALUE_LIKE = re.compile(r"[\d\s().+/:#-]*\d[\d\s().+/:#-]*|[^@\s]+@[^@\s]+\.[^@\s]+")
"""A header cell of this form is a number, date, phone or e-mail address, that is, data."""


def survey(file: InputFile) -> tuple[int, list[str]]:
    """Row count and column names of a delimited file. Raises DataRefused with the line of the first thing wrong."""
    _walk(file)
    names, delimiter = _header(file)
    rows, last = 0, None
    for batch in _batches(file, names, delimiter, names):
        if batch.num_rows:
            rows, last = rows + batch.num_rows, batch.slice(batch.num_rows - 1)
    if last is not None:
        _refuse_unclosed(file, last.to_pylist()[0])
    return rows, names


def read(file: InputFile, start: int, stop: int, columns: Sequence[str] | None) -> pa.Table:
    """Rows `start` to `stop` (data rows, from 0) as text columns, all of them or those named."""
    names, delimiter = _header(file)
    wanted = names if columns is None else [name for name in names if name in set(columns)]
    schema = pa.schema([(name, pa.string()) for name in wanted])
    taken, passed = [], 0
    for batch in _batches(file, names, delimiter, wanted):
        first, last = max(start - passed, 0), min(stop - passed, batch.num_rows)
        if first < last:
            taken.append(batch.slice(first, last - first))
        passed += batch.num_rows
        if passed >= stop:
            break
    return pa.Table.from_batches(taken, schema)


def _batches(file: InputFile, names: list[str], delimiter: str, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    def ragged(row: Any) -> str:
        return "error"

    with opened(file) as stream:
        try:
            yield from arrow_csv.open_csv(
                stream,
                arrow_csv.ReadOptions(block_size=_BLOCK, column_names=names, skip_rows=1, use_threads=False),
                arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=ragged),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), include_columns=wanted, null_values=[""],
                    strings_can_be_null=True, quoted_strings_can_be_null=True,
                ),
            )  # fmt: skip
        except pa.ArrowInvalid as error:
            raise _diagnosed(file, delimiter, len(names), error) from None


def _walk(file: InputFile) -> None:
    """One pass over the bytes: UTF-8 throughout, no NUL."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, carried = 1, b""
    with opened(file) as stream:
        while True:
            block = stream.read(_BLOCK)
            if b"\0" in block:
                number = line + block.count(b"\n", 0, block.index(b"\0"))
                raise _refused(
                    file,
                    number,
                    "holds a NUL byte: this is no UTF-8 text",
                    "save it as UTF-8; a UTF-16 file must be converted",
                )
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                number = line + (carried + block).count(b"\n", 0, error.start)
                raise _refused(
                    file, number, "is not UTF-8", "save it as UTF-8, or convert it from its character set"
                ) from None
            carried = decoder.getstate()[0]
            line += block.count(b"\n")
            if not block:
                return


def _header(file: InputFile) -> tuple[list[str], str]:
    """Column names and the delimiter, from the first line."""
    with opened(file) as stream:
        head = stream.read(_HEADER_BYTES).decode("utf-8-sig", "replace")
    line = head.split("\n", 1)[0].rstrip("\r")
    if not line.strip():
        raise _refused(file, 1, "has no header", "the first line must hold the column names")
    bare = re.sub(r'"(?:[^"]|"")*"', "", line)
    delimiter = max(_DELIMITERS, key=lambda mark: (bare.count(mark), -_DELIMITERS.index(mark)))
    names = next(csv.reader(io.StringIO(head), delimiter=delimiter))
    for position, name in enumerate(names, 1):
        if not name.strip():
            raise _refused(file, 1, f"column {position} of the header has no name", "give every column a name")
        if _VALUE_LIKE.fullmatch(name.strip()):
            raise _refused(
                file,
                1,
                f"column {position} of the first line is a value, not a name: there is no header",
                "add a header line",
            )
    folded = [name.casefold() for name in names]
    for position, name in enumerate(folded):
        if name in folded[:position]:
            raise _refused(
                file,
                1,
                f"columns {folded.index(name) + 1} and {position + 1} of the header have the same name",
                "rename one",
            )
    return names, delimiter


def _diagnosed(file: InputFile, delimiter: str, width: int, error: pa.ArrowInvalid) -> DataRefused:
    """Why the fast parser gave up, found by walking the rows with the plain one. Texts of its errors hold cells."""
    if "straddling" in str(error):
        return _refused(
            file, None, f"has a row longer than {_BLOCK >> 20} MiB", "a quotation mark is probably never closed"
        )
    with opened(file) as stream:
        rows = csv.reader(_text(stream), delimiter=delimiter)
        csv.field_size_limit(_BLOCK)
        line = 1
        try:
            for row in rows:
                if row and len(row) != width:
                    return _refused(
                        file,
                        line,
                        f"has {len(row)} cells where the header has {width}",
                        "quote cells that hold the delimiter",
                    )
                line = rows.line_num + 1
        except csv.Error:
            return _refused(file, line, "cannot be split into cells", "a quotation mark is probably never closed")
    return _refused(file, None, "cannot be read as delimited text", "check its quotation marks")


def _refuse_unclosed(file: InputFile, last_row: dict[str, str | None]) -> None:
    """Raise DataRefused where the last row swallowed the rest of the file: a quotation mark that is never closed."""
    if any("\n" in value for value in last_row.values() if value is not None):
        with opened(file) as stream:
            marks = 0
            while block := stream.read(_BLOCK):
                marks += block.count(b'"')
        if marks % 2:
            raise _refused(file, None, "ends inside a quotation mark that is never closed", "have it delivered again")


def _text(stream: IO[bytes]) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")


def _refused(file: InputFile, line: int | None, what: str, mend: str) -> DataRefused:
    problem = Problem(file.name, "" if line is None else f"line {line}", what, mend)
    return DataRefused("a delivered file cannot be used", (problem,))
