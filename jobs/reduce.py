"""The second half of linking with an index in shards: pairs are compared where the records are, and only what may matter comes back.

`compare` opens one shard of records; of each partition it gets the accounts and the pairs that lie there. `take` brings the few
records that are still needed, those of likely persons in other shards among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.learn import written
from jobs.routes import Meter, Ref, Routes, routed
from jobs.setup import Setup, read_plan
from jobs.shards import Cuts, cuts_of, open_records, read_bands
from skiptrace.linkage import model, patterns, reduced, rules
from skiptrace.linkage.packed import SCHEMA, unpack
from skiptrace.linkage.records import People
from skiptrace.linkage.reduced import Pairs
from skiptrace.linkage.terms import Growing, terms_of
from skiptrace.store.columns import write_columns
from skiptrace.store.commit import read_json
from skiptrace.store.places import place_of


class Shard:
    """A shard of records that is open: `first` is its first row in the whole index."""

    def __init__(self, setup: Setup, cuts: Cuts, target: int, bands: list[list[dict[str, Any]]]) -> None:
        self.rows, self.start, self.bytes = open_records(setup, cuts, target)
        self.first = self.start + self.rows.first
        self.index = self.rows.index(read_bands(bands[cuts.places()[target][0]]))


def people_of(ref: Mapping[str, Any], meter: Meter) -> tuple[People, pa.Table]:
    """People that `ask` wrote, and the whole of what it wrote of them."""
    table, growing = meter.read(ref), Growing()
    return People(unpack([table.select(SCHEMA.names)], growing), terms_of(growing, keyed=False)), table


def of_parts(
    shard: Shard, pairs: list[dict[str, Any]], people: Sequence[Ref], meter: Meter
) -> Iterator[tuple[int, Iterator[Pairs], pa.Table]]:  # fmt: skip
    """(partition, its pairs with this shard, compared, what is known of its people) of each partition that has any."""
    for number, parts in enumerate(routed(pairs, meter)):
        ref = people[number]
        if parts and ref is not None:
            left, right = reduced.distinct(parts)
            some, table = people_of(ref, meter)
            right = right - shard.rows.first
            yield number, reduced.compared(left, right, some, shard.index, rules.load()), table


def compare(
    work: str, target: int, cuts: list[dict[str, Any]], bands: list[list[dict[str, Any]]], pairs: list[dict[str, Any]],
    people: list[dict[str, Any]], model_file: str, entities: dict[str, Any], every: bool, stem: str,
) -> dict[str, Any]:  # fmt: skip
    """The pairs of each partition with a shard of records: how many, a file of those that may matter (`every`: of all), and the rows of
    the index that are needed to decide about them."""
    setup, known, meter, linkage = read_plan(work), cuts_of(cuts), Meter(), rules.load()
    shard, routes = Shard(setup, known, target, bands), Routes(len(known.places()))
    weighing, _ = model.records_from_plain(read_json(place_of(model_file)), linkage)
    persons = meter.read(entities)
    kept: list[Ref] = [None for _ in people]
    count, wanted = [0 for _ in people], [np.zeros(0, np.int64) for _ in people]
    for number, compared, _ in of_parts(shard, pairs, people, meter):
        best, likely = [], []
        for some in reduced.by_person(compared):
            count[number] += len(some.left)
            chosen, sure = (some, reduced.likely(some, weighing, linkage)) if every else reduced.best_of(some, weighing, linkage)
            best.append(chosen)
            likely.append(sure)
        found, sure = reduced.whole_pairs(best), np.concatenate([np.zeros(0, np.bool_), *likely])
        row = found.right + shard.first
        members = persons["members"].take(pa.array(np.unique(found.right[sure]))).combine_chunks().flatten()
        wanted[number] = np.unique(np.concatenate([row, members.to_numpy().astype(np.int64)]))
        table = pa.table({"left": found.left.astype(np.int32), "right": row, "pattern": found.pattern, "likely": sure})
        kept[number] = write_columns(table, setup.work / "shards", f"kept-{stem}-{target:05d}-{number:05d}").plain()
    for rows in wanted:
        routes.add(rows, known.shard_of(rows))
    files = routes.write(setup.work / "shards", f"wanted-{stem}-{target:05d}")
    return {"kept": kept, "pairs": count, "wanted": files, "opened": shard.bytes, "moved": meter.moved}


def count(
    work: str, target: int, cuts: list[dict[str, Any]], bands: list[list[dict[str, Any]]], pairs: list[dict[str, Any]],
    people: list[dict[str, Any]], stem: str,
) -> dict[str, Any]:  # fmt: skip
    """Pattern counts of the pairs of all partitions with a shard of records. People who are records themselves are not paired with
    themselves."""
    setup, meter, tally = read_plan(work), Meter(), patterns.Tally()
    shard = Shard(setup, cuts_of(cuts), target, bands)
    for _, compared, table in of_parts(shard, pairs, people, meter):
        own = table["row"].to_numpy() - shard.first if "row" in table.column_names else None
        for some in compared:
            tally.add(some.pattern if own is None else some.pattern[own[some.left] != some.right])
    return {**written(tally, setup, f"{stem}-{target:05d}"), "opened": shard.bytes, "moved": meter.moved}


def take(
    work: str, target: int, cuts: list[dict[str, Any]], bands: list[list[dict[str, Any]]], entities: Ref,
    wanted: list[dict[str, Any]], stem: str,
) -> dict[str, Any]:  # fmt: skip
    """The records of a shard that each partition needs, with the person each is of, as far as `entities` tells: a file per partition."""
    setup, meter = read_plan(work), Meter()
    shard, taken = Shard(setup, cuts_of(cuts), target, bands), list[Ref]()
    persons = None if entities is None else meter.read(entities)["entity"].to_numpy()
    for number, parts in enumerate(routed(wanted, meter)):
        rows = np.unique(np.concatenate([np.zeros(0, np.int64), *parts])) - shard.first
        of = rows + shard.first if persons is None else persons[rows].astype(np.int64)
        table = reduced.take(shard.rows, shard.index, rows, shard.start, of) if len(rows) else None
        name = f"taken-{stem}-{target:05d}-{number:05d}"
        taken.append(None if table is None else write_columns(table, setup.work / "shards", name).plain())
    return {"taken": taken, "opened": shard.bytes, "moved": meter.moved}


def brought(cuts: Cuts, taken: list[Ref], meter: Meter) -> reduced.Taken:
    """The index of what a partition was brought; `taken`: by shard of records, over all layers."""
    layers = []
    for number, cut in enumerate(cuts.each):
        refs = taken[int(cuts.firsts[number]) : int(cuts.firsts[number + 1])]
        kind = reduced.Kind(cut.source, int(cuts.starts[number]), cut.unique_ids)
        layers.append((kind, [meter.read(ref) for ref in refs if ref is not None]))
    return reduced.taken_index(layers)


def kept_pairs(kept: list[Ref], meter: Meter) -> tuple[Pairs, np.ndarray]:
    """(the pairs that came back from all shards, `right` being rows of the whole index; which are likely), in the order of the rows."""
    tables = [meter.read(ref) for ref in kept if ref is not None]
    parts = [Pairs(*(table[name].to_numpy().astype(np.int64) for name in ("left", "right", "pattern"))) for table in tables]
    found = reduced.whole_pairs(parts)
    likely = np.concatenate([np.zeros(0, np.bool_), *(table["likely"].to_numpy(zero_copy_only=False) for table in tables)])
    order = np.lexsort((found.right, found.left))
    return Pairs(found.left[order], found.right[order], found.pattern[order]), likely[order]
