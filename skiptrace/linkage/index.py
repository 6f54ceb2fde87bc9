"""The reference index: the layers of all deliveries, probed as one.

Rows of the index are the rows of its layers, one layer after another, in the order of their sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.kernels import record_layout as at
from skiptrace.kernels.record_levels import Bridge
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.packed import WORDS_OF
from skiptrace.linkage.records import People
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.terms import NAMES, Growing, Terms, frozen, full_names, terms_of


@dataclass(frozen=True)
class Index:
    """Opened layers; `bands` per layer and name field: uint8 [terms], from 0, widespread among all their people, upwards."""

    layers: tuple[Layer, ...]
    bands: tuple[Mapping[str, NDArray[np.uint8]], ...]

    def __len__(self) -> int:
        return int(self.starts[-1])

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """First row of each layer, and the number of rows."""
        return np.cumsum([0, *(len(layer) for layer in self.layers)]).astype(np.int64)

    @property
    def terms(self) -> Terms | None:
        """The terms of the largest layer, which know most names; None of no layer."""
        return max(self.layers, key=len).people.terms if self.layers else None

    @property
    def sources(self) -> tuple[str, ...]:
        """The source of each layer."""
        return tuple(layer.source for layer in self.layers)

    @property
    def unique_ids(self) -> bool:
        """Whether no two rows of one source have one record id, for certain."""
        return len(set(self.sources)) == len(self.layers) and all(layer.unique_ids for layer in self.layers)

    def source_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The source of each row, as its place among the distinct sources."""
        _, place = np.unique(np.array(self.sources, np.str_), return_inverse=True)
        found: NDArray[np.int64] = place.astype(np.int64)[self.layer_of(rows)]
        return found

    def layer_of(self, rows: NDArray[np.int64]) -> NDArray[np.int16]:
        """Which layer each row is in."""
        return (np.searchsorted(self.starts, rows, side="right") - 1).astype(np.int16)

    def identity(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number of each row's identity within its source."""
        out = np.zeros(len(rows), np.int64)
        layer = self.layer_of(rows)
        for number, one in enumerate(self.layers):
            mine = layer == number
            out[mine] = one.identity[rows[mine] - self.starts[number]]
        return out

    def record_ids(self, rows: NDArray[np.int64]) -> pa.Array:
        """The record id of each row, string."""
        layer = self.layer_of(rows)
        order = np.argsort(layer, kind="stable")
        parts = [pa.array([], pa.string())]
        for number, one in enumerate(self.layers):
            mine = order[layer[order] == number]
            parts.append(one.record_id.take(pa.array(rows[mine] - self.starts[number])))
        back = np.empty(len(rows), np.int64)
        back[order] = np.arange(len(rows))
        return pa.concat_arrays(parts).take(pa.array(back))


@dataclass(frozen=True)
class NameCounts:
    """The hash of each name of a layer, by name field, and how many of its people have it."""

    hashes: Mapping[str, NDArray[np.uint64]]
    counts: Mapping[str, NDArray[np.int64]]


def names_of(layer: Layer) -> NameCounts:
    """The names of a layer."""
    return NameCounts({name: layer.people.terms.fields[name].hashes for name in NAMES}, layer.counts)


def index_of(layers: Sequence[Layer], rules: LinkageRules) -> Index:
    """The index of some deliveries. How common a name is counts over all of them."""
    people = sum(len(layer) for layer in layers)
    return Index(tuple(layers), bands_of([names_of(layer) for layer in layers], people, rules))


def bands_of(names: Sequence[NameCounts], people: int, rules: LinkageRules) -> tuple[Mapping[str, NDArray[np.uint8]], ...]:
    """The `bands` of an index, from the names of its layers and the number of all its people."""
    if len(names) == 1:  # its terms are distinct: nothing to add up
        return ({name: frozen(_bands(names[0].counts[name], people, rules.frequency)) for name in NAMES},)
    bands: list[dict[str, NDArray[np.uint8]]] = [{} for _ in names]
    for name in NAMES:
        hashes = [one.hashes[name] for one in names]
        distinct, place = np.unique(np.concatenate([np.zeros(0, np.uint64), *hashes]), return_inverse=True)
        held = np.concatenate([np.zeros(0, np.int64), *(one.counts[name] for one in names)])
        counts = np.bincount(place, held, minlength=len(distinct))
        band = _bands(counts, people, rules.frequency)[place]
        cuts = np.cumsum([0, *(len(one) for one in hashes)])
        for number in range(len(names)):
            bands[number][name] = frozen(band[cuts[number] : cuts[number + 1]])
    return tuple(bands)


def _bands(counts: NDArray[Any], total: int, frequency: tuple[float, ...]) -> NDArray[np.uint8]:
    """Band of each term by its share of all records: how many of the shares in `frequency` it does not reach."""
    share = counts / max(total, 1)
    return np.sum([share < bar for bar in frequency], axis=0, dtype=np.uint8).reshape(len(counts))


def bridge(terms: Terms, index: Index, number: int) -> Bridge:
    """From the codes of a probing side to those of a layer. A layer's own terms have their own codes there, and which of its
    names are also used the other way round it was told when it was built."""
    layer = index.layers[number]
    there, here = layer.people.terms.fields, terms.fields
    if terms is layer.people.terms:
        same = {name: frozen(np.arange(1, len(here[name].hashes) + 1, dtype=np.int32)) for name in here}
        first_as_last, last_as_first = (frozen(layer.exchanged[name]) for name in NAMES)
    else:
        same = {name: frozen(here[name].match(there[name])) for name in here}
        first_as_last, last_as_first = frozen(here["first"].match(there["last"])), frozen(here["last"].match(there["first"]))
    bands = index.bands[number]
    starts, full = full_names()
    return Bridge(
        same["first"], same["last"], same["street"], same["house"], first_as_last, last_as_first,
        frozen(bands["first"]), frozen(bands["last"]), starts, full,
    )  # fmt: skip


def people_of(index: Index, rows: NDArray[np.int64]) -> People:
    """Some rows of the index as people of their own, with dictionaries of only their texts."""
    records, layer, growing = np.zeros((len(rows), at.WORDS), np.int32), index.layer_of(rows), Growing()
    for number, one in enumerate(index.layers):
        mine = np.flatnonzero(layer == number)
        if not len(mine):
            continue
        taken = np.asarray(one.people.records[rows[mine] - index.starts[number]])
        for field, places in WORDS_OF.items():
            for word in places:
                codes, place = np.unique(taken[:, word], return_inverse=True)
                known = codes > 0
                own = np.zeros(len(codes), np.int32)
                own[known] = growing.encode(field, one.people.terms.fields[field].texts.take(pa.array(codes[known] - 1)))
                taken[:, word] = own[place]
        records[mine] = taken
    return People(records, terms_of(growing, keyed=False))
