"""Small deliveries for tests of intake: a table and a mapping in, the canonical tables out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from skiptrace.intake import delivery, duplicates, shared_numbers
from skiptrace.intake.canonical import CanonicalTables
from skiptrace.project.model import Portfolio, Source

AS_OF = dt.date(2026, 6, 30)
KEY = b"k" * 32


def portfolio(columns: dict[str, Any], **more: Any) -> Portfolio:
    return Portfolio(path="tape.parquet", columns=_lists(columns), **more)


def source(columns: dict[str, Any], kind: str = "other", **more: Any) -> Source:
    given = {"name": "ref", "path": "ref.parquet", "kind": kind, "purposes": ("other",), **more}
    return Source(columns=_lists(columns), **given)


def own_names(table: pa.Table) -> dict[str, str]:
    """A mapping of every column to itself."""
    return {name: name for name in table.column_names}


def run(
    folder: Path, spec: Portfolio | Source, data: dict[str, Any] | pa.Table, partition_rows: int = 1000
) -> list[CanonicalTables]:
    """The canonical tables of each partition of a Parquet file with this data."""
    table = data if isinstance(data, pa.Table) else pa.table(data)
    pq.write_table(table, folder / spec.path)
    found = delivery.survey(spec, folder, AS_OF, partition_rows, "here")
    mapped = [delivery.load(part, found.mapping) for part in found.partitions]
    verdict = None
    if isinstance(spec, Portfolio):
        verdict = duplicates.judge([duplicates.survey(m, p) for m, p in zip(mapped, found.partitions, strict=True)])
        numbers = [shared_numbers.survey(m, p, KEY) for m, p in zip(mapped, found.partitions, strict=True)]
        verdict = shared_numbers.judge([one for one in numbers if one is not None], verdict)
    return [delivery.canonical(m, p, spec, AS_OF, KEY, verdict) for m, p in zip(mapped, found.partitions, strict=True)]


def reasons(tables: CanonicalTables) -> list[tuple[int, str | None, str]]:
    """Row, column and reason of each reject."""
    return [(row["row"], row["column"], row["reason"]) for row in tables.rejects.to_pylist()]


def _lists(columns: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: (text,) if isinstance(text, str) else tuple(text) for name, text in columns.items()}
