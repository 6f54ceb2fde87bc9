"""Sealed folders, such as layers of the index, opened: their files lie in clear in this machine's memory, where all its workers map them.

A folder is opened once on a machine and again when a file of it changed. `closed` removes what was opened of a project.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from skiptrace.ids import digest
from skiptrace.store import cache, memory
from skiptrace.store.disk import storing, write_bytes
from skiptrace.store.keyring import ring_of
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place
from skiptrace.store.sealed import is_sealed, seal_file, unseal_file

Build = Callable[[Path], None]
PLAIN = "manifest.json"
"""A folder's list of its files: it says nothing of a person, and what is known of a folder is read there."""


def sealing(place: Place, build: Build) -> Build:
    """What fills a folder that is to be at `place`: `build` itself, or, in an encrypted project, what lets it fill a folder in memory
    and then seals each file into the folder that is given."""
    if ring_of(place) is None:
        return build

    def sealed(folder: Path) -> None:
        with _scratch(place) as scratch:
            build(scratch)
            for file in sorted(scratch.iterdir()):
                if file.name == PLAIN:
                    write_bytes(_made(folder / PLAIN), file.read_bytes())
                else:
                    seal_file(place / file.name, file, _made(folder / file.name))
            with suppress(OSError):  # another process of this machine was first
                scratch.rename(_target(place, folder))

    return sealed


def opened(place: Place, stored: Path) -> Path:
    """Where the files of the folder at `place`, which lie at `stored` on this machine, can be read in clear: there, or in memory. A path
    at which nothing is where one of them is damaged. Raises KeyRefused where the key cannot be had."""
    if not is_sealed_folder(stored):
        return stored
    target = _target(place, stored)
    if not target.is_dir():
        with _scratch(place) as scratch:
            for file in sorted(stored.iterdir()):
                try:
                    if is_sealed(file):
                        unseal_file(place / file.name, file, _made(scratch / file.name))
                    elif file.name == PLAIN:
                        write_bytes(_made(scratch / PLAIN), file.read_bytes())
                except (ValueError, FileNotFoundError):
                    return scratch / "damaged"
            with suppress(OSError):
                scratch.rename(target)
    with suppress(OSError):
        os.utime(target)  # it is in use
    return target


def is_sealed_folder(stored: Path) -> bool:
    """Whether the files of a folder on this machine are sealed."""
    return stored.is_dir() and any(is_sealed(file) for file in stored.iterdir() if file.name != PLAIN)


def closed(home: Place) -> None:
    """Remove what was opened of a project on this machine; whoever has it mapped keeps it."""
    with suppress(OSError):
        shutil.rmtree(memory.root() / digest("opened", str(home)), ignore_errors=True)


@contextmanager
def _scratch(place: Place) -> Iterator[Path]:
    folder = _of_project(place)
    with storing(folder):
        scratch = cache.fresh_folder(folder)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _of_project(place: Place) -> Path:
    ring = ring_of(place)
    return private_folder(memory.root() / digest("opened", str(ring.home if ring else place)))


def _target(place: Place, stored: Path) -> Path:
    """The name of an opened folder, by what its files look like. A folder that was renamed since has the same files."""
    return _of_project(place) / digest("folder", place.name, [(name, *_look(stored / name)) for name in sorted(os.listdir(stored))])


def _look(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_size, state.st_mtime_ns


def _made(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    return path
