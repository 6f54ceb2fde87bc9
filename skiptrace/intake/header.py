"""Where the rows of delimited text begin, and what its columns are called."""

from __future__ import annotations

import csv
import io
import re
from typing import NamedTuple

import numpy as np

from skiptrace.intake.refusal import refused
from skiptrace.intake.text_blocks import BOM, Mark, head
from skiptrace.kernels.text_records import NO_QUOTE, scan_records
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile

DELIMITERS = ",;|\t"
_VALUE_LIKE = re.compile(r"[\d\s().+/:#$-]*\d[\d\s().+/:#$-]*|[^@\s]+@[^@\s]+\.[^@\s]+")
"""A header cell of this form is a number, date, phone or e-mail address, that is, data."""


class Header(NamedTuple):
    """The names of the columns, and where the first row begins."""

    names: tuple[str, ...]
    start: Mark


class FirstRecord(NamedTuple):
    """The first record of a file: its text, where it starts and ends in the unpacked UTF-8 bytes, and its line (from 0)."""

    text: str
    start: int
    end: int
    line: int


def first_record(content: bytes, form: Form) -> FirstRecord | None:
    """The first record behind the lines that are skipped, in the first bytes of a file; None where there is none."""
    offset, line = len(BOM) if content.startswith(BOM) else 0, 0
    for _ in range(form.skip_lines):
        found = re.compile(rb"\r\n|\r|\n").search(content, offset)
        if found is None:
            return None
        offset, line = found.end(), line + 1
    data = np.frombuffer(content, np.uint8)[offset:]
    room = content.count(b"\n") + content.count(b"\r") + 1
    starts, ends, lines = (np.zeros(room, np.int64) for _ in range(3))
    reasons, state = np.zeros(room, np.uint8), np.zeros(3, np.int64)
    mark = ord(form.delimiter) if form.delimiter else NO_QUOTE
    quote = ord(form.quote) if form.quote else NO_QUOTE
    if not scan_records(data, len(data), True, mark, quote, 0, len(data), starts, ends, lines, reasons, state):
        return None
    low, high = offset + int(starts[0]), offset + int(ends[0])
    return FirstRecord(content[low:high].decode("utf-8", "replace"), low, high, line + int(lines[0]))


def delimiter_of(line: str, quote: str) -> str:
    """The delimiter that a record has most of outside quotes; a comma where it has none."""
    bare = re.sub(f"{re.escape(quote)}(?:[^{re.escape(quote)}]|{re.escape(quote) * 2})*{re.escape(quote)}", "", line) if quote else line
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), -DELIMITERS.index(mark)))


def cells(line: str, form: Form) -> list[str]:
    """The cells of one record, by a form that has a delimiter."""
    if not form.quote:
        return line.split(str(form.delimiter))
    return next(csv.reader(io.StringIO(line, newline=""), delimiter=str(form.delimiter), quotechar=form.quote), [])


def is_value(cell: str) -> bool:
    """Whether a cell of the first record is a value, and so no name."""
    return _VALUE_LIKE.fullmatch(cell.strip()) is not None


def read_header(file: InputFile, form: Form, limits: Limits) -> Header:
    """The header of a delimited file with a settled delimiter. Raises DataRefused where there is none, and none was ruled out."""
    content = head(file, form, limits)
    found = first_record(content, form)
    if found is None:
        if form.names or form.fields:
            return Header(form.names, Mark(len(content), 0, 0))
        raise refused(file, "has no header", "the first line must hold the column names", 1)
    if not form.skip_lines and not form.names and form.header is None and re.match(rb"(\xef\xbb\xbf)?\s*[\r\n]", content):
        raise refused(file, "has no header", "the first line must hold the column names", 1)
    line = found.line + 1
    if b"\0" in content[: found.end]:
        mend = 'save it as UTF-8, or declare its encoding, such as encoding = "utf-16", under file'
        raise refused(file, "holds a NUL byte: this is no UTF-8 text", mend, line)
    try:
        content[found.start : found.end].decode()
    except UnicodeDecodeError:
        if not form.names and form.header is not False:
            mend = 'declare the encoding, such as encoding = "cp1252" under file'
            raise refused(file, "has a header that is not in the file's encoding", mend, line) from None
    parts = cells(found.text, form)
    if form.names or form.header is False:
        names = form.names or tuple(f"column_{number}" for number in range(1, len(parts) + 1))
        return Header(names, Mark(found.start, 0, found.line))
    if len(parts) > limits.columns:
        raise refused(file, f"has more than {limits.columns:,} columns (limits.columns)", "split it, or raise limits.columns", line)
    _judge(file, parts, line, form)
    inside = found.text.count("\n") + found.text.replace("\r\n", "\n").count("\r")
    return Header(tuple(parts), Mark(found.end, 0, found.line + inside))


def _judge(file: InputFile, names: list[str], line: int, form: Form) -> None:
    """Raises DataRefused where names are missing, are values or are there twice."""
    for position, name in enumerate(names, 1):
        if not name.strip():
            raise refused(file, f"column {position} of the header has no name", "give every column a name", line)
        if form.header is None and is_value(name):
            what = f"column {position} of the first line is a value, not a name: there is no header"
            raise refused(file, what, "add a header line, or set header = false under file", line)
    folded = [name.casefold() for name in names]
    seen: dict[str, int] = {}
    for position, name in enumerate(folded, 1):
        if seen.setdefault(name, position) != position:
            what = f"columns {seen[name]} and {position} of the header have the same name"
            raise refused(file, what, "rename one", line)
