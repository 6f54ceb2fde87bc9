"""The files of an export: private temporary ones, cut where the platform's limits end, each read back by another parser, then
renamed together. Nothing stands under a final name before everything was proved."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import DataRefused
from skiptrace.export.model import Profile
from skiptrace.export.proof import Proof, prove
from skiptrace.ids import file_digest
from skiptrace.store.commit import temporary_in

_PIECE = 1 << 12
"""Rows that are measured together against a limit of bytes."""


@dataclass(frozen=True)
class WrittenFile:
    """A file of an export: its name within the folder, rows without the header, bytes, SHA-256 (hex)."""

    file: str
    rows: int
    bytes: int
    sha256: str


class Files:
    """Writes the rows of an export, in as many files as the profile's limits ask for; a context that leaves no temporary
    file behind, whatever happens."""

    def __init__(self, profile: Profile, module: ModuleType, folder: Path, name: str) -> None:
        self._profile, self._module, self._folder, self._name = profile, module, folder, name
        self._done: list[tuple[Path, int]] = []
        self._path: Path | None = None
        self._writer: Any = None
        self._proof: Proof | None = None
        self._schema: pa.Schema | None = None

    def __enter__(self) -> Files:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.close()
        for path in [path for path, _ in self._done] + ([self._path] if self._path else []):
            path.unlink(missing_ok=True)

    def add(self, cells: pa.Table) -> None:
        """Write the next rows; cells as they stand in the file, of one schema."""
        if self._schema is None:
            self._schema = cells.schema
        cells = cells.cast(self._schema)
        limits = self._profile.limits
        piece = cells.num_rows if limits.bytes_per_file is None else _PIECE
        at = 0
        while at < cells.num_rows:
            self._ready()
            room = cells.num_rows - at if limits.rows_per_file is None else limits.rows_per_file - self._rows()
            part = cells.slice(at, min(piece, room))
            if limits.bytes_per_file is not None:
                part = self._within(part, limits.bytes_per_file)
            if not part.num_rows:
                self._finish()
                continue
            self._writer.add(part)
            assert self._proof is not None  # noqa: S101 - set with the writer
            self._proof.add(part)
            at += part.num_rows
            if limits.rows_per_file is not None and self._rows() >= limits.rows_per_file:
                self._finish()

    def prove(self) -> None:
        """Close and prove the last file. Raises DataRefused when it is not what was meant when read back."""
        if self._path is not None or not self._done:
            self._ready()
            self._finish()

    def publish(self) -> tuple[WrittenFile, ...]:
        """Give the proved files their final names; files of an earlier writing that are no longer any go."""
        suffix, several = self._module.SUFFIX, len(self._done) > 1
        names = [f"{self._name}-{number:03d}.{suffix}" if several else f"{self._name}.{suffix}" for number in range(1, len(self._done) + 1)]
        found = tuple(
            WrittenFile(name, rows, path.stat().st_size, file_digest(path)) for name, (path, rows) in zip(names, self._done, strict=True)
        )
        for old in (*self._folder.glob(f"{self._name}-[0-9][0-9][0-9].{suffix}"), self._folder / f"{self._name}.{suffix}"):
            if old.name not in names:
                old.unlink(missing_ok=True)
        for name, (path, _) in zip(names, self._done, strict=True):
            path.replace(self._folder / name)
        self._done = []
        return found

    def _rows(self) -> int:
        return 0 if self._proof is None else self._proof.rows

    def _ready(self) -> None:
        """Open a file where none is open."""
        if self._path is None:
            schema = self._schema if self._schema is not None else pa.schema([(name, pa.string()) for name in self._profile.headers])
            self._path = temporary_in(self._folder)
            self._writer = self._module.Writer(self._path, self._profile.headers, self._profile.options)
            self._proof = Proof(schema, self._module.TEXT)
            if not self._module.TEXT and not self._rows():
                self._writer.add(schema.empty_table())

    def _finish(self) -> None:
        """Close the open file and read it back."""
        assert self._path is not None and self._proof is not None  # noqa: S101, PT018 - a file is open
        writer, self._writer = self._writer, None
        writer.close()
        prove(self._profile.name, self._module, self._profile.options, self._path, self._proof)
        with self._path.open("rb") as written:
            os.fsync(written.fileno())
        self._done.append((self._path, self._proof.rows))
        self._path = self._proof = None

    def _within(self, part: pa.Table, most: int) -> pa.Table:
        """The first rows of `part` that surely end below the limit: every cell counted as if each of its bytes were quoted."""
        sizes = None
        for column in part.columns:
            length = pc.fill_null(pc.binary_length(column.cast(pa.string())), 0).cast(pa.int64())
            sizes = length if sizes is None else pc.add(sizes, length)
        ends = pc.cumulative_sum(pc.add(pc.multiply(sizes, 2), 3 * part.num_columns + 2))
        count = pc.sum(pc.less_equal(pc.add(ends, self._writer.size), most)).as_py() or 0
        if not count and not self._rows():
            longer = f"one row is longer than the {most} bytes that a file may have — set max_chars for its columns"
            raise DataRefused(f"{self._profile.name}: {longer}")
        return part.slice(0, count)
