"""A backup as one file: a tar of plain files whose first member lists every other with length and SHA-256. Same content, same bytes."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import file_digest
from skiptrace.store import cache
from skiptrace.store.commit import encode_json, put
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place

LIST = "backup.json"
FORMAT = 1
_MEND = "take another copy of it, or an earlier backup"


@dataclass(frozen=True)
class Archive:
    """An opened backup of which every byte was compared with its list: `head`, what the list says beside the files, and the files by
    name."""

    head: Mapping[str, Any]
    files: Mapping[str, Mapping[str, Any]]
    _tar: tarfile.TarFile

    def read(self, name: str) -> bytes:
        """The content of a file. Raises DataRefused where it is not what was listed."""
        member = self._tar.extractfile(name)
        content = member.read() if member is not None else b""
        if len(content) != self.files[name]["bytes"] or hashlib.sha256(content).hexdigest() != self.files[name]["sha256"]:
            raise _damaged(name, "is not what was written")
        return content


def write(place: Place, head: Mapping[str, Any], files: Mapping[str, Callable[[], bytes]]) -> tuple[bool, str]:
    """Put a backup if absent; whether it was, and its SHA-256. `files`: what reads each file, asked twice: first for the list."""
    listed = {name: _listed(read()) for name, read in sorted(files.items())}
    made = dict[str, str]()

    def fill(path: Path) -> None:
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
            _add(archive, LIST, encode_json({**head, "format": FORMAT, "files": listed}))
            for name in listed:
                content = files[name]()
                if _listed(content) != listed[name]:
                    raise DataRefused("a file changed while it was backed up", (Problem(name, "", "changed", "back up again"),))
                _add(archive, name, content)

    def name(path: Path) -> str:
        made["sha256"] = file_digest(path)
        return place.name

    _, created = put(place.parent, fill, name)
    return created, made["sha256"]


@contextmanager
def opened(place: Place) -> Iterator[Archive]:
    """A backup, after every byte of it was compared with its list. Raises DataRefused (exit 3) where it is cut short or damaged, where a
    member is no plain file, is not listed, or leads out of the project."""
    with _on_this_machine(place) as path:
        try:
            with tarfile.open(path, "r:") as tar:
                members = tar.getmembers()
                content = _list_of(tar, members)
                found = Archive({name: value for name, value in content.items() if name != "files"}, content["files"], tar)
                if sorted(member.name for member in members) != sorted([LIST, *found.files]):
                    raise _damaged(LIST, "does not list what is there")
                for member in members:
                    path_of = PurePosixPath(member.name)
                    if not member.isreg() or path_of.is_absolute() or ".." in path_of.parts:
                        raise _damaged(member.name[:80], "is no plain file of a project")
                for name in found.files:
                    found.read(name)
                yield found
        except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, OSError):
            raise _damaged(place.name, "is cut short, damaged, or no backup") from None


@contextmanager
def _on_this_machine(place: Place) -> Iterator[Path]:
    if not isinstance(place, ObjectPath):
        yield place
        return
    folder = cache.fresh_folder(cache.spool())
    try:
        place.fetch(folder / "backup")
        yield folder / "backup"
    finally:
        (folder / "backup").unlink(missing_ok=True)
        folder.rmdir()


def _list_of(tar: tarfile.TarFile, members: list[tarfile.TarInfo]) -> dict[str, Any]:
    first = tar.extractfile(members[0]) if members and members[0].name == LIST and members[0].isreg() else None
    if first is None:
        raise _damaged(LIST, "is missing")
    content: dict[str, Any] = json.loads(first.read())
    return content


def _listed(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _damaged(name: str, what: str) -> DataRefused:
    return DataRefused("the backup cannot be used; nothing was changed", (Problem(name, "", what, _MEND),))
