"""Who was forgotten: a file of keyed tokens each under `.skiptrace/forgotten/`, put if absent and never changed nor collected.

A run names in its key which of them hold, and each of its tasks that reads a delivery asks them (`skiptrace.intake.forgotten`).
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from typing import Any

from jobs.setup import Setup
from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.intake import tombstones
from skiptrace.intake.tombstones import Tombs
from skiptrace.project import PRIVATE
from skiptrace.store.commit import put_bytes, read_json, with_digest
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries, place_of

FOLDER = "forgotten"


def names(private: Place) -> tuple[str, ...]:
    """The tombstones of a project by name, sorted."""
    return tuple(place.name for place in entries(private / FOLDER) if place.name.startswith("stone-"))


def put(private: Place, content: dict[str, Any]) -> str:
    """Keep a tombstone (`skiptrace.intake.tombstones.content`, with who asked for it, why and when); its name. The first of a person
    stays."""
    name = f"stone-{digest('tombstone', content['accounts'])}.json"
    put_bytes(private_folder(private / FOLDER) / name, with_digest(content))
    return name


def read(private: Place, name: str) -> dict[str, Any]:
    """A tombstone. Raises DataRefused (exit 3) where it is damaged: a person who was forgotten would come back."""
    with suppress(OSError, ValueError):
        content: dict[str, Any] | list[Any] = read_json(private / FOLDER / name)
        if isinstance(content, dict) and content.get("format") == tombstones.FORMAT and {"people", *tombstones.NAMES} <= content.keys():
            return content
    problem = Problem(f"{PRIVATE}/{FOLDER}/{name}", "", "is gone or damaged", "restore it from a copy: `skiptrace restore`")
    raise DataRefused("a tombstone cannot be read, and without it a forgotten person would come back", (problem,))


def load(private: Place, only: Collection[str] | None = None) -> Tombs:
    """All tombstones of a project, or some, as one. Raises as `read`."""
    return tombstones.together(read(private, name) for name in (names(private) if only is None else only))


def of_run(setup: Setup) -> Tombs:
    """The tombstones that hold in a run."""
    return _of(str(setup.private), setup.forgotten)


@lru_cache(maxsize=4)
def _of(private: str, chosen: tuple[str, ...]) -> Tombs:
    return load(place_of(private), chosen)
