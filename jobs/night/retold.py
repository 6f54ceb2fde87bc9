"""The tape of a night: accounts whose row says what it said are taken over as the last run read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake import rereading
from skiptrace.intake.canonical import SPECS, CanonicalTables
from skiptrace.intake.mapping import Mapped
from skiptrace.schema.working import READ_ROWS
from skiptrace.store.tables import read_table

KEPT = {"read_rows": READ_ROWS, **{name: SPECS[name] for name in rereading.TABLES}}
"""What a run leaves of its reading of the tape, a file of each for every partition."""


def tables(
    mapped: Mapped, number: int, surveyed: pa.Table, verdict: pa.Table, base: Mapping[str, Any], as_of: dt.date,
    read: Callable[[Mapped], CanonicalTables],
) -> CanonicalTables:  # fmt: skip
    """The canonical tables of partition `number`, for which only rows that are new or others are `read`.

    surveyed: its SURVEY; verdict: VERDICT of the whole portfolio; base: what the last run left, see `jobs.night.base.Base.plain`."""
    before, parts, until = np.full(len(surveyed), -1, np.int64), list[int](), dt.date.max
    for part in _likeliest_first(number, len(base["read_rows"])):
        if (before >= 0).all():
            break
        known = read_table(base["read_rows"][part])
        known = known.filter(pc.greater(known["until"], pa.scalar(as_of)))
        found = rereading.same_rows(surveyed, known, verdict)
        if (found >= 0).any():
            parts.append(part)
            until = min(until, known["until"][0].as_py())
            before = np.maximum(before, found)
    fresh = read(rereading.left_to_read(mapped, before))
    if not parts:
        return fresh
    wanted = pa.array(np.unique(before[before >= 0]))
    rows = {name: [_of(read_table(base[name][part]), wanted) for part in parts] for name in rereading.TABLES}
    earlier = rereading.Earlier(**{name: pa.concat_tables(some) for name, some in rows.items()}, until=until)
    return rereading.with_taken(fresh, surveyed, before, earlier)


def _likeliest_first(number: int, parts: int) -> list[int]:
    """Numbers of the parts of the last reading: most accounts are in the partition that they were in."""
    every = list(range(parts))
    return [*every[number : number + 1], *every[:number], *every[number + 1 :]]


def _of(rows: pa.Table, borrowers: pa.Array) -> pa.Table:
    """The rows of some borrowers and of who borrowed with them."""
    owner = pa.array(np.asarray(rows["identity"]) & ~1)
    return rows.filter(pc.is_in(owner, borrowers))
