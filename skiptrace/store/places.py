"""A place where bytes of ours lie: a path on disk, or a place on an object store. Whoever has one need not know which."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skiptrace.errors import ConfigError, Problem
from skiptrace.store import cache
from skiptrace.store.objects import ObjectPath

Place = Path | ObjectPath
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def place_of(text: str | Place) -> Place:
    """The place that a text means. Raises ConfigError for a URL with credentials, or one without a bucket."""
    if not isinstance(text, str):
        return text
    if not _URL.match(text):
        return Path(text)
    kind, _, rest = text.partition("://")
    if kind in ("file", "local"):
        return Path(rest.removeprefix("localhost"))
    bucket = rest.partition("/")[0]
    if not bucket or "@" in bucket or ".." in rest.split("/"):
        what = "holds credentials" if "@" in bucket else "names no bucket" if not bucket else "leads upward"
        problem = Problem("skiptrace.toml", "runtime.store", what, 'write it like "s3://bucket/project"; credentials go elsewhere')
        raise ConfigError("the store cannot be used", (problem,))
    return ObjectPath(text.rstrip("/"))


def size_of(place: Place) -> int | None:
    """Bytes of a file of ours; None where there is none."""
    if isinstance(place, ObjectPath):
        return place.size()
    return place.stat().st_size if place.is_file() else None


def entries(folder: Place) -> list[Place]:
    """What lies directly in a folder, by name; nothing where there is no such folder."""
    found: list[Place] = list(folder.iterdir()) if folder.is_dir() else []
    return sorted(found, key=lambda place: place.name)


def local_file(path: str, sha256: str, size: int) -> Path:
    """Where the file can be read or mapped on this machine: itself, or a verified copy of the object. Raises FileNotFoundError
    where it is gone, DataRefused where the object is not what was written."""
    place = place_of(path)
    return cache.fetched(place, sha256, size) if isinstance(place, ObjectPath) else place


@contextmanager
def scratch_in(folder: Place) -> Iterator[Path]:
    """A fresh private folder on this machine for what nobody else needs: in `folder`, or in the spool where that is an object
    store. It is removed at the end."""
    place = cache.spool() if isinstance(folder, ObjectPath) else folder
    scratch = cache.fresh_folder(place)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def remove_tree(place: Place) -> None:
    """Remove a folder of ours with all that is in it. A link is removed, never followed."""
    if isinstance(place, ObjectPath):
        place.remove_below()
    elif place.is_symlink():
        place.unlink(missing_ok=True)
    else:
        shutil.rmtree(place, ignore_errors=True)
