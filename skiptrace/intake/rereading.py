"""Rows of a tape that say what they said last time are taken over from that reading; only the others are read.

What a row is read as depends on what was mapped of it and on the day, and on no other row. So a row with the same account number and
the same hash of all that is mapped has the same canonical rows for as long as the earlier reading lasts (`skiptrace.intake.lasting`);
only its number is another where rows came and went before it. Rows of which anything was rejected are read again: their rejects name
places in the file.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake.canonical import SPECS, CanonicalTables
from skiptrace.intake.mapping import Mapped
from skiptrace.schema import conform
from skiptrace.schema.working import READ_ROWS

TABLES = ("tape", "identities", "sightings")
"""Tables that a row of a tape gives rows of."""


class Earlier(NamedTuple):
    """Rows of an earlier reading: TAPE, IDENTITIES, SIGHTINGS, and the first day on which any of them would be read otherwise."""

    tape: pa.Table
    identities: pa.Table
    sightings: pa.Table
    until: dt.date


def read_rows(surveyed: pa.Table, tables: CanonicalTables, first_row: int) -> pa.Table:
    """READ_ROWS of a partition that was read. surveyed: its SURVEY (see `skiptrace.intake.duplicates`). first_row: what is added to the
    number of a row in the file (from 1) to have its number in the portfolio."""
    rejected = pc.add(tables.rejects["row"].combine_chunks(), pa.scalar(first_row, pa.int64()))
    clean = pc.invert(pc.is_in(surveyed["number"], rejected))
    used = pc.is_in(surveyed["number"], pa.array(np.asarray(tables.tape["identity"]) // 2))
    rows = surveyed.filter(pc.and_(clean, used))
    identity = pa.array(np.asarray(rows["number"]) * 2)
    until = pa.repeat(pa.scalar(tables.until), len(rows))
    return conform(pa.table([rows["account_id"], identity, rows["hash"], until], names=list(READ_ROWS.names)), READ_ROWS)


def same_rows(surveyed: pa.Table, known: pa.Table, verdict: pa.Table) -> np.ndarray:
    """For each row of SURVEY the number of its borrower in an earlier reading that it is taken over from; -1 where it is read.
    known: READ_ROWS of that reading. verdict: VERDICT; a row that is not used is read, to be rejected."""
    if not len(known):
        return np.full(len(surveyed), -1, np.int64)
    place = pc.fill_null(pc.index_in(surveyed["account_id"], known["account_id"].combine_chunks()), -1).to_numpy().astype(np.int64)
    used = ~pc.is_in(surveyed["number"], verdict["number"].combine_chunks()).to_numpy()
    same = (place >= 0) & used & (known["hash"].to_numpy()[place] == surveyed["hash"].to_numpy())
    return np.where(same, known["identity"].to_numpy()[place], -1)


def left_to_read(mapped: Mapped, before: np.ndarray) -> Mapped:
    """The rows of a mapped partition that are not taken over. before: see `same_rows`."""
    anew = pa.array(before < 0)
    rows = mapped.rows.filter(anew)
    return mapped._replace(table=mapped.table.filter(anew), rows=rows, rows_in=mapped.rows_in - len(before) + len(rows))


def with_taken(read: CanonicalTables, surveyed: pa.Table, before: np.ndarray, earlier: Earlier) -> CanonicalTables:
    """The canonical tables of a partition: what was `read` of it, and the rows that are taken over, under their numbers of now."""
    taken = np.flatnonzero(before >= 0)
    if not len(taken):
        return read
    order = np.argsort(before[taken], kind="stable")
    was, now = before[taken][order], 2 * surveyed["number"].to_numpy()[taken][order]
    found = {}
    for name in TABLES:
        rows: pa.Table = getattr(earlier, name)
        identity = rows["identity"].to_numpy()
        borrower = identity & ~1
        place = np.minimum(np.searchsorted(was, borrower), len(was) - 1)
        mine = was[place] == borrower
        rows = rows.filter(pa.array(mine))
        number = pa.array(now[place[mine]] + (identity[mine] & 1), pa.int64())
        columns = [number if column == "identity" else rows[column] for column in SPECS[name].names]
        found[name] = _in_order(pa.concat_tables([pa.table(columns, schema=SPECS[name].arrow), getattr(read, name)]))
    counts = {name: count + len(taken) * (name in ("rows_in", "rows_out")) for name, count in read.counts.items()}
    return read._replace(**found, counts=counts, until=min(read.until, earlier.until))


def _in_order(rows: pa.Table) -> pa.Table:
    """By identity; rows of one identity keep their order."""
    identity = rows["identity"].to_numpy()
    if (np.diff(identity) < 0).any():
        rows = rows.take(pa.array(np.argsort(identity, kind="stable")))
    return rows
