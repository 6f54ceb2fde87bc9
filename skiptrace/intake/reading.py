"""Reading delivered files: how one is written, what it holds, and a range of its rows as an Arrow table.

One module per kind of file does the work: `parquet`, `delimited`, `fixed_width`, `json_lines`, `workbook`. A file that cannot be
read is refused by name; a row that cannot be read is told with its line and reason, and counts as a row of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from skiptrace.intake import parquet, records, workbook
from skiptrace.intake.delimited import Delimited
from skiptrace.intake.detecting import detect, settled
from skiptrace.intake.fixed_width import FixedWidth
from skiptrace.intake.gate_child import ROWS_FROM
from skiptrace.intake.header import first_record, read_header
from skiptrace.intake.json_lines import JsonLines
from skiptrace.intake.records import Reader, Rows
from skiptrace.intake.refusal import refused
from skiptrace.intake.text_blocks import Block, Mark, blocks, head
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile

__all__ = ["FileShape", "Mark", "Rows", "describe", "detect", "read", "read_rows"]


@dataclass(frozen=True)
class FileShape:
    """What a file holds: its rows, its columns with their types, and the row count of each Parquet row group (one group for any
    other file); the form it was read by, with everything settled; places to begin reading at; how many rows cannot be read, by
    reason."""

    rows: int
    columns: pa.Schema
    row_groups: tuple[int, ...]
    form: Form = field(default_factory=Form)
    marks: tuple[Mark, ...] = ()
    unreadable: tuple[tuple[str, int], ...] = ()

    def mark(self, row: int) -> Mark | None:
        """The last place at or before `row` (from 0) at which reading can begin; None: at the beginning."""
        return max((mark for mark in self.marks if mark.row <= row), key=lambda mark: mark.row, default=None)


def describe(file: InputFile, form: Form | None = None, limits: Limits | None = None) -> FileShape:
    """The shape of a delivered file, without its data. Everything but Parquet is walked once and judged whole.

    Raises DataRefused (exit 3) for a file that is damaged, of a format that is not read, or beyond the limits; ConfigError
    (exit 2) where a layout cannot be used."""
    limits = limits or Limits()
    form = settled(file, form or Form(), limits)
    if form.format == "parquet":
        rows, schema, groups = parquet.survey(file, limits)
        shape = FileShape(rows, schema, groups, form)
    elif form.format == "excel":
        sheet = workbook.survey(file, form, limits)
        bad = int((sheet.reasons != 0).sum())
        shape = FileShape(len(sheet.rows), _texts(sheet.names), (len(sheet.rows),), form, (), (("unreadable", bad),) if bad else ())
    else:
        reader = _reader(file, form, limits)
        found = records.survey(file, form, limits, reader)
        form = form.model_copy(update={"names": tuple(reader.names())}) if form.format == "jsonl" else form
        counts = tuple(sorted(found.counts.items()))
        shape = FileShape(found.rows, _texts(reader.names()), (found.rows,), form, found.marks, counts)
    _within_limits(file, shape, limits)
    return shape


def read(
    file: InputFile, rows: slice, columns: Sequence[str] | None = None, form: Form | None = None, limits: Limits | None = None
) -> pa.Table:
    """The rows of `rows` (from 0, start and stop given) that can be read, with all columns or those named, in the file's order.

    Raises DataRefused (exit 3) where the data is damaged or the file has changed since it was described."""
    return read_rows(file, rows, columns, form, limits).table


def read_rows(
    file: InputFile,
    rows: slice,
    columns: Sequence[str] | None = None,
    form: Form | None = None,
    limits: Limits | None = None,
    mark: Mark | None = None,
) -> Rows:
    """The same with the number of each row, and the rows that cannot be read with line and reason. `mark`: where to begin, of
    the file's shape."""
    limits = limits or Limits()
    form = settled(file, form or Form(), limits)
    if form.format == "parquet":
        found = parquet.read(file, limits, rows, columns)
    elif form.format == "excel":
        found = workbook.read(file, form, limits, rows, None if columns is None else list(columns))
    else:
        found = records.read(file, form, limits, _reader(file, form, limits), rows, columns, mark)
    if len(found.numbers) + found.bad.num_rows != int(rows.stop) - int(rows.start):
        mend = "do not change a delivery while the program runs"
        raise refused(file, "does not hold the rows it held a moment ago", mend)
    return found


def _reader(file: InputFile, form: Form, limits: Limits) -> Reader:
    if form.format == "csv":
        return Delimited(form, read_header(file, form, limits))
    found = first_record(head(file, form, limits), form.model_copy(update={"delimiter": None, "quote": ""}))
    start = Mark(0, 0, 0) if found is None else Mark(found.start, 0, found.line)
    if form.format == "fixed":
        return FixedWidth(form, start)
    reader = JsonLines(form.names, start)
    if not form.names and found is not None:
        first: Block = next(blocks(file, form, limits, start))
        reader.judge(first)
    return reader


def _texts(names: list[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


def _within_limits(file: InputFile, shape: FileShape, limits: Limits) -> None:
    names = shape.columns.names
    if not names:
        raise refused(file, "has no columns", "have it delivered again")
    largest = max(shape.row_groups, default=0) if shape.form.format == "parquet" else 0
    for count, limit, thing, key in (
        (shape.rows, limits.rows, "rows", "rows"),
        (shape.rows, max(ROWS_FROM, limits.rows_per_byte * file.bytes), "rows, which is more than its size can hold", "rows_per_byte"),
        (len(names), limits.columns, "columns", "columns"),
        (largest, limits.rows_per_group, "rows in a row group", "rows_per_group"),
    ):
        if count > limit:
            mend = f"split the delivery into several files, or raise limits.{key}"
            raise refused(file, f"has more than {limit:,} {thing} (limits.{key})", mend)
    seen: dict[str, str] = {}
    for name in names:
        if seen.setdefault(name.casefold(), name) != name or names.count(name) > 1:
            raise refused(file, "has two columns whose names differ in capitals at most", "rename one of them")
    for column in shape.columns:
        if _depth(column.type) > limits.depth:
            mend = "flatten it before delivery, or raise limits.depth"
            raise refused(file, f"has a column nested deeper than {limits.depth} levels (limits.depth)", mend)


def _depth(kind: Any) -> int:
    level, depth = [kind], 0
    while level:
        level = [inner.field(index).type for inner in level if pa.types.is_nested(inner) for index in range(inner.num_fields)]
        depth += 1
    return depth
