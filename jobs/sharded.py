"""Linking with an index in shards, as the driver takes it: the portfolio, the sample a model is learned from, the reference itself."""

from __future__ import annotations

from typing import Any

from jobs import models
from jobs.learn import LEARN_FROM
from jobs.rounds import Asked, Rounds
from jobs.runner import Receipt, done
from jobs.setup import Setup
from jobs.step_tasks import RunAll
from skiptrace.ids import digest
from skiptrace.linkage.linking import stride
from skiptrace.store.objects import ObjectPath
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place


def shards_of(setup: Setup, scheduler: str) -> int | None:
    """Into how many shards each layer is cut on this scheduler, 0 for as many as its size asks for; None where it stays whole.

    By default it is cut where workers are on other machines and get it from an object store: on one machine, and on a disk that
    all see, they share what they map."""
    wanted = setup.project.runtime.shards
    if wanted == "auto":
        return 0 if "://" in scheduler and isinstance(setup.private, ObjectPath) else None
    return None if wanted == 1 else wanted


class Sharded:
    """What a run does with an index in shards; `rounds` counts what it takes."""

    def __init__(self, setup: Setup, shards: int, run_all: RunAll) -> None:
        self.rounds = Rounds(setup, shards, run_all)
        self._setup, self._run_all = setup, run_all
        self._asked: dict[bool, Asked] = {}

    def figures(self) -> dict[str, Any]:
        """What the ledger says of how the index was shared out."""
        return {"shards": self.rounds.figures()}

    def index(self) -> list[Receipt]:
        """Build the layers and cut them."""
        return self.rounds.index()

    def link(self, model: Place) -> list[Receipt]:
        """Receipts as `jobs.link.link_partition` gives them."""
        entities, asked = self.resolve(model), self._of_portfolio(sample=False)
        given, pairs = self.rounds.compare("link", asked, model, entities, every=False)
        each = [
            {**one, "model_file": str(model), "pairs": count, "blocking": blocking}
            for one, count, blocking in zip(given, pairs, asked.blocking, strict=True)
        ]
        return self.rounds.each("link", "jobs.brought:link", each)

    def learn(self) -> list[Receipt]:
        """Receipts of pattern counts of accounts with records."""
        return self.rounds.count("learn", self._of_portfolio(sample=True))

    def learn_reference(self) -> list[Receipt]:
        """Receipts of pattern counts of records of the reference with each other."""
        every = stride(int(self.rounds.cuts.starts[-1]), LEARN_FROM)
        given = [self.rounds.given(target=target, every=every) for target in range(len(self.rounds.cuts.places()))]
        asks = self.rounds.each("learn-reference-ask", "jobs.among:ask", given)
        return self.rounds.count("learn-reference", self.rounds.look_up("learn-reference", asks)) if asks else []

    def learn_persons(self, model: Place) -> list[Receipt]:
        """Receipts of pattern counts of accounts with persons. model: its first half."""
        given, _ = self.rounds.compare("learn-every", self._of_portfolio(sample=True), model, self.resolve(model), every=True)
        return self.rounds.each("learn-persons", "jobs.brought:count_persons", given)

    def _of_portfolio(self, sample: bool) -> Asked:
        """What the accounts ask for, looked up once."""
        if sample not in self._asked:
            numbers, stem = range(len(self._setup.partitions["portfolio"])), "learn" if sample else "link"
            asks = self.rounds.each(f"{stem}-ask", "jobs.probe:ask", [self.rounds.given(number=n, sample=sample) for n in numbers])
            self._asked[sample] = self.rounds.look_up(stem, asks)
        return self._asked[sample]

    def resolve(self, model: Place) -> list[Any]:
        """The persons of the reference under a model, or its first half: a file per shard of records, found once for an index, a model
        and a way to cut, and kept."""
        rounds, cuts = self.rounds, self.rounds.cuts
        folder = private_folder(self._setup.entities(models.content_key(model)))
        key = digest("slices", cuts.plain(), size=8)
        places = cuts.places()
        receipts = [folder / f"slice-{key}-{number:05d}.json" for number in range(len(places))]
        stem, bands = f"resolve-{folder.name[:8]}", rounds.bands()
        found = [done(receipt) for receipt in receipts]
        if all(receipt is not None for receipt in found):
            return [receipt["slice"] for receipt in found if receipt is not None]
        targets = [rounds.given(target=target) for target in range(len(places))]
        asks = rounds.each(f"{stem}-ask", "jobs.among:ask", [{**given, "every": 1, "later": True} for given in targets])
        given = [
            rounds.given(layer=layer, shard=shard, probes=[one["probes"][layer][shard] for one in asks])
            for layer, shard in rounds.key_places()
        ]
        pairs = rounds.each(f"{stem}-look-up", "jobs.among:look_up", given)
        sent = rounds.each(
            f"{stem}-send", "jobs.among:send", [{**one, "pairs": [each["pairs"][n] for each in pairs]} for n, one in enumerate(targets)]
        )
        joins = rounds.each(f"{stem}-join", "jobs.among:join", [
            {**one, "bands": bands, "pairs": [each["pairs"][n] for each in sent], "people": [each["people"][n] for each in sent],
             "model_file": str(model)}
            for n, one in enumerate(targets)
        ])  # fmt: skip
        (batches,) = rounds.each(f"{stem}-batch", "jobs.persons:batch", [rounds.given(joins=[one["joins"] for one in joins])])
        taken = rounds.take(stem, bands, [batches["wanted"]], [None for _ in places])
        persons = rounds.each(f"{stem}-group", "jobs.persons:group", [
            rounds.given(number=n, joins=joined, taken=[one["taken"][n] for one in taken], model_file=str(model))
            for n, joined in enumerate(batches["joins"])
        ])  # fmt: skip
        last = [{**one, "persons": [each["persons"][n] for each in persons], "folder": str(folder)} for n, one in enumerate(targets)]
        return [one["slice"] for one in rounds.each_with(f"{stem}-slice", "jobs.persons:slice_of", last, receipts)]
