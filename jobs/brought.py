"""Accounts decided on by what shards sent back: links, and counts of patterns with whole persons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jobs.learn import written as patterns_written
from jobs.link import CHUNK, Chunk, written
from jobs.reduce import brought, kept_pairs, people_of
from jobs.routes import Meter, Ref
from jobs.setup import read_plan
from jobs.shards import cuts_of
from skiptrace.linkage import linking, model, patterns, rules
from skiptrace.linkage.candidates import Blocking, Prober
from skiptrace.linkage.pooling import with_persons
from skiptrace.linkage.records import People
from skiptrace.store.commit import read_json
from skiptrace.store.keyring import of_portfolio
from skiptrace.store.places import place_of


def link(
    work: str, number: int, cuts: list[dict[str, Any]], people: dict[str, Any], kept: list[Ref], taken: list[Ref], model_file: str,
    pairs: int, blocking: dict[str, dict[str, int]],
) -> dict[str, Any]:  # fmt: skip
    """As `jobs.link.link_partition`, of pairs that shards compared. kept, taken: by shard of records; pairs, blocking: what all shards
    counted of this partition."""
    setup, meter, linkage = read_plan(work), Meter(), rules.load()
    fitted = model.from_plain(read_json(place_of(model_file)), linkage)
    some, table = people_of(people, meter)
    index, (found, _) = brought(cuts_of(cuts), taken, meter), kept_pairs(kept, meter)
    right, skip = index.place(found.right), _skip(table)

    def chunks() -> Iterator[Chunk]:
        nothing = Blocking(linkage).plain()
        for start in range(0, len(some), CHUNK):
            mine = slice(*np.searchsorted(found.left, (start, start + CHUNK)).tolist())
            these = People(some.records[start : start + CHUNK], some.terms)
            linked = linking.link_pairs(
                found.left[mine] - start, right[mine], found.pattern[mine], mine.stop - mine.start, these, index.index, fitted,
                index.entities, linkage, None if skip is None else skip[start : start + CHUNK],
            )  # fmt: skip
            yield Chunk(these, table["account_id"].slice(start, CHUNK), linking.Linked(linked.judged, linked.pairs, nothing, linked.added))

    with of_portfolio(setup.key_label(number)):
        receipt = written(setup, number, chunks(), index.index, fitted, linkage)
    unseen = pairs - len(found.left)  # compared by a shard, and of no use
    counted = {"pairs": receipt["pairs"] + unseen, "unwritten": receipt["unwritten"] + unseen, "blocking": blocking}
    return {**receipt, **counted, "opened": 0, "moved": meter.moved}


def _skip(table: Any) -> np.ndarray | None:
    if "skip" not in table.column_names:
        return None
    lists = table["skip"].combine_chunks()
    return np.asarray(lists.flatten().to_numpy(zero_copy_only=False).reshape(len(lists), -1), np.bool_)


def count_persons(
    work: str, number: int, cuts: list[dict[str, Any]], people: dict[str, Any], kept: list[Ref], taken: list[Ref]
) -> dict[str, Any]:  # fmt: skip
    """As `jobs.learn.persons_partition`, of pairs that shards compared; none may have been let go."""
    setup, meter, linkage, tally = read_plan(work), Meter(), rules.load(), patterns.Tally()
    some, table = people_of(people, meter)
    index, (found, likely) = brought(cuts_of(cuts), taken, meter), kept_pairs(kept, meter)
    prober = Prober(some, index.index, linkage)
    pooled = with_persons(
        found.left, index.place(found.right), found.pattern, likely, prober, index.entities, _skip(table), len(linkage.names)
    )
    tally.add(pooled.together)
    return {**patterns_written(tally, setup, f"persons-{number:05d}"), "opened": 0, "moved": meter.moved}
