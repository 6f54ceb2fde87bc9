"""A digest of each row of facts, so that a decision can say what it was made from without repeating it.

The digest of a row is the sum, modulo 2^64, of one number per fact: BLAKE2b of a word or list with the fact's name, SplitMix64
of a number, date or truth value with a seed from that name. Equal facts give equal digests on any machine; other facts give
another one but for a chance of 2^-64 per pair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.rulebook.coding import Coded

Digests = npt.NDArray[np.uint64]


def facts_digest(facts: pa.Table, coded: Mapping[str, Coded]) -> Digests:
    """The digest of each row over all columns of `facts`, in whatever order they stand; `coded` holds them coded."""
    out: Digests = np.zeros(facts.num_rows, np.uint64)
    for name in facts.column_names:
        each = _words(name, coded[name].words) if pa.types.is_string(coded[name].words.type) else _numbers(name, coded[name].words)
        if len(each):
            out += each[coded[name].codes]
    return out


def _of(name: str, text: str | None) -> int:
    plain = f"{name}\x00{'' if text is None else chr(1) + text}"
    return int.from_bytes(hashlib.blake2b(plain.encode(), digest_size=8).digest(), "little")


def _words(name: str, words: pa.Array) -> Digests:
    return np.array([_of(name, text) for text in words.to_pylist()], np.uint64)


def _numbers(name: str, values: pa.Array) -> Digests:
    known = pc.is_valid(values).to_numpy(zero_copy_only=False)
    if pa.types.is_floating(values.type):
        bits = pc.fill_null(values, 0.0).to_numpy(zero_copy_only=False).astype(np.float64).view(np.uint64)
    else:
        whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
        bits = pc.fill_null(whole.cast(pa.int64()), 0).to_numpy(zero_copy_only=False).view(np.uint64)
    mixed = bits + np.uint64(_of(name, "number"))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.where(known, mixed ^ (mixed >> np.uint64(31)), np.uint64(_of(name, None)))
