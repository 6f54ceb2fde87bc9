"""Writing an export: rows shaped and made to fit part by part, files proved and renamed; the manifest last.

A manifest beside a file is the proof that the file is complete: the old one is taken away before the file is replaced,
and the new one is put after it.
"""

from __future__ import annotations

import datetime
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem, StoreUnavailable
from skiptrace.export import fitting, leaving, rows, shape
from skiptrace.export.evaluation import engine, evaluate, named_columns
from skiptrace.export.files import Files, WrittenFile
from skiptrace.export.formats import csv, formats
from skiptrace.export.grammar import neutralised
from skiptrace.export.model import Profile
from skiptrace.export.proof import Proof, prove
from skiptrace.export.rows import LeftBehind
from skiptrace.ids import file_digest
from skiptrace.sql import query
from skiptrace.store.commit import encode_json, replace_bytes, sync_folder, temporary_in
from skiptrace.store.permissions import private_folder

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SENT: Final = "select distinct account_id, unnest(string_split(channels, '|')) as channel from stands"
Tables = Mapping[str, pa.Table]
SENT = pa.schema([("account_id", pa.string()), ("channel", pa.string())])


@dataclass(frozen=True)
class ExportReceipt:
    """A written export: names of its files and manifest within the folder, rows, bytes and SHA-256 (hex) of each file, the
    decided uses that stayed out, and the accounts that stand in it, with the channels of their rows (`sent`: SENT)."""

    name: str
    profile: str
    files: tuple[WrittenFile, ...]
    manifest: str
    not_exported: tuple[LeftBehind, ...]
    sent: pa.Table = field(default_factory=SENT.empty_table)

    @property
    def file(self) -> str:
        """Name of the first file, mostly the only one."""
        return self.files[0].file

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(one.rows for one in self.files)

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "name": self.name, "profile": self.profile, "file": self.file, "rows": self.rows, "manifest": self.manifest,
            "files": [asdict(one) for one in self.files], "not_exported": [asdict(entry) for entry in self.not_exported],
        }  # fmt: skip


@dataclass(frozen=True)
class Part:
    """The rows of a part of a run: cells that fit, the accounts that stand in them, why each other account is in none, and
    what was changed and counted on the way."""

    cells: pa.Table
    exported: pa.Array
    sent: pa.Table
    away: pa.Table
    changed: Mapping[str, Counter[str]]
    channels: Counter[str]
    left: Counter[tuple[str, str]]
    decided: int
    rulebooks: frozenset[str]


def write_export(
    profile: Profile,
    tables: Tables | Iterable[Tables],
    folder: Path,
    name: str,
    as_of: datetime.date,
    told: Mapping[str, Any] | None = None,
) -> ExportReceipt:
    """Write `<name>.<suffix>` (`<name>-001.<suffix>` and so on, where the profile's limits cut), `<name>.not-exported.csv` and
    `<name>.manifest.json` to `folder`, all with mode 0600; earlier ones are replaced.

    `tables` holds accounts, contact_points, channels and decisions as published, or comes in parts of which each holds
    whole accounts and whole consumers; a use is exported when its decision is permitted or conditional and valid on
    `as_of`. Equal tables give equal bytes. `told` is added to the manifest: what the caller did to the decisions before.
    Raises ConfigError for a name that is no plain file name; DataRefused when a cell breaks its column's grammar (the
    column is named), when the tables do not fit together, or when a file read back is not what was meant;
    UnsafePermissions for a folder that others may write; StoreUnavailable when the disk refuses. Nothing is left under the
    final names then."""
    if not _NAME.fullmatch(name):
        problem = Problem("skiptrace.toml", "export.name", "not a plain file name", "letters, digits, - and _ only")
        raise ConfigError("an export has no usable name", (problem,))
    private_folder(folder)
    manifest = folder / f"{name}.manifest.json"
    try:
        with Files(profile, formats()[profile.format], folder, name) as files:
            counted = _Counted()
            for part in parts(profile, tables, as_of):
                files.add(part.cells)
                counted.add(part)
            files.prove()
            away = _write_away(counted.away(), folder)
            try:
                manifest.unlink(missing_ok=True)
                written = files.publish()
                left_file = folder / f"{name}.not-exported.csv"
                listed = WrittenFile(left_file.name, counted.away().num_rows, away.stat().st_size, file_digest(away))
                away.replace(left_file)
            finally:
                away.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"{name}: {os.strerror(error.errno or 0)} — see that there is room, and who may write there") from None
    receipt = ExportReceipt(name, profile.name, written, manifest.name, counted.not_exported(), counted.sent())
    content = {**_manifest(receipt, profile, as_of), **counted.plain(), "not_exported_accounts": asdict(listed)}
    replace_bytes(manifest, encode_json({**content, **(told or {})}))
    sync_folder(folder)
    return receipt


