"""The link step: find the persons of the reference, link each partition of accounts, find accounts of one person.

The model comes from `jobs.learn`, in a project's first run only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import register
from jobs.index import open_index
from jobs.models import content_key
from jobs.screen import held_before
from jobs.setup import Setup, read_plan
from jobs.tape import compared
from skiptrace.linkage import expected, index, linking, model, naming, persons, records, resolve, rules
from skiptrace.linkage.consumers import same_consumers
from skiptrace.linkage.links import considered_table, links_table
from skiptrace.schema import links
from skiptrace.schema.working import CONSIDERED, CONSUMERS
from skiptrace.store.commit import read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import place_of, scratch_in
from skiptrace.store.tables import write_pieces, write_table

CHUNK = 32_768
"""Accounts linked at a time: bounds memory, changes no result."""


def skipped(setup: Setup, tape: pa.Table, identities: pa.Table) -> np.ndarray | None:
    """Who is not compared with which layer of the index, bool [accounts, layers]: a source that costs money is not consulted for an
    account that the contact rules hold anyway, by what is known before any source is read. None where no source costs any."""
    cost = {source.name: source.cost_per_record for source in setup.project.source}
    paid = np.array([cost[layer.source] > 0 for layer in setup.layers], bool)
    return _held(setup, tape, identities)[:, None] & paid[None, :] if paid.any() else None


def _held(setup: Setup, tape: pa.Table, identities: pa.Table) -> np.ndarray:
    """Accounts, in the order of `identities`, that a contact rule holds."""
    mine = tape.filter(pc.is_in(tape["account_id"], identities["record_id"].combine_chunks()))
    held = held_before(setup, mine)
    ids = held.filter(pc.greater(pc.list_value_length(held["holds"]), 0))["account_id"].combine_chunks()
    found: np.ndarray = pc.is_in(identities["record_id"], ids).to_numpy(zero_copy_only=False)
    return found


def resolve_reference(work: str, model_file: str) -> dict[str, Any]:
    """The persons of the whole index under a model, or its first half."""
    setup = read_plan(work)
    linkage = rules.load()
    _, among = model.records_from_plain(read_json(place_of(model_file)), linkage)
    with scratch_in(setup.work) as scratch:
        found = resolve.resolve(open_index(setup, linkage), among, linkage, scratch)
    sizes = np.diff(found.offsets)
    files = persons.save(found, private_folder(setup.entities(content_key(place_of(model_file)))))
    return {"entities": files, "persons": int(np.count_nonzero(sizes)), "largest": int(sizes.max(initial=0))}


def link_partition(work: str, number: int, model_file: str, entities: dict[str, Any]) -> dict[str, Any]:
    """LINKS of partition `number`, a file whose likely pairs are CONSIDERED (see `jobs.linked.likely`), how many pairs were compared
    and not written, what each blocking key brought, and what the accounts bring."""
    setup = read_plan(work)
    linkage = rules.load()
    opened, known = open_index(setup, linkage), persons.load(entities)
    identities, sightings, tape = compared(setup, number)
    fitted = model.from_plain(read_json(place_of(model_file)), linkage)
    skip = skipped(setup, tape, identities)

    def chunks() -> Iterator[Chunk]:
        for start in range(0, len(identities), CHUNK):
            rows = identities.slice(start, CHUNK)
            people = records.encode_people(rows, sightings, opened.terms)
            some = None if skip is None else skip[start : start + CHUNK]
            yield Chunk(people, rows["record_id"], linking.link(people, opened, fitted, known, linkage, some))

    return written(setup, number, chunks(), opened, fitted, linkage)


class Chunk(NamedTuple):
    """Some accounts that were linked, with their ids."""

    people: records.People
    ids: pa.ChunkedArray
    linked: linking.Linked


def written(
    setup: Setup, number: int, chunks: Iterable[Chunk], opened: index.Index, fitted: model.MatchModel, linkage: rules.LinkageRules
) -> dict[str, Any]:  # fmt: skip
    """The files and counts of a partition that was linked with an index."""
    every = not opened.unique_ids
    blocking: dict[str, dict[str, int]] = {}
    pairs, added, brought = 0, 0, expected.add([])

    def pieces() -> Iterator[list[pa.Table]]:
        nonlocal pairs, added, brought
        for people, ids, linked in chunks:
            pairs, added = pairs + linked.pairs, added + linked.added
            brought = expected.add([brought, expected.counts(people.records, linked.judged, linkage)])
            for key, values in linked.blocking.items():
                blocking[key] = {name: blocking.get(key, {}).get(name, 0) + value for name, value in values.items()}
            told = (linked.judged, ids, opened, fitted, linkage)
            yield [links_table(*told), *([considered_table(*told)] if every else [])]

    outputs = [(links(linkage.names), "links"), *([(CONSIDERED, "considered")] if every else [])]
    # chunk by chunk: the widest table but the screened ones is never held whole
    refs = write_pieces(pieces(), [(spec, setup.work / name, f"part-{number:05d}") for spec, name in outputs])
    return {
        "links": refs[0].plain(), "considered": refs[-1].plain(), "pairs": pairs, "unwritten": pairs - refs[0].rows, "blocking": blocking,
        "added": added, "brought": brought,
    }  # fmt: skip


def consumers(work: str, model_file: str) -> dict[str, Any]:
    """CONSUMERS of the whole portfolio: accounts of one person, found by the same engine within the portfolio and named as before;
    and what that adds to the project's register."""
    setup = read_plan(work)
    linkage = rules.load()
    fitted = model.from_plain(read_json(place_of(model_file)), linkage)
    parts = (compared(setup, number)[:2] for number in range(len(setup.partitions["portfolio"])))
    with scratch_in(setup.work) as scratch:
        groups = same_consumers(parts, fitted, linkage, scratch / "index")
    before = register.names_before(setup)
    found = naming.names(*groups, before)
    ref = write_table(found.table, CONSUMERS, setup.work / "consumers", "consumers").plain()
    return {"consumers": ref, **register.written(setup, found, before)}
