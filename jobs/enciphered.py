"""`skiptrace keys encrypt`: what a project wrote before it was encrypted is written anew, so that nothing of it lies in clear.

Tables of published runs and of ledgers are replaced as they are when people are taken out of them; notes are sealed in place. What is
made from deliveries, and what a night begins from, is removed: the next run makes it, encrypted. Files that were deleted may still lie on
the disk, and in backups: both are older than the key.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs import backup, chain, exported, keys, outcomes, own_rows, register
from jobs.feedback import load_project
from jobs.leftovers import collect
from jobs.locking import locked
from jobs.rewritten import as_it_is, supersede
from jobs.runner import files_of
from jobs.waterfall import log
from skiptrace.errors import ConfigError, Problem
from skiptrace.project import FILE_NAME, PRIVATE, home_of
from skiptrace.results.run import LEDGER, Run, read_ledger
from skiptrace.schema import Column, Table
from skiptrace.store import points
from skiptrace.store.commit import replace_bytes
from skiptrace.store.keyring import of_portfolio, ring_of
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place, entries, local_file, place_of, remove_tree, walk
from skiptrace.store.sealed import MAGIC, seal
from skiptrace.store.tables import is_clear, read_table, write_table

_LEDGERS = (outcomes, register, exported, log)
_NOTES = ("notes", "alerts", "reviewed")


def encipher(folder: Path) -> dict[str, Any]:
    """Encrypt what is in clear: the runs, how many files, how many folders were removed. Doing it twice changes nothing, and what a kill
    left is done the next time.

    Raises ConfigError (exit 2) where the project is not to be encrypted, DamagedFile (3) where a table cannot be read, SafeToRerun (75)
    where a run is under way, and as `jobs.keys`."""
    project, home = load_project(folder, os.environ), home_of(folder).resolve()
    if project.encryption is None:
        raise ConfigError("the project is not encrypted", (Problem(FILE_NAME, "encryption", "is missing", "set [encryption] kms"),))
    refuse_unsafe(home)
    private = private_folder(home / PRIVATE)
    with locked(private):
        keys.require_ready(project, home)
        keys.make(project, home, ())
        files, done, removed = 0, list[str](), 0
        for kind in backup.MADE_AGAIN:
            if in_clear_below(private / kind):
                remove_tree(private / kind)
                removed += 1
        for ledger in _LEDGERS:
            files += _ledger(private / ledger.FOLDER, ledger.named_by)
        for note in (note for kind in _NOTES for note in entries(private / kind) if note.name.endswith(".json")):
            if not note.read_bytes().startswith(MAGIC):
                replace_bytes(note, seal(note, note.read_bytes()))
                files += 1
        for run in own_rows.published(home):
            if count := _run(project.portfolio.name, home, run):
                files, done = files + count, [*done, run.run_id]
        collect(home, dt.datetime.now().astimezone(), young=dt.timedelta(0), unfinished=dt.timedelta(0))
    return {"runs": done, "files": files, "removed": removed}


def in_clear(home: Place) -> int:
    """How many tables of published runs and of ledgers are in clear."""
    refs = [ref for run in own_rows.published(home) for ref in _refs(run)]
    for ledger in _LEDGERS:
        folder = home / PRIVATE / ledger.FOLDER
        _, state = chain.last(folder, dict)
        refs += [{**ref, "path": str(folder / ref["path"])} for ref in files_of(state)]
    return sum(is_clear(ref) for ref in refs)


def in_clear_below(folder: Place) -> bool:
    """Whether a table, an index or a list of readings that was made in clear is in a folder of what is made again."""
    for entry in walk(folder):
        if entry.name.endswith((".parquet", ".arrow", ".bin")) and not entry.linked:
            content = _beginning(folder / entry.name)
            if not content.startswith((MAGIC, b"PARE")):
                return True
    return False


def _beginning(place: Place) -> bytes:
    if isinstance(place, Path):
        with place.open("rb") as file:
            return file.read(len(MAGIC))
    return place.read_bytes()[: len(MAGIC)]


def _refs(run: Run) -> list[dict[str, Any]]:
    tables = {**run.ledger["tables"], **run.ledger.get("evidence", {})}
    return [{**ref, "path": str(run.folder / ref["path"])} for table in tables.values() for ref in table["files"]]


def _ledger(folder: Place, named_by: Any) -> int:
    """Write the tables of a chain's last state anew. Returns how many."""
    made = dict[str, dict[str, Any]]()

    def again(content: Any) -> Any:
        if isinstance(content, list):
            return [again(one) for one in content]
        if not isinstance(content, dict):
            return content
        if {"path", "rows", "bytes", "sha256"} <= content.keys():
            ref = {**content, "path": str(folder / content["path"])}
            if content["path"] not in made and _there(ref) and is_clear(ref):
                table = read_table(ref, verify=True)
                new = write_table(table, _spec(table), folder, str(content["path"]).rpartition("-")[0]).plain()
                made[content["path"]] = {**new, "path": place_of(new["path"]).name}
            return {**content, **made.get(content["path"], {})}
        return {name: again(one) for name, one in content.items()}

    if chain.last(folder, dict)[0]:
        chain.add(folder, dict, again, named_by)
        chain.only_last(folder, named_by)
    return len(made)


def _there(ref: Mapping[str, Any]) -> bool:
    try:
        return local_file(ref["path"], ref["sha256"], ref["bytes"]).is_file()
    except FileNotFoundError:
        return False


def _spec(table: pa.Table) -> Table:
    """The columns of a ledger's table, all of them for the identity key: no reader of scores asks for them."""
    columns = (Column(field.name, field.type, "As it was written.", "personal", nullable=field.nullable) for field in table.schema)
    return Table("ledger", "A table of a ledger.", tuple(columns))


def _run(portfolio: str, home: Place, run: Run) -> int:
    """Write the tables of a run that are in clear anew, by the key of its portfolio's file where it had one alone."""
    before = (run.folder / LEDGER).read_bytes()
    content, count = json.loads(before), 0
    told: Mapping[str, Any] = next((one for one in content.get("deliveries", ()) if one.get("name") == portfolio), {"files": []})
    label = keys.label_of(told["files"][0]["name"]) if len(told["files"]) == 1 else None
    for part in ("tables", "evidence"):
        for name, entry in read_ledger(run.folder)[part].items() if part in content else ():  # type: ignore[index]
            for number, file in enumerate(entry["files"]):
                ref = {**file, "path": str(run.folder / file["path"])}
                if is_clear(ref):
                    table, count = read_table(ref, verify=True), count + 1
                    with of_portfolio(label if _has_key(home, label) else None):
                        stem = place_of(ref["path"]).name.rpartition("-")[0]
                        new = write_table(table, as_it_is(name, table.schema), run.folder / name, stem).plain()
                    content[part][name]["files"][number] = {**new, "path": f"{name}/{place_of(new['path']).name}"}
    if count:
        points.passed("before-enciphered")
        supersede(run.folder, before, content, {"why": "the project is encrypted now"})
    return count


def _has_key(home: Place, label: str | None) -> bool:
    ring = ring_of(home / PRIVATE)
    return ring is not None and label in ring.labels
