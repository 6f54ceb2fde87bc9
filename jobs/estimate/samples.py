"""Samples of accounts and of reference records, read with the run's own code and held in memory: nothing is written.

Rows are drawn from whole files, as many of each as its size says, by a seed that the file's name decides: the same files give the same
sample. Drawn, not taken at even steps: copies of a record often stand together, and steps would see them too evenly. All rows of a source
are made canonical together: few at a time cost more each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from jobs.setup import Setup
from jobs.tape import of_borrowers
from skiptrace.ids import digest
from skiptrace.intake import delivery, duplicates
from skiptrace.intake.canonical import CanonicalTables
from skiptrace.intake.mapping import Mapped, apply
from skiptrace.intake.partitions import Partition
from skiptrace.intake.reading import read_rows
from skiptrace.project import Portfolio, Source
from skiptrace.schema import IDENTITIES, REJECTS, SIGHTINGS, TAPE

MOST_PARTS = 24
"""Partitions of a source that are opened for a sample, at most."""
TOGETHER = 100_000
"""Rows of a sample that are made canonical together, at most: bounds memory."""


@dataclass(frozen=True)
class Sampled:
    """Rows of a source as canonical tables: borrowers' IDENTITIES and SIGHTINGS, TAPE (empty but for the portfolio), rows that were taken,
    of how many, and the CPU seconds of making these canonical."""

    identities: pa.Table
    sightings: pa.Table
    tape: pa.Table
    taken: int
    rows: int
    seconds: float

    @property
    def share(self) -> float:
        """The share of rows that were taken."""
        return self.taken / self.rows if self.rows else 1.0


def sample(setup: Setup, source: str, numbers: Sequence[int], most: int) -> Sampled:
    """About `most` rows, at least one where there are any, of some partitions of a source; all where there are no more.

    Raises DataRefused (exit 3) as a run does where a file cannot be read."""
    spent = 0.0
    spec = next(one for one in setup.project.deliveries() if one.name == source)
    parts = [setup.partitions[source][number] for number in numbers]
    rows = sum(part.rows for part in parts)
    opened = _spread(parts, rows, most)
    share = min(most / max(sum(part.rows for part in opened), 1), 1.0)
    tables, taken, waiting = list[CanonicalTables](), 0, list[Mapped]()
    for part in opened:
        mapped = _mapped(setup, part, share, taken)
        taken += mapped.rows_in
        waiting.append(mapped)
        if sum(one.table.num_rows for one in waiting) >= TOGETHER:
            begun = time.process_time()
            tables += _canonical(setup, spec, opened[0], waiting)
            waiting, spent = [], spent + time.process_time() - begun
    begun = time.process_time()
    tables += _canonical(setup, spec, opened[0], waiting) if opened else []
    spent += time.process_time() - begun
    identities, sightings, tape = (
        pa.concat_tables([table.empty(), *(getattr(one, name) for one in tables)])
        for name, table in (("identities", IDENTITIES), ("sightings", SIGHTINGS), ("tape", TAPE))
    )
    return Sampled(of_borrowers(identities), of_borrowers(sightings), tape, taken, rows, spent)


def _spread(parts: Sequence[Partition], rows: int, most: int) -> list[Partition]:
    """All partitions, or so many of them, evenly, that they hold some times the rows that are wanted."""
    enough = max(MOST_PARTS, -(-4 * most * len(parts) // max(rows, 1)))
    if len(parts) <= enough:
        return list(parts)
    return [parts[place * len(parts) // enough] for place in range(enough)]


def _mapped(setup: Setup, part: Partition, share: float, before: int) -> Mapped:
    """A share of the rows, mapped and numbered from `before` on."""
    mapping = setup.mappings[part.source]
    columns = mapping.references or mapping.ignored[:1]
    found = read_rows(part.file, part.within_file, columns, part.form, setup.project.limits, part.mark)
    rows, seed = found.table.num_rows, int(digest("sample", part.file.name, part.piece, size=8), 16)
    chosen = pa.array(np.sort(np.random.default_rng(seed).choice(rows, round(rows * share), replace=False)))
    numbers = pa.array(np.arange(before + 1, before + 1 + len(chosen)))
    return apply(mapping, found.table.take(chosen), numbers, part.source, part.file.name, found.bad.slice(0, 0))


def _canonical(setup: Setup, spec: Portfolio | Source, part: Partition, waiting: Sequence[Mapped]) -> list[CanonicalTables]:
    """Rows of one form together, as if they were one partition's."""
    alike: dict[str, list[Mapped]] = {}
    for one in waiting:
        alike.setdefault(str(one.table.schema), []).append(one)
    whole, found = replace(part, first_row=0, file_row_start=0), []
    for some in alike.values():
        mapped = Mapped(
            pa.concat_tables([one.table for one in some]), pa.concat_arrays([_one(one.rows) for one in some]), REJECTS.empty(),
            sum(one.rows_in for one in some), sum(one.filtered for one in some),
        )  # fmt: skip
        judged = duplicates.judge([duplicates.survey(mapped, whole)]) if isinstance(spec, Portfolio) else None
        found.append(delivery.canonical(mapped, whole, spec, setup.as_of, setup.key(), judged))
    return found


def _one(rows: pa.Array | pa.ChunkedArray) -> pa.Array:
    return rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows
