"""Records of links, handed to the partitions of accounts that need them, so that each file of records is read once.

Files of records, some at a time, are bundles. A partition of accounts says which records of each bundle its links need (`ask`), a task
per bundle reads its files and writes what each partition needs of them, one after another (`hand`), and the partition reads its own.
Where there is one partition it reads the files itself: each is read once then, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.linked import likely
from jobs.runner import Receipt, Task
from jobs.setup import Setup, read_plan
from jobs.step_tasks import RunAll, parts_of
from skiptrace.contacts import evidence, rules
from skiptrace.grouping import begins, matches
from skiptrace.schema import IDENTITIES, SIGHTINGS, Column, Table
from skiptrace.store.commit import read_json
from skiptrace.store.tables import read_stretch, read_table, write_pieces

BUNDLE_ROWS = 1 << 20
"""Rows of the files of a bundle, at most, where it has several: bounds memory and the number of files, changes no result."""
KINDS: dict[str, Table] = {"identities": IDENTITIES, "sightings": SIGHTINGS}
"""What is handed: who the accepted records are of, and what all that have a say show."""
SOUGHT = Table(
    "sought", "Records that a partition's links need.",
    (
        Column("identity", pa.int64(), "Number of the record within its source."),
        Column("accepted", pa.bool_(), "Whether evidence comes through a link to it, and not only a further word."),
    ),
)  # fmt: skip
_Rows = NDArray[np.int64]


class Bundle(NamedTuple):
    """Files of one source: the numbers of its partitions that they are."""

    source: str
    parts: tuple[int, ...]


def bundles(setup: Setup) -> list[Bundle]:
    """The files of all record sources, in their order."""
    found = []
    for source in setup.record_sources:
        mine, rows = list[int](), 0
        for part in setup.partitions[source]:
            if mine and rows + part.rows > BUNDLE_ROWS:
                found.append(Bundle(source, tuple(mine)))
                mine, rows = [], 0
            mine.append(part.number)
            rows += part.rows
        found += [Bundle(source, tuple(mine))] if mine else []
    return found


def handed(setup: Setup, run_all: RunAll, links: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run the tasks that hand records out; what each partition of accounts is handed, as an argument of its task. links: the file of
    each partition's pairs."""
    if len(links) < 2:
        return [{} for _ in links]
    asks = parts_of(setup, run_all, "sought", "jobs.handing:ask", [{"links": one} for one in links])
    tasks = [
        Task(f"handed-{number:05d}-{setup.run_key[:8]}", "jobs.handing:hand", setup.receipt("handed", number),
             {"work": str(setup.work), "bundle": number, "sought": [one["sought"] for one in asks]},
             setup.partitions[bundle.source][bundle.parts[0]].file.name, f"step handed, source {bundle.source}")
        for number, bundle in enumerate(bundles(setup))
    ]  # fmt: skip
    found = run_all("handed", tasks)
    return [{"given": [of_partition(one, number) for one in found]} for number in range(len(links))]


def of_partition(receipt: Receipt, number: int) -> dict[str, Any]:
    """Of each table that a bundle handed out the file, and from which row to which partition `number` has it."""
    return {kind: stretch(receipt[kind], number) for kind in KINDS}


def stretch(written: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Part `number` of what `_written` wrote: the file and its first row, and the row after its last."""
    ends = written["ends"]
    return {"file": written["file"], "first": ends[number - 1] if number else 0, "last": ends[number]}


def ask(work: str, number: int, links: dict[str, Any]) -> dict[str, Any]:
    """SOUGHT of partition `number`, by bundle."""
    setup = read_plan(work)
    pairs = likely(links)
    pairs = pairs.filter(evidence.heard(pairs, rules.load().unsure_from))
    accepted = evidence.accepted(pairs).to_numpy()
    every = bundles(setup)
    identity, bundle = pairs["identity"].to_numpy(), np.zeros(len(pairs), np.int64)
    for source in setup.record_sources:
        mine = pc.equal(pairs["source"], source).to_numpy()
        first, owner = _owners(setup, every, source)
        bundle[mine] = owner[np.searchsorted(first, identity[mine], side="right") - 1]
    order = np.lexsort((identity, bundle))
    start = np.union1d(begins(bundle[order]), begins(identity[order]))  # of the links to each record of a bundle
    once = order[start]
    table = pa.table({"identity": identity[once], "accepted": _any(accepted[order], start)})
    cuts = np.searchsorted(bundle[once], np.arange(len(every) + 1))
    pieces = [{"sought": table.slice(cuts[at], cuts[at + 1] - cuts[at])} for at in range(len(every))]
    return _written(pieces, {"sought": SOUGHT}, setup, f"part-{number:05d}")


def _owners(setup: Setup, every: Sequence[Bundle], source: str) -> tuple[_Rows, _Rows]:
    """(first identities of a source's partitions, ascending; the bundle of each)."""
    mine = [(part, at) for at, bundle in enumerate(every) if bundle.source == source for part in bundle.parts]
    found = np.array(sorted((setup.partitions[source][part].first_row, at) for part, at in mine), np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _any(marks: NDArray[np.bool_], start: _Rows) -> NDArray[np.bool_]:
    """Whether any of each stretch of marks is set."""
    return np.logical_or.reduceat(marks, start) if len(start) else np.zeros(0, np.bool_)


def hand(work: str, bundle: int, sought: list[dict[str, Any]]) -> dict[str, Any]:
    """What each partition of accounts needs of a bundle, of each table of KINDS a file with its rows, partition by partition, as they
    stand in the files of records. sought: what `ask` wrote, by partition."""
    setup = read_plan(work)
    source, parts = bundles(setup)[bundle]
    asked = [_read(stretch(one, bundle), SOUGHT) for one in sought]
    identity = np.concatenate([one["identity"].to_numpy() for one in asked])
    accepted = np.concatenate([one["accepted"].to_numpy() for one in asked])
    asker = np.repeat(np.arange(len(asked)), [len(one) for one in asked])
    found: list[dict[str, list[pa.Table]]] = [{kind: [] for kind in KINDS} for _ in asked]
    for number in parts if len(identity) else ():
        receipt = read_json(setup.delivered(source, number))
        for kind in KINDS:
            use = accepted if kind == "identities" else np.ones(len(identity), np.bool_)
            for of, rows in _shared_out(read_table(receipt[kind]), identity[use], asker[use]):
                found[of][kind].append(rows)
    pieces = [
        {kind: pa.concat_tables([spec.empty(), *one[kind]]) for kind, spec in KINDS.items()} for one in found
    ]
    return _written(pieces, KINDS, setup, f"bundle-{bundle:05d}")


def _shared_out(table: pa.Table, identity: _Rows, asker: _Rows) -> Iterator[tuple[int, pa.Table]]:
    """(who asks, the rows it asks for, in their order) of everybody who asks for any."""
    at, row = matches(identity, table["identity"].to_numpy())
    order = np.lexsort((row, asker[at]))
    who, row = asker[at][order], row[order]
    ends = [*begins(who).tolist(), len(who)]  # of whom every row begins; without any row, the end alone
    for first, last in pairwise(ends):
        yield int(who[first]), table.take(pa.array(row[first:last]))


def _written(pieces: Sequence[Mapping[str, pa.Table]], specs: Mapping[str, Table], setup: Setup, stem: str) -> dict[str, Any]:
    """A file per table, with the row after the last one of each piece."""
    outputs = [(spec, setup.work / name, stem) for name, spec in specs.items()]
    filled = ([piece[name] for name in specs] for piece in pieces if any(len(table) for table in piece.values()))
    refs = write_pieces(filled, outputs)
    ends = {name: np.cumsum([len(piece[name]) for piece in pieces]).tolist() for name in specs}
    return {name: {"file": ref.plain(), "ends": ends[name]} for name, ref in zip(specs, refs, strict=True)}


def _read(some: Mapping[str, Any], spec: Table) -> pa.Table:
    if some["first"] == some["last"]:
        return spec.empty()
    return read_stretch(some["file"], some["first"], some["last"], list(spec.names))


def records(setup: Setup, links: pa.Table, kind: str, given: Sequence[Mapping[str, Any]] | None) -> pa.Table:
    """Rows of a table of KINDS of the records of `links`, by source and row: what was handed (`given`, which is of the same links), or
    else what the files hold."""
    if given is None:
        return linked_records(setup, links, kind)
    return pa.concat_tables([KINDS[kind].empty(), *(_read(one[kind], KINDS[kind]) for one in given)])


def linked_records(setup: Setup, links: pa.Table, kind: str) -> pa.Table:
    """Rows of a table of KINDS of the records of `links`, by source and row, from the files of records: of those that hold any."""
    found = [KINDS[kind].empty()]
    for source in setup.record_sources:
        wanted = links.filter(pc.equal(links["source"], source))["identity"].unique()
        numbers = np.sort(wanted.to_numpy())
        for part in setup.partitions[source]:
            inside = np.searchsorted(numbers, (part.first_row, part.first_row + part.rows))
            if inside[0] < inside[1]:
                rows = read_table(read_json(setup.delivered(source, part.number))[kind])
                found.append(rows.filter(pc.is_in(rows["identity"], wanted)))
    return pa.concat_tables(found)
