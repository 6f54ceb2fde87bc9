"""[portfolio.file] and [source.file]: how the files of a delivery are written. What is left out is detected.

The same object, with everything settled, travels with each partition: whoever reads it detects nothing again.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, model_validator

from skiptrace.project.parts import Part, Text, one_of, wrong

FORMATS: Final = ("parquet", "csv", "fixed", "excel", "jsonl")
ENCODINGS: Final = (
    "utf-8", "cp1252", "latin-1", "iso-8859-15", "utf-16", "utf-16-le", "utf-16-be", "cp437", "cp850", "mac-roman",
)  # fmt: skip
"""Encodings that a file may be declared to have. Only UTF-8 is believed without a declaration."""
MAX_FIELDS = 4096
"""Columns of a fixed-width layout; the limit of the file's columns applies beside it."""


def _delimiter(value: str) -> str:
    if len(value) != 1 or not value.isascii() or value in '"\r\n\0':
        raise wrong("must be one ASCII character, and no line end or quotation mark", 'such as "|" or "\\t"')
    return value


def _quote(value: str) -> str:
    if value and (len(value) != 1 or not value.isascii() or value in "\r\n\0"):
        raise wrong("must be one ASCII character, or empty where nothing is quoted", "quote = '\"', or quote = \"\"")
    return value


def _trailer(value: int | str) -> int | str:
    if isinstance(value, int):
        if not 1 <= value <= 100:
            raise wrong("must be a number of lines from 1 to 100, or a pattern in quotes", "such as 1 or '^TRL'")
        return value
    try:
        found = re.compile(value)
    except (re.error, RecursionError, OverflowError):
        raise wrong("is not a regular expression", "such as '^TRL\\|(?P<rows>\\d+)$'") from None
    if not value or found.match(""):
        raise wrong("matches an empty line, and so any line", "begin it with what the trailer begins with")
    return value


class FormField(Part):
    """One column of a fixed-width layout: its name, its first character (from 1) and its width in characters."""

    name: Text
    start: Annotated[int, Field(ge=1)]
    width: Annotated[int, Field(ge=1)]

    @property
    def end(self) -> int:
        """Its last character, from 1."""
        return self.start + self.width - 1


class Form(Part):
    """How a file is written.

    `header`: whether the first line (after `skip_lines` lines) holds the column names; `names` are those of a file without,
    which else has column_1, column_2, ...; `layout` is a TOML file with `fields` of a fixed-width file, and `length` the
    characters of its lines; `trailer` a number of lines at the end that are no rows, or a pattern of such lines, whose named
    groups are control totals: `rows`, or the sum of the column of that name."""

    format: Annotated[str, AfterValidator(one_of(FORMATS))] | None = None
    delimiter: Annotated[str, AfterValidator(_delimiter)] | None = None
    quote: Annotated[str, AfterValidator(_quote)] = '"'
    encoding: Annotated[str, AfterValidator(one_of(ENCODINGS))] | None = None
    header: bool | None = None
    names: tuple[Text, ...] = ()
    skip_lines: Annotated[int, Field(ge=0, le=10_000)] = 0
    layout: Text | None = None
    fields: tuple[FormField, ...] = ()
    length: Annotated[int, Field(ge=1)] | None = None
    sheet: Text | None = None
    trailer: Annotated[int | str, AfterValidator(_trailer)] | None = None

    def told(self) -> str:
        """How a settled form reads a file, in words for a person."""
        words = [{"csv": "text", "fixed": "fixed width", "jsonl": "JSON lines", "excel": "Excel", "parquet": "Parquet"}[str(self.format)]]
        if self.format == "csv":
            shown = {"\t": "tabs", " ": "blanks"}.get(str(self.delimiter), f'"{self.delimiter}"')
            words.append(f"delimited by {shown}")
            if self.header is False or self.names:
                words.append("without a header")
        if self.encoding:
            words.append(f"in {self.encoding}")
        return ", ".join(words)

    @model_validator(mode="after")
    def _agrees(self) -> Form:
        """Keys that contradict each other: each would be ignored in silence."""
        if self.names and self.header:
            raise wrong("has names and a header: one of them would be ignored", "remove names, or set header = false")
        if len({name.casefold() for name in self.names}) < len(self.names):
            raise wrong("has the same name twice in names", "names must differ, not only in capitals")
        if (self.layout or self.fields) and self.format not in (None, "fixed"):
            raise wrong("has a layout, which only fixed-width files have", 'set format = "fixed", or remove the layout')
        if self.format == "fixed" and not (self.layout or self.fields):
            raise wrong("has no layout", 'name a file: layout = "layout.toml" with [[fields]] of name, start and width')
        if self.layout and self.fields:
            raise wrong("has a layout file and fields", "keep one of them")
        if self.delimiter is not None and self.delimiter == self.quote:
            raise wrong("has one character as delimiter and quote", "correct one of them")
        return self
