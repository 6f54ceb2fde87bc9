"""The tables of a published run part by part: what is exported at a time, so that memory does not grow with the portfolio.

A part holds whole accounts and whole consumers. Accounts of a consumer who has some in several parts are kept together in a
part of their own, the last one. The tables are read side by side: each is in the order of its accounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import number
from skiptrace.errors import DataRefused, Problem
from skiptrace.results import Run

ACCOUNTS = 80_000
"""Accounts that are exported at a time."""
_ROWS = 1 << 18


def parts_of(run: Run, columns: Mapping[str, Sequence[str]], accounts: int = ACCOUNTS) -> Iterator[dict[str, pa.Table]]:
    """Some columns of tables of a run (by table name; each with account_id), `accounts` accounts at a time.

    Raises DataRefused where a table is not in the order of its accounts."""
    if len({run.parts(name) for name in (*columns, "accounts")}) != 1 or run.rows("accounts") <= accounts:
        yield {name: run.table(name, named) for name, named in columns.items()}
        return
    ends, apart = _cuts(run, accounts)
    kept: dict[str, list[pa.Table]] = {name: [] for name in columns}
    for file, lasts in enumerate(ends):
        streams = {name: Stream(run.pieces(name, file, named, _ROWS), name) for name, named in columns.items()}
        for last in lasts:
            found = {name: stream.up_to(last) for name, stream in streams.items()}
            if len(apart):
                for name, table in found.items():
                    theirs = pc.is_in(table["account_id"], apart)
                    kept[name].append(table.filter(theirs))
                    found[name] = table.filter(pc.invert(theirs))
            yield found
    if len(apart):
        yield {name: pa.concat_tables(pieces).combine_chunks() for name, pieces in kept.items()}


def _cuts(run: Run, accounts: int) -> tuple[list[list[str | None]], pa.Array]:
    """Per file the account at which each part ends (None: the file's end), and the accounts of consumers who have accounts in
    more than one part."""
    named = ["account_id", "consumer_id"]
    files = [pa.concat_tables(run.pieces("accounts", file, named, _ROWS)) for file in range(run.parts("accounts"))]
    ends: list[list[str | None]] = []
    parts = []
    for table in files:
        stops = list(range(accounts, table.num_rows, accounts))
        ends.append([*(table["account_id"][stop - 1].as_py() for stop in stops), None])
        parts.append(np.searchsorted(stops, np.arange(table.num_rows), side="right") + sum(map(len, ends[:-1])))
    whole = pa.concat_tables(files)
    consumers, part = number(whole["consumer_id"]), np.concatenate(parts)
    low, high = np.full(consumers.max(initial=0) + 1, part.max(initial=0) + 1), np.full(consumers.max(initial=0) + 1, -1)
    np.minimum.at(low, consumers, part)
    np.maximum.at(high, consumers, part)
    return ends, whole["account_id"].combine_chunks().filter(pa.array((low != high)[consumers]))


class Stream:
    """A table that is read forward, from account to account. Its pieces, of which there is one at least, are in the order of their
    accounts; `name` is told where they are not."""

    def __init__(self, pieces: Iterator[pa.Table], name: str) -> None:
        self._pieces, self._name = pieces, name
        self._held: list[pa.Table] = []
        self._latest = ""

    def up_to(self, last: str | None) -> pa.Table:
        """The rows that follow, through those of the account `last`; all that are left for None. Raises DataRefused where the table is not
        in the order of its accounts."""
        while last is None or self._latest <= last:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._take(piece)
        whole = pa.concat_tables(self._held)
        count = len(whole) if last is None else pc.sum(pc.less_equal(whole["account_id"], last)).as_py() or 0
        self._held = [whole.slice(count)]
        return whole.slice(0, count)

    def _take(self, piece: pa.Table) -> None:
        accounts = piece["account_id"].combine_chunks()
        if len(accounts):
            ordered = pc.all(pc.less_equal(accounts[:-1], accounts[1:])).as_py() is not False
            if not ordered or accounts[0].as_py() < self._latest:
                what = "is not in the order of its accounts"
                raise DataRefused("a run cannot be used", (Problem(self._name, "account_id", what, "run again"),))
            self._latest = accounts[-1].as_py()
        self._held.append(piece)
