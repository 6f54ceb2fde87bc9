"""The index step: the canonical records of each record source, encoded and keyed once.

Each delivery has a layer of its own, which is reused until the delivery, the rules or the program change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from jobs.setup import LayerPlan, Setup, read_plan
from jobs.tape import intake_receipts, of_borrowers
from skiptrace.errors import DataRefused
from skiptrace.ids import digest
from skiptrace.linkage import index, layer, rules
from skiptrace.linkage.records import IDENTITY_COLUMNS, SIGHTING_COLUMNS
from skiptrace.store import folders
from skiptrace.store.tables import read_table


def build(work: str, number: int) -> dict[str, Any]:
    """Build layer `number`, or find that it is there. It appears under its name only when it is whole."""
    setup = read_plan(work)
    planned, final = setup.layers[number], setup.layer(number)
    linkage, made_from, source = rules.load(), {"key": planned.key}, planned.source
    folder = folders.local(final)
    if not _usable(folder, made_from, linkage):
        folder = folders.publish(final, lambda scratch: layer.build_layer(_parts(setup, planned), source, linkage, scratch, made_from))
        layer.mark_verified(folder)
    opened = layer.open_layer(folder, made_from, linkage)
    return {"people": len(opened), "keys": len(opened.keys.entries) + len(opened.refined.entries), "source": source, "folder": final.name}


def _parts(setup: Setup, planned: LayerPlan) -> Iterator[tuple[pa.Table, pa.Table]]:
    receipts = intake_receipts(setup, planned.source)
    for receipt in (receipts[number] for number in planned.parts):
        identities = read_table(receipt["identities"], list(IDENTITY_COLUMNS))
        sightings = read_table(receipt["sightings"], list(SIGHTING_COLUMNS))
        yield identities, of_borrowers(sightings)


def _usable(folder: Any, made_from: dict[str, str], linkage: rules.LinkageRules) -> bool:
    """Whether a layer is there, whole, and made from this. Every byte is read for that when it is first reused, and again
    when a file looks changed; `skiptrace index show` always reads all."""
    try:
        layer.open_layer(folder, made_from, linkage)
        layer.verify(folder, trust=True)
    except DataRefused:
        return False
    return True


def open_index(setup: Setup, linkage: rules.LinkageRules) -> index.Index:
    """The layers of all sources of records as one. A process that has them open keeps them open: each is named by its content, and is
    opened anew when its manifest was written anew."""
    layers = [(folders.local(setup.layer(number)), planned.key) for number, planned in enumerate(setup.layers)]
    written = [(folder / layer.MANIFEST).stat().st_mtime_ns if (folder / layer.MANIFEST).is_file() else 0 for folder, _ in layers]
    key = digest("open", [str(folder) for folder, _ in layers], written, linkage.hash)
    if key not in _OPEN:
        _OPEN.clear()
        _OPEN[key] = index.index_of([layer.open_layer(folder, {"key": key}, linkage) for folder, key in layers], linkage)
    return _OPEN[key]


_OPEN: dict[str, index.Index] = {}
"""The index that this process has open."""
