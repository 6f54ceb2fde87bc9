"""What was asked, as a column: the states of sources of each account laid out as the list that facts and the log hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.schema.waterfall import ASKED
from skiptrace.waterfall.cells import HIT, NEVER, SILENT


def asked_column(state: NDArray[np.int8], asked_on: NDArray[np.int32], sources: Sequence[str]) -> pa.Array:
    """A column of type ASKED from the two arrays of `cells.states`, [n, sources]. Oldest first, of one day by name of source."""
    row, place = np.nonzero(state != NEVER)
    rank = np.argsort(np.argsort(np.asarray(sources))) if len(sources) else np.zeros(0, np.int64)
    order = np.lexsort((rank[place], asked_on[row, place], row))
    row, place = row[order], place[order]
    said = state[row, place]
    parts = [
        pa.array(list(sources), pa.string()).take(pa.array(place)),
        pa.array(asked_on[row, place], pa.int32()).cast(pa.date32()),
        pa.array(said == HIT, pa.bool_(), mask=said == SILENT),
    ]
    structs = pa.StructArray.from_arrays(parts, fields=list(ASKED.value_type))
    starts = np.concatenate([[0], np.cumsum((state != NEVER).sum(1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(starts), structs).cast(ASKED)
