"""The first half of linking with an index in shards: people say what they look for, and each shard of keys answers with pairs.

`ask` encodes the accounts of a partition and writes, for each shard of keys, what they look up there; hot values ask for their
refinements at once. `look_up` opens one shard and writes pairs of accounts and rows, for each shard of records those that lie there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from jobs.learn import sample_of
from jobs.link import CHUNK, skipped
from jobs.routes import Meter, Ref, Routes
from jobs.setup import Setup, read_plan
from jobs.shards import Cuts, cuts_of, shard_folder, size_of_shard
from jobs.tape import compared
from skiptrace.linkage import key_shards, rules
from skiptrace.linkage.candidates import Blocking
from skiptrace.linkage.packed import pack
from skiptrace.linkage.records import People, encode
from skiptrace.linkage.terms import Growing, terms_of
from skiptrace.store.columns import write_columns

_UP, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def ask(work: str, number: int, cuts: list[dict[str, Any]], sample: bool = False) -> dict[str, Any]:
    """The accounts of partition `number` (`sample`: those that the model is learned from), encoded, and what they look up: per layer a
    file for each shard of its keys."""
    setup, known = read_plan(work), cuts_of(cuts)
    identities, sightings, tape = sample_of(setup, number) if sample else compared(setup, number)
    skip, growing = skipped(setup, tape, identities), Growing()
    parts = [encode(identities.slice(start, CHUNK), sightings, growing) for start in range(0, max(len(identities), 1), CHUNK)]
    people = People(np.concatenate(parts), terms_of(growing))
    more = {"account_id": identities["record_id"].combine_chunks()}
    if skip is not None:
        more["skip"] = pa.array(list(skip), pa.list_(pa.bool_()))
    stem = f"{'learn' if sample else 'link'}-{number:05d}"
    told = asked(setup, known, people, range(len(known.each)), stem, skip)
    return {**told, "people": _written(setup, people, more, stem)}


def _written(setup: Setup, people: People, more: dict[str, pa.Array], stem: str) -> dict[str, Any]:
    table = pack(people)
    for name, column in more.items():
        table = table.append_column(name, column)
    return write_columns(table, setup.work / "shards", f"people-{stem}").plain()


def asked(
    setup: Setup, cuts: Cuts, people: People, layers: range, stem: str, skip: np.ndarray | None = None, among: bool = False
) -> dict[str, Any]:
    """What people look up in some layers: per layer a file for each shard of its keys, and what was dropped because it is hot."""
    hot, opened = [], 0
    for number, cut in enumerate(cuts.each):
        folder = shard_folder(setup, cut, "hot") if number in layers else None
        hot.append(None if folder is None else key_shards.open_hot(folder))
        opened += 0 if folder is None else size_of_shard(folder)
    found, blocking = key_shards.probes_of(people, hot, rules.load(), skip, among)
    refs: list[list[Ref]] = []
    for number, (cut, probes) in enumerate(zip(cuts.each, found, strict=True)):
        refs.append([])
        for shard, some in enumerate(key_shards.cut(probes, cut.bits)):
            table = pa.table({"key": some.keys, "person": some.people, "number": some.numbers})
            name = f"probes-{stem}-{number}-{shard:05d}"
            refs[-1].append(write_columns(table, setup.work / "shards", name).plain() if len(some) else None)
    return {"probes": refs, "blocking": blocking.plain(), "opened": opened, "moved": 0}


def look_up(work: str, layer: int, shard: int, cuts: list[dict[str, Any]], probes: list[Ref], stem: str) -> dict[str, Any]:
    """What the probes of each partition find in a shard of a layer's keys: pairs, for each shard of the layer's records, each pair once,
    and per partition what each key brought."""
    setup, cut, meter, linkage = read_plan(work), cuts_of(cuts).each[layer], Meter(), rules.load()
    folder = shard_folder(setup, cut, f"keys-{shard:05d}")
    opened, routes, blocking = key_shards.open_keys_of(folder, cut.bits), Routes(cut.ranges), []
    for ref in probes:
        told, some = Blocking(linkage), key_shards.joined([])
        if ref is not None:
            table = meter.read(ref)
            some = key_shards.Probes(*(table[name].to_numpy() for name in ("key", "person", "number")))
        pairs = np.unique(key_shards.pairs_of(some, opened, told))
        routes.add(pairs, (pairs & _LOW).astype(np.int64) // cut.rows)
        blocking.append(told.plain())
    files = routes.write(setup.work / "shards", f"pairs-{stem}-{layer}-{shard:05d}")
    return {"pairs": files, "blocking": blocking, "opened": size_of_shard(folder), "moved": meter.moved}
