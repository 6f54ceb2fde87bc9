"""How a delivery is cut into pieces of work: by its files and their row counts, and by nothing else.

Workers, memory and scheduler have no say, so the same delivery is cut the same way on any machine, and every record
keeps its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyarrow as pa

from skiptrace.intake.text_blocks import Mark
from skiptrace.project.form import Form
from skiptrace.store.inputs import InputFile


@dataclass(frozen=True)
class Partition:
    """A range of rows of one file. `number` counts the source's partitions from 0; `first_row` is the number of its
    first row within the whole source, `file_row_start` within its file (both from 0). `form`: how the file is written, all of
    it settled; `mark`: where in it to begin reading (None: at its beginning)."""

    source: str
    number: int
    file: InputFile
    first_row: int
    file_row_start: int
    rows: int
    form: Form = field(default_factory=Form)
    mark: Mark | None = None

    @property
    def within_file(self) -> slice:
        """The rows to read."""
        return slice(self.file_row_start, self.file_row_start + self.rows)

    def numbers(self, rows: pa.Array) -> np.ndarray:
        """Numbers within the source (int64, from 0) of file row numbers (int64, from 1)."""
        return np.asarray(rows, dtype=np.int64) - 1 - self.file_row_start + self.first_row


def plan(source: str, files: Sequence[tuple[InputFile, int]], partition_rows: int) -> tuple[Partition, ...]:
    """Partitions of files with their row counts, in order. A file of more than `partition_rows` rows is cut into the
    fewest pieces of nearly equal size; a file without rows gives none."""
    found: list[Partition] = []
    offset = 0
    for file, rows in files:
        pieces = -(-rows // partition_rows)
        bounds = [rows * piece // pieces for piece in range(pieces + 1)] if pieces else []
        for start, stop in pairwise(bounds):
            found.append(Partition(source, len(found), file, offset + start, start, stop - start))
        offset += rows
    return tuple(found)
