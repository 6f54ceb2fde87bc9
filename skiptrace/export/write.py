"""Writing an export: prepared cells, a private temporary file, read back cell for cell, renamed; its manifest last.

A manifest beside a file is the proof that the file is complete: the old one is taken away before the file is replaced,
and the new one is put after it.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, DataRefused, Problem, StoreUnavailable
from skiptrace.export.grammar import GRAMMARS, neutralised, violations
from skiptrace.export.profiles import Profile, formats
from skiptrace.export.rows import LeftBehind, export_rows, exportable_uses, not_exported
from skiptrace.ids import file_digest
from skiptrace.store.commit import encode_json, replace_bytes, sync_folder, temporary_in
from skiptrace.store.permissions import private_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class ExportReceipt:
    """A written export: names of file and manifest within the folder, rows, bytes, SHA-256 (hex) of the file, and the
    decided uses that stayed out."""

    name: str
    profile: str
    file: str
    manifest: str
    rows: int
    bytes: int
    sha256: str
    not_exported: tuple[LeftBehind, ...]

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self) | {"not_exported": [asdict(entry) for entry in self.not_exported]}


def write_export(
    profile: Profile,
    tables: Mapping[str, pa.Table],
    folder: Path,
    name: str,
    as_of: datetime.date,
    told: Mapping[str, Any] | None = None,
) -> ExportReceipt:
    """Write `<name>.<suffix>` and `<name>.manifest.json` to `folder`, both with mode 0600; earlier ones are replaced.

    `tables` holds accounts, contact_points, channels and decisions as published; a use is exported when its decision
    is permitted or conditional and valid on `as_of`. Equal tables give equal bytes. `told` is added to the manifest: what
    the caller did to the decisions before. Raises ConfigError for a name that
    is no plain file name; DataRefused when a cell breaks its column's grammar (the column is named), when the tables do
    not fit together, or when the file read back is not what was meant; UnsafePermissions for a folder that others may
    write; StoreUnavailable when the disk refuses. Nothing is left under the final names then."""
    if not _NAME.fullmatch(name):
        problem = Problem("skiptrace.toml", "export.name", "not a plain file name", "letters, digits, - and _ only")
        raise ConfigError("an export has no usable name", (problem,))
    module = formats()[profile.format]
    uses = exportable_uses(tables, as_of)
    table, changed = _prepare(profile, module, export_rows(profile, uses))
    left = not_exported(tables, as_of)
    private_folder(folder)
    file, manifest = folder / f"{name}.{module.SUFFIX}", folder / f"{name}.manifest.json"
    try:
        temporary = temporary_in(folder)
        try:
            module.write(table, temporary, profile.options)
            _compare(profile, module, table, temporary)
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            size, sha256 = temporary.stat().st_size, file_digest(temporary)
            manifest.unlink(missing_ok=True)
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"{file.name}: {os.strerror(error.errno or 0)}") from None
    receipt = ExportReceipt(name, profile.name, file.name, manifest.name, table.num_rows, size, sha256, left)
    content = _manifest(receipt, profile, uses, tables["decisions"], as_of, changed)
    replace_bytes(manifest, encode_json({**content, **(told or {})}))
    sync_folder(folder)
    return receipt


def _prepare(profile: Profile, module: ModuleType, table: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """The cells as they will stand in the file, and how many were neutralised per column."""
    columns: list[pa.ChunkedArray] = []
    broken: list[Problem] = []
    changed: dict[str, int] = {}
    for column in profile.columns:
        values = table[column.name]
        text = values.cast(pa.string()) if module.TEXT or column.grammar != "text" else values
        if wrong := violations(text, column.grammar):
            mend = f"mend its expression, or declare another grammar of {', '.join(GRAMMARS)}"
            what = f"{wrong} cells are no {column.grammar}"
            broken.append(Problem(f"{profile.name}.toml", f"column {column.name}", what, mend))
        if module.TEXT:
            values = text
            if profile.options["spreadsheet_safe"] and column.grammar == "text":
                values, count = neutralised(text)
                changed |= {column.name: count} if count else {}
        columns.append(values)
    if broken:
        raise DataRefused("an export was not written: cells break the grammar of their column", tuple(broken))
    return pa.table(columns, names=[column.name for column in profile.columns]), changed


def _compare(profile: Profile, module: ModuleType, table: pa.Table, path: Path) -> None:
    """Read the file with a reader that did not write it, and compare every cell. Raises DataRefused."""
    start = 0
    for piece in module.read(path, profile.options):
        meant = table.slice(start, piece.num_rows)
        named = not module.TEXT or profile.options["header"]
        if piece.num_columns != meant.num_columns or (named and piece.column_names != meant.column_names):
            raise DataRefused(f"{profile.name}: the file read back has other columns")
        for position, name in enumerate(meant.column_names):
            want = pc.fill_null(meant[name], "") if module.TEXT else meant[name]
            if not piece.column(position).cast(want.type).equals(want):
                raise DataRefused(f"{profile.name}: column {name} read back is not what was written")
        start += piece.num_rows
    if start != table.num_rows:
        raise DataRefused(f"{profile.name}: {start} rows read back, {table.num_rows} written")


def _manifest(
    receipt: ExportReceipt,
    profile: Profile,
    uses: pa.Table,
    decisions: pa.Table,
    as_of: datetime.date,
    changed: dict[str, int],
) -> dict[str, Any]:
    channels = pc.value_counts(uses["channel"].combine_chunks()).to_pylist()
    return {
        "name": receipt.name, "file": receipt.file,
        "rows": receipt.rows, "bytes": receipt.bytes, "sha256": receipt.sha256,
        "as_of": as_of.isoformat(), "profile": profile.name, "profile_fingerprint": profile.fingerprint,
        "format": profile.format, "columns": [column.name for column in profile.columns],
        "rulebook": sorted(pc.unique(decisions["rulebook"]).to_pylist()),
        "accounts": len(pc.unique(uses["account_id"])),
        "rows_by_channel": {entry["values"]: entry["counts"] for entry in channels},
        "decided_uses": decisions.num_rows,
        "not_exported": [asdict(entry) for entry in receipt.not_exported],
        "neutralised_cells": changed,
    }  # fmt: skip
