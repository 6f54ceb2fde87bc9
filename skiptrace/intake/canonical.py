"""What intake makes of one partition: the canonical tables, and how many rows went where."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pyarrow as pa

from skiptrace.errors import ContractError
from skiptrace.intake.mapping import Mapped
from skiptrace.schema import (
    ACCOUNT_EVENTS,
    ANSWERS,
    CONSENTS,
    EVENTS,
    IDENTITIES,
    NOTES,
    PLACEMENTS,
    REJECTS,
    SIGHTINGS,
    SUPPRESSIONS,
    TAPE,
    Table,
    conform,
)

SPECS: dict[str, Table] = {
    "tape": TAPE, "identities": IDENTITIES, "sightings": SIGHTINGS, "consents": CONSENTS, "events": EVENTS,
    "suppressions": SUPPRESSIONS, "answers": ANSWERS, "account_events": ACCOUNT_EVENTS, "notes": NOTES, "placements": PLACEMENTS,
    "rejects": REJECTS,
}  # fmt: skip


class CanonicalTables(NamedTuple):
    """The tables of `skiptrace.schema.delivered` for one partition; those that its kind does not give are empty.

    `counts`: rows_in (as read), rows_filtered (by `where`), rows_rejected (whole rows) and rows_out; always
    rows_in = rows_filtered + rows_rejected + rows_out. values_rejected counts single values. `until`: the first day on which a
    date of the partition would be read otherwise."""

    tape: pa.Table
    identities: pa.Table
    sightings: pa.Table
    consents: pa.Table
    events: pa.Table
    suppressions: pa.Table
    answers: pa.Table
    account_events: pa.Table
    notes: pa.Table
    placements: pa.Table
    rejects: pa.Table
    counts: dict[str, int]
    until: dt.date


def gather(mapped: Mapped, rows_out: int, rejects: pa.Table, until: dt.date, **tables: pa.Table) -> CanonicalTables:
    """Conform the tables given, fill in the others empty, and count. Raises ContractError where the counts do not add
    up."""
    whole = rejects.column("column").null_count
    if mapped.rows_in != mapped.filtered + whole + rows_out:
        raise ContractError(
            f"intake: {mapped.rows_in} rows in, {mapped.filtered} filtered, {whole} rejected, {rows_out} out"
        )
    counts = {
        "rows_in": mapped.rows_in, "rows_filtered": mapped.filtered, "rows_rejected": whole, "rows_out": rows_out,
        "values_rejected": rejects.num_rows - whole,
    }  # fmt: skip
    given = {**tables, "rejects": rejects}
    full = {name: conform(given[name], spec) if name in given else spec.empty() for name, spec in SPECS.items()}
    return CanonicalTables(**full, counts=counts, until=until)
