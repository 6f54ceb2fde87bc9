"""The records of a layer cut into ranges of rows, each with dictionaries of only its own texts.

A shard is opened as a layer without keys, whose rows begin at `first`. How common its names are is told by whoever counted them
over all deliveries: `bands`, by the code that a name has in the whole layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.linkage.index import Index
from skiptrace.linkage.keys import SortedKeys
from skiptrace.linkage.layer import Layer, open_rows, write_terms
from skiptrace.linkage.packed import WORDS_OF
from skiptrace.linkage.terms import NAMES, Growing, frozen, terms_of

NO_KEYS = SortedKeys(np.zeros(0, np.uint64), np.zeros(257, np.uint32), np.zeros(0, np.uint64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class RowShard:
    """Rows `first` to `first + len(layer)` of a layer. code_in_layer: per name field the code of each of its terms there."""

    first: int
    layer: Layer
    code_in_layer: Mapping[str, NDArray[np.int32]]

    def __len__(self) -> int:
        return len(self.layer)

    def index(self, bands: Mapping[str, NDArray[np.uint8]]) -> Index:
        """The shard as an index of one layer, rows counted from its first. bands: per name field of the whole layer, uint8 [terms]."""
        own = {name: frozen(np.asarray(bands[name])[self.code_in_layer[name] - 1]) for name in NAMES}
        return Index((self.layer,), (own,))


def write_rows(layer: Layer, first: int, last: int, folder: Path) -> None:
    """Write rows `first` to `last` of a layer to `folder`."""
    records, growing, codes = np.array(layer.people.records[first:last]), Growing(), {}
    for field, words in WORDS_OF.items():
        texts = layer.people.terms.fields[field].texts
        used = np.zeros(len(texts) + 1, np.bool_)
        for word in words:
            used[records[:, word]] = True
        used[0] = False
        codes[field] = np.flatnonzero(used).astype(np.int32)
        own = np.zeros(len(texts) + 1, np.int32)
        own[codes[field]] = growing.encode(field, texts.take(pa.array(codes[field] - 1)))
        for word in words:
            records[:, word] = own[records[:, word]]
    growing.count(records)
    terms = terms_of(growing, known=layer.people.terms)
    with (folder / "records.bin").open("wb") as file:
        records.tofile(file)
    ids = pa.table({"record_id": layer.record_id.slice(first, last - first)})
    with pa.ipc.new_file(str(folder / "record_id.arrow"), ids.schema) as out:
        out.write_table(ids.combine_chunks())
    np.save(folder / "identity.npy", np.asarray(layer.identity[first:last]), allow_pickle=False)
    write_terms(terms, growing, folder)
    for name in NAMES:
        np.save(folder / f"code_{name}.npy", codes[name], allow_pickle=False)


def open_shard(folder: Path, first: int, source: str, unique_ids: bool) -> RowShard:
    """Map what `write_rows` wrote. Raises OSError, ValueError or ArrowException where it is gone or torn."""
    layer = open_rows(folder, source, NO_KEYS, NO_KEYS, unique_ids)
    codes = {name: np.load(folder / f"code_{name}.npy", mmap_mode="r", allow_pickle=False) for name in NAMES}
    return RowShard(first, layer, codes)
