"""Columns that pass from one task to another: Arrow files without compression, named by content, compared with their hash when read. In an
encrypted project they are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from skiptrace.errors import DamagedFile, Problem
from skiptrace.ids import file_digest
from skiptrace.store.commit import put
from skiptrace.store.keyring import ring_of
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, local_file, place_of
from skiptrace.store.sealed import is_sealed, seal, unseal
from skiptrace.store.tables import FileRef


def write_columns(table: pa.Table, folder: Place, stem: str) -> FileRef:
    """Write `table` to `folder` as `<stem>-<hash>.arrow`, in one batch. Raises StoreUnavailable when the disk refuses."""
    found: dict[str, Any] = {}

    def write(path: Path) -> None:
        if ring_of(folder) is None:
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
                out.write_table(table.combine_chunks())
            return
        held = pa.BufferOutputStream()
        with pa.ipc.new_file(held, table.schema) as out:
            out.write_table(table.combine_chunks())
        path.write_bytes(seal(folder, held.getvalue().to_pybytes(), stem))

    def name(path: Path) -> str:
        found.update(sha256=file_digest(path), bytes=path.stat().st_size)
        return f"{stem}-{found['sha256'][:16]}.arrow"

    path, _ = put(private_folder(folder), write, name)
    return FileRef(str(path), table.num_rows, found["bytes"], found["sha256"])


def read_columns(ref: Mapping[str, Any]) -> pa.Table:
    """Map what `write_columns` wrote; every byte is compared first. Raises DamagedFile where the file is gone or not what was written."""
    path = Path(str(ref["path"]))
    try:
        path = local_file(str(ref["path"]), str(ref["sha256"]), int(ref["bytes"]))
        if path.stat().st_size == ref["bytes"] and file_digest(path) == ref["sha256"]:
            if is_sealed(path):
                place = place_of(str(ref["path"]))
                return pa.ipc.open_file(unseal(place, path.read_bytes(), place.name.rpartition("-")[0])).read_all()
            with pa.memory_map(str(path)) as file:
                return pa.ipc.open_file(file).read_all()
        what = "is not the file that was written"
    except FileNotFoundError:
        what = "is gone"
    except (pa.ArrowException, OSError, ValueError):
        what = "cannot be read: it is damaged"
    raise DamagedFile("a file of this project cannot be trusted", (Problem(path.name, "", what, "run again: it is rebuilt"),))
