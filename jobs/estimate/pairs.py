"""What blocking keys bring a sample of accounts: of layers that are built by the run's own probing, of others by samples of their records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jobs.estimate.samples import Sampled, sample
from jobs.setup import Setup
from skiptrace.errors import DataRefused
from skiptrace.linkage import layer, rules
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index, index_of
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.predicted import BRINGS, Asked, Seen
from skiptrace.linkage.records import People, encode_people
from skiptrace.store import folders

_Floats = NDArray[np.float64]


@dataclass
class Brought:
    """What the sampled accounts are brought by all records: per key as in the ledger, with `hot_values`, distinct values of accounts that
    are hot, and `hottest`, the most rows of one; distinct pairs of each account; the variance that sampling records leaves; records that
    were read for it, of how many whose layer is not there; the least share of a layer that was read."""

    of_people: _Floats
    keys: dict[str, dict[str, float]] = field(default_factory=dict)
    variance: float = 0.0
    read: int = 0
    new: int = 0
    share: float = 1.0
    of_layers: dict[int, _Floats] = field(default_factory=dict)

    def add(self, key: str, **more: float) -> None:
        """Add to the counts of a key; `hottest` is the most there is."""
        mine = self.keys.setdefault(key, dict.fromkeys((*BRINGS, "hot_values", "hottest"), 0.0))
        for name, value in more.items():
            mine[name] = max(mine[name], value) if name == "hottest" else mine[name] + value


def open_built(setup: Setup, linkage: rules.LinkageRules) -> dict[int, Layer]:
    """The layers of the index that are there, by number. Whether each byte is whole is not asked: the run will."""
    found = {}
    for number, planned in enumerate(setup.layers):
        try:
            found[number] = layer.open_layer(folders.local(setup.layer(number)), {"key": planned.key}, linkage)
        except (DataRefused, OSError):
            continue
    return found


def brought(setup: Setup, accounts: Sampled, built: dict[int, Layer], most: int) -> Brought:
    """What keys bring the sampled accounts; of layers that are not `built` about `most` records are read in all. Raises DataRefused."""
    linkage = rules.load()
    people = encode_people(accounts.identities, accounts.sightings)
    found = Brought(np.zeros(len(people)))
    for key in linkage.keys:
        found.add(key.name)
    if built:
        _probe(found, people, index_of([built[number] for number in sorted(built)], linkage), linkage, sorted(built))
    new = [number for number in range(len(setup.layers)) if number not in built]
    rows = {number: sum(setup.partitions[setup.layers[number].source][part].rows for part in setup.layers[number].parts) for number in new}
    found.new = sum(rows.values())
    if found.new:
        _predict(found, setup, Asked(people, linkage), rows, most)
    return found


def _probe(found: Brought, people: People, index: Index, linkage: rules.LinkageRules, numbers: Sequence[int]) -> None:
    prober = Prober(people, index, linkage)
    for block in prober.blocks():
        found.of_people += np.bincount(block.left, minlength=len(people))
        layers = index.layer_of(block.right)
        for place, number in enumerate(numbers):
            mine = np.bincount(block.left[layers == place], minlength=len(people))
            found.of_layers[number] = found.of_layers.get(number, np.zeros(len(people))) + mine
    for key, counts in prober.blocking.plain().items():
        found.add(key, **counts, hot_values=counts["hot_values_dropped"])


def _predict(found: Brought, setup: Setup, asked: Asked, rows: dict[int, int], most: int) -> None:
    least = min(most, 2_000)
    for number, count in rows.items():
        planned = setup.layers[number]
        taken = sample(setup, planned.source, planned.parts, max(round(most * count / found.new), least))
        if not taken.taken:
            continue
        seen = Seen(asked, taken.share)
        seen.add(encode_people(taken.identities, taken.sightings))
        told = seen.predicted()
        found.of_people += told.of_people
        found.of_layers[number] = told.of_people
        found.variance += told.variance
        found.read += taken.taken
        found.share = min(found.share, taken.share)
        for key, counts in told.brings.items():
            values, hottest = told.hot[key]
            found.add(key, **counts, hot_values=values, hottest=hottest)
