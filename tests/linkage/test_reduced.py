"""An index in shards says what the whole one says: candidates, counts of blocking, patterns, links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage.index import Index, bands_of, names_of
from skiptrace.linkage.key_shards import KeyShard, cut, open_hot, open_keys_of, pairs_of, probes_of, write_hot, write_keys
from skiptrace.linkage.linking import Linked, link, link_pairs
from skiptrace.linkage.links import considered_table, links_table
from skiptrace.linkage.packed import pack, unpack
from skiptrace.linkage.persons import Entities, alone, entities_of
from skiptrace.linkage.records import People
from skiptrace.linkage.reduced import Kind, Pairs, best_of, compared, distinct, take, taken_index, whole_pairs
from skiptrace.linkage.row_shards import RowShard, open_shard, write_rows
from skiptrace.linkage.rules import LinkageRules, load
from skiptrace.linkage.terms import Growing, terms_of
from tests.linkage.people_tables import Person, encoded, make_layers, match_model, tables
from tests.linkage.test_candidates import crowd

HOT = replace(load(), cap=6, narrow_cap=3)
"""Rules by which a crowd has many hot values."""


def key_shards(index: Index, bits: int, folder: Path) -> list[list[KeyShard]]:
    found = []
    for number, layer in enumerate(index.layers):
        found.append(list[KeyShard]())
        for shard in range(1 << bits):
            place = folder / f"keys-{number}-{shard}"
            place.mkdir()
            write_keys(layer, bits, shard, place)
            found[-1].append(open_keys_of(place, bits))
    return found


def row_shards(index: Index, rows: int, folder: Path) -> list[list[RowShard]]:
    found = []
    for number, layer in enumerate(index.layers):
        found.append(list[RowShard]())
        for first in range(0, len(layer), rows):
            place = folder / f"rows-{number}-{first}"
            place.mkdir()
            write_rows(layer, first, min(first + rows, len(layer)), place)
            found[-1].append(open_shard(place, first, layer.source, layer.unique_ids))
    return found


def linked_in_shards(
    accounts: Sequence[Person], index: Index, entities: Entities, rules: LinkageRules, folder: Path, *, bits: int, rows: int,
    skip: np.ndarray | None = None,
) -> tuple[Linked, Index, dict[str, dict[str, int]]]:  # fmt: skip
    """Every step that a cluster takes, one after another: (links, the index of what was brought, blocking)."""
    folder.mkdir(parents=True)
    people = encoded(accounts)
    hot = []
    for number, layer in enumerate(index.layers):
        (folder / f"hot-{number}").mkdir()
        write_hot(layer, folder / f"hot-{number}")
        hot.append(open_hot(folder / f"hot-{number}"))
    probes, blocking = probes_of(people, hot, rules, skip)
    bands = bands_of([names_of(layer) for layer in index.layers], len(index), rules)
    growing = Growing()
    records = unpack([pack(people)], growing)
    abroad = People(records, terms_of(growing, keyed=False))
    keys, ranges, model = key_shards(index, bits, folder), row_shards(index, rows, folder), match_model()
    kept, total, wanted = [], 0, [np.zeros(0, np.int64)]
    for number in range(len(index.layers)):
        pairs = [pairs_of(some, shard, blocking) for some, shard in zip(cut(probes[number], bits), keys[number], strict=True)]
        base, (left, right) = int(index.starts[number]), distinct(pairs)
        for shard in ranges[number]:
            mine = (right >= shard.first) & (right < shard.first + len(shard))
            found = whole_pairs(list(compared(left[mine], right[mine] - shard.first, abroad, shard.index(bands[number]), rules)))
            total += len(found.left)
            best, likely = best_of(found, model.records, rules)
            row = best.right + shard.first + base
            kept.append(Pairs(best.left, row, best.pattern))
            members = entities.of(np.unique(entities.entity[row[likely]]).astype(np.int64))[1]
            wanted += [row, members]
    needed, layers = np.unique(np.concatenate(wanted)), []
    for number, layer in enumerate(index.layers):
        base, some = int(index.starts[number]), []
        for shard in ranges[number]:
            local = needed - base - shard.first
            local = local[(local >= 0) & (local < len(shard))]
            persons = entities.entity[local + base + shard.first].astype(np.int64)
            some.append(take(shard, shard.index(bands[number]), local, base, persons))
        layers.append((Kind(layer.source, base, layer.unique_ids), some))
    taken, every = taken_index(layers), whole_pairs(kept)
    order = np.lexsort((every.right, every.left))
    left, right, pattern = every.left[order], taken.place(every.right[order]), every.pattern[order]
    result = link_pairs(left, right, pattern, total, abroad, taken.index, model, taken.entities, rules, skip)
    return result, taken.index, blocking.plain()


def persons_of(size: int, seed: int) -> Entities:
    """Persons of one to three records, anywhere in an index."""
    draw = np.random.default_rng(seed)
    group = draw.integers(0, max(size // 2, 1), size)
    lowest = {number: int(np.flatnonzero(group == number)[0]) for number in set(group.tolist())}
    return entities_of(np.array([lowest[one] for one in group.tolist()], np.int64), np.ones(size))


@pytest.mark.parametrize(
    ("rules", "sizes", "bits", "rows", "seed", "skipping"),
    [
        (load(), (40,), 0, 1000, 1, False), (load(), (40, 25), 2, 9, 2, True), (HOT, (60, 1, 30), 3, 17, 3, False),
        (HOT, (45,), 5, 11, 4, False), (HOT, (60, 30), 2, 23, 5, True), (HOT, (30, 0), 1, 50, 6, False),
    ],
)  # fmt: skip
def test_shards_say_what_the_whole_index_says(
    rules: LinkageRules, sizes: tuple[int, ...], bits: int, rows: int, seed: int, skipping: bool, tmp_path: Path
) -> None:
    index = make_layers({f"s{number}": crowd(size, seed + number) for number, size in enumerate(sizes)}, tmp_path / "index", rules)
    accounts, entities = crowd(35, seed + 50), persons_of(len(index), seed)
    skip = np.random.default_rng(seed).random((35, len(sizes))) < 0.3 if skipping else None
    result, taken, blocking = linked_in_shards(accounts, index, entities, rules, tmp_path / "shards", bits=bits, rows=rows, skip=skip)
    whole = link(encoded(accounts), index, match_model(), entities, rules, skip)
    assert (result.pairs, blocking) == (whole.pairs, whole.blocking)
    ids = tables(accounts)[0]["record_id"]
    for make in (links_table, considered_table):
        assert make(result.judged, ids, taken, match_model(), rules).equals(make(whole.judged, ids, index, match_model(), rules))
    assert whole.pairs > 0
    if rules is HOT:
        assert sum(one["hot_values_dropped"] for one in blocking.values()) > 0
        assert sum(one["refined_pairs"] for one in blocking.values()) > 0


def test_an_index_without_people_brings_nothing(tmp_path: Path) -> None:
    index = make_layers({"a": []}, tmp_path / "index")
    result, _, _ = linked_in_shards(crowd(5, 1), index, alone(0), load(), tmp_path / "shards", bits=1, rows=5)
    assert (result.pairs, len(result.judged.left)) == (0, 0)


def test_a_record_that_was_not_brought_is_missed_loudly(tmp_path: Path) -> None:
    index = make_layers({"a": crowd(5, 1)}, tmp_path / "index")
    (shard,) = row_shards(index, 5, tmp_path)[0]
    taken = taken_index([(Kind("a", 0, True), [take(shard, index, np.array([1, 3]), 0, np.array([1, 3]))])])
    assert taken.place(np.array([3, 1])).tolist() == [1, 0]
    for row in (2, 4):
        with pytest.raises(IndexError, match="not brought"):
            taken.place(np.array([row]))
