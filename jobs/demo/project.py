"""Writes a sample project into a folder: project file, portfolio, sources, dispositions, suppressions, and the truth.

The same options give the same bytes: every stage has its own seeded stream, tables have a fixed order, files carry no
time. Folders are made for their owner alone (0700), files too (0600).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from jobs.demo import coverage, events, histories, project_file, records, shares, sources, tape, truth, words
from jobs.demo.points import endow
from jobs.demo.population import populate
from jobs.demo.records import World
from skiptrace.errors import ConfigError, Problem

SEED = 20260630
AS_OF = dt.date(2026, 6, 30)

# Per source: the file, the column with its ids, and how an id is written from the record's number.
FILES = {
    coverage.HEADER: ("header.parquet", "REC_ID", "H{:09d}"),
    coverage.UTILITY: ("utility.csv", "account", "{:010d}"),
    coverage.VOTER: ("voter.parquet", "VoterId", "V{:08d}"),
    coverage.CONTACT: ("contact.parquet", "record", "C-{:08d}"),
}


@dataclass(frozen=True)
class DemoFiles:
    """What was written. `sources` and `truth` are files by name (sources: header, utility, voter, contact,
    dispositions, suppression; truth: links, accounts, points, uses). `counts` are rows of the portfolio (`rows`), of the
    accounts among them that can be used (`accounts`), `exact_duplicates`, `conflicting_ids` and `without_id`, and of
    each source by its name; rows = accounts + exact_duplicates + 2 * conflicting_ids + without_id."""

    folder: Path
    project: Path
    portfolio: tuple[Path, ...]
    sources: dict[str, Path]
    truth: dict[str, Path]
    counts: dict[str, int]


@dataclass(frozen=True)
class Begun:
    """What the generator knows of a project that it wrote: its people, who owes what, the tape, and which records sources hold."""

    world: World
    debtors: tape.Debtors
    portfolio: tape.Portfolio
    plans: dict[str, coverage.Plan]


def make(
    folder: Path, accounts: int = 5000, seed: int = SEED, as_of: dt.date = AS_OF, portfolio_parts: int = 2
) -> DemoFiles:
    """Write a sample project of `accounts` accounts into `folder`, which is made if it is not there.

    Files of an earlier sample project in it are replaced, other files are left alone. Raises ConfigError where an
    option makes no sense, OSError where the folder cannot be written."""
    return begin(folder, accounts, seed, as_of, portfolio_parts)[0]


def begin(
    folder: Path, accounts: int, seed: int, as_of: dt.date, portfolio_parts: int = 2
) -> tuple[DemoFiles, Begun]:
    """The same, with what the generator knows of it."""
    if accounts < 1 or portfolio_parts < 1 or seed < 0:
        problem = Problem("demo", "options", "accounts and parts start at 1, the seed at 0", "choose larger numbers")
        raise ConfigError("the sample project cannot be made", (problem,))
    world = _world(accounts, seed, as_of)
    debtors = tape.choose_debtors(world, accounts, seed)
    portfolio = tape.write(world, debtors, seed)
    for place in (folder, *(folder / name for name in ("portfolio", "sources", "truth"))):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with new_file(folder / "skiptrace.toml") as out:
        out.write(project_file.text(as_of, world.words.states).encode())
    parts = _write_portfolio(portfolio.rows, folder / "portfolio", portfolio_parts)
    seen = truth.Sightings(debtors.people())
    counts = dict(portfolio.counts)
    files: dict[str, Path] = {}
    borrowed: list[sources.Batch] = []
    planned = coverage.plans(world, seen.debtor, seed)
    for name, plan in planned.items():
        files[name] = folder / "sources" / FILES[name][0]
        if name == coverage.CONTACT:
            # What this file says of a line is true, and whether a line works depends on who shows it: it is drawn in between.
            world = histories.settle(world, portfolio, debtors, _looked_at(world, planned, seed, borrowed, seen), seed)
        counts[name] = _write_source(world, name, plan, seed, borrowed, seen, files[name])
    done = events.dispositions(world, debtors, portfolio.slot, seed)
    marked = portfolio.rows.filter(pc.equal(portfolio.rows["CEASE_FLG"], "Y"))["ACCT_NO"]
    cease = sorted({account for account in marked.to_pylist() if account is not None})
    stopped = events.suppressions(world, debtors, done, cease, seed)
    for name, table, ending in (("dispositions", done, "csv"), ("suppression", stopped, "parquet")):
        files[name], counts[name] = folder / "sources" / f"{name}.{ending}", table.num_rows
        write(files[name], iter([table]), table.schema)
    known: dict[str, Path] = {}
    for name, table in (
        ("links", truth.links(debtors, portfolio, seen)),
        ("accounts", truth.accounts(world, debtors, portfolio, seen)),
        ("points", truth.points(world, debtors, portfolio, seen)),
        ("uses", truth.uses(world, debtors, portfolio, histories.uses(world, portfolio, debtors, seen.shown))),
    ):
        known[name] = folder / "truth" / f"{name}.parquet"
        write(known[name], iter([table]), table.schema)
    return DemoFiles(folder, folder / "skiptrace.toml", parts, files, known, counts), Begun(world, debtors, portfolio, planned)


def _world(accounts: int, seed: int, as_of: dt.date) -> World:
    known = words.load()
    adults = int(accounts / (1 + shares.EXTRA_ACCOUNTS * 1.3) * shares.ADULTS_PER_DEBTOR) + 20
    people = populate(known, adults, np.datetime64(as_of, "D"), words.stream(seed, "population"))
    return World(known, people, endow(known, people, accounts, words.stream(seed, "points")))


def _write_portfolio(rows: pa.Table, folder: Path, parts: int) -> tuple[Path, ...]:
    """The rows in `parts` files of nearly equal size."""
    for earlier in folder.glob("part-*.parquet"):
        earlier.unlink()  # fewer parts than last time must not leave old accounts behind
    out = []
    for part in range(parts):
        start, end = rows.num_rows * part // parts, rows.num_rows * (part + 1) // parts
        file = folder / f"part-{part}.parquet"
        write(file, iter([rows.slice(start, end - start)]), rows.schema)
        out.append(file)
    return tuple(out)


def _write_source(world: World, name: str, plan: coverage.Plan, seed: int, borrowed: list[sources.Batch],
                  seen: truth.Sightings, file: Path) -> int:  # fmt: skip
    """Write one source, number its records in the order of the file, and note what it says of debtors. Returns its
    rows."""
    _, column, form = FILES[name]
    total = 0

    def numbered() -> Iterator[pa.Table]:
        nonlocal total
        for batch in sources.batches(world, name, plan, seed, borrowed):
            ids = words.texts([form.format(number) for number in range(total + 1, total + 1 + len(batch.person))])
            total += len(batch.person)
            seen.add(name, batch, ids, batch.day)
            yield batch.table.add_column(0, column, records.column(ids))

    tables = numbered()
    first = next(tables)
    write(file, _chained(first, tables), first.schema)
    return total


def _looked_at(world: World, planned: dict[str, coverage.Plan], seed: int, borrowed: list[sources.Batch],
               seen: truth.Sightings) -> list[histories.Shown]:  # fmt: skip
    """What all sources show of debtors' points, the contact file included, which is not written yet."""
    ahead = truth.Sightings(seen.debtor, shown=list(seen.shown))
    for batch in sources.batches(world, coverage.CONTACT, planned[coverage.CONTACT], seed, list(borrowed)):
        ahead.add(coverage.CONTACT, batch, batch.email, batch.day)
    return ahead.shown


def _chained(first: pa.Table, others: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from others


def write(file: Path, tables: Iterator[pa.Table], schema: pa.Schema) -> None:
    """Tables into one Parquet or CSV file, by its ending."""
    with new_file(file) as out:
        if file.suffix == ".csv":
            with pcsv.CSVWriter(out, schema) as sheet:
                for table in tables:
                    sheet.write_table(table)
        else:
            with pq.ParquetWriter(out, schema, compression="zstd", compression_level=3) as writer:
                for table in tables:
                    writer.write_table(table)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone; an earlier one is replaced, a link never followed."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        yield out
