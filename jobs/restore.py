"""`skiptrace restore`: a backup is put into an empty or damaged project.

Nothing is written before every byte of the backup was read and the project is known to hold nothing newer. What names other files
(ledgers of runs, the pointers to models, `runs/latest`) comes last, so that after a kill the same command goes on. Tombstones that the
project has stay, and whoever is forgotten is taken out again of what the backup brought.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jobs import archive, chain, schema_state
from jobs.archive import Archive
from jobs.audit import FILE as AUDIT
from jobs.audit import HEAD
from jobs.backup import KEY
from jobs.forgotten import sweep
from jobs.locking import locked
from jobs.night import base as night
from jobs.publish import point_latest, render_report
from jobs.retained import PAGE
from jobs.setup import key_id
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.project import FILE_NAME, PRIVATE, Project, home_of, load, own_key_file, token_key
from skiptrace.results import latest, runs
from skiptrace.results.run import LEDGER
from skiptrace.results.shelf import RUNS
from skiptrace.schema import SCHEMA_VERSION
from skiptrace.store import keyring, points
from skiptrace.store.commit import put_bytes, read_json, replace_bytes
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place, digest_of, entries, place_of, remove_tree

POINTERS = (LEDGER, "current", "current-reach")
"""Files that name others."""


@dataclass(frozen=True)
class Restored:
    """What was put back: files that were lacking or damaged, files that were there already, the runs of the backup, the run that is the
    latest now, and how many things and rows of forgotten people the backup brought, which are gone again."""

    written: int
    there: int
    runs: int
    latest: str | None
    forgotten: int


def restore(folder: Path, source: str, at: dt.datetime) -> Restored:
    """Put a backup into a project. Doing it twice changes nothing.

    Raises DataRefused (exit 3) for a damaged backup; ConfigError (exit 2) for one of a later version, of another project or another key of
    tokens, and where the project holds something newer; SafeToRerun (75) where a run is under way. Nothing is changed then."""
    project, home, place = load(folder, os.environ), home_of(folder).resolve(), place_of(source)
    refuse_unsafe(home)
    schema_state.refuse_newer(home / PRIVATE)
    if not place.is_file():
        raise ConfigError("there is no such backup", (Problem(place.name, "", "not found", "name the file that `skiptrace backup` made"),))
    with archive.opened(place) as backup:
        _refuse_foreign(project, backup)
        with locked(private_folder(home / PRIVATE)):
            if newer := tuple(_newer(folder, home, backup)):
                raise ConfigError("the project holds what is newer than the backup; nothing was changed", newer)
            key = _with_key(project, backup)
            written, there = _put_back(folder, home, backup)
            points.passed("put-back")
            remove_tree(home / PRIVATE / night.FOLDER)  # the next run is computed whole
            last = backup.head["latest"]
            if last is not None and _pointed(home) != last:
                point_latest(home / RUNS, last)
            removed, went, _ = sweep(home, key, at)
    with suppress(ConfigError):
        run = latest(home)
        if not (run.folder / PAGE).is_file():
            render_report(run.folder)
    count = sum(removed.values()) + sum(sum(tables.values()) for tables in went.values())
    return Restored(written, there, len({name.split("/")[1] for name in backup.files if name.startswith(f"{RUNS}/")}), last, count)


def _refuse_foreign(project: Project, backup: Archive) -> None:
    version = int(backup.head["schema_version"])
    if version > SCHEMA_VERSION:
        raise schema_state.refusal(archive.LIST, version)
    if backup.head["project"] != project.project.name:
        what = f'is of project "{backup.head["project"]}", and this is "{project.project.name}"'
        raise ConfigError("the backup is another project's", (Problem(archive.LIST, "project", what, "choose the backup of this one"),))
    if project.security.token_key is None and KEY not in backup.files and not own_key_file(os.environ).exists():
        problem = Problem("token.key", "", "is not on this machine, and not in the backup", "put the key back first, where it was")
        raise ConfigError("without the key of its tokens a project matches nobody", (problem,))
    if _key_of(project, backup) != backup.head["key_id"]:
        problem = Problem("security", "token_key", "is another than the backup's tokens were made with", "put that key back first")
        raise ConfigError("the backup was made with another key", (problem,))


def _key_of(project: Project, backup: Archive) -> str:
    if project.security.token_key is None and KEY in backup.files and not own_key_file(os.environ).exists():
        return str(backup.head["key_id"])  # it is the one that is about to be put
    return key_id(token_key(project, os.environ))


def _with_key(project: Project, backup: Archive) -> bytes:
    own = own_key_file(os.environ) if project.security.token_key is None else None
    if own is not None and KEY in backup.files and not own.exists():
        put_bytes(private_folder(own.parent) / own.name, backup.read(KEY))
    return token_key(project, os.environ)


def _newer(folder: Path, home: Place, backup: Archive) -> Iterator[Problem]:
    """What the project holds that the backup does not know: a later state of a ledger, a run, another model."""
    mend = "keep the project as it is; to go back all the same, move this away first"
    private = home / PRIVATE
    for name in sorted({name.split("/")[1] for name in backup.files if name.startswith(f"{PRIVATE}/") and name.count("/") == 2}):
        theirs = _last_state(entry.rpartition("/")[2] for entry in backup.files if entry.startswith(f"{PRIVATE}/{name}/"))
        mine = _last_state(place.name for place in entries(private / name))
        if theirs is None or mine is None or (name == keyring.FOLDER and _same_ring(home, backup, theirs)):
            continue
        inner = f"{PRIVATE}/{name}/state-{mine:06d}.json"
        same = mine != theirs or _same_or_broken(home / inner, backup, inner)
        if mine > theirs or not same:
            yield Problem(f"{PRIVATE}/{name}", f"state {mine}", "is newer than the backup's" if mine > theirs else "is another", mend)
    for summary in runs(home):
        inner = f"{RUNS}/{summary.run_id}/{LEDGER}"
        if inner not in backup.files:
            yield Problem(RUNS, summary.run_id, "was published since", mend)
        elif not _same_or_broken(home / inner, backup, inner):
            yield Problem(RUNS, summary.run_id, "was changed since", mend)
    for name in ("current", "current-reach"):
        inner = f"{PRIVATE}/models/{name}"
        if (home / inner).is_file() and (inner not in backup.files or digest_of(home / inner) != backup.files[inner]["sha256"]):
            yield Problem(f"{PRIVATE}/models", name, "names another model", mend)


def _same_ring(home: Place, backup: Archive, number: int) -> bool:
    """Whether the keyring of the project is a later state of the backup's: then it stays."""
    mine = keyring.last_state(home)
    theirs = json.loads(backup.read(f"{PRIVATE}/{keyring.FOLDER}/state-{number:06d}.json"))
    return mine is not None and bool(mine["project"] == theirs["project"])


