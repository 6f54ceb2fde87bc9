"""What was not used, and why: collected while a partition is read, one line per row or value, never the value."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.schema import REJECTS, conform


class RejectList:
    """Rejects of one partition of `source` in file `file`."""

    def __init__(self, source: str, file: str) -> None:
        self.source = source
        self.file = file
        self._parts: list[pa.Table] = []

    def add(self, rows: pa.Array, reasons: pa.Array | pa.ChunkedArray, column: str | None) -> None:
        """Note the rows (int64 file row numbers, from 1) whose reason (string, same length) is not NULL.

        `column` is the canonical column of a value; None rejects the whole row."""
        told = pc.is_valid(reasons)
        count = pc.sum(told).as_py() or 0
        if count:
            chosen = rows.filter(told.combine_chunks() if isinstance(told, pa.ChunkedArray) else told)
            why = pc.cast(reasons.filter(told), pa.string())
            self._parts.append(pa.table({
                "source": pa.repeat(self.source, count), "file": pa.repeat(self.file, count), "row": chosen,
                "line": pa.nulls(count, pa.int64()),
                "column": pa.nulls(count, pa.string()) if column is None else pa.repeat(column, count), "reason": why,
            }))  # fmt: skip

    def add_unread(self, bad: pa.Table) -> None:
        """Note whole rows that could not be read (`records.BAD`: row, line, reason)."""
        count = bad.num_rows
        self._parts.append(pa.table({
            "source": pa.repeat(self.source, count), "file": pa.repeat(self.file, count), "row": bad["row"], "line": bad["line"],
            "column": pa.nulls(count, pa.string()), "reason": bad["reason"],
        }))  # fmt: skip

    def extend(self, table: pa.Table) -> None:
        """Take over rejects that an earlier step noted."""
        self._parts.append(table)

    def table(self) -> pa.Table:
        """REJECTS, by row, column and reason; a value that was rejected twice for one reason stands once."""
        empty = REJECTS.empty()
        merged = pa.concat_tables([empty, *(conform(part, REJECTS) for part in self._parts)])
        merged = merged.group_by(list(REJECTS.names), use_threads=False).aggregate([])
        order = [(name, "ascending") for name in ("row", "column", "reason")]
        return conform(merged.sort_by(order).select(list(REJECTS.names)), REJECTS)
