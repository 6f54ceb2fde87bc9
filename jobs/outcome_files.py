"""Files of outcomes that are named on the command line: read as a delivery of dispositions is, with the same checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.intake import by_reason
from jobs.setup import Setup
from skiptrace.errors import ConfigError, Problem
from skiptrace.intake import delivery
from skiptrace.project.model import Source
from skiptrace.schema import EVENTS
from skiptrace.schema.working import PAST_EVENTS

NEEDED = ("event_id", "account_id", "channel", "value", "outcome_code", "occurred_at")
OPTIONAL = ("system",)


def read_outcomes(file: Path, setup: Setup) -> tuple[pa.Table, dict[str, Any]]:
    """(PAST_EVENTS, counts) of a Parquet, CSV, text or Excel file with columns event_id, account_id, channel, value,
    outcome_code, occurred_at and optionally system.

    `counts`: file, rows, used, and `rejected` by reason: unmapped codes, times after the run's day, rows that name no
    account or channel. Raises ConfigError (exit 2) where the file is not there or lacks a column, DataRefused (exit 3) where
    it is empty, damaged, or no row of it can be used."""
    if not file.is_file():
        raise _wrong(file, "is not there", "correct the path")
    spec = _spec(file, NEEDED)
    found = delivery.survey(spec, file.parent, setup.as_of, setup.project.runtime.rows_per_partition, "--outcomes", file.name)
    if set(OPTIONAL) & set(found.mapping.ignored):
        spec = _spec(file, (*NEEDED, *OPTIONAL))
        found = delivery.survey(spec, file.parent, setup.as_of, setup.project.runtime.rows_per_partition, "--outcomes", file.name)
    events, rejected = [EVENTS.empty()], dict[str, int]()
    for partition in found.partitions:
        tables = delivery.canonical(delivery.load(partition, found.mapping), partition, spec, setup.as_of, b"")
        events.append(tables.events)
        for reason, rows in by_reason(tables.rejects).items():
            rejected[reason] = rejected.get(reason, 0) + rows
    table = pa.concat_tables(events)
    told = table.append_column("source", pa.repeat(spec.name, len(table))).cast(PAST_EVENTS.arrow)
    return told, {"file": file.name, "rows": found.rows, "used": len(table), "rejected": dict(sorted(rejected.items()))}


def _spec(file: Path, columns: tuple[str, ...]) -> Source:
    name = "".join(mark if mark.isalnum() else "_" for mark in file.stem.lower()).strip("_") or "outcomes"
    content = {"name": name, "path": file.name, "kind": "dispositions", "purposes": ("other",), "columns": {one: (one,) for one in columns}}
    return Source.model_validate(content)


def _wrong(file: Path, what: str, mend: str) -> ConfigError:
    return ConfigError("the outcomes cannot be read", (Problem(file.name, "", what, mend),))
