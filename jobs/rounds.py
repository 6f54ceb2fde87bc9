"""Rounds of tasks over an index in shards: each round's tasks are made from the receipts of the one before.

Groups of people (the accounts of a partition, or records of the reference) ask, each shard of keys answers with pairs, and each shard of
records compares those that lie there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.runner import Receipt, Task
from jobs.setup import Setup
from jobs.shards import Cuts, cuts_of
from jobs.step_tasks import RunAll
from skiptrace.store.places import Place


@dataclass(frozen=True)
class Asked:
    """What some groups of people look up: the file of each group's people, pairs by shard of records, and by group what each key
    brought."""

    people: list[Any]
    pairs: list[list[Any]]
    blocking: list[dict[str, dict[str, int]]]


class Rounds:
    """The rounds of one run. `run_all` runs tasks and gives their receipts, in order; `shards` as for `jobs.shards.build`."""

    def __init__(self, setup: Setup, shards: int, run_all: RunAll) -> None:
        self.setup, self._shards, self._run_all = setup, shards, run_all
        self.cuts = Cuts(())
        self._receipts: list[Receipt] = []

    def figures(self) -> dict[str, int]:
        """What linking took: shards, the bytes of the index and of the most that one task opened of it, and bytes that passed from task to
        task."""
        each = self.cuts.each
        return {
            "of_keys": sum(1 << cut.bits for cut in each), "of_records": int(self.cuts.firsts[-1]),
            "bytes": sum(cut.total for cut in each), "opened_at_most": max((one["opened"] for one in self._receipts), default=0),
            "opened": sum(one["opened"] for one in self._receipts), "moved": sum(one["moved"] for one in self._receipts),
        }  # fmt: skip

    def index(self) -> list[Receipt]:
        """Build and cut the layers; receipts of the index as `jobs.index.build` gives them."""
        layers = [{"number": number, "shards": self._shards} for number in range(len(self.setup.layers))]
        built = self.each("index-cut", "jobs.shards:build", layers, counted=False)
        self.cuts = cuts_of([receipt["cut"] for receipt in built])
        return built

    def bands(self) -> list[Any]:
        """How common names are: see `jobs.shards.count_names`."""
        found: list[Any] = self.each("index-names", "jobs.shards:count_names", [self.given()], counted=False)[0]["bands"]
        return found

    def given(self, **more: Any) -> dict[str, Any]:
        """Arguments that every task gets, and `more`."""
        return {"cuts": self.cuts.plain(), **more}

    def look_up(self, stem: str, asks: Sequence[Receipt]) -> Asked:
        """Look up what groups of people ask for."""
        places = self.key_places()
        given = [
            self.given(layer=number, shard=shard, probes=[one["probes"][number][shard] for one in asks], stem=stem)
            for number, shard in places
        ]
        found = self.each(f"{stem}-look-up", "jobs.probe:look_up", given)
        pairs = [
            [one["pairs"][shard] for (layer, _), one in zip(places, found, strict=True) if layer == number]
            for number, shard in self.cuts.places()
        ]
        blocking = [_sum([ask["blocking"], *(one["blocking"][number] for one in found)]) for number, ask in enumerate(asks)]
        return Asked([ask["people"] for ask in asks], pairs, blocking)

    def key_places(self) -> list[tuple[int, int]]:
        """(layer, shard) of each shard of keys."""
        return [(number, shard) for number, cut in enumerate(self.cuts.each) for shard in range(1 << cut.bits)]

    def count(self, stem: str, asked: Asked) -> list[Receipt]:
        """Receipts of pattern counts of the pairs."""
        bands = self.bands()
        given = [
            self.given(bands=bands, target=target, pairs=pairs, people=asked.people, stem=stem)
            for target, pairs in enumerate(asked.pairs)
        ]
        return self.each(f"{stem}-count", "jobs.reduce:count", given)

    def compare(
        self, stem: str, asked: Asked, model: Place, entities: Sequence[Any], every: bool
    ) -> tuple[list[dict[str, Any]], list[int]]:  # fmt: skip
        """Compare the pairs and bring what is needed to decide: (what the task of each group gets, how many pairs it had). entities: by
        shard of records; `every`: no pair is let go."""
        bands = self.bands()
        given = [
            self.given(bands=bands, target=target, pairs=pairs, people=asked.people, model_file=str(model), entities=entities[target],
                       every=every, stem=stem)
            for target, pairs in enumerate(asked.pairs)
        ]  # fmt: skip
        kept = self.each(f"{stem}-compare", "jobs.reduce:compare", given)
        taken = self.take(stem, bands, [one["wanted"] for one in kept], entities)
        decide = [
            self.given(number=number, people=people, kept=[one["kept"][number] for one in kept],
                       taken=[one["taken"][number] for one in taken])
            for number, people in enumerate(asked.people)
        ]  # fmt: skip
        return decide, [sum(one["pairs"][number] for one in kept) for number in range(len(asked.people))]

    def take(self, stem: str, bands: Sequence[Any], wanted: Sequence[Sequence[Any]], entities: Sequence[Any]) -> list[Receipt]:
        """Bring records. wanted: by who wants them, by shard of records."""
        given = [
            self.given(bands=bands, target=target, entities=entity, wanted=[one[target] for one in wanted], stem=stem)
            for target, entity in enumerate(entities)
        ]
        return self.each(f"{stem}-take", "jobs.reduce:take", given)

    def each(self, name: str, function: str, arguments: Sequence[Mapping[str, Any]], counted: bool = True) -> list[Receipt]:
        """Run one task per item. `counted`: their receipts say what they opened and moved."""
        receipts = [self.setup.receipt(name, number) for number in range(len(arguments))]
        return self.each_with(name, function, arguments, receipts, counted)

    def each_with(
        self, name: str, function: str, arguments: Sequence[Mapping[str, Any]], receipts: Sequence[Place], counted: bool = True
    ) -> list[Receipt]:  # fmt: skip
        """The same with given places of the receipts."""
        tasks = [
            Task(f"{name}-{number:05d}-{self.setup.run_key[:8]}", function, receipt, {"work": str(self.setup.work), **given},
                 place=f"step {name}, part {number}")
            for number, (given, receipt) in enumerate(zip(arguments, receipts, strict=True))
        ]  # fmt: skip
        found = self._run_all(name, tasks)
        self._receipts += found if counted else []
        return found


def _sum(counts: Sequence[Mapping[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    """Counts per blocking key, added up."""
    return {key: {name: sum(one[key][name] for one in counts) for name in counts[0][key]} for key in counts[0]}