def wanted(profile: Profile) -> set[str]:
    """Columns of EXPORTABLE that the rows of a profile are made of."""
    return named_columns([*(column.expression for column in profile.columns), profile.where or ""]) | set(shape.NEEDED)


def _early(profile: Profile) -> set[str]:
    """Columns that are wanted of every use, not of every row alone."""
    of_uses = [column.expression for column in profile.columns if column.slotted]
    return named_columns([*of_uses, profile.where or ""]) | set(shape.NEEDED)


def parts(profile: Profile, tables: Tables | Iterable[Tables], as_of: datetime.date) -> Iterator[Part]:
    """The rows of an export, part by part, before they are written: what a preview shows."""
    module = formats()[profile.format]
    named = wanted(profile)
    with engine(None, {}) as connection:
        for own in [tables] if isinstance(tables, Mapping) else tables:
            yield _part(profile, own, as_of, named, module.TEXT, connection)
            pa.default_memory_pool().release_unused()  # what a part took is not kept for the next one's peak


def _part(
    profile: Profile, own: Tables, as_of: datetime.date, named: set[str], text: bool, connection: duckdb.DuckDBPyConnection
) -> Part:
    """One part: its uses, rows, cells, and the accounts that are in none."""
    counted = rows.judged(own, as_of, connection)
    left = Counter({(entry.decision, entry.reason): entry.uses for entry in counted.left})
    late = sorted(named & rows.LATE - _early(profile))
    uses = rows.exportable_uses(own, as_of, named - set(late), profile.channels, connection, counted)
    if profile.where is not None:
        takes = evaluate(profile.name, uses, {"where": profile.where}, connection)["where"]
        takes = pc.fill_null(takes.cast(pa.bool_()), False)
        uses = uses if pc.all(takes).as_py() is not False else uses.filter(takes)
    shaped = shape.shape(profile, uses)
    shaped = replace(shaped, rows=rows.with_late(shaped.rows, own, as_of, late, connection))
    fitted = fitting.fit(profile, _cells(profile, uses, shaped, connection), text)
    kept = fitted.kept[shaped.row_of]
    exported = shaped.accounts.filter(pa.array(kept))
    reasons = fitted.reasons.take(pa.array(shaped.row_of[~kept])).to_pylist()
    why = {**shaped.left, **dict(zip(shaped.accounts.filter(pa.array(~kept)).to_pylist(), reasons, strict=True))}
    away = leaving.not_exported_accounts(own, exported, why, profile.channels, as_of, connection)
    of_rows = shaped.rows["channels"].take(pa.array(shaped.row_of[kept]))
    sent = query(_SENT, {"stands": pa.table({"account_id": exported, "channels": of_rows})})
    channels = Counter[str]()
    for entry in pc.value_counts(shaped.rows["channels"].combine_chunks().filter(pa.array(fitted.kept))).to_pylist():
        channels[entry["values"]] += entry["counts"]
    books = frozenset(pc.unique(own["decisions"]["rulebook"].cast(pa.string())).to_pylist())
    return Part(fitted.cells, exported, sent.cast(SENT), away, fitted.changed, channels, left, own["decisions"].num_rows, books)


