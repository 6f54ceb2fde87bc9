"""`skiptrace backup`: what of a project cannot be computed again, as one file.

That is what the project learned and was told (outcomes, register, models, tombstones, notes, what was acknowledged and accepted, the
audit log), and its published runs: their ledgers, tables and evidence. What is made from deliveries (readings, the index, persons) is
not in it, nor are exports, the page and work that is under way: the next run makes them, or their command does.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import skiptrace
from jobs import archive, schema_state, shards, unremembered
from jobs.audit import FILE as AUDIT
from jobs.audit import HEAD
from jobs.locking import locked
from jobs.night import base as night
from jobs.readings import FOLDER as READINGS
from jobs.setup import key_id
from jobs.spilling import SPILL
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.project import FILE_NAME, PRIVATE, Project, home_of, load, own_key_file, token_key
from skiptrace.results import latest, runs
from skiptrace.results.run import read_ledger
from skiptrace.results.shelf import RUNS
from skiptrace.schema import SCHEMA_VERSION
from skiptrace.store.commit import is_temporary
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place, digest_of, place_of, walk

MADE_AGAIN = (
    unremembered.DELIVERIES, unremembered.INDEX, unremembered.ENTITIES, unremembered.WORK, shards.FOLDER, night.FOLDER, READINGS,
    SPILL, *unremembered.ON_THE_WAY,
)  # fmt: skip
"""Private folders that the next run makes anew."""
KEY = "token.key"
_RECORD = re.compile(r"run\.json|run-[0-9a-f]{16}\.json|thinned\.json|rulebook\.json")
"""What lies beside a run's tables: its ledger and what the ledger was, what is gone of it, its rules."""


def backup(folder: Path, target: str, with_key: bool = False) -> tuple[bool, dict[str, Any]]:
    """Put the backup of a project at `target`, a path or an object's URL, if nothing is there; whether it was put, and what it is: its
    SHA-256, and files and bytes in it. The same state gives the same bytes. `with_key`: the key of the tokens is in it, in clear.

    Raises ConfigError (exit 2) where another file is there, where the project has nothing to back up, or the key is kept elsewhere;
    SafeToRerun (75) where a run is under way."""
    project, home, place = load(folder, os.environ), home_of(folder).resolve(), place_of(target)
    refuse_unsafe(home)
    schema_state.refuse_newer(home / PRIVATE)
    key = _own_key(project) if with_key else None
    with locked(private_folder(home / PRIVATE)):
        files = dict(_files(folder, home))
        if key is not None:
            files[KEY] = key.read_bytes
        if not files:
            problem = Problem(project.file.name, "", "has no run and no state", "`skiptrace run` makes the first")
            raise ConfigError("there is nothing to back up", (problem,))
        files[FILE_NAME] = project.file.read_bytes
        head = {
            "schema_version": SCHEMA_VERSION, "program": skiptrace.__version__, "project": project.project.name,
            "key_id": key_id(token_key(project, os.environ)), "latest": _latest(home),
        }  # fmt: skip
        created, sha256 = archive.write(place, head, files)
    if not created and _differs(place, sha256):
        problem = Problem(place.name, "", "is there, and is another file", "name a file that is not there yet")
        raise ConfigError("a backup never replaces a file", (problem,))
    return created, {"file": str(place), "sha256": sha256, "files": len(files)}


def _files(folder: Path, home: Place) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """What goes into the backup: the name of each file below the project's home, and what reads it."""
    private = home / PRIVATE
    for entry in walk(private):
        top, _, inner = entry.name.partition("/")
        if inner and not entry.linked and top not in MADE_AGAIN and not is_temporary(Path(entry.name)):
            yield f"{PRIVATE}/{entry.name}", (private / entry.name).read_bytes
    for name in (AUDIT, HEAD):
        log = folder / PRIVATE / name
        if log.is_file() and not log.is_symlink():
            yield f"{PRIVATE}/{name}", log.read_bytes
    for summary in runs(home):
        run = home / RUNS / summary.run_id
        ledger = read_ledger(run)
        tables = {} if ledger is None else {**ledger["tables"], **ledger.get("evidence", {})}
        named = {file["path"]: file["sha256"] for table in tables.values() for file in table["files"]}
        for entry in walk(run):
            if not entry.linked and _RECORD.fullmatch(entry.name):
                yield f"{RUNS}/{summary.run_id}/{entry.name}", (run / entry.name).read_bytes
        for name, sha256 in named.items():
            yield f"{RUNS}/{summary.run_id}/{name}", partial(_as_written, run / name, sha256)


def _as_written(place: Place, sha256: str) -> bytes:
    """A table file of a run. Raises DataRefused (exit 3) where it is not what was written: a backup of it would be none."""
    try:
        content = place.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        problem = Problem(place.name, "", "is gone or damaged", "`skiptrace runs verify` says more; purge that run, or restore it")
        raise DataRefused("a run is not what was published, so there is nothing whole to back up", (problem,))
    return content


def _own_key(project: Project) -> Path:
    """The file of the key that the program made itself."""
    if project.security.token_key is not None:
        mend = "back it up where it is kept, apart from this file"
        raise ConfigError("the key is not the program's", (Problem(project.file.name, "security.token_key", "says where it is", mend),))
    token_key(project, os.environ)  # made, or refused where others could read it
    return own_key_file(os.environ)


def _latest(home: Place) -> str | None:
    try:
        return latest(home).run_id
    except ConfigError:
        return None


def _differs(place: Place, sha256: str) -> bool:
    return digest_of(place) != sha256
