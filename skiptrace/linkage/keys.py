"""Blocking keys: each person's key values as 64-bit hashes, 0 where a part is missing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.ids import combine64, hash64, mix64
from skiptrace.linkage.people import People, Terms
from skiptrace.linkage.rules import Key
from skiptrace.normalize import nicknames, phonetics


def _spread(terms: pa.Array, codes: NDArray[np.int32], value: Callable[[str], int]) -> NDArray[np.uint64]:
    """`value` of each term, taken by code; 0 for code -1. Shape of `codes`."""
    table = np.array([*(value(text) for text in terms.to_pylist()), 0], np.uint64)
    spread: NDArray[np.uint64] = table[codes]  # -1 takes the last entry
    return spread


def _number(values: NDArray[np.integer[Any]], missing: int = 0) -> NDArray[np.uint64]:
    """Integers as hashes; `missing` becomes 0."""
    return np.where(values == missing, np.uint64(0), mix64(values.astype(np.int64).view(np.uint64)))


class Features:
    """The parts a key may use, computed once per person and only when a key asks. Each is uint64 [n, slots]."""

    def __init__(self, people: People, terms: Terms, swapped: bool = False) -> None:
        self._people, self._terms, self._swapped = people, terms, swapped
        self._known: dict[str, NDArray[np.uint64]] = {}

    def __getitem__(self, part: str) -> NDArray[np.uint64]:
        if part not in self._known:
            values = self._make(part)
            self._known[part] = values if values.ndim == 2 else values[:, None]
        return self._known[part]

    def _name(self, which: str) -> tuple[pa.Array, NDArray[np.int32]]:
        """Terms and codes of a name, exchanged when this side probes for swapped names."""
        other = {"first": "last", "last": "first"}[which] if self._swapped else which
        return self._terms.values[other], getattr(self._people, other)

    def _make(self, part: str) -> NDArray[np.uint64]:
        people = self._people
        if part.startswith(("first", "last")):
            which, _, form = part.partition("_")
            terms, codes = self._name(which)
            if form == "part" and not self._swapped:
                return people.last_parts
            forms: dict[str, Callable[[str], int]] = {
                "": hash64,
                "part": hash64,
                "group": lambda text: hash64(nicknames.group(text)),
                "sound": lambda text: hash64(phonetics.code(text)) if phonetics.code(text) else 0,
                "initial": lambda text: hash64(text[:1]) if text else 0,
            }
            return _spread(terms, codes, forms[form])
        if part in ("house", "street"):
            return _spread(self._terms.values[part], getattr(people, part), hash64)
        if part in ("dob", "dob_ym", "dob_md", "birth_year"):
            dob = people.dob.astype(np.int64)
            cut = {"dob": dob, "dob_ym": dob // 100, "dob_md": dob % 10000, "birth_year": dob // 10000}[part]
            return _number(cut)
        if part == "ssn4":
            return _number(people.ssn4.astype(np.int64), -1)
        if part == "phone":
            return _number(people.phone)
        values: NDArray[np.uint64] = getattr(people, part)
        return values


def key_values(features: Features, key: Key) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """(row, value) of every value that `key` has: int64 [m], uint64 [m], never 0. Rows ascend per slot."""
    salt = np.uint64(hash64(key.name))
    rows, values = [], []
    for slots in product(*(range(features[part].shape[1]) for part in key.parts)):
        columns = [features[part][:, slot] for part, slot in zip(key.parts, slots, strict=True)]
        present = np.flatnonzero(np.logical_and.reduce([column != 0 for column in columns]))
        if len(present):
            rows.append(present)
            values.append(combine64(np.full(len(present), salt), *(column[present] for column in columns)))
    if not rows:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    return np.concatenate(rows), np.concatenate(values)
