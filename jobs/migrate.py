"""`skiptrace migrate`: runs that an earlier version published get the present columns, one manifest each, as `jobs.rewritten` does.

A program reads earlier runs without it; other programs, which know the present contract, may not. Nothing that a table said changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import models, outcomes, schema_state
from jobs.locking import locked
from jobs.rewritten import as_it_is, remove_unnamed, supersede
from skiptrace.project import PRIVATE, home_of
from skiptrace.results import runs
from skiptrace.results.run import LEDGER, read_ledger
from skiptrace.results.shelf import RUNS
from skiptrace.schema import SCHEMA_VERSION, spec_of
from skiptrace.schema.migrations import migrated
from skiptrace.store import points
from skiptrace.store.keyring import of_portfolio
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place, place_of
from skiptrace.store.tables import label_of, read_table, write_table


@dataclass(frozen=True)
class Migrated:
    """A run that got the present form: its schema's version before and after, and by table the columns that were added."""

    run_id: str
    before: int
    after: int
    added: dict[str, tuple[str, ...]]


def migrate(folder: Path, dry: bool = False) -> list[Migrated]:
    """Give every run and ledger of a project the present form, or with `dry` say what would change. A match model in a form that is not
    read any more is set aside, and the next run learns another. Doing it twice changes nothing; what a kill left is done the next time.

    Raises ConfigError (exit 2) where a later version wrote to the project, DamagedFile (exit 3) where a table cannot be read, SafeToRerun
    (75) where a run is under way."""
    home = home_of(folder).resolve()
    refuse_unsafe(home)
    schema_state.refuse_newer(home / PRIVATE)
    done = []
    with locked(private_folder(home / PRIVATE)):
        for summary in runs(home):
            ledger = read_ledger(home / RUNS / summary.run_id) or {}
            version = int(ledger.get("schema_version", 1))
            if version > SCHEMA_VERSION:
                raise schema_state.refusal(f"{summary.run_id}/{LEDGER}", version)
            if version < SCHEMA_VERSION:
                done.append(_run(home / RUNS / summary.run_id, ledger, version, dry))
        if not dry:
            outcomes.settled(home / PRIVATE)
            models.set_aside(home / PRIVATE)
            schema_state.note(home / PRIVATE)
    return done


def _run(folder: Place, ledger: Mapping[str, Any], version: int, dry: bool) -> Migrated:
    before = (folder / LEDGER).read_bytes()
    content, added = json.loads(before), dict[str, tuple[str, ...]]()
    for part in ("tables", "evidence"):
        for name, entry in ledger.get(part, {}).items():
            files = []
            for file in entry["files"]:
                ref = {**file, "path": str(folder / file["path"])}
                table, new = migrated(read_table(ref, verify=True), spec_of(name), version)
                if new:
                    added[name] = new
                if not new or dry:
                    files.append(file)
                    continue
                form = as_it_is(name, table.schema)
                with of_portfolio(label_of(ref)):
                    made = write_table(table, form, folder / name, place_of(ref["path"]).name.rpartition("-")[0]).plain()
                files.append({**made, "path": f"{name}/{place_of(made['path']).name}"})
            content[part][name] = {"rows": entry["rows"], "files": files}
    if not dry:
        whole = {**content, "schema_version": SCHEMA_VERSION}
        points.passed("before-migrated")
        supersede(folder, before, whole, {"why": f"schema version {version} became {SCHEMA_VERSION}"})
        points.passed("migrated")
        remove_unnamed(folder, read_ledger(folder) or whole)
    return Migrated(folder.name, version, SCHEMA_VERSION, added)
