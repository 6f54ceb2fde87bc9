"""Learning the match model, in a project's first run or on `skiptrace model train-match`: patterns are counted by tasks, the
driver adds the counts and fits.

Three kinds of task: `records_partition` counts the patterns of a partition's accounts with records, `reference` those of
records with each other, and, once the persons are known, `persons_partition` those of accounts with persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.index import open_index
from jobs.link import CHUNK, skipped
from jobs.setup import Setup, read_plan
from jobs.tape import compared
from skiptrace.linkage import linking, model, patterns, persons, records, rules, terms
from skiptrace.schema import Column, Table
from skiptrace.store.commit import read_json
from skiptrace.store.places import place_of
from skiptrace.store.tables import read_table, write_table

LEARN_FROM = 25_000
"""Accounts, and records of the reference, whose pairs the model is learned from, at most: more would not move it."""

PATTERNS = Table(
    "patterns", "Counts of comparison patterns.",
    (Column("pattern", pa.int64(), "Levels of a pair as one integer."), Column("count", pa.int64(), "Pairs.")),
)  # fmt: skip


def sample_of(setup: Setup, number: int) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The borrowers of a partition as `compared` gives them, or a fixed sample of them."""
    identities, sightings, tape = compared(setup, number)
    every = max(-(-sum(part.rows for part in setup.partitions["portfolio"]) // LEARN_FROM), 1)
    chosen = terms.hashes_of(terms.whole(identities["record_id"])) % np.uint64(every) == 0
    return identities.filter(pa.array(chosen)), sightings, tape


def _chunks(setup: Setup, number: int) -> Iterator[tuple[pa.Table, pa.Table, np.ndarray | None]]:
    """(some identities of the sample, sightings, who of them is not compared with which source)."""
    identities, sightings, tape = sample_of(setup, number)
    skip = skipped(setup, tape, identities)
    for start in range(0, len(identities), CHUNK):
        yield identities.slice(start, CHUNK), sightings, None if skip is None else skip[start : start + CHUNK]


def written(tally: patterns.Tally, setup: Setup, stem: str) -> dict[str, Any]:
    """The file of the patterns that were counted."""
    codes, counts = tally.found()
    return {"patterns": write_table(pa.table({"pattern": codes, "count": counts}), PATTERNS, setup.work / "patterns", stem).plain()}


def records_partition(work: str, number: int) -> dict[str, Any]:
    """Pattern counts of the candidate pairs of partition `number`."""
    setup, linkage, tally = read_plan(work), rules.load(), patterns.Tally()
    opened = open_index(setup, linkage)
    for rows, sightings, skip in _chunks(setup, number):
        linking.count_records(records.encode_people(rows, sightings, opened.terms), opened, linkage, tally, skip)
    return written(tally, setup, f"records-{number:05d}")


def reference(work: str) -> dict[str, Any]:
    """Pattern counts of records of the reference with each other."""
    setup, linkage, tally = read_plan(work), rules.load(), patterns.Tally()
    linking.count_reference(open_index(setup, linkage), linkage, tally, LEARN_FROM)
    return written(tally, setup, "reference")


def persons_partition(work: str, number: int, model_file: str, entities: dict[str, Any]) -> dict[str, Any]:
    """Pattern counts of the accounts of partition `number` with persons."""
    setup, linkage, tally = read_plan(work), rules.load(), patterns.Tally()
    opened, known = open_index(setup, linkage), persons.load(entities)
    fitted, _ = model.records_from_plain(read_json(place_of(model_file)), linkage)
    for rows, sightings, skip in _chunks(setup, number):
        people = records.encode_people(rows, sightings, opened.terms)
        linking.count_persons(people, opened, fitted, known, linkage, tally, skip)
    return written(tally, setup, f"persons-{number:05d}")


def counted(receipts: list[dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """The pattern counts of several tasks as one: (comparison vectors int8 [p, f], counts int64 [p])."""
    tally = patterns.Tally()
    for receipt in receipts:
        table = read_table(receipt["patterns"])
        tally.add_counts(table["pattern"].to_numpy(), table["count"].to_numpy())
    codes, counts = tally.found()
    return patterns.unpack(codes, len(rules.load().names)), counts
