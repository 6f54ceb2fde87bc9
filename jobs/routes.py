"""Numbers on the way from one kind of task to another: a file for each target, in which each partition has its own stretch.

Bytes that a task reads of others are counted: they are what a cluster moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.store.columns import read_columns, write_columns
from skiptrace.store.places import Place

Ref = Mapping[str, Any] | None
"""A file, or None where there would be nothing in it."""


class Meter:
    """Reads columns that other tasks wrote and counts their bytes."""

    def __init__(self) -> None:
        self.moved = 0

    def read(self, ref: Mapping[str, Any]) -> pa.Table:
        """The columns of a file."""
        self.moved += int(ref["bytes"])
        return read_columns(ref)


class Routes:
    """Collects numbers by target, partition after partition."""

    def __init__(self, targets: int) -> None:
        self._values: list[list[np.ndarray]] = [[] for _ in range(targets)]

    def add(self, values: np.ndarray, target: np.ndarray) -> None:
        """The numbers of the next partition, each with its target."""
        order = np.argsort(target, kind="stable")
        cuts = np.searchsorted(target[order], np.arange(len(self._values) + 1))
        for number, held in enumerate(self._values):
            held.append(values[order[cuts[number] : cuts[number + 1]]])

    def write(self, folder: Place, stem: str) -> list[dict[str, Any]]:
        """A file per target, with where each partition's numbers end."""
        found = []
        for number, held in enumerate(self._values):
            ends = np.cumsum([len(one) for one in held]).tolist()
            ref = None
            if ends and ends[-1]:
                ref = write_columns(pa.table({"value": np.concatenate(held)}), folder, f"{stem}-{number:05d}").plain()
            found.append({"file": ref, "ends": ends})
        return found


def routed(routes: Sequence[Mapping[str, Any]], meter: Meter) -> list[list[np.ndarray]]:
    """Per partition what the tasks of one kind sent here. routes: what each of them wrote for this target."""
    parts: list[list[np.ndarray]] = [[] for _ in routes[0]["ends"]] if routes else []
    for route in routes:
        if route["file"] is None:
            continue
        values, begin = meter.read(route["file"])["value"].to_numpy(), 0
        for number, end in enumerate(route["ends"]):
            if end > begin:
                parts[number].append(values[begin:end])
            begin = end
    return parts
