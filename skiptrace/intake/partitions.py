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
from skiptrace.project.limits import MOST_ROWS
from skiptrace.store.inputs import InputFile

ROWS_OF_A_FILE = MOST_ROWS
"""Room for the row numbers of one file of a source."""
CODES = 1 << 28
"""How many codes of files there are: a row's number within its source stays below 2^56."""


@dataclass(frozen=True)
class Partition:
    """A range of rows of one file. `number` counts the source's partitions from 0, `piece` those of its file; `first_row` is the
    number of its first row within the whole source (see `plan`), `file_row_start` within its file (from 0). `form`: how the
    file is written, all of it settled; `mark`: where in it to begin reading (None: at its beginning)."""

    source: str
    number: int
    file: InputFile
    first_row: int
    file_row_start: int
    rows: int
    form: Form = field(default_factory=Form)
    mark: Mark | None = None
    piece: int = 0

    @property
    def within_file(self) -> slice:
        """The rows to read."""
        return slice(self.file_row_start, self.file_row_start + self.rows)

    def numbers(self, rows: pa.Array) -> np.ndarray:
        """Numbers within the source (int64, from 0) of file row numbers (int64, from 1)."""
        return np.asarray(rows, dtype=np.int64) - 1 - self.file_row_start + self.first_row


def plan(
    source: str, files: Sequence[tuple[InputFile, int]], partition_rows: int, codes: Sequence[int] | None = None
) -> tuple[Partition, ...]:  # fmt: skip
    """Partitions of files with their row counts, in order. A file of more than `partition_rows` rows is cut into the
    fewest pieces of nearly equal size; a file without rows gives none. Rows are numbered from the first file's on; where `codes` gives
    one for each file, its rows are numbered from there times ROWS_OF_A_FILE, whichever other files there are."""
    found: list[Partition] = []
    offset = 0
    for place, (file, rows) in enumerate(files):
        offset = offset if codes is None else codes[place] * ROWS_OF_A_FILE
        pieces = -(-rows // partition_rows)
        bounds = [rows * piece // pieces for piece in range(pieces + 1)] if pieces else []
        for piece, (start, stop) in enumerate(pairwise(bounds)):
            found.append(Partition(source, len(found), file, offset + start, start, stop - start, piece=piece))
        offset += rows
    return tuple(found)
