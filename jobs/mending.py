"""Files of a run that were damaged after they were written: what made them is made again, once the damage is met.

A name made of content would protect a damaged file: whoever writes it again finds the name taken. So it is removed first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from jobs import shards
from jobs.night.steps import FOLDERS
from jobs.runner import done
from jobs.setup import Setup
from skiptrace.errors import DamagedFile
from skiptrace.linkage import layer
from skiptrace.store.places import Place, entries
from skiptrace.store.unsealed import is_sealed_folder

TIMES = 2
"""How often a run is mended before it gives up: a disk that loses what is written is no place for it."""
Result = TypeVar("Result")


def mended(setup: Setup, work: Callable[[], Result]) -> Result:
    """What `work` returns. Where it meets a damaged file of ours, the receipts of damaged files are dropped and it is asked again.

    Raises DamagedFile where nothing of this run is damaged, or again and again."""
    for _ in range(TIMES):
        _drop_changed_layers(setup)
        try:
            return work()
        except DamagedFile:
            if not drop_damaged(setup):
                raise
    _drop_changed_layers(setup)
    return work()


def drop_damaged(setup: Setup) -> int:
    """Remove every receipt of the run that names a damaged file, and the file. Returns how many; layers of the index count as
    damaged, for they are checked when they are built again, and so do deliveries whose receipt is gone."""
    layers = _drop_changed_layers(setup, trust=False)
    read = [setup.delivered(source, number) for source, keys in setup.delivery_keys.items() for number in range(len(keys))]
    gone = sum(not receipt.is_file() for receipt in read)
    return layers + gone + sum(done(receipt, closely=True) is None for receipt in _receipts(setup))


def _receipts(setup: Setup) -> Iterator[Place]:
    delivered = {setup.delivery(source, number) for source, keys in setup.delivery_keys.items() for number in range(len(keys))}
    nights = [folder / "receipts" for folder in entries(setup.work) if folder.name.startswith(FOLDERS)]
    for folder in (setup.work / "receipts", *nights, *sorted(delivered, key=str)):
        yield from (file for file in entries(folder) if file.name.endswith(".json"))
    for folder in entries(setup.private / "entities"):
        yield from (file for file in entries(folder) if file.name.endswith(".json"))


def _drop_changed_layers(setup: Setup, trust: bool = True) -> int:
    """Drop the receipts of the index where a layer, or a shard of one, looks changed: building compares every byte before it builds.
    Without `trust` each layer is compared again, for a disk may lose a bit and tell nothing."""
    found = [file for file in entries(setup.work / "receipts") if file.name.startswith("index-")]
    places = shards.places_of(setup) or [setup.layer(number) for number in range(len(setup.layers))]
    layers = [folder for folder in places if isinstance(folder, Path) and not is_sealed_folder(folder)]
    # those of an object store are compared whenever they are fetched, sealed ones whenever they are opened
    if trust and all(layer.unchanged(folder) for folder in layers):
        return 0
    for file in (*found, *(() if trust else (folder / layer.VERIFIED for folder in layers))):
        file.unlink(missing_ok=True)
    return len(found)
