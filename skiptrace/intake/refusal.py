"""How a delivered file is refused, and what is said of a line that cannot be used."""

from __future__ import annotations

from typing import Final

from skiptrace.errors import DataRefused, Problem
from skiptrace.store.inputs import InputFile

REASONS: Final = (
    "", "nul_byte", "undecodable", "line_too_long", "text_after_quote", "quote_spans_rows", "ragged", "wrong_length", "not_json",
    "merged_cells", "cell_too_long",
)  # fmt: skip
"""Why a row could not be read, by the number that the readers use. The first seven are those of `kernels.text_records`."""
WRONG_LENGTH, NOT_JSON, MERGED_CELLS, CELL_TOO_LONG = 7, 8, 9, 10

TOLD: Final[dict[str, tuple[str, str]]] = {
    "nul_byte": ("holds a NUL byte", "save the file as plain text; a UTF-16 file needs its encoding declared"),
    "undecodable": ("is not in the file's encoding", 'declare the encoding, such as encoding = "cp1252" under file'),
    "line_too_long": ("is longer than limits.line_bytes", "raise limits.line_bytes, or have the file delivered again"),
    "text_after_quote": ("goes on after a closing quotation mark", 'double the marks inside a cell, or set quote = "" under file'),
    "quote_spans_rows": ("has a quotation mark that spans what look like rows", 'close the quotation mark, or set quote = "" under file'),
    "ragged": ("has another number of cells than there are columns", "quote cells that hold the delimiter"),
    "wrong_length": ("has another length than the layout", "correct the layout, or have the file delivered again"),
    "not_json": ("is not one JSON object", "deliver one object per line"),
    "merged_cells": ("is part of a merged cell", "unmerge the cells and fill each of them"),
    "cell_too_long": ("has a cell longer than limits.cell_bytes", "raise limits.cell_bytes, or leave the column out"),
}  # fmt: skip
"""What is said of a row with that reason, and how it is mended."""


def refused(file: InputFile, what: str, mend: str, line: int | None = None) -> DataRefused:
    """The error of a file that cannot be used (exit 3); `line` from 1."""
    problem = Problem(file.name, "" if line is None else f"line {line}", what, mend)
    return DataRefused("a delivered file cannot be used", (problem,))


def too_many_bad(file: InputFile, rows: int, counts: dict[str, int], first: tuple[int, str], share: float) -> DataRefused:
    """The error of a file of which more than `share` cannot be read. `counts` by reason; `first`: its line and reason."""
    line, reason = first
    what, mend = TOLD[reason]
    bad = sum(counts.values())
    listed = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    said = f"{what}; {bad:,} of {rows:,} rows cannot be read ({listed}), and limits.bad_rows is {share:g}"
    return refused(file, said, mend, line)
