"""Excel workbooks: one sheet, its first used row the header. Every cell becomes text; an empty one is NULL.

A workbook keeps numbers as numbers, so zeros in front that were never text are gone before it is delivered. Dates become ISO
dates. Merged cells say one value for several rows or none for all but one: such rows are rejected.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from skiptrace.intake.header import is_value
from skiptrace.intake.records import BAD, Rows
from skiptrace.intake.refusal import MERGED_CELLS, REASONS, refused, too_many_bad
from skiptrace.intake.trailers import Totals
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile, opened

_RAGGED = REASONS.index("ragged")


class Sheet(NamedTuple):
    """A sheet as read: names of the columns, the cells of each row, its line in the sheet (from 1) and its reason (0: good)."""

    names: list[str]
    rows: list[list[Any]]
    lines: npt.NDArray[np.int64]
    reasons: npt.NDArray[np.uint8]


def survey(file: InputFile, form: Form, limits: Limits) -> Sheet:
    """The whole sheet, judged. Raises DataRefused where it needs a password, is damaged, has no or no usable header, too many
    bad rows, or control totals that do not agree."""
    sheet, matches = _read(file, form, limits)
    totals = Totals(file, form, matches, sheet.names)
    usable = sheet.reasons == 0
    if not usable.all():
        counts = np.bincount(sheet.reasons, minlength=len(REASONS))
        found = {REASONS[code]: int(counts[code]) for code in np.flatnonzero(counts) if code}
        at = int(np.argmin(usable))
        if sum(found.values()) > limits.bad_rows * len(usable):
            first = (int(sheet.lines[at]), REASONS[sheet.reasons[at]])
            raise too_many_bad(file, len(usable), found, first, limits.bad_rows)
    if totals.columns:
        totals.add(_table(sheet, np.flatnonzero(usable), totals.columns))
    totals.agree(len(usable))
    return sheet


def read(file: InputFile, form: Form, limits: Limits, rows: slice, columns: list[str] | None) -> Rows:
    """Rows of the sheet."""
    sheet, _ = _read(file, form, limits)
    wanted = [name for name in sheet.names if columns is None or name in set(columns)]
    inside = np.arange(len(sheet.rows))[rows]
    taken, wrong = inside[sheet.reasons[inside] == 0], inside[sheet.reasons[inside] != 0]
    bad = pa.table([wrong + 1, sheet.lines[wrong], [REASONS[code] for code in sheet.reasons[wrong]]], schema=BAD)
    return Rows(_table(sheet, taken, wanted), pa.array(taken + 1), bad)


def _table(sheet: Sheet, rows: npt.NDArray[np.int64], columns: list[str]) -> pa.Table:
    places = [sheet.names.index(name) for name in columns]
    chosen = [sheet.rows[row] for row in rows]
    found = [pa.array([_text(row[place]) for row in chosen], pa.string()) for place in places]
    return pa.table(found, schema=pa.schema([(name, pa.string()) for name in columns]))


def _read(file: InputFile, form: Form, limits: Limits) -> tuple[Sheet, tuple[dict[str, str], ...]]:
    sheet = _sheet(file, form)
    cells = sheet.to_python(skip_empty_area=False)
    merged = _merged(sheet)
    filled = [number for number, row in enumerate(cells) if number >= form.skip_lines and any(cell != "" for cell in row)]
    matches: list[dict[str, str]] = []
    if not form.names and form.header is not False:
        if not filled:
            raise refused(file, "has no header", "the first row must hold the column names", 1)
        top = filled.pop(0)
        names = _names(file, cells[top], top, form)
        if top in merged:
            raise refused(file, "has merged cells in its header", "unmerge them and name each column", top + 1)
    else:
        width = max((len(cells[row]) for row in filled), default=0)
        names = list(form.names) or [f"column_{number}" for number in range(1, width + 1)]
    if form.trailer is not None:
        filled, matches = _without_trailer(file, form, cells, filled)
    if len(names) > limits.columns:
        raise refused(file, f"has more than {limits.columns:,} columns (limits.columns)", "leave some out, or raise limits.columns")
    rows = [cells[row] + [""] * (len(names) - len(cells[row])) for row in filled]
    reasons = np.array([_reason(row, number in merged, len(names)) for row, number in zip(rows, filled, strict=True)], np.uint8)
    return Sheet(names, rows, np.array(filled, np.int64) + 1, reasons), tuple(matches)


def _sheet(file: InputFile, form: Form) -> CalamineSheet:
    with opened(file) as stream:
        content = stream.read()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            sheet.name for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]  # fmt: skip
        if form.sheet is not None and form.sheet not in book.sheet_names:
            raise refused(file, "has no sheet of that name", f"correct sheet under file; there are: {_listed(book.sheet_names)}")
        if form.sheet is None and len(names) != 1:
            mend = f"say which under file, such as sheet = \"{names[0] if names else 'Sheet1'}\"; there are: {_listed(names)}"
            raise refused(file, f"has {len(names)} visible sheets", mend)
        return book.get_sheet_by_name(form.sheet or names[0])
    except PasswordError:
        raise refused(file, "is protected by a password", "have it delivered without one") from None
    except BaseException as error:  # the reader's panics are no Exception, and its texts may hold cells
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError) or hasattr(error, "problems"):
            raise
        raise refused(file, "is not a whole Excel workbook", "have it delivered again, or saved as CSV") from None


def _listed(names: list[str]) -> str:
    return ", ".join("".join(mark if mark.isprintable() else "?" for mark in name) for name in names[:10])


def _merged(sheet: CalamineSheet) -> set[int]:
    """Numbers (from 0) of the rows that merged cells touch."""
    return {row for (top, _), (bottom, _) in sheet.merged_cell_ranges or [] for row in range(top, bottom + 1)}


def _names(file: InputFile, row: list[Any], number: int, form: Form) -> list[str]:
    names = [_text(cell) or "" for cell in row]
    while names and not names[-1].strip():
        names.pop()
    folded = [name.casefold() for name in names]
    for position, name in enumerate(names, 1):
        if not name.strip():
            raise refused(file, f"column {position} of the header has no name", "give every column a name", number + 1)
        if form.header is None and is_value(name):
            what = f"column {position} of the first row is a value, not a name: there is no header"
            raise refused(file, what, "add a header, or set header = false under file", number + 1)
        if folded.index(name.casefold()) + 1 < position:
            what = f"columns {folded.index(name.casefold()) + 1} and {position} of the header have the same name"
            raise refused(file, what, "rename one", number + 1)
    return names


def _without_trailer(
    file: InputFile, form: Form, cells: list[list[Any]], filled: list[int]
) -> tuple[list[int], list[dict[str, str]]]:
    """The rows before the trailer, and what its pattern found; its cells are joined by tabs."""
    if isinstance(form.trailer, int):
        if len(filled) >= form.trailer:
            return filled[: -form.trailer], []
    else:
        matches = []
        while filled and (found := re.match(str(form.trailer), "\t".join(_text(cell) or "" for cell in cells[filled[-1]]))):
            matches.append({name: value for name, value in found.groupdict().items() if value is not None})
            filled = filled[:-1]
        if matches:
            return filled, matches
    mend = "have it delivered again: it may be cut short; or correct trailer under file"
    raise refused(file, "does not end with the trailer that the project file declares", mend)


def _reason(row: list[Any], merged: bool, width: int) -> int:
    if merged:
        return MERGED_CELLS
    return _RAGGED if any(cell != "" for cell in row[width:]) else 0


def _text(value: Any) -> str | None:
    if value == "" or value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    return str(value)
