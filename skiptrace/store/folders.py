"""Folders of files that belong together: a layer of the index, which is mapped, and the files of an export.

On a disk such a folder is built under a temporary name and renamed. On an object store its files are put under content names, and
one list of them, put if absent, is what makes them a folder; whoever reads it gets a verified copy on this machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import digest, file_digest
from skiptrace.store import cache, disk, points, unsealed
from skiptrace.store.commit import encode_json, put_json, read_json, replace_bytes
from skiptrace.store.objects import ObjectPath
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, scratch_in

LIST = "folder.json"


def local(place: Place) -> Path:
    """Where the folder's files can be opened on this machine; a path at which nothing is where there is no such folder. Those of an
    encrypted project are opened in memory.

    Raises DataRefused where an object is gone or not what was written, KeyRefused where a key cannot be had."""
    return unsealed.opened(place, _stored(place))


def _stored(place: Place) -> Path:
    """Where the folder's files lie on this machine, as they are kept."""
    if not isinstance(place, ObjectPath):
        return place
    try:
        files = read_json(place / LIST)["files"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return cache.root() / "folders" / "none"
    target = cache.root() / "folders" / digest("folder", files)
    if not target.is_dir():
        _assemble(place, files, target)
    with suppress(OSError):
        os.utime(target)  # it is in use
    return target


def publish(place: Place, build: Callable[[Path], None]) -> Path:
    """Let `build` fill an empty folder and make it the one of this place, unless another process was first; what was there and is
    of no use gives way. Returns where its files can be opened."""
    build = unsealed.sealing(place, build)
    if isinstance(place, ObjectPath):
        return _upload(place, build)
    private_folder(place.parent)
    with scratch_in(place.parent) as scratch, disk.storing(place.parent):
        build(scratch)
        points.passed("built")
        if place.exists():  # damaged or foreign: it goes aside in one step, so that nobody sees half of it
            with suppress(FileNotFoundError):
                place.rename(scratch.with_name(f"{scratch.name}-old"))
        points.passed("before-rename")
        try:
            scratch.rename(place)
        except OSError:
            if not place.is_dir():
                raise
        points.passed("renamed")
        shutil.rmtree(scratch.with_name(f"{scratch.name}-old"), ignore_errors=True)
    disk.sync_folder(place.parent)
    return local(place)


def _upload(place: ObjectPath, build: Callable[[Path], None]) -> Path:
    with scratch_in(place) as scratch:
        build(scratch)
        points.passed("built")
        files = {}
        for file in sorted(scratch.iterdir()):
            sha256, size = file_digest(file), file.stat().st_size
            (place / _named(file.name, sha256)).create(file)
            cache.keep(file, sha256)
            files[file.name] = {"sha256": sha256, "bytes": size}
        content = {"files": files}
        if put_json(place / LIST, content) != content:  # it could not be used, or this build would not be
            replace_bytes(place / LIST, encode_json(content))
    return local(place)


def _named(name: str, sha256: str) -> str:
    return f"{sha256[:16]}-{name}"


def _assemble(place: ObjectPath, files: dict[str, dict[str, object]], target: Path) -> None:
    """Put verified copies of the objects together as a folder on this machine."""
    private_folder(target.parent)
    with scratch_in(target.parent) as scratch:
        for name, known in sorted(files.items()):
            try:
                copy = cache.fetched(place / _named(name, str(known["sha256"])), str(known["sha256"]), int(str(known["bytes"])))
            except FileNotFoundError:
                problem = Problem(name, "", "is gone", "run again: it is rebuilt")
                raise DataRefused("a file of this project cannot be trusted", (problem,)) from None
            with disk.storing(scratch):
                disk.link(copy, scratch / Path(name).name)
        with suppress(OSError):  # another process of this machine was first
            scratch.rename(target)


@contextmanager
def replaced(place: Place, last: str) -> Iterator[Path]:
    """A folder to write files in that may replace earlier ones. On an object store they are put there at the end, and the file
    `last`, which names the others, is away while they change and comes last."""
    if not isinstance(place, ObjectPath):
        yield private_folder(place)
        return
    with scratch_in(place) as scratch:
        yield scratch
        files = {str(file.relative_to(scratch)): file for file in sorted(scratch.rglob("*")) if file.is_file()}
        (place / last).unlink(missing_ok=True)
        for name in place.below():
            if name not in files:
                (place / name).unlink(missing_ok=True)
        for name, file in files.items():
            if name != last:
                (place / name).replace(file)
        if last in files:
            (place / last).replace(files[last])
