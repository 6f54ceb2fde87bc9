"""Whether what a project keeps for its next runs still is what was written: everything that a state, a receipt, a list or a name says,
hashed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobs import chain, models, outcomes, register, tombstones, unremembered
from jobs.publish import RULEBOOKS
from jobs.runner import files_of
from jobs.verified import Verified, wrong
from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.linkage import model
from skiptrace.project import PRIVATE
from skiptrace.store.commit import read_json
from skiptrace.store.folders import LIST
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place, entries, size_of, walk
from skiptrace.store.sealed import content_digest, is_sealed

RESTORE = "restore it: `skiptrace restore FILE`"
REBUILT = "run again: it is made anew"
Finding = tuple[str, int, str, str]
"""A file, its bytes, what is wrong with it (nothing: ""), and the mend."""


def verify_project(private: Place) -> Verified:
    """Read again everything that a project keeps beside its runs: ledgers with their tables, models, tombstones, rules, notes; and
    readings, layers of the index and persons, which a run would make anew."""
    found = [
        *_chain(private / outcomes.FOLDER, outcomes.named_by), *_chain(private / register.FOLDER, register.named_by),
        *_tombstones(private), *_models(private), *_rulebooks(private), *_notes(private),
        *_by_receipts(private / unremembered.DELIVERIES), *_by_receipts(private / unremembered.ENTITIES), *_layers(private),
    ]  # fmt: skip
    problems = tuple(Problem(f"{PRIVATE}/{name}", "", what, mend) for name, _, what, mend in found if what)
    return Verified(len(found), sum(size for _, size, _, _ in found), problems)


def _chain(folder: Place, named_by: Callable[[dict[str, Any]], set[str]]) -> Iterator[Finding]:
    """The last state of a chain and the tables that it names."""
    names = sorted(place.name for place in entries(folder) if chain.STATE.fullmatch(place.name))
    if not names:
        return
    content = _read(folder / names[-1])
    what = "is damaged"
    if content is not None:
        with suppress(KeyError, TypeError, AttributeError):
            for name in sorted(named_by(content)):
                ref = next(ref for ref in files_of(content) if ref["path"] == name)
                yield f"{folder.name}/{name}", ref["bytes"], wrong(folder / name, ref["bytes"], ref["sha256"]), RESTORE
            what = ""
    yield f"{folder.name}/{names[-1]}", size_of(folder / names[-1]) or 0, what, RESTORE


def _tombstones(private: Place) -> Iterator[Finding]:
    for name in tombstones.names(private):
        what = "is damaged"
        with suppress(DataRefused):
            accounts = tombstones.read(private, name)["accounts"]
            what = "" if name == f"stone-{digest('tombstone', accounts)}.json" else "is not what was written"
        yield f"{tombstones.FOLDER}/{name}", size_of(private / tombstones.FOLDER / name) or 0, what, RESTORE


def _models(private: Place) -> Iterator[Finding]:
    key = models.current_key(private)
    if key is not None:
        place = models.model_file(private, key)
        content = _read(place)
        what = "is gone or damaged" if content is None else "" if content.get("format") == model.FORMAT else "has an earlier form"
        yield f"models/{place.name}", size_of(place) or 0, what, "`skiptrace migrate`" if "earlier" in what else RESTORE


def _rulebooks(private: Place) -> Iterator[Finding]:
    for place in entries(private / RULEBOOKS):
        content = _read(place)
        what = "" if content is not None and place.name == f"{content.get('hash')}.json" else "is damaged"
        yield f"{RULEBOOKS}/{place.name}", size_of(place) or 0, what, REBUILT


def _notes(private: Place) -> Iterator[Finding]:
    for folder in entries(private):
        for place in entries(folder) if folder.is_dir() else []:
            if place.name.startswith("note-") and place.name.endswith(".json"):
                yield f"{folder.name}/{place.name}", size_of(place) or 0, "" if _read(place) is not None else "is damaged", RESTORE


def _by_receipts(folder: Place) -> Iterator[Finding]:
    for place in entries(folder):
        for receipt in (one for one in entries(place) if one.name.endswith(".json") and one.name != LIST):
            content = _read(receipt)
            name = f"{folder.name}/{place.name}/{receipt.name}"
            yield name, size_of(receipt) or 0, "" if content is not None else "is damaged", REBUILT
            for ref in files_of(content):
                inner = str(ref["path"]).rpartition(f"/{place.name}/")[2]
                yield f"{folder.name}/{place.name}/{inner}", ref["bytes"], wrong(place / inner, ref["bytes"], ref["sha256"]), REBUILT


def _layers(private: Place) -> Iterator[Finding]:
    """Layers of the index: on a disk by their manifest, on an object store by the list that makes them a folder."""
    for layer in entries(private / unremembered.INDEX):
        if not walk(layer):  # a store may still list a folder of which everything was removed
            continue
        stored = isinstance(layer, ObjectPath)
        content = _read(layer / (LIST if stored else "manifest.json"))
        listed = {} if content is None else content.get("files", {})
        yield f"index/{layer.name}", 0, "" if listed else "has no list that can be read", REBUILT
        for name, known in sorted(listed.items()):
            place = layer / (f"{known['sha256'][:16]}-{name}" if stored else name)
            size = int(known["bytes"]) if stored else size_of(place) or 0
            what = wrong(place, size, known["sha256"]) if stored else _wrong_file(place, size, known)
            yield f"index/{layer.name}/{name}", size, what, REBUILT


def _wrong_file(place: Place, size: int, sha256: str) -> str:
    """As `wrong`; a sealed file is opened, for its list says what it holds."""
    if not isinstance(place, Path) or not is_sealed(place):
        return wrong(place, size, sha256)
    try:
        return "" if content_digest(place, place) == sha256 else "is not what was written"
    except ValueError:
        return "is not what was written"


def _read(place: Place) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        content: object = read_json(place)
        return content if isinstance(content, dict) else None
    return None
