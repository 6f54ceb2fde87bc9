"""A box on an object store or in a folder of a disk. An object is seen whole or not at all; a file on a disk is written under a
temporary name, flushed and renamed.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from skiptrace.errors import ConfigError, Problem, StoreUnavailable
from skiptrace.exchange.boxes import refused
from skiptrace.store import points
from skiptrace.store.disk import storing, sync_folder, temporary_in
from skiptrace.store.inputs import safe_name
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place, digest_of, size_of, walk


class PlaceBox:
    """A folder that `skiptrace.store` knows. Raises ConfigError where a folder on a disk is not there: nobody makes a partner's."""

    def __init__(self, place: Place) -> None:
        self._place = place
        if isinstance(place, Path) and not place.is_dir():
            problem = Problem(safe_name(str(place)), "", "is not there", "make the folder, mount it, or correct place")
            raise ConfigError("a folder for exchanged files is not there", (problem,))

    def sizes(self) -> dict[str, int]:
        """As `Box`. Links are passed over; of what lies deeper, only names that lead upward are told."""
        if isinstance(self._place, ObjectPath):
            found = {entry.name: entry.bytes for entry in walk(self._place)}
            return {name: size for name, size in found.items() if "/" not in name or ".." in name.split("/")}
        with _reading(self._place), os.scandir(self._place) as entries:
            return {entry.name: entry.stat().st_size for entry in entries if entry.is_file(follow_symlinks=False)}

    def size(self, name: str) -> int | None:
        """As `Box`."""
        return size_of(self._place / name)

    def digest(self, name: str) -> str:
        """As `Box`."""
        with _reading(self._place):
            return digest_of(self._place / name)

    def fetch(self, name: str, target: Path, most: int) -> None:
        """As `Box`."""
        source = self._place / name
        size = size_of(source)
        if size is None or size > most or source.is_symlink():
            what = "went away while it was fetched" if size is None else f"has {size:,} bytes; at most {most:,} are taken"
            raise refused(safe_name(name), what, "have it delivered again" if size is None else "raise limits.file_bytes if that is right")
        with storing(target.parent):
            if isinstance(source, ObjectPath):
                source.fetch(target)
            else:
                shutil.copyfile(source, target)

    def send(self, file: Path, name: str, sha256: str) -> None:
        """As `Box`."""
        if isinstance(self._place, ObjectPath):
            target = self._place / name
            if not target.create(file):
                target.replace(file)
            return
        with storing(self._place):
            temporary = temporary_in(self._place)
            try:
                shutil.copyfile(file, temporary)
                points.passed("part-written")
                with temporary.open("rb") as written:
                    os.fsync(written.fileno())
                temporary.replace(self._place / name)
            finally:
                temporary.unlink(missing_ok=True)
            sync_folder(self._place)

    def remove(self, name: str) -> None:
        """As `Box`."""
        with storing(self._place) if isinstance(self._place, Path) else _reading(self._place):
            (self._place / name).unlink(missing_ok=True)


class _reading:
    """What is read inside: a disk that refuses raises StoreUnavailable, or ConfigError where this user may not."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PermissionError):
            problem = Problem(safe_name(str(self._place)), "", "this user may not read it", "check its owner and mode")
            raise ConfigError("a folder for exchanged files cannot be used", (problem,)) from None
        if isinstance(error, OSError):
            why = os.strerror(error.errno) if error.errno else os.strerror(errno.EIO)
            raise StoreUnavailable(f"{safe_name(str(self._place))}: {why} — see that its disk answers, then run again") from None
