"""From joined pairs of records to the persons of a reference in shards: groups in batches, each decided on its own.

One task sees all joins, 16 bytes each, and cuts them into batches of whole groups; a batch gets the records of those groups that may
hold two people, and decides as `skiptrace.linkage.resolve` does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.reduce import brought
from jobs.routes import Meter, Ref, Routes
from jobs.setup import read_plan
from jobs.shards import cuts_of
from skiptrace.grouping import begins
from skiptrace.linkage import model, reduced, resolve, rules
from skiptrace.linkage.joins import Block, Joins
from skiptrace.store.columns import write_columns
from skiptrace.store.commit import read_json
from skiptrace.store.places import place_of

BATCH = 1 << 20
"""Records whose groups are decided in one task, at least as long as there are so many: bounds memory, changes no result."""
_NONE = Block(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))


def batch(work: str, cuts: list[dict[str, Any]], joins: list[dict[str, Any]]) -> dict[str, Any]:
    """The joins of all shards in batches of whole groups: a file of joins each, and the records that its groups need."""
    setup, known, meter, linkage = read_plan(work), cuts_of(cuts), Meter(), rules.load()
    pairs = Joins()
    for ref in joins:
        pairs.add(*_columns(ref, meter))
    label, open_ = resolve.open_groups(int(known.starts[-1]), pairs, linkage)
    sizes = np.bincount(label, minlength=len(label))
    sizes[sizes == 1] = 0  # who is joined to nobody is in no batch
    number = ((np.cumsum(sizes) - sizes) // BATCH).astype(np.int32)  # by label: groups in the order of their lowest row
    needed = np.flatnonzero(open_[label])
    needed = needed[np.argsort(number[label[needed]], kind="stable")]
    cuts_of_needed = _cuts(number[label[needed]])
    left, right, weight = (np.concatenate(column) for column in zip(*(_NONE, *pairs.blocks()), strict=True))
    order = np.argsort(number[label[left]], kind="stable")
    routes, refs = Routes(len(known.places())), []
    for one, mine in _cuts(number[label[left]][order]).items():
        some = order[mine]
        table = pa.table({"left": left[some].astype(np.int64), "right": right[some].astype(np.int64), "weight": weight[some]})
        refs.append(write_columns(table, setup.work / "shards", f"batch-{one:05d}").plain())
        rows = needed[cuts_of_needed.get(one, slice(0))]
        routes.add(rows, known.shard_of(rows))
    files = routes.write(setup.work / "shards", "batches") if refs else [{"file": None, "ends": []} for _ in known.places()]
    return {"joins": refs, "wanted": files, "opened": 0, "moved": meter.moved}


def _columns(ref: dict[str, Any], meter: Meter) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """(left, right, weight) of a file of joins."""
    table = meter.read(ref)
    left, right, weight = (table[name].to_numpy() for name in ("left", "right", "weight"))
    return left, right, weight


def _cuts(numbers: NDArray[np.int32]) -> dict[int, slice]:
    """Where each number stands among ascending ones, of which there may be none."""
    if not len(numbers):
        return {}
    first = begins(numbers)
    ends = np.append(first[1:], len(numbers)).tolist()
    return {int(numbers[start]): slice(start, end) for start, end in zip(first.tolist(), ends, strict=True)}


class _Brought:
    """Weighs pairs of a batch's records, of which only some were brought. rows: of each record in the whole index."""

    def __init__(self, taken: reduced.Taken, rows: NDArray[np.int64], among: model.Model, linkage: rules.LinkageRules) -> None:
        self._taken, self._rows, self._self = taken, rows, resolve.SelfJoin(taken.index, among, linkage)

    def weigh(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        """The weight in bits of each pair."""
        return self._self.weigh(self._taken.place(self._rows[left]), self._taken.place(self._rows[right]))


def group(
    work: str, number: int, cuts: list[dict[str, Any]], joins: dict[str, Any], taken: list[Ref], model_file: str
) -> dict[str, Any]:  # fmt: skip
    """The persons of a batch with more than one record, by shard of records: row, lowest row of the person, the person's records."""
    setup, known, meter, linkage = read_plan(work), cuts_of(cuts), Meter(), rules.load()
    _, among = model.records_from_plain(read_json(place_of(model_file)), linkage)
    left, right, weight = _columns(joins, meter)
    rows, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    here = Joins()
    here.add(place[: len(left)], place[len(left) :], weight)
    found = resolve.group(len(rows), here, _Brought(brought(known, taken, meter), rows, among, linkage), linkage)
    size = np.diff(found.offsets)[found.entity]
    together = np.flatnonzero(size > 1)
    there, refs = known.shard_of(rows[together]), list[Ref]()
    for target in range(len(known.places())):
        mine = together[there == target]
        _, members = found.of(found.entity[mine].astype(np.int64))
        ends = np.append(0, np.cumsum(size[mine])).astype(np.int32)
        lists = pa.ListArray.from_arrays(pa.array(ends), pa.array(rows[members].astype(np.int32)))
        table = pa.table({"row": rows[mine], "entity": rows[found.entity[mine]].astype(np.int32), "members": lists})
        name = f"persons-{number:05d}-{target:05d}"
        refs.append(write_columns(table, setup.work / "shards", name).plain() if len(mine) else None)
    return {"persons": refs, "opened": 0, "moved": meter.moved}


def slice_of(work: str, target: int, cuts: list[dict[str, Any]], persons: list[Ref], folder: str) -> dict[str, Any]:
    """The persons of a shard's records, row by row: `entity` int32, the lowest row of the person; `members` list<int32>, the records of a
    person that has several. Kept in `folder`."""
    del work
    known, meter = cuts_of(cuts), Meter()
    layer, shard = known.places()[target]
    cut = known.each[layer]
    first = int(known.starts[layer]) + shard * cut.rows
    size = min(cut.rows, cut.people - shard * cut.rows)
    tables = [meter.read(ref) for ref in persons if ref is not None]
    entity, count = np.arange(first, first + size, dtype=np.int32), np.zeros(size, np.int64)
    row = np.concatenate([np.zeros(0, np.int64), *(one["row"].to_numpy() for one in tables)]) - first
    lists = [one["members"].combine_chunks() for one in tables]
    entity[row] = np.concatenate([np.zeros(0, np.int32), *(one["entity"].to_numpy() for one in tables)])
    count[row] = np.concatenate([np.zeros(0, np.int64), *(one.value_lengths().to_numpy() for one in lists)])
    order = pa.array(np.argsort(row, kind="stable"))
    members = pa.concat_arrays([pa.array([], pa.list_(pa.int32())), *lists]).take(order).flatten()
    ends = np.append(0, np.cumsum(count)).astype(np.int32)
    table = pa.table({"entity": pa.array(entity), "members": pa.ListArray.from_arrays(pa.array(ends), members)})
    return {"slice": write_columns(table, place_of(folder), f"slice-{target:05d}").plain(), "opened": 0, "moved": meter.moved}
