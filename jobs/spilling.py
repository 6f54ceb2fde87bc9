"""Where queries write what does not fit into memory: a private folder of the project, which is emptied; of an encrypted project a folder
in this machine's memory.

A folder of what was written down is named by machine and process. It goes when its run ends, and what a killed process left goes when the
next run of the project begins."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from skiptrace import sql
from skiptrace.project import PRIVATE
from skiptrace.store import cache, memory, unsealed
from skiptrace.store.keyring import ring_of
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries, place_of, remove_tree

SPILL = "spill"
STALE = 86_400.0
"""Seconds after which a folder of another machine, which cannot be asked whether its process lives, is nobody's."""


def spill_beside(receipt: Place) -> None:
    """Let queries of this process write what does not fit into memory below the private folder that a receipt lies in; where it lies in
    none, they may write nothing."""
    if ring_of(receipt) is not None:
        sql.spill_to(memory.spill() / _mine())
        return
    private = next((parent for parent in receipt.parents if parent.name == PRIVATE), None) if isinstance(receipt, Path) else cache.root()
    sql.spill_to(None if private is None else private_folder(private / SPILL) / _mine())


@contextmanager
def spilling(private: Place) -> Iterator[None]:
    """A run's private folder for what does not fit into memory, without what dead processes left; what is left at the end goes."""
    folder = memory.spill() if ring_of(private) is not None else (private if isinstance(private, Path) else cache.root()) / SPILL
    purge(folder)
    sql.spill_to(private_folder(folder) / _mine())
    try:
        yield
    finally:
        sql.spill_to(None)
        purge(folder, mine=True)


def leave(private: str) -> None:
    """What a worker on a cluster does when a run ends: remove from its machine's memory what was opened of an encrypted project."""
    place = place_of(private)
    if ring_of(place) is not None:
        unsealed.closed(place.parent)
        purge(memory.spill(), mine=True)


def purge(folder: Path, mine: bool = False) -> None:
    """Remove what processes of this machine that are gone have left in `folder`, what those of other machines have not touched for a day,
    and where it is `mine`, what this one has."""
    host = _mine().rpartition("-")[0]
    for place in entries(folder) if not folder.is_symlink() else []:
        machine, _, number = place.name.rpartition("-")
        ours = machine == host and number.isdigit()
        if (mine if int(number) == os.getpid() else not _lives(int(number))) if ours else _untouched(place):
            remove_tree(place)


def _untouched(place: Place) -> bool:
    with suppress(OSError):
        return isinstance(place, Path) and time.time() - place.lstat().st_mtime > STALE
    return False


def _mine() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True
