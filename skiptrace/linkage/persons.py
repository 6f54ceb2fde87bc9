"""Persons among the records of a reference: which record is whose, kept on disk and mapped.

See `skiptrace.linkage.resolve` for how the persons are found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skiptrace.errors import DamagedFile, Problem
from skiptrace.ids import file_digest
from skiptrace.kernels.person_groups import absent_records
from skiptrace.kernels.union_find import group_rows
from skiptrace.linkage.terms import frozen
from skiptrace.store.commit import put
from skiptrace.store.places import Place, local_file

_ARRAYS = ("entity", "bond", "members", "offsets")


@dataclass(frozen=True)
class Entities:
    """Persons among n records. entity [n]: the lowest row of the record's person. bond [n]: probability of the record's
    strongest join to another of the person, 1 for a record that is alone. The records of person e are
    members[offsets[e]:offsets[e + 1]], ascending."""

    entity: NDArray[np.int32]
    bond: NDArray[np.float32]
    members: NDArray[np.int32]
    offsets: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.entity)

    def of(self, persons: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(position in `persons`, row) of every record of some persons."""
        start = self.offsets[persons].astype(np.int64)
        count = self.offsets[persons + 1] - start
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return np.repeat(np.arange(len(persons)), count), self.members[np.repeat(start, count) + offset].astype(np.int64)


def entities_of(entity: NDArray[np.integer[Any]], bond: NDArray[np.floating[Any]]) -> Entities:
    """Persons from the lowest row of each record's person and the records' bonds."""
    heads = entity.astype(np.int32, copy=False)
    offsets, members = np.empty(len(heads) + 1, np.int32), np.empty(len(heads), np.int32)
    group_rows(heads, offsets, members)
    return Entities(heads, bond.astype(np.float32, copy=False), members, offsets)


def alone(size: int) -> Entities:
    """Every record a person of its own."""
    return entities_of(np.arange(size, dtype=np.int64), np.ones(size))


def save(entities: Entities, folder: Place) -> dict[str, dict[str, Any]]:
    """Write the arrays to `folder`; a reference per file (path, rows, bytes, sha256) for `load`."""
    found = {}
    for name in _ARRAYS:
        array = getattr(entities, name)
        known: dict[str, Any] = {}

        def write(path: Path, array: NDArray[Any] = array) -> None:
            with path.open("wb") as file:
                np.save(file, array, allow_pickle=False)

        def named(path: Path, name: str = name, known: dict[str, Any] = known) -> str:
            known.update(sha256=file_digest(path), bytes=path.stat().st_size)
            return f"{name}-{known['sha256'][:16]}.npy"

        path, _ = put(folder, write, named)
        found[name] = {"path": str(path), "rows": len(array), **known}
    return found


def load(files: Mapping[str, Mapping[str, Any]]) -> Entities:
    """Map what `save` wrote. Raises DamagedFile where a file is gone or not as long as it was."""
    arrays = {}
    for name in _ARRAYS:
        path = Path(files[name]["path"])
        try:
            path = local_file(files[name]["path"], files[name]["sha256"], files[name]["bytes"])
            whole = path.stat().st_size == files[name]["bytes"]
            arrays[name] = np.load(path, mmap_mode="r", allow_pickle=False) if whole else None
        except (OSError, ValueError):
            arrays[name] = None
        if arrays[name] is None:
            problem = Problem(path.name, "", "is gone or damaged", "run again: it is rebuilt")
            raise DamagedFile("the persons of the reference cannot be used", (problem,))
    return Entities(**arrays)  # type: ignore[arg-type]  # none of them is None here


def missing_records(
    left: NDArray[np.int64], right: NDArray[np.int64], likely: NDArray[np.bool_], entities: Entities
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(account, row) of the records that are the same person as a `likely` record of a pair and in no pair of the account
    themselves. Equal values of `left` are neighbours."""
    known = frozen(entities.entity), frozen(entities.members), frozen(entities.offsets)
    room = 2 * len(left) + 1024
    while True:
        more_left, more_right = np.empty(room, np.int64), np.empty(room, np.int64)
        count = absent_records(left, right, likely, *known, more_left, more_right)
        if count <= room:
            return more_left[:count], more_right[:count]
        room = count
