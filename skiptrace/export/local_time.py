"""Calling hours in the consumer's own time: instants of a window as HH:MM in the zone of the point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pyarrow as pa

from skiptrace.columns import SEPARATOR, combine, lift

_HOUR = pa.schema([("hour", pa.string())])


def with_local_times(rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """`rows` (zone, window_start, window_end: string, instants as ISO 8601 UTC) with the columns `names`, each a column of
    instants with `_local` behind its name: HH:MM in the row's zone, NULL without an instant or a zone."""
    for name in names:
        joined = combine([rows[name.removesuffix("_local")], rows["zone"]], rows.num_rows)
        rows = rows.append_column(name, lift(joined, _local, _HOUR)["hour"])
    return rows


def _local(text: str) -> tuple[str] | None:
    instant, zone = text.split(SEPARATOR)
    if not instant or not zone:
        return None
    return (dt.datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).strftime("%H:%M"),)
