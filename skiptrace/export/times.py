"""Times of an export: instants as ISO 8601 texts, and as HH:MM in the consumer's own zone. Each distinct one is read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

_ISO = "%Y-%m-%dT%H:%M:%SZ"


def as_iso(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """`rows` with the columns `names` (instants, UTC), where it has them, as ISO 8601 texts."""
    for name in names:
        if name in rows.column_names:
            moments, places = _coded(rows[name])
            texts = pa.array([None if moment is None else moment.strftime(_ISO) for moment in moments], pa.string())
            rows = rows.set_column(rows.column_names.index(name), name, texts.take(places))
    return rows


def with_local_times(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """`rows` (zone: string; window_start, window_end: instants, UTC) with the columns `names`, each a column of instants with
    `_local` behind its name: HH:MM in the row's zone, NULL without an instant or a zone."""
    zones, where = _coded(rows["zone"]) if names else ([], pa.array([], pa.int64()))
    for name in names:
        moments, when = _coded(rows[name.removesuffix("_local")])
        pairs, places = np.unique(when.to_numpy() * len(zones) + where.to_numpy(), return_inverse=True)
        texts = [_local(moments[pair // len(zones)], zones[pair % len(zones)]) for pair in pairs.tolist()]
        rows = rows.append_column(name, pa.array(texts, pa.string()).take(pa.array(places)))
    return rows


def _coded(column: pa.ChunkedArray) -> tuple[list[Any], pa.Array]:
    """Distinct values of a column, NULL among them, and each row's place in them (int64)."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    return encoded.dictionary.to_pylist(), encoded.indices.cast(pa.int64())


def _local(moment: dt.datetime | None, zone: str | None) -> str | None:
    if moment is None or not zone:
        return None
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")
