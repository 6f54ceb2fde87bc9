"""The reference index in shards: a layer's keys cut by their top bits, its records by ranges of rows, each shard a folder of its own.

How a layer is cut depends on the layer and on `[runtime] shards` alone, and is kept beside its shards; never on how many workers
there are. A worker that opens a shard fetches that one folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jobs import index as whole
from jobs.setup import Setup, code_hash, read_plan
from skiptrace.errors import DamagedFile, Problem
from skiptrace.ids import digest, file_digest
from skiptrace.kernels.record_layout import WORDS
from skiptrace.linkage import key_shards, layer, row_shards, rules
from skiptrace.linkage.index import NameCounts, bands_of, names_of
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.row_shards import RowShard
from skiptrace.linkage.terms import NAMES
from skiptrace.store import folders
from skiptrace.store.columns import read_columns, write_columns
from skiptrace.store.commit import put_json, read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place

FOLDER = "shards"
"""Where they lie in a project's private folder."""
SHARD_BYTES = 1 << 29
"""Bytes of entries, or of records, that a shard holds at most where `[runtime] shards` does not say how many there are; but keys are
cut into 128 at most."""
_CUTTING = ("linkage/key_shards.py", "linkage/row_shards.py")


@dataclass(frozen=True)
class Cut:
    """How a layer of a source is cut: `bits` top bits of the keys, `rows` records a shard. key: what its folders' names begin with.
    total: bytes of all its shards."""

    source: str
    key: str
    people: int
    unique_ids: bool
    bits: int
    rows: int
    total: int

    @property
    def ranges(self) -> int:
        """How many shards of records there are."""
        return -(-self.people // self.rows)


@dataclass(frozen=True)
class Cuts:
    """The cuts of all layers, in the order of the sources. Shards of records are numbered over all layers."""

    each: tuple[Cut, ...]

    @property
    def starts(self) -> np.ndarray:
        """First row of each layer in the index, and the number of rows: int64."""
        return np.cumsum([0, *(cut.people for cut in self.each)]).astype(np.int64)

    @property
    def firsts(self) -> np.ndarray:
        """Number of each layer's first shard of records, and how many there are: int64."""
        return np.cumsum([0, *(cut.ranges for cut in self.each)]).astype(np.int64)

    def places(self) -> list[tuple[int, int]]:
        """(layer, shard within it) of each shard of records."""
        return [(number, shard) for number, cut in enumerate(self.each) for shard in range(cut.ranges)]

    def shard_of(self, rows: np.ndarray) -> np.ndarray:
        """The number of the shard that each row of the index is in."""
        number = np.searchsorted(self.starts, rows, side="right") - 1
        each = np.array([cut.rows for cut in self.each], np.int64)
        found: np.ndarray = self.firsts[number] + (rows - self.starts[number]) // each[number]
        return found

    def plain(self) -> list[dict[str, Any]]:
        """As a task's argument."""
        return [asdict(cut) for cut in self.each]


def cuts_of(plain: Sequence[Mapping[str, Any]]) -> Cuts:
    """From what `plain` gave."""
    return Cuts(tuple(Cut(**one) for one in plain))


def build(work: str, number: int, shards: int) -> dict[str, Any]:
    """Build layer `number` and cut it, or find that it was. `shards`: into so many, 0 for as many as keep each below SHARD_BYTES. Where
    all shards are there the layer is not opened."""
    setup = read_plan(work)
    planned = setup.layers[number]
    key = digest("cut", planned.key, shards or SHARD_BYTES, code_hash(*_CUTTING), size=16)
    told = private_folder(setup.private / FOLDER) / f"{key}.json"
    known = _known(setup, told)
    if known is None:
        built = whole.build(work, number)
        opened = layer.open_layer(folders.local(setup.layer(number)), {"key": planned.key}, rules.load())
        told.unlink(missing_ok=True)
        known = put_json(told, {**built, "cut": asdict(_cut(setup, opened, key, shards))})
    return known


def _known(setup: Setup, told: Place) -> dict[str, Any] | None:
    """What was noted of a layer that was cut, if every shard is there and whole."""
    try:
        found = read_json(told)
        cut = Cut(**found["cut"])
        for name in _names(cut):
            place = setup.private / FOLDER / f"{cut.key}-{name}"
            if isinstance(place, Path):
                layer.verify(place, trust=True)
            else:  # what is fetched is compared with its hash then
                read_json(place / folders.LIST)
    except (OSError, ValueError, KeyError, TypeError, DamagedFile):
        return None
    return found


def places_of(setup: Setup) -> list[Place]:
    """The folders of all shards that receipts of the run name."""
    found: list[Place] = []
    for number in range(len(setup.layers)):
        with suppress(OSError, ValueError, KeyError, TypeError):
            cut = Cut(**read_json(setup.receipt("index-cut", number))["cut"])
            found += [setup.private / FOLDER / f"{cut.key}-{name}" for name in _names(cut)]
    return found


def _names(cut: Cut) -> list[str]:
    keys = [f"keys-{number:05d}" for number in range(1 << cut.bits)]
    return ["hot", "names", *keys, *(f"rows-{number:05d}" for number in range(cut.ranges))]


def _cut(setup: Setup, opened: Layer, key: str, shards: int) -> Cut:
    size = opened.keys.entries.nbytes + opened.refined.entries.nbytes
    wanted = shards or -(-size // SHARD_BYTES)
    bits = min(max(wanted - 1, 0).bit_length(), key_shards.MOST_BITS)
    rows = max(-(-len(opened) // shards) if shards else SHARD_BYTES // (4 * WORDS), 1)
    cut = Cut(opened.source, key, len(opened), opened.unique_ids, bits, rows, 0)
    sizes = [
        _publish(setup, key, "hot", partial(key_shards.write_hot, opened)),
        _publish(setup, key, "names", partial(_write_names, opened)),
    ]
    for number in range(1 << bits):
        sizes.append(_publish(setup, key, f"keys-{number:05d}", partial(key_shards.write_keys, opened, bits, number)))
    for number in range(cut.ranges):
        first, last = number * rows, min((number + 1) * rows, len(opened))
        sizes.append(_publish(setup, key, f"rows-{number:05d}", partial(row_shards.write_rows, opened, first, last)))
    return Cut(cut.source, key, cut.people, cut.unique_ids, bits, rows, sum(sizes))


def _publish(setup: Setup, key: str, name: str, write: Callable[[Path], None]) -> int:
    """Write a shard, and return its bytes."""

    def build_shard(folder: Path) -> None:
        write(folder)
        files = {path.name: file_digest(path) for path in sorted(folder.iterdir())}
        put_json(folder / layer.MANIFEST, {"files": files})

    folder = folders.publish(setup.private / FOLDER / f"{key}-{name}", build_shard)
    layer.mark_verified(folder)
    return sum(path.stat().st_size for path in folder.iterdir())


def _write_names(opened: Layer, folder: Path) -> None:
    names = names_of(opened)
    for name in NAMES:
        np.save(folder / f"hash_{name}.npy", names.hashes[name], allow_pickle=False)
        np.save(folder / f"count_{name}.npy", np.asarray(names.counts[name]), allow_pickle=False)


def count_names(work: str, cuts: list[dict[str, Any]]) -> dict[str, Any]:
    """How common each name of each layer is, counted over all deliveries: per layer a file per name field."""
    setup, known, linkage = read_plan(work), cuts_of(cuts), rules.load()
    names = []
    for cut in known.each:
        folder = shard_folder(setup, cut, "names")
        loaded = {(what, name): np.load(folder / f"{what}_{name}.npy", allow_pickle=False) for what in ("hash", "count") for name in NAMES}
        names.append(NameCounts({name: loaded["hash", name] for name in NAMES}, {name: loaded["count", name] for name in NAMES}))
    bands = bands_of(names, int(known.starts[-1]), linkage)
    files = [
        [write_columns(pa.table({"band": own[name]}), setup.work / "shards", f"bands-{number}-{name}").plain() for name in NAMES]
        for number, own in enumerate(bands)
    ]
    return {"bands": files}


def read_bands(refs: Sequence[Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """The bands of a layer's names."""
    return {name: read_columns(ref)["band"].to_numpy() for name, ref in zip(NAMES, refs, strict=True)}


def shard_folder(setup: Setup, cut: Cut, name: str) -> Path:
    """Where a shard's files can be opened on this machine. Raises DamagedFile where it is gone."""
    folder = folders.local(setup.private / FOLDER / f"{cut.key}-{name}")
    if not folder.is_dir():
        problem = Problem(cut.source, "", f"shard {name} is gone", "run again: it is rebuilt")
        raise DamagedFile("the reference index cannot be used", (problem,))
    return folder


def size_of_shard(folder: Path) -> int:
    """Bytes of a shard's files."""
    return sum(path.stat().st_size for path in folder.iterdir())


def open_records(setup: Setup, cuts: Cuts, target: int) -> tuple[RowShard, int, int]:
    """A shard of records that is open, the first row of its layer in the index, and the bytes of its files."""
    number, shard = cuts.places()[target]
    cut = cuts.each[number]
    folder = shard_folder(setup, cut, f"rows-{shard:05d}")
    opened = row_shards.open_shard(folder, shard * cut.rows, cut.source, cut.unique_ids)
    return opened, int(cuts.starts[number]), size_of_shard(folder)
