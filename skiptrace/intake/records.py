"""Records of a text file as rows of an Arrow table: surveyed once, then read in ranges.

A reader (delimited, fixed width, JSON lines) says what its columns are, judges the records of a block and makes a table of the
good ones. Counting, ranges, bad rows and control totals are the same for all and are here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.intake.refusal import REASONS, refused, too_many_bad
from skiptrace.intake.text_blocks import Block, Mark, blocks, good
from skiptrace.intake.trailers import Totals, rows_end
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile

BAD = pa.schema([("row", pa.int64()), ("line", pa.int64()), ("reason", pa.string())])
"""Rows that could not be read: number within the file and line, from 1, and why."""


class Rows(NamedTuple):
    """Rows of a file as read: those that could be (`table`), their numbers within the file (int64, from 1), and the others
    (BAD)."""

    table: pa.Table
    numbers: pa.Array
    bad: pa.Table


class Reader(Protocol):
    """What a kind of text file adds: how its records are told apart, judged and taken to pieces."""

    start: Mark
    scan: tuple[int, int, int]

    def names(self) -> list[str]:
        """Names of the columns, in the file's order."""

    def judge(self, block: Block) -> None:
        """Give a reason to each record of the block that is not of this kind's form."""

    def table(self, block: Block, chosen: npt.NDArray[np.bool_], columns: Sequence[str]) -> pa.Table:
        """The chosen records, all good, as text columns with the names `columns`, in the file's order."""


@dataclass
class Surveyed:
    """What a walk through the whole file found."""

    rows: int
    marks: tuple[Mark, ...]
    counts: dict[str, int] = field(default_factory=dict)


def survey(file: InputFile, form: Form, limits: Limits, reader: Reader) -> Surveyed:
    """Walk a whole file: its rows, places to begin reading at, and bad rows by reason.

    Raises DataRefused where more rows than `limits.bad_rows` allows cannot be read, where there are more than
    `limits.rows`, or where a control total does not agree."""
    end = rows_end(file, form, limits, reader.start.offset)
    totals = Totals(file, form, end.matches, reader.names())
    start = Mark(reader.start.offset, 0, reader.start.line, end.stop)
    rows, counts, first, marks = 0, np.zeros(len(REASONS), np.int64), None, [start]
    for block in blocks(file, form, limits, start, *reader.scan):
        if block.mark.row:
            marks.append(block.mark)
        reader.judge(block)
        rows += len(block.starts)
        if rows > limits.rows:
            mend = "split the delivery into several files, or raise limits.rows"
            raise refused(file, f"has more than {limits.rows:,} rows (limits.rows)", mend)
        usable = good(block)
        if first is None and not usable.all():
            at = int(np.argmin(usable))
            first = (int(block.lines[at]), REASONS[block.reasons[at]])
        counts += np.bincount(block.reasons, minlength=len(REASONS))
        if totals.columns:
            totals.add(reader.table(block, usable, totals.columns))
    found = {REASONS[code]: int(counts[code]) for code in np.flatnonzero(counts) if code}
    if first is not None and sum(found.values()) > limits.bad_rows * rows:
        raise too_many_bad(file, rows, found, first, limits.bad_rows)
    totals.agree(rows)
    return Surveyed(rows, tuple(marks), found)


def read(
    file: InputFile, form: Form, limits: Limits, reader: Reader, rows: slice, columns: Sequence[str] | None, mark: Mark | None
) -> Rows:
    """Rows of a file; from `mark` on, where one is given that is not behind the first of them."""
    start, stop = int(rows.start), int(rows.stop)
    if mark is None:
        mark = Mark(reader.start.offset, 0, reader.start.line, rows_end(file, form, limits, reader.start.offset).stop)
    names = reader.names()
    wanted = names if columns is None else [name for name in names if name in set(columns)]
    tables, numbers, bad = [], [], []
    for block, low, high in _within(blocks(file, form, limits, mark, *reader.scan), start, stop):
        reader.judge(block)
        chosen = good(block)
        chosen[:low] = False
        chosen[high:] = False
        taken = reader.table(block, chosen, wanted)
        if taken.num_rows != int(chosen.sum()):
            mend = "report it: the readers of this program disagree about this file"
            raise refused(file, "is read in two ways by two readers", mend, int(block.lines[low]))
        tables.append(taken)
        numbers.append(np.flatnonzero(chosen) + block.mark.row + 1)
        wrong = np.flatnonzero(block.reasons[low:high]) + low
        bad.append(pa.table([
            wrong + block.mark.row + 1, block.lines[wrong], [REASONS[code] for code in block.reasons[wrong]],
        ], schema=BAD))  # fmt: skip
    schema = pa.schema([(name, pa.string()) for name in wanted])
    joined = np.concatenate([np.empty(0, np.int64), *numbers])
    return Rows(pa.concat_tables([schema.empty_table(), *tables]), pa.array(joined), pa.concat_tables([BAD.empty_table(), *bad]))


def _within(found: Iterator[Block], start: int, stop: int) -> Iterator[tuple[Block, int, int]]:
    """The blocks that hold rows `start` to `stop`, each with its own first and last one."""
    for block in found:
        low = max(start - block.mark.row, 0)
        high = min(stop - block.mark.row, len(block.starts))
        if low < high:
            yield block, low, high
        if block.mark.row + len(block.starts) >= stop:
            return
