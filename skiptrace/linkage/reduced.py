"""What comes back from shards: pairs that were compared where the records are, and the few records that are still needed.

A pair travels as a number, the person's row in the high half and the record's in the low one. Where the records are, pairs are
compared and all but the best are let go; what is kept of an index then is an index of its own, with the rows that somebody needs in
the order they had, so that whatever is decided on it is decided as on the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.kernels import record_layout as at
from skiptrace.kernels.pattern_weights import worth_keeping
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.model import Model
from skiptrace.linkage.packed import SCHEMA, pack, unpack
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.persons import Entities
from skiptrace.linkage.records import People
from skiptrace.linkage.row_shards import NO_KEYS, RowShard
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.terms import NAMES, Growing, frozen, terms_of, whole

AT_A_TIME = 1 << 16
"""Pairs that are compared at a time: their patterns stay in the processor's cache."""
_LOW, _UP = np.uint64(0xFFFFFFFF), np.uint64(32)
_Rows = NDArray[np.int64]
_NOWHERE = Path()
_WORDS = {"first": at.FIRST, "last": at.LAST}
_BANDS = {name: f"{name}_band" for name in NAMES}
TAKEN = pa.schema([
    ("row", pa.int64()), *SCHEMA, ("identity", pa.int64()), ("record_id", pa.string()), *((_BANDS[name], pa.uint8()) for name in NAMES),
    ("entity", pa.int64()),
])  # fmt: skip
"""Records that were taken out of an index: their row in it, the record, and the lowest row of the record's person."""


@dataclass(frozen=True)
class Pairs:
    """Distinct pairs that were compared: row of the person, row of the shard, pattern; in the order of the two rows."""

    left: _Rows
    right: _Rows
    pattern: _Rows

    def some(self, keep: NDArray[np.bool_]) -> Pairs:
        """Those to be kept."""
        return Pairs(self.left[keep], self.right[keep], self.pattern[keep])


def distinct(parts: Sequence[NDArray[np.uint64]]) -> tuple[_Rows, _Rows]:
    """(person's row, record's row) of each pair once, ascending."""
    pairs = np.unique(np.concatenate([np.zeros(0, np.uint64), *parts]))
    return (pairs >> _UP).astype(np.int64), (pairs & _LOW).astype(np.int64)


def compared(left: _Rows, right: _Rows, people: People, index: Index, rules: LinkageRules) -> Iterator[Pairs]:
    """Pairs of people and rows of an index of one layer with their patterns, some at a time, in their order."""
    prober = Prober(people, index, rules)
    for start in range(0, len(left), AT_A_TIME):
        some = slice(start, start + AT_A_TIME)
        yield Pairs(left[some], right[some], prober.patterns(left[some], right[some]))


def by_person(pieces: Iterable[Pairs]) -> Iterator[Pairs]:
    """The same pairs in pieces that each hold all of a person's."""
    held = whole_pairs([])
    for piece in pieces:
        held = whole_pairs([held, piece])
        cut = int(np.searchsorted(held.left, held.left[-1])) if len(held.left) else 0
        if cut:
            yield Pairs(held.left[:cut], held.right[:cut], held.pattern[:cut])
            held = Pairs(held.left[cut:], held.right[cut:], held.pattern[cut:])
    if len(held.left):
        yield held


def likely(pairs: Pairs, model: Model, rules: LinkageRules) -> NDArray[np.bool_]:
    """Which pairs are likely to be one person."""
    found: NDArray[np.bool_] = weights(model, pairs.pattern) >= rules.person["likely"]
    return found


def best_of(pairs: Pairs, model: Model, rules: LinkageRules) -> tuple[Pairs, NDArray[np.bool_]]:
    """The pairs that may matter, all of a person's taken together, and which of them are likely to be one person."""
    weight, bar = weights(model, pairs.pattern), rules.person["likely"]
    keep = np.empty(len(weight), np.bool_)
    worth_keeping(pairs.left, pairs.right, weight, bar, keep)
    return pairs.some(keep), weight[keep] >= bar


