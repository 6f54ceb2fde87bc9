"""Parquet files: row groups read in batches with their page checksums verified, folders of `key=value` as columns.

Footers are judged before any data is decoded: a small file can claim a billion rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from skiptrace.intake.records import BAD, Rows
from skiptrace.intake.refusal import CELL_TOO_LONG, REASONS, refused
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile, opened

_BATCH = 1 << 16
_EMPTY_FOLDER = "__HIVE_DEFAULT_PARTITION__"


def survey(file: InputFile, limits: Limits) -> tuple[int, pa.Schema, tuple[int, ...]]:
    """Rows, columns and the rows of each row group, from the footer alone."""
    with _opened(file) as source:
        footer = source.metadata
        count = footer.num_row_groups
        if count > limits.row_groups:
            mend = "have it written with larger row groups, or raise limits.row_groups"
            raise refused(file, f"has more than {limits.row_groups:,} row groups (limits.row_groups)", mend)
        groups = tuple(footer.row_group(index).num_rows for index in range(count))
        schema = source.schema_arrow
    for name in _folders(file):
        if name in schema.names:
            raise refused(file, f'has the column "{name}" and lies in a folder of that name', "leave one of them out")
        schema = schema.append(pa.field(name, pa.string()))
    return footer.num_rows, schema, groups


def read(file: InputFile, limits: Limits, rows: slice, columns: Sequence[str] | None) -> Rows:
    """Rows of the file; those with a cell longer than `limits.cell_bytes` are bad."""
    start, stop = int(rows.start), int(rows.stop)
    table = _read(file, start, stop, columns)
    for name, value in _folders(file).items():
        if columns is None or name in set(columns):
            table = table.append_column(name, pa.array([value] * table.num_rows, pa.string()))
    numbers = pa.array(np.arange(start, start + table.num_rows) + 1)
    long = _too_long(table, limits.cell_bytes)
    if not long.any():
        return Rows(table, numbers, BAD.empty_table())
    wrong = numbers.filter(pa.array(long))
    bad = pa.table([wrong, pa.nulls(len(wrong), pa.int64()), pa.repeat(REASONS[CELL_TOO_LONG], len(wrong))], schema=BAD)
    return Rows(table.filter(pa.array(~long)), numbers.filter(pa.array(~long)), bad)


def _read(file: InputFile, start: int, stop: int, columns: Sequence[str] | None) -> pa.Table:
    with _opened(file) as source:
        names = [name for name in source.schema_arrow.names if columns is None or name in set(columns)]
        groups, first, passed = [], None, 0
        for index in range(source.num_row_groups):
            size = source.metadata.row_group(index).num_rows
            if passed < stop and passed + size > start:
                first = passed if first is None else first
                groups.append(index)
            passed += size
        offset = first or 0
        taken, rows = [], 0
        for batch in source.iter_batches(_BATCH, row_groups=groups, columns=names, use_threads=False):
            low, high = max(start - offset, 0), min(stop - offset, batch.num_rows)
            if low < high:
                taken.append(batch.slice(low, high - low))
                rows += high - low
            offset += batch.num_rows
            if offset >= stop:
                break
        schema = pa.schema([source.schema_arrow.field(name) for name in names])
        if not names:  # only folders are asked for: their value stands once per row
            return pa.table({"row": pa.nulls(min(stop, passed) - start)}).select([])
        return pa.Table.from_batches(taken, schema)


@contextmanager
def _opened(file: InputFile) -> Iterator[pq.ParquetFile]:
    with opened(file) as stream:
        try:
            with pq.ParquetFile(stream, page_checksum_verification=True) as source:
                yield source
        except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError):  # their texts may hold bytes of the file
            what = "is not a whole Parquet file: truncated, damaged or encrypted"
            raise refused(file, what, "have it delivered again") from None


def _folders(file: InputFile) -> dict[str, str | None]:
    """The columns that the names of folders hold, as text. A value is never used as a path."""
    found: dict[str, str | None] = {}
    for part in file.name.split("/")[:-1]:
        name, mark, value = part.partition("=")
        if mark and name:
            found[unquote(name)] = None if value in ("", _EMPTY_FOLDER) else unquote(value)
    return found


def _too_long(table: pa.Table, longest: int) -> Any:
    """Which rows hold a text, or a list with a text, of more than `longest` bytes (numpy bool)."""
    found = np.zeros(table.num_rows, bool)
    for column in table.columns:
        passed = 0
        for chunk in column.chunks:
            inner, parents = chunk, None
            if pa.types.is_list(chunk.type) or pa.types.is_large_list(chunk.type):
                inner, parents = pc.list_flatten(chunk), pc.list_parent_indices(chunk)
            if _is_text(inner.type) and inner.nbytes > longest:
                places = np.flatnonzero(np.asarray(pc.fill_null(pc.greater(pc.binary_length(inner), longest), False)))
                found[passed + (places if parents is None else np.asarray(parents)[places])] = True
            passed += len(chunk)
    return found


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
