"""Excel (XLSX): every cell a text, so that 00123, +1… and =1+1 stay what they are; header frozen, filters on, no formulas.

Written by XlsxWriter, read back by calamine, which shares no code with it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from skiptrace.errors import DataRefused

SUFFIX: Final = "xlsx"
TEXT: Final = True
"""Cells are text in this format; the caller turns every column into text first."""

OPTIONS: Final[Mapping[str, Any]] = {"sheet": "contacts", "header": True, "spreadsheet_safe": True}
"""sheet: its name. header: a first line of names, always. spreadsheet_safe: free text is neutralised as well, for whoever saves the
sheet as CSV and opens that."""

_FORBIDDEN: Final = "[]:*?/\\"
_EPOCH: Final = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)


def check(options: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Findings about complete options: key, what is wrong, the mend."""
    sheet = options["sheet"]
    if not isinstance(sheet, str) or not 0 < len(sheet) <= 31 or set(sheet) & set(_FORBIDDEN):
        yield "sheet", "is no name of a sheet", f"1 to 31 characters, none of {_FORBIDDEN}"
    for key in ("header", "spreadsheet_safe"):
        if options[key] is not True:
            yield key, "must be true in this format", ""


class Writer:
    """Writes tables of string columns to one sheet, one after the other. Equal tables give equal bytes; `size` is the
    characters written so far."""

    def __init__(self, path: Path, names: Sequence[str], options: Mapping[str, Any]) -> None:
        from xlsxwriter import Workbook

        self._book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        self._book.set_properties({"created": _EPOCH.replace(tzinfo=None)})
        self._sheet = self._book.add_worksheet(options["sheet"])
        self._sheet.freeze_panes(1, 0)
        self._columns, self._row, self.size = len(names), 0, 0
        self.add(pa.table([pa.array([name]) for name in names], names=list(names)))

    def add(self, table: pa.Table) -> None:
        """Write the rows."""
        columns = [column.to_pylist() for column in table.columns]
        for row in zip(*columns, strict=True):
            for place, cell in enumerate(row):
                if cell:
                    self._sheet.write_string(self._row, place, cell)
                    self.size += len(cell)
            self._row += 1

    def close(self) -> None:
        """Close the file."""
        self._sheet.autofilter(0, 0, max(self._row - 1, 0), self._columns - 1)
        self._book.close()


def read(path: Path, options: Mapping[str, Any], names: Sequence[str]) -> Iterator[pa.Table]:
    """The cells of the sheet as string columns; empty cells are empty text. Raises DataRefused for a cell that is no text."""
    from python_calamine import CalamineWorkbook

    with path.open("rb") as file:
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_name(options["sheet"]).to_python(skip_empty_area=False)
    if not all(isinstance(cell, str) for row in rows for cell in row):
        raise DataRefused(f"{path.name}: a cell is no text — export again; if it says so again, please report this line")
    names = [str(cell) for cell in rows[0]]
    columns = list(zip(*rows[1:], strict=True)) if len(rows) > 1 else [() for _ in names]
    yield pa.table([pa.array(column, pa.string()) for column in columns], names=names)
