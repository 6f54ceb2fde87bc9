"""Counting a run's tables for its report: in tasks, one per partition of accounts, and again from the tables of a published run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.parts import Stream
from jobs.setup import read_plan
from skiptrace.errors import DataRefused, Problem
from skiptrace.linkage import rules
from skiptrace.report.counting import BY_ACCOUNT, columns_of, count, merged
from skiptrace.results import Run
from skiptrace.results.run import WORDS
from skiptrace.schema import counts
from skiptrace.store.tables import FileRef, column_names, read_batches, read_table, write_table

ACCOUNTS = 20_000
"""Accounts that are counted at a time: each has dozens of uses with their reasons."""
_ROWS = 1 << 17


def count_partition(work: str, number: int, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """`skiptrace.schema.counts` of partition `number`: one row. tables: its file of each of BY_ACCOUNT."""
    found = merged(pa.concat_tables(_counted({name: FileRef(**ref) for name, ref in tables.items()}, verify=False)))
    return {"counts": write_table(found, counts(rules.load().names), read_plan(work).work / "counts", f"part-{number:05d}").plain()}


def added(receipts: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The counts of all partitions, from the receipts of their tasks."""
    return pa.concat_tables(read_table(receipt["counts"]) for receipt in receipts)


def of_run(run: Run) -> pa.Table:
    """The counts of a published run, whose files are hashed again before they are read. Raises DataRefused where they are not what the
    ledger says, or not in the order of their accounts."""
    files = {name: run.files(name) for name in BY_ACCOUNT}
    if len({len(refs) for refs in files.values()}) != 1:
        problem = Problem(run.run_id, "tables", "are not in as many files as there are of accounts", "choose another run, or run again")
        raise DataRefused("a run cannot be used", (problem,))
    each = [dict(zip(files, refs, strict=True)) for refs in zip(*files.values(), strict=True)]
    return pa.concat_tables(merged(pa.concat_tables(_counted(tables, verify=True))) for tables in each)


def _counted(refs: Mapping[str, FileRef], verify: bool) -> Iterator[pa.Table]:
    """A row of counts for each ACCOUNTS accounts of one partition, whose tables are read side by side."""
    pieces = _read(refs["accounts"], "accounts", ACCOUNTS, verify)
    others = {name: Stream(_read(ref, name, _ROWS, verify), name) for name, ref in refs.items() if name not in ("accounts", "links")}
    others["links"] = Stream(iter([_in_order(pa.concat_tables(_read(refs["links"], "links", _ROWS, verify)))]), "links")
    piece = next(pieces)
    while piece is not None:
        following = next(pieces, None)
        last = None if following is None else piece["account_id"][-1].as_py()
        yield count({"accounts": piece, **{name: stream.up_to(last) for name, stream in others.items()}})
        piece = following


def _read(ref: FileRef, name: str, rows: int, verify: bool) -> Iterator[pa.Table]:
    return read_batches(ref, columns_of(name, column_names(ref)), rows, WORDS, verify)


def _in_order(links: pa.Table) -> pa.Table:
    """Links by account; they stand in the order of the tape, in which every account's are together."""
    return links.unify_dictionaries().take(pc.sort_indices(links["account_id"]))

