"""The tables of a published run part by part: what is exported at a time, so that memory is bounded by a partition.

A part holds whole accounts and whole consumers. Accounts of a consumer who has some in several partitions are kept together in
a part of their own, the last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number
from skiptrace.results import Run


def parts_of(run: Run, columns: Mapping[str, Sequence[str]]) -> Iterator[dict[str, pa.Table]]:
    """Some columns of tables of a run (by table name; each with account_id), part by part."""
    files = {name: run.parts(name) for name in columns}
    if len(set(files.values())) != 1 or len(set(files.values()) & {0, 1}):
        yield {name: run.table(name, named) for name, named in columns.items()}
        return
    apart = _apart(run)
    kept: dict[str, list[pa.Table]] = {name: [] for name in columns}
    for part in range(run.parts("accounts")):
        found = {name: run.part(name, part, named) for name, named in columns.items()}
        if len(apart):
            for name, table in found.items():
                theirs = pc.is_in(table["account_id"], apart)
                kept[name].append(table.filter(theirs))
                found[name] = table.filter(pc.invert(theirs))
        yield found
    if len(apart):
        yield {name: pa.concat_tables(pieces).combine_chunks() for name, pieces in kept.items()}


def _apart(run: Run) -> pa.Array:
    """Accounts of consumers who have accounts in more than one partition."""
    pieces = [run.part("accounts", part, ["account_id", "consumer_id"]) for part in range(run.parts("accounts"))]
    whole = pa.concat_tables(pieces)
    consumers = number(whole["consumer_id"])
    part = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    low, high = np.full(consumers.max(initial=0) + 1, len(pieces)), np.full(consumers.max(initial=0) + 1, -1)
    np.minimum.at(low, consumers, part)
    np.maximum.at(high, consumers, part)
    return whole["account_id"].combine_chunks().filter(pa.array((low != high)[consumers]))
