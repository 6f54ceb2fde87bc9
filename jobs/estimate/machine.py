"""How fast this machine is beside the one that the shipped costs were measured on: a fraction of a second of work of the same kind."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_ROWS, _ROUNDS = 20_000, 30


def calibration() -> float:
    """CPU seconds of a fixed piece of work, the least of many short rounds, so that others who use the machine hardly count: sorting keys,
    looking them up, cutting and joining text, and writing a table to memory."""
    keys = (np.arange(_ROWS, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ np.uint64(0x5851F42D4C957F2D)
    best = float("inf")
    for _ in range(_ROUNDS):
        begun = time.process_time()
        order = np.sort(keys)
        np.searchsorted(order, keys[: _ROWS // 4])
        text = pa.array(keys % np.uint64(9973)).cast(pa.string())
        joined = pc.binary_join_element_wise(text, "ST", text, " ").dictionary_encode()
        pq.write_table(pa.table({"key": order, "text": joined}), pa.BufferOutputStream())
        best = min(best, time.process_time() - begun)
    return best
