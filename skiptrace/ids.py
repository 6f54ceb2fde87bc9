"""Stable identifiers: content hashes and point ids. The same input gives the same id on any machine and version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def digest(*parts: object, size: int = 16) -> str:
    """Hex BLAKE2b of a sequence of plain values (JSON form, keys sorted). `size` in bytes."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def file_digest(path: Path, chunk: int = 1 << 22) -> str:
    """SHA-256 of a file, hex."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(chunk):
            state.update(block)
    return state.hexdigest()


def point_id(kind: str, value: str) -> str:
    """Id of a contact point: `kind` initial, a dash, 16 hex digits of its canonical value. Equal in every run."""
    return f"{kind[0]}-{hashlib.blake2b(f'{kind}|{value}'.encode(), digest_size=8).hexdigest()}"


def point_ids(kinds: Iterable[str], values: Iterable[str]) -> pa.Array:
    """`point_id` for parallel columns; each distinct value is hashed once. Returns string."""
    known: dict[tuple[str, str], str] = {}
    out = []
    for pair in zip(kinds, values, strict=True):
        if pair not in known:
            known[pair] = point_id(*pair)
        out.append(known[pair])
    return pa.array(out, pa.string())


def mix64(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64 finaliser over uint64: our own key hash, never a library's, so that stored keys outlive versions."""
    with np.errstate(over="ignore"):
        z = values.astype(np.uint64) + _MIX[0]
        z = (z ^ (z >> np.uint64(30))) * _MIX[1]
        z = (z ^ (z >> np.uint64(27))) * _MIX[2]
        return z ^ (z >> np.uint64(31))


def combine64(*columns: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One uint64 per row from several uint64 columns; order matters. Shapes must be equal."""
    out = np.zeros(len(columns[0]), np.uint64)
    for position, column in enumerate(columns):
        with np.errstate(over="ignore"):
            out = mix64(out ^ (mix64(column) + np.uint64(position + 1)))
    return out


def hash64(text: str) -> int:
    """Stable 64-bit hash of a text (BLAKE2b), for values that enter blocking keys."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
