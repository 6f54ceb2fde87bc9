"""Which pairs of a sample are likely one person, before there is an index: by what two records weigh, record by record.

No person's records are taken together and no rival is heard, so this is a forecast of links and no link."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index, index_of
from skiptrace.linkage.keys import SortedKeys
from skiptrace.linkage.layer import Layer
from skiptrace.linkage.model import Model
from skiptrace.linkage.patterns import weights
from skiptrace.linkage.records import People, encode
from skiptrace.linkage.resolve import bits_of
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.terms import NAMES, Growing, terms_of

_NO_KEYS = SortedKeys(np.zeros(0, np.uint64), np.zeros(1, np.uint32), np.zeros(0, np.uint64), np.zeros(0, np.int64))


def layer_in_memory(identities: pa.Table, sightings: pa.Table, source: str) -> Layer:
    """Records of a sample as a layer that can be compared with, and not probed: it has no keys and lies on no disk."""
    growing = Growing()
    records = encode(identities, sightings, growing)
    growing.count(records)
    terms = terms_of(growing)
    exchanged = {name: terms.fields[name].match(terms.fields[other]) for name, other in zip(NAMES, reversed(NAMES), strict=True)}
    counts, people = {name: growing.counts(name) for name in NAMES}, People(records, terms)
    rows = np.arange(len(records), dtype=np.int64)
    return Layer(Path(), source, people, _NO_KEYS, _NO_KEYS, rows, pa.nulls(len(records), pa.string()), counts, exchanged, True)


def likely(
    people: People, layers: Sequence[Layer], left: NDArray[np.int64], right: NDArray[np.int64], model: Model, rules: LinkageRules
) -> NDArray[np.bool_]:  # fmt: skip
    """Whether each pair of people and rows of some layers, one after another, weighs what a link must."""
    if not len(left):
        return np.zeros(0, np.bool_)
    index: Index = index_of(layers, rules)
    return weights(model, Prober(people, index, rules).patterns(left, right)) >= bits_of(rules.decision["linked"])
