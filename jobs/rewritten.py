"""Published runs without the people who are forgotten: table files are written anew, and one manifest names them.

`run.json` is what other programs read, so it is replaced, in one step; it names its predecessor by hash, which is kept beside it. What
was exported, and the page, name people too: they are removed before that step, and the manifest keeps what they were, by hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import retained
from jobs.publish import render_report
from skiptrace.columns import combine
from skiptrace.intake import tombstones
from skiptrace.intake.tombstones import Tombs
from skiptrace.results.run import LEDGER, read_ledger
from skiptrace.schema import EVIDENCE_NAMES, PUBLISHED_NAMES, Column, Table, spec_of
from skiptrace.store import points
from skiptrace.store.commit import encode_json, put_bytes, replace_bytes
from skiptrace.store.keyring import of_portfolio
from skiptrace.store.places import Place, entries, place_of, remove_tree, walk
from skiptrace.store.tables import label_of, read_table, write_table

EXPORTS = "exports"
_OF_POINTS = ("channels", "decisions", "situations")


class Taking(Protocol):
    """What is taken out of the tables of a run."""

    def without(self, table: pa.Table, name: str, gone_points: list[pa.Array]) -> tuple[pa.Table, bool]:
        """A table of this name without it, and whether it was in it. gone_points: points that went with it from CONTACT_POINTS, which
        comes first, as their uses go too."""


@dataclass(frozen=True)
class People:
    """Whom to look for: the tombstones and the key of their tokens."""

    tombs: Tombs
    key: bytes

    def accounts(self, ids: pa.ChunkedArray) -> np.ndarray:
        """Which texts name a forgotten account (bool [n])."""
        return tombstones.accounts_of(self.tombs, self.key, ids)

    def others(self, table: pa.Table) -> pa.Table:
        """The rows of a table that name no forgotten account or consumer."""
        gone = np.zeros(len(table), bool)
        if "account_id" in table.column_names:
            gone |= self.accounts(table["account_id"])
        for name in ("consumer_id", "other_id", "became"):
            if name in table.column_names:
                gone |= tombstones.consumers_of(self.tombs, self.key, table[name])
        return table.filter(pa.array(~gone)) if gone.any() else table

    def without(self, table: pa.Table, name: str, gone_points: list[pa.Array]) -> tuple[pa.Table, bool]:
        """See `Taking`."""
        return _without(table, name, self, gone_points)


def rewrite(folder: Place, out: Taking, why: str = "people were forgotten") -> dict[str, int]:
    """Take people out of a published run; returns how many rows went, by table. Doing it twice changes nothing, and what a kill left is
    done the next time. Only while nobody else writes to the project.

    Raises DamagedFile (exit 3) where a table cannot be read: nobody could say that nobody is in it."""
    ledger = read_ledger(folder)
    if ledger is None:
        return {}
    before = (folder / LEDGER).read_bytes()
    content = json.loads(before)
    gone, went = _files_without(folder, ledger, out), dict[str, int]()
    for name, files in gone.items():
        part = content["tables" if name in content["tables"] else "evidence"]
        went[name] = part[name]["rows"] - sum(file["rows"] for file in files)
        part[name] = {"rows": sum(file["rows"] for file in files), "files": files}
    if gone:
        exports = list(_exported(folder))
        remove_tree(folder / EXPORTS)
        (folder / retained.PAGE).unlink(missing_ok=True)
        points.passed("exports-forgotten")
        supersede(folder, before, content, {"why": why, "rows": went, "exports": exports})
        points.passed("run-rewritten")
        ledger = read_ledger(folder) or content
    remove_unnamed(folder, ledger)
    if not ledger.get("thinned") and not (folder / retained.PAGE).is_file():
        render_report(folder)
    return went


def supersede(folder: Place, before: bytes, content: Mapping[str, Any], note: Mapping[str, Any]) -> None:
    """Replace the manifest of a run, in one step, by one that says `content` and names its predecessor, whose bytes are `before` and are
    kept beside it. note: what else is said of the change."""
    sha256 = hashlib.sha256(before).hexdigest()
    put_bytes(folder / f"run-{sha256[:16]}.json", before)
    told = [*content.get("rewritten", []), {"predecessor": sha256, **note}]
    replace_bytes(folder / LEDGER, encode_json({**content, "rewritten": told}))


def _files_without(folder: Place, ledger: Mapping[str, Any], out: Taking) -> dict[str, list[dict[str, Any]]]:
    """The files of each table in which somebody was, as they are without; they are written."""
    entries_of = {**ledger["tables"], **ledger.get("evidence", {})}
    gone_points: list[pa.Array] = [pa.array([], pa.string())]
    found = {}
    for name in sorted(entries_of, key=lambda one: one != "contact_points"):  # points first: their uses go with them
        files, changed = [], False
        for file in entries_of[name]["files"]:
            ref = {**file, "path": str(folder / file["path"])}
            table = read_table(ref, verify=True)
            kept, differs = out.without(table, name, gone_points)
            if differs:
                stem = place_of(ref["path"]).name.rpartition("-")[0]
                with of_portfolio(label_of(ref) if len(kept) else None):
                    new = write_table(kept, as_it_is(name, table.schema), folder / name, stem).plain()
                file, changed = {**new, "path": f"{name}/{place_of(new['path']).name}"}, True
            files.append(file)
        if changed:
            found[name] = files
    return found


def _without(table: pa.Table, name: str, people: People, gone_points: list[pa.Array]) -> tuple[pa.Table, bool]:
    """A table without forgotten people, and whether they were in it. Points of others that only a forgotten person's records showed go
    too, and are added to `gone_points`."""
    kept = people.others(table)
    differs = len(kept) < len(table)
    if name == "links":
        mine = tombstones.records_of(people.tombs, people.key, kept["source"], kept["record_id"])
        differs, kept = differs or bool(mine.any()), kept.filter(pa.array(~mine))
        bridged = np.zeros(len(kept), bool)
        for source in pc.unique(table["source"]).to_pylist():
            bridged |= tombstones.records_of(people.tombs, people.key, pa.repeat(source, len(kept)), kept["via"])
        if bridged.any():
            nobody = pc.if_else(pa.array(bridged), pa.scalar(None, pa.string()), kept["via"])
            differs, kept = True, kept.set_column(kept.column_names.index("via"), table.schema.field("via"), nobody)
    elif name == "contact_points":
        kept, lost = _without_evidence(kept, people)
        differs = differs or lost is not None
        if lost is not None:
            gone_points.append(lost)
    elif name in _OF_POINTS and any(len(one) for one in gone_points):
        theirs = pc.is_in(_pair(kept), pa.concat_arrays(gone_points))
        differs, kept = differs or bool(pc.any(theirs).as_py()), kept.filter(pc.invert(theirs))
    elif name == "put_back":
        lists = [[word for word in words if not people.accounts(pa.chunked_array([[word]]))[0]] for words in kept["evidence"].to_pylist()]
        if lists != kept["evidence"].to_pylist():
            column = pa.array(lists, kept.schema.field("evidence").type)
            differs, kept = True, kept.set_column(kept.column_names.index("evidence"), kept.schema.field("evidence"), column)
    return kept, differs


def _without_evidence(kept: pa.Table, people: People) -> tuple[pa.Table, pa.Array | None]:
    """CONTACT_POINTS without what forgotten people's accounts and records say, and the points of which nothing is left; None where they
    said nothing."""
    column = kept["evidence"].combine_chunks()
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    flat, parents = column.flatten(), np.asarray(pc.list_parent_indices(column))
    sources, ids = (pa.chunked_array([pc.struct_field(flat, part)]) for part in ("source", "record_id"))
    mine = tombstones.records_of(people.tombs, people.key, sources, ids) | people.accounts(ids)
    if not mine.any():
        return kept, None
    offsets = np.concatenate([[0], np.cumsum(np.bincount(parents[~mine], minlength=len(kept)))]).astype(np.int32)
    rest = pa.ListArray.from_arrays(pa.array(offsets), flat.filter(pa.array(~mine)), type=column.type)
    field = kept.schema.field("evidence")
    bare = np.diff(offsets) == 0
    bare &= np.bincount(parents, minlength=len(kept)) > 0
    kept = kept.set_column(kept.column_names.index("evidence"), field, rest)
    lost = _pair(kept.filter(pa.array(bare)))
    return kept.filter(pa.array(~bare)), lost


def _pair(table: pa.Table) -> pa.Array:
    """Account and point of each row as one text."""
    found = combine([table["account_id"], table["point_id"]], len(table))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def as_it_is(name: str, columns: pa.Schema) -> Table:
    """The columns that a file has: a run of an earlier version may lack one that was added since."""
    spec = spec_of(name)
    known = {column.name: column.privacy for column in spec.columns}
    there = tuple(
        Column(field.name, field.type, "As it was written.", known.get(field.name, "personal"), nullable=field.nullable)
        for field in columns
    )
    return Table(name, spec.sentence, there, tuple(key for key in spec.key if key in columns.names))


def exported(folder: Place) -> list[str]:
    """Names of the exports of a run that are there."""
    return [place.name for place in entries(folder / EXPORTS)]


def _exported(folder: Place) -> Iterator[dict[str, Any]]:
    """What a run exported, as its manifests say: no value of a person."""
    for place in entries(folder / EXPORTS):
        manifest = place / f"{place.name}.manifest.json"
        files: list[dict[str, Any]] = []
        with suppress(OSError, ValueError):
            told = json.loads(manifest.read_bytes())
            files = [{name: file.get(name) for name in ("file", "rows", "bytes", "sha256")} for file in told.get("files", [])]
        yield {"export": place.name, "files": files}


def remove_unnamed(folder: Place, ledger: Mapping[str, Any]) -> None:
    """Remove what lies among the tables and is not named: files of before, and what a killed attempt left."""
    tables = {**ledger["tables"], **ledger.get("evidence", {})}
    named = {file["path"] for table in tables.values() for file in table["files"]}
    for entry in walk(folder):
        if entry.name.partition("/")[0] in (*PUBLISHED_NAMES, *EVIDENCE_NAMES) and entry.name not in named:
            (folder / entry.name).unlink(missing_ok=True)