def _cells(
    profile: Profile, uses: pa.Table, shaped: shape.Shaped, connection: duckdb.DuckDBPyConnection
) -> pa.Table:
    """Every column of the profile's file, by header, as its expression gives it."""
    whole = {column.name: column.expression for column in profile.columns if not column.slotted}
    slotted = {column.name: column.expression for column in profile.columns if column.slotted}
    of_row = evaluate(profile.name, shaped.rows, whole, connection)
    of_use = evaluate(profile.name, uses, slotted, connection)
    found = []
    for _, column, slot in profile.cells:
        source = of_row[column.name] if not column.slotted else of_use[column.name].combine_chunks().take(shaped.slots[slot - 1])
        found.append(source)
    return pa.table(found, names=list(profile.headers))


class _Counted:
    """What the manifest says of all parts."""

    def __init__(self) -> None:
        self._changed: dict[str, Counter[str]] = {}
        self._channels: Counter[str] = Counter()
        self._left: Counter[tuple[str, str]] = Counter()
        self._decided = self._accounts = 0
        self._books: frozenset[str] = frozenset()
        self._away: list[pa.Table] = [leaving.SPEC.empty_table()]
        self._sent: list[pa.Table] = [SENT.empty_table()]

    def add(self, part: Part) -> None:
        for change, cells in part.changed.items():
            self._changed.setdefault(change, Counter()).update(cells)
        self._channels += part.channels
        self._left += part.left
        self._decided += part.decided
        self._accounts += len(pc.unique(part.exported))
        self._books |= part.rulebooks
        self._away.append(part.away)
        self._sent.append(part.sent)

    def away(self) -> pa.Table:
        """account_id and reason of every account in no row, sorted."""
        return pa.concat_tables(self._away).sort_by("account_id")

    def sent(self) -> pa.Table:
        """SENT: every account in a row with each channel of it, sorted."""
        return pa.concat_tables(self._sent).sort_by([("account_id", "ascending"), ("channel", "ascending")])

    def not_exported(self) -> tuple[LeftBehind, ...]:
        return tuple(sorted(LeftBehind(*key, uses) for key, uses in self._left.items()))

    def plain(self) -> dict[str, Any]:
        reasons = pc.value_counts(self.away()["reason"].combine_chunks()).to_pylist()
        return {
            "rulebook": sorted(self._books), "accounts": self._accounts, "decided_uses": self._decided,
            "rows_by_channel": dict(self._channels), "not_exported": [asdict(entry) for entry in self.not_exported()],
            "accounts_by_reason": {entry["values"]: entry["counts"] for entry in reasons},
            "changed_cells": {change: dict(cells) for change, cells in self._changed.items()},
            "neutralised_cells": dict(self._changed.get("neutralised", {})),
        }  # fmt: skip


def _write_away(away: pa.Table, folder: Path) -> Path:
    """The list of accounts that are in no row, proved as any other file, under a temporary name."""
    away = away.set_column(0, "account_id", neutralised(away["account_id"])[0])
    path = temporary_in(folder)
    writer = csv.Writer(path, away.column_names, csv.OPTIONS)
    writer.add(away)
    writer.close()
    meant = Proof(away.schema, text=True)
    meant.add(away)
    prove("not-exported", csv, csv.OPTIONS, path, meant)
    return path


def _manifest(receipt: ExportReceipt, profile: Profile, as_of: datetime.date) -> dict[str, Any]:
    """What the manifest says of the files themselves."""
    first = receipt.files[0]
    return {
        "name": receipt.name, "file": first.file, "files": [asdict(one) for one in receipt.files], "rows": receipt.rows,
        "bytes": sum(one.bytes for one in receipt.files), "sha256": first.sha256,
        "as_of": as_of.isoformat(), "profile": profile.name, "profile_fingerprint": profile.fingerprint,
        "format": profile.format, "shape": profile.shape, "row": profile.row, "columns": list(profile.headers),
        "limits_unverified": list(profile.limits_unverified),
    }  # fmt: skip