def whole_pairs(parts: Sequence[Pairs]) -> Pairs:
    """Pairs one after another."""
    none = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    return Pairs(*(np.concatenate([getattr(one, name) for one in (none, *parts)]) for name in ("left", "right", "pattern")))


def take(shard: RowShard, index: Index, rows: _Rows, start: int, entity: _Rows) -> pa.Table:
    """Some rows of a shard as TAKEN. index: `shard.index`; start: the first row of its layer in the whole index; entity: the lowest row of
    the person of each of these rows."""
    layer, columns = shard.layer, {"row": pa.array(rows + start + shard.first)}
    packed = pack(layer.people, rows)
    columns |= {name: packed[name] for name in SCHEMA.names}
    columns |= {"identity": pa.array(layer.identity[rows]), "record_id": layer.record_id.take(pa.array(rows)), "entity": pa.array(entity)}
    for name, word in _WORDS.items():
        bands = np.append(np.uint8(0), index.bands[0][name])
        columns[_BANDS[name]] = pa.array(bands[layer.people.records[rows, word]])
    return pa.table([columns[name] for name in TAKEN.names], TAKEN)


@dataclass(frozen=True)
class Taken:
    """An index of some rows of a larger one. rows int64 [n]: which they were there, ascending. entities: whose records they are."""

    index: Index
    rows: _Rows
    entities: Entities

    def place(self, rows: _Rows) -> _Rows:
        """Where rows of the larger index are in this one. Raises IndexError for one that was not taken."""
        found = np.searchsorted(self.rows, rows)
        if len(rows) and (found.max() == len(self.rows) or (self.rows[found] != rows).any()):
            raise IndexError("a record that is needed was not brought")
        return found.astype(np.int64)


@dataclass(frozen=True)
class Kind:
    """What is known of a layer without opening it: its source, its first row in the index, whether its record ids are distinct."""

    source: str
    start: int
    unique_ids: bool


def taken_index(layers: Sequence[tuple[Kind, Sequence[pa.Table]]]) -> Taken:
    """The index of TAKEN tables, which are in the order of rows within their layer."""
    found, bands, rows, entity = [], [], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for kind, tables in layers:
        table = pa.concat_tables([TAKEN.empty_table(), *tables])
        growing = Growing()
        people = People(unpack((one.select(SCHEMA.names) for one in tables), growing), terms_of(growing, keyed=False))
        fields, own = people.terms.fields, {}
        for name, word in _WORDS.items():
            band = np.zeros(len(fields[name].texts) + 1, np.uint8)
            band[people.records[:, word]] = table[_BANDS[name]].to_numpy()
            own[name] = frozen(band[1:])
        exchanged = {name: fields[name].match(fields[other]) for name, other in zip(NAMES, reversed(NAMES), strict=True)}
        identity, ids = table["identity"].to_numpy(), whole(table["record_id"])
        found.append(Layer(_NOWHERE, kind.source, people, NO_KEYS, NO_KEYS, identity, ids, {}, exchanged, kind.unique_ids))
        bands.append(own)
        rows.append(table["row"].to_numpy())
        entity.append(table["entity"].to_numpy())
    return Taken(Index(tuple(found), tuple(bands)), np.concatenate(rows), _entities(np.concatenate(entity)))


def _entities(entity: _Rows) -> Entities:
    """Persons among some records, numbered in the order of the lowest row that each person has in the whole index. A person that was not
    brought whole has fewer records here."""
    distinct_, person = np.unique(entity, return_inverse=True)
    offsets = np.append(0, np.cumsum(np.bincount(person, minlength=len(distinct_)))).astype(np.int32)
    members = np.argsort(person, kind="stable").astype(np.int32)
    return Entities(person.astype(np.int32), np.ones(len(person), np.float32), members, offsets)
