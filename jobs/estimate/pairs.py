"""What blocking keys bring a sample of accounts, and whom they are likely linked with: of layers that are built by the run's own probing,
of others by samples of their records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.estimate.samples import Sampled, sample
from jobs.setup import Setup
from skiptrace.errors import DataRefused
from skiptrace.linkage import layer, rules
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import index_of
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.model import Model
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.predicted import BRINGS, Asked, Seen
from skiptrace.linkage.provisional import layer_in_memory, likely
from skiptrace.linkage.records import People, encode_people
from skiptrace.linkage.resolve import bits_of
from skiptrace.linkage.thinned import thinned
from skiptrace.store import folders

_Floats = NDArray[np.float64]
KINDS = ("address", "phone", "email")
LEAST_OF_LAYER = 2_000
"""Records of a layer that are read at least, where there are so many."""


@dataclass
class Brought:
    """What the sampled accounts are brought by all records: per key as in the ledger, with `hottest`, the most rows of a hot value where
    that is known; distinct pairs of each account, and the variance that sampling records leaves; records that were read, of how many whose
    layer is not there, the least share of a layer that was read, and the CPU seconds of reading; per source the share of accounts without
    a likely record, the likely records of an account, and the points by kind that a record of it shows."""

    of_people: _Floats
    keys: dict[str, dict[str, float]] = field(default_factory=dict)
    variance: float = 0.0
    read: int = 0
    new: int = 0
    share: float = 1.0
    tasks: list[tuple[int, float]] = field(default_factory=list)
    without: dict[str, float] = field(default_factory=dict)
    links: dict[str, float] = field(default_factory=dict)
    shown: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, key: str, **more: float) -> None:
        """Add to the counts of a key; `hottest` is the most there is."""
        mine = self.keys.setdefault(key, dict.fromkeys((*BRINGS, "hottest"), 0.0))
        for name, value in more.items():
            mine[name] = max(mine[name], value) if name == "hottest" else mine[name] + value

    def link(self, source: str, seen: NDArray[np.int64], share: float) -> None:
        """Count likely records of each account, of the share of a layer that was looked at."""
        if len(seen):
            none = thinned(seen, np.ones(len(seen)), share, max(int(seen.max() / share), 1)).none
            self.without[source] = self.without.get(source, 1.0) * none
            self.links[source] = self.links.get(source, 0.0) + float(seen.mean() / share)


def open_built(setup: Setup, linkage: rules.LinkageRules) -> dict[int, Layer]:
    """The layers of the index that are there, by number. Whether each byte is whole is not asked: the run will."""
    found = {}
    for number, planned in enumerate(setup.layers):
        try:
            found[number] = layer.open_layer(folders.local(setup.layer(number)), {"key": planned.key}, linkage)
        except (DataRefused, OSError):
            continue
    return found


def brought(
    setup: Setup, accounts: Sampled, built: Mapping[int, Layer], most: int, model: Model, skip: NDArray[np.bool_] | None
) -> Brought:  # fmt: skip
    """What keys bring the sampled accounts; of layers that are not `built` about `most` records are read in all. model: what two records
    weigh; skip bool [accounts, layers]: who is not compared with which. Raises DataRefused where a file cannot be read."""
    linkage = rules.load()
    people = encode_people(accounts.identities, accounts.sightings)
    found = Brought(np.zeros(len(people)))
    for key in linkage.keys:
        found.add(key.name)
    if built:
        numbers = sorted(built)
        some = None if skip is None else np.ascontiguousarray(skip[:, numbers])
        _probe(found, setup, people, [built[number] for number in numbers], model, some)
    new = [number for number in range(len(setup.layers)) if number not in built]
    rows = {number: sum(setup.partitions[setup.layers[number].source][part].rows for part in setup.layers[number].parts) for number in new}
    found.new = sum(rows.values())
    if found.new:
        _predict(found, setup, people, rows, most, model, skip)
    return found


def _probe(
    found: Brought, setup: Setup, people: People, layers: Sequence[Layer], model: Model, skip: NDArray[np.bool_] | None
) -> None:  # fmt: skip
    linkage = rules.load()
    index, bar = index_of(layers, linkage), bits_of(linkage.decision["linked"])
    prober = Prober(people, index, linkage, skip)
    links = {one.source: np.zeros(len(people), np.int64) for one in layers}
    for block in prober.blocks():
        found.of_people += np.bincount(block.left, minlength=len(people))
        linked = weights(model, block.pattern) >= bar
        layer_of = index.layer_of(block.right[linked])
        for place, one in enumerate(layers):
            links[one.source] += np.bincount(block.left[linked][layer_of == place], minlength=len(people))
    for source, seen in links.items():
        found.link(source, seen, 1.0)
    for key, counts in prober.blocking.plain().items():
        found.add(key, **counts)


def _predict(
    found: Brought, setup: Setup, people: People, rows: Mapping[int, int], most: int, model: Model, skip: NDArray[np.bool_] | None
) -> None:  # fmt: skip
    linkage = rules.load()
    asked, least = Asked(people, linkage), min(most, LEAST_OF_LAYER)
    for number, count in rows.items():
        planned = setup.layers[number]
        taken = sample(setup, planned.source, planned.parts, max(round(most * count / found.new), least))
        if not taken.taken:
            continue
        records = layer_in_memory(taken.identities, taken.sightings, planned.source)
        seen = Seen(asked, taken.share)
        seen.add(records.people)
        told = seen.predicted(None if skip is None else skip[:, number])
        linked = likely(people, [records], told.left, told.right, model, linkage)
        found.link(planned.source, np.bincount(told.left[linked], minlength=len(people)), taken.share)
        found.shown[planned.source] = points_of(taken.sightings, len(taken.identities))
        found.of_people += told.of_people
        found.variance += told.variance
        found.read += taken.taken
        found.share = min(found.share, taken.share)
        found.tasks.append((taken.taken, taken.seconds))
        for key, counts in told.brings.items():
            found.add(key, **counts, hottest=told.hot[key][1])


def points_of(sightings: pa.Table, people: int) -> dict[str, float]:
    """Points that one of some people shows, by kind."""
    return {kind: float(pc.sum(pc.equal(sightings["kind"], kind)).as_py() or 0) / max(people, 1) for kind in KINDS}
