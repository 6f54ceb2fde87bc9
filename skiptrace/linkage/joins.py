"""Joined pairs of records, as many as there are: some in memory, the others in a file that is read block by block."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 20
"""Pairs, 16 bytes each, that are written or read together: bounds memory, changes no result."""
HELD = 1 << 22
"""Pairs that stay in memory where there is a folder for more: bounds memory, changes no result."""


class Block(NamedTuple):
    """Pairs of rows, the lower first, and their weights in bits."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    weight: NDArray[np.float64]


class Joins:
    """Pairs that were joined, each once. `folder`: where those beyond HELD wait in a file; None keeps all in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = None if folder is None else folder / "joins.bin"
        self._held: list[Block] = []
        self._written: list[int] = []  # pairs of each block in the file
        self._waiting: list[Block] = []

    def add(self, left: NDArray[Any], right: NDArray[Any], weight: NDArray[np.float64]) -> None:
        """Add pairs: rows of any integers, the lower first."""
        if len(left):
            self._waiting.append(Block(left.astype(np.int32), right.astype(np.int32), weight))
        if sum(len(one.left) for one in self._waiting) >= BLOCK:
            self._put_away()

    def _put_away(self) -> None:
        columns = zip(*self._waiting, strict=True)
        block, self._waiting = Block(*(np.concatenate(column) for column in columns)), []
        if self._file is None or sum(len(one.left) for one in self._held) + len(block.left) <= HELD:
            self._held.append(block)
            return
        with self._file.open("ab" if self._written else "wb") as out:
            for column in block:
                column.tofile(out)
        self._written.append(len(block.left))

    def blocks(self) -> Iterator[Block]:
        """All pairs, in no order that means anything."""
        if self._waiting:
            self._put_away()
        yield from self._held
        if self._file is not None and self._written:
            with self._file.open("rb") as source:
                for count in self._written:
                    left, right = (np.fromfile(source, np.int32, count) for _ in range(2))
                    yield Block(left, right, np.fromfile(source, np.float64, count))