def _last_state(names: Iterator[str]) -> int | None:
    return max((int(found[1]) for name in names if (found := chain.STATE.fullmatch(name))), default=None)


def _same_or_broken(place: Place, backup: Archive, name: str) -> bool:
    """Whether a JSON file of ours is what the backup has, or cannot be read."""
    try:
        content = place.read_bytes()
        json.loads(content)
    except (OSError, ValueError):
        return True
    return hashlib.sha256(content).hexdigest() == backup.files.get(name, {}).get("sha256")


def _put_back(folder: Path, home: Place, backup: Archive) -> tuple[int, int]:
    """Write what is lacking or damaged; how many files were written, and how many were there."""
    written = there = 0
    keyring.refresh()
    has_ring = keyring.last_state(home) is not None  # a later one opens what the backup has, and knows which keys were destroyed since
    for name in sorted(backup.files, key=lambda one: (one.rpartition("/")[2] in POINTERS, one)):
        if name in (FILE_NAME, KEY) or (has_ring and name.startswith(f"{PRIVATE}/{keyring.FOLDER}/")):
            continue
        of_log = name in (f"{PRIVATE}/{AUDIT}", f"{PRIVATE}/{HEAD}")
        place: Place = folder / name if of_log else home / name
        if place.is_file() and (digest_of(place) == backup.files[name]["sha256"] or (of_log and _longer(place, backup, name))):
            there += 1
            continue
        private_folder(place.parent)
        replace_bytes(place, backup.read(name))
        written += 1
    keyring.refresh()
    return written, there


def _longer(place: Place, backup: Archive, name: str) -> bool:
    """Whether the audit log of the project has as many entries as the backup's: none is ever taken out. So of what names its last one."""
    if place.name == HEAD:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return int(read_json(place)["lines"]) >= int(json.loads(backup.read(name))["lines"])
        return False
    return place.read_bytes().count(b"\n") >= backup.read(name).count(b"\n")


def _pointed(home: Place) -> str | None:
    with suppress(ConfigError, DataRefused):
        return latest(home).run_id
    return None
