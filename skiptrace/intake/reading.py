"""Reading delivered files: what a file holds, and a range of its rows as an Arrow table.

Parquet is read row group by row group with its page checksums verified, delimited text by `intake.delimited`. Footers
are judged before any data is decoded: a small file can claim a billion rows. A file that cannot be read is refused by
name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skiptrace.errors import DataRefused, Problem
from skiptrace.intake import delimited
from skiptrace.store.inputs import InputFile, opened

MAX_ROWS = 50_000_000
MAX_ROW_GROUPS = 10_000
MAX_COLUMNS = 512
_BATCH = 1 << 16


@dataclass(frozen=True)
class FileShape:
    """What a file holds: its rows, its columns with their types, and the row count of each Parquet row group (one
    group for delimited text)."""

    rows: int
    columns: pa.Schema
    row_groups: tuple[int, ...]


def describe(file: InputFile) -> FileShape:
    """The shape of a delivered file, without its data. Delimited text is walked once and judged whole.

    Raises DataRefused (exit 3) for a file that is damaged, of a format that is not read, or beyond the limits."""
    if file.format == "csv":
        rows, names = delimited.survey(file)
        shape = FileShape(rows, pa.schema([(name, pa.string()) for name in names]), (rows,))
    elif file.format == "parquet":
        with _parquet(file) as source:
            footer = source.metadata
            groups = tuple(
                footer.row_group(index).num_rows for index in range(min(footer.num_row_groups, MAX_ROW_GROUPS + 1))
            )
            shape = FileShape(footer.num_rows, source.schema_arrow, groups)
    else:
        shown = f".{file.format}" if file.format.isalnum() else "this kind of"
        raise _refused(
            file, f"{shown} files are not read", "save it as Parquet or CSV, or name the right files by a glob"
        )
    _within_limits(file, shape)
    return shape


def read(file: InputFile, rows: slice, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of `rows` (from 0, start and stop given) with all columns, or those named, in the file's order.

    Raises DataRefused (exit 3) where the data is damaged or the file has changed since it was described."""
    start, stop = int(rows.start), int(rows.stop)
    table = (
        delimited.read(file, start, stop, columns)
        if file.format == "csv"
        else _read_parquet(file, start, stop, columns)
    )
    if table.num_rows != stop - start:
        raise _refused(
            file, "does not hold the rows it held a moment ago", "do not change a delivery while the program runs"
        )
    return table


def _read_parquet(file: InputFile, start: int, stop: int, columns: Sequence[str] | None) -> pa.Table:
    with _parquet(file) as source:
        names = [name for name in source.schema_arrow.names if columns is None or name in set(columns)]
        groups, first, passed = [], None, 0
        for index in range(source.num_row_groups):
            size = source.metadata.row_group(index).num_rows
            if passed < stop and passed + size > start:
                first = passed if first is None else first
                groups.append(index)
            passed += size
        offset = first or 0
        taken = []
        for batch in source.iter_batches(_BATCH, row_groups=groups, columns=names, use_threads=False):
            low, high = max(start - offset, 0), min(stop - offset, batch.num_rows)
            if low < high:
                taken.append(batch.slice(low, high - low))
            offset += batch.num_rows
            if offset >= stop:
                break
        schema = pa.schema([source.schema_arrow.field(name) for name in names])
        return pa.Table.from_batches(taken, schema)


@contextmanager
def _parquet(file: InputFile) -> Iterator[pq.ParquetFile]:
    with opened(file) as stream:
        try:
            with pq.ParquetFile(stream, page_checksum_verification=True) as source:
                yield source
        except (
            pa.ArrowException,
            OSError,
            EOFError,
            UnicodeDecodeError,
        ):  # texts of the reader's errors may hold bytes of the file
            raise _refused(
                file, "is not a whole Parquet file: truncated, damaged or encrypted", "have it delivered again"
            ) from None


def _within_limits(file: InputFile, shape: FileShape) -> None:
    names = shape.columns.names
    if not names:
        raise _refused(file, "has no columns", "have it delivered again")
    for count, limit, thing in (
        (shape.rows, MAX_ROWS, "rows"),
        (len(shape.row_groups), MAX_ROW_GROUPS, "row groups"),
        (len(names), MAX_COLUMNS, "columns"),
    ):
        if count > limit:
            raise _refused(file, f"has more than {limit:,} {thing}", "split the delivery into several files")
    seen: dict[str, str] = {}
    for name in names:
        if seen.setdefault(name.casefold(), name) != name or names.count(name) > 1:
            raise _refused(file, "has two columns whose names differ in capitals at most", "rename one of them")
    for field in shape.columns:
        if _depth(field.type) > 8:
            raise _refused(file, "has a column nested deeper than 8 levels", "flatten it before delivery")


def _depth(kind: Any) -> int:
    level, depth = [kind], 0
    while level:
        level = [
            inner.field(index).type for inner in level if pa.types.is_nested(inner) for index in range(inner.num_fields)
        ]
        depth += 1
    return depth


def _refused(file: InputFile, what: str, mend: str) -> DataRefused:
    return DataRefused("a delivered file cannot be used", (Problem(file.name, "", what, mend),))
