"""The reference with itself, in shards: who of its records share a key, and which of these pairs are joined.

A shard of keys tells pairs within its layer by itself; records of another delivery are looked up in it. The records of the lower rows
travel to the shard of the higher ones, each only where it has a pair, and joined pairs come back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from jobs.probe import asked
from jobs.reduce import Shard, of_parts
from jobs.routes import Meter, Ref, Routes, routed
from jobs.setup import read_plan
from jobs.shards import cuts_of, open_records, shard_folder, size_of_shard
from skiptrace.linkage import key_shards, model, reduced, rules
from skiptrace.linkage.candidates import Blocking
from skiptrace.linkage.packed import pack
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.records import People
from skiptrace.linkage.resolve import bits_of
from skiptrace.linkage.within import pairs_of_tables
from skiptrace.store.columns import write_columns
from skiptrace.store.commit import read_json
from skiptrace.store.places import place_of, scratch_in

_UP = np.uint64(32)


def ask(work: str, target: int, cuts: list[dict[str, Any]], every: int, later: bool = False) -> dict[str, Any]:
    """What records of a shard look up: those whose row in the index `every` divides. `later`: all in later layers only, and as the shard
    holds them, so that they are not written again."""
    setup, known = read_plan(work), cuts_of(cuts)
    number, _ = known.places()[target]
    shard, start, size = open_records(setup, known, target)
    first = start + shard.first
    rows = np.arange(-first % every, len(shard), every)
    people = People(np.asarray(shard.layer.people.records[rows]), shard.layer.people.terms)
    stem = f"{'later' if later else 'among'}-{target:05d}"
    told = asked(setup, known, people, range(number + 1 if later else 0, len(known.each)), stem, among=True)
    if not later:
        table = pack(people).append_column("row", pa.array(rows + first))
        told["people"] = write_columns(table, setup.work / "shards", f"people-{stem}").plain()
    return {**told, "opened": told["opened"] + size}


def look_up(work: str, layer: int, shard: int, cuts: list[dict[str, Any]], probes: list[Ref]) -> dict[str, Any]:
    """The pairs that a shard of keys tells, by the shard of records that the lower row is in: that row there, and the other row in the
    index. probes: of each shard of records."""
    setup, known, meter, linkage = read_plan(work), cuts_of(cuts), Meter(), rules.load()
    cut, start, first = known.each[layer], np.uint64(known.starts[layer]), int(known.firsts[layer])
    folder = shard_folder(setup, cut, f"keys-{shard:05d}")
    opened = key_shards.open_keys_of(folder, cut.bits)
    found: list[list[np.ndarray]] = [[] for _ in probes]
    for number, ref in enumerate(probes):
        if ref is not None:
            table = meter.read(ref)
            some = key_shards.Probes(*(table[name].to_numpy() for name in ("key", "person", "number")))
            found[number].append(key_shards.pairs_of(some, opened, Blocking(linkage)) + start)
    with scratch_in(setup.work) as scratch:
        for left, right in pairs_of_tables((opened.keys, opened.refined), cut.people, scratch):
            cuts_ = np.searchsorted(left, np.arange(cut.ranges + 1) * cut.rows)
            for number in range(cut.ranges):
                mine = slice(cuts_[number], cuts_[number + 1])
                local = left[mine].astype(np.uint64) - np.uint64(number * cut.rows)
                found[first + number].append(local << _UP | (right[mine].astype(np.uint64) + start))
    routes = Routes(len(probes))
    values = [np.unique(np.concatenate([np.zeros(0, np.uint64), *parts])) for parts in found]
    routes.add(np.concatenate([np.zeros(0, np.uint64), *values]), np.repeat(np.arange(len(values)), [len(one) for one in values]))
    files = routes.write(setup.work / "shards", f"among-{layer}-{shard:05d}")
    return {"pairs": files, "opened": size_of_shard(folder), "moved": meter.moved}


def send(work: str, target: int, cuts: list[dict[str, Any]], pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """The records of a shard that have pairs in each shard, and these pairs: for `reduce.compare`'s kind of task there, as the people of
    partition `target`."""
    setup, known, meter = read_plan(work), cuts_of(cuts), Meter()
    shard, start, size = open_records(setup, known, target)
    (parts,) = routed(pairs, meter)
    left, right = reduced.distinct(parts)
    there, people, values = known.shard_of(right), list[Ref](), np.empty(len(left), np.uint64)
    layers = np.searchsorted(known.starts, right, side="right") - 1
    for number in range(len(known.places())):
        mine = np.flatnonzero(there == number)
        rows, place = np.unique(left[mine], return_inverse=True)
        values[mine] = place.astype(np.uint64) << _UP | (right[mine] - known.starts[layers[mine]]).astype(np.uint64)
        ref: Ref = None
        if len(rows):
            table = pack(shard.layer.people, rows).append_column("row", pa.array(rows + start + shard.first))
            ref = write_columns(table, setup.work / "shards", f"sent-{target:05d}-{number:05d}").plain()
        people.append(ref)
    routes, nothing = Routes(len(people)), np.zeros(0, np.int64)
    for number in range(len(people)):
        routes.add(values if number == target else nothing.astype(np.uint64), there if number == target else nothing)
    return {"people": people, "pairs": routes.write(setup.work / "shards", f"sent-{target:05d}"), "opened": size, "moved": meter.moved}


def join(
    work: str, target: int, cuts: list[dict[str, Any]], bands: list[list[dict[str, Any]]], pairs: list[dict[str, Any]], people: list[Ref],
    model_file: str,
) -> dict[str, Any]:  # fmt: skip
    """The pairs with a shard of records that are joined: rows of the index, and weight."""
    setup, meter, linkage = read_plan(work), Meter(), rules.load()
    shard, bar = Shard(setup, cuts_of(cuts), target, bands), bits_of(linkage.joined[0])
    _, weighing = model.records_from_plain(read_json(place_of(model_file)), linkage)
    columns: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for _, compared, table in of_parts(shard, pairs, people, meter):
        own = table["row"].to_numpy()
        for some in compared:
            weight = weights(weighing, some.pattern)
            joined = weight >= bar
            columns.append((own[some.left[joined]], some.right[joined] + shard.first, weight[joined]))
    found = dict(zip(("left", "right", "weight"), map(np.concatenate, zip(*columns, strict=True)), strict=True))
    ref = write_columns(pa.table(found), setup.work / "shards", f"joins-{target:05d}").plain()
    return {"joins": ref, "opened": shard.bytes, "moved": meter.moved}
