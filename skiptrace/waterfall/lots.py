"""Chance that can be repeated: a number for each account that hangs on its id, a seed and a purpose alone."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.kernels.text_hash import hash_texts
from skiptrace.normalize.text_buffers import arrow_text

_GOLDEN, _MIX1, _MIX2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def hashes(ids: pa.ChunkedArray | pa.Array) -> NDArray[np.uint64]:
    """64 bits of each text, computed from its bytes."""
    whole = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    out = np.zeros(len(whole), np.uint64)
    hash_texts(*arrow_text(whole), out)
    return out


def lots(hashed: NDArray[np.uint64], seed: str, purpose: str) -> NDArray[np.float64]:
    """A number from 0 to below 1 for each hash, evenly spread, and independent for each seed and purpose."""
    key = np.frombuffer(hashlib.blake2b(f"{seed}|{purpose}".encode(), digest_size=8).digest(), np.uint64)[0]
    with np.errstate(over="ignore"):
        value = (hashed ^ key) + _GOLDEN
        value = (value ^ (value >> np.uint64(30))) * _MIX1
        value = (value ^ (value >> np.uint64(27))) * _MIX2
        value = value ^ (value >> np.uint64(31))
    lot: NDArray[np.float64] = (value >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    return lot
