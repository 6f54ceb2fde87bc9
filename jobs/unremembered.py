"""What a project keeps for its next runs without the people who are forgotten: whatever holds them is dropped and made anew, without
them, by the next run; ledgers that nothing makes anew are written again.

What is derived goes before what it was made from, so that a kill in between leaves what says who is in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jobs import delivering, exported, outcomes, readings, receiving, register, shards, tombstones
from jobs.night import base as night
from jobs.rewritten import People
from jobs.runner import files_of
from jobs.waterfall import log, requesting
from skiptrace.errors import DamagedFile, StoreUnavailable
from skiptrace.ids import digest
from skiptrace.intake import tombstones as marks
from skiptrace.schema import IDENTITIES, SIGHTINGS
from skiptrace.store import points
from skiptrace.store.commit import read_json
from skiptrace.store.objects import ObjectPath
from skiptrace.store.places import Place, entries, remove_tree
from skiptrace.store.tables import read_table
from skiptrace.store.unsealed import opened

DELIVERIES, INDEX, ENTITIES, WORK = "deliveries", "index", "entities", "work"
ON_THE_WAY = (delivering.SEALED, receiving.SCRATCH)
"""Private folders of files that are about to leave or to come in."""
BY_ACCOUNT = ("events", "suppressions", "answers", "account_events", "notes", "placements")
Numbers = dict[str, list[np.ndarray]]


def sweep(private: Place, people: People) -> dict[str, int]:
    """Take forgotten people out of what a project keeps beside its runs; returns how many things went, by the kind of thing. Doing it
    twice changes nothing. Only while nobody else writes to the project.

    Raises DataRefused (exit 3) where a ledger is damaged that nothing makes anew."""
    went = drop(private, lambda place: _holds(place, people))
    for kind in (night.FOLDER, WORK, *ON_THE_WAY):
        went[kind] = remove_all(private / kind)
    points.passed("kept-forgotten")
    went[outcomes.FOLDER] = int(outcomes.keep_only(private, people.others))
    went[register.FOLDER] = int(register.keep_only(private, people.others))
    went[exported.FOLDER] = int(exported.keep_only(private, people.others))
    went[log.FOLDER] = int(requesting.keep_only(private, people.others))
    went["notes"] = drop_notes(private, lambda account: bool(people.accounts(pa.chunked_array([[account]], pa.string()))[0]))
    return {kind: count for kind, count in went.items() if count}


def drop_notes(private: Place, is_gone: Callable[[str | None], bool]) -> int:
    """Drop what people noted about accounts that are gone; how many notes."""
    gone = [note for note in _notes(private) if is_gone(_account_of(note))]
    for note in gone:
        note.unlink(missing_ok=True)
    return len(gone)


def drop(private: Place, holds: Callable[[Place], tuple[bool, Numbers]], dry: bool = False) -> dict[str, int]:
    """Drop the readings of deliveries that `holds` says, and every layer of the index with a record of one; how many of each kind.

    holds: for the folder of a delivery, whether it goes, and else the numbers of its records by source. One that cannot be read goes.
    With `dry` it is only counted."""
    holding, clean = list[Place](), Numbers()
    for place in entries(private / DELIVERIES):
        try:
            there, numbers = holds(place)
        except (DamagedFile, KeyError, ValueError):
            there, numbers = True, {}
        if there:
            holding.append(place)
            continue
        for source, some in numbers.items():
            clean.setdefault(source, []).extend(some)
    looked_into = bool(holding) or not isinstance(private, ObjectPath)  # a store's layers are not: they go with any reading
    layers = [layer for layer in entries(private / INDEX) if looked_into and not _is_clean(layer, clean)]
    went = {kind: len(entries(private / kind)) if layers else 0 for kind in (ENTITIES, shards.FOLDER)}
    went |= {INDEX: len(layers), DELIVERIES: len(holding)}
    if dry:
        return went
    if layers:
        for kind in (ENTITIES, shards.FOLDER):
            remove_all(private / kind)
    for layer in layers:
        remove_tree(layer)
    points.passed("index-forgotten")
    dropped = {place.name for place in holding}
    for note in entries(private / readings.FOLDER):
        if reading_of(note) in dropped:
            note.unlink(missing_ok=True)
    for place in holding:
        remove_tree(place)
    return went


def kept_identities(private: Place) -> Iterator[tuple[str, pa.Table, pa.Table]]:
    """Of every delivery that is kept and can be read: the name of its folder, IDENTITIES, SIGHTINGS."""
    for place in entries(private / DELIVERIES):
        for receipt in receipts_of(place):
            with suppress(DamagedFile, KeyError):
                yield place.name, read_table(receipt["identities"]), read_table(receipt["sightings"])


def _holds(place: Place, people: People) -> tuple[bool, Numbers]:
    numbers, files = Numbers(), set[str]()
    for receipt in receipts_of(place):
        files.update(str(ref["path"]).rpartition("/")[2] for ref in files_of(receipt))
        identities, sightings = read_table(receipt["identities"]), read_table(receipt["sightings"])
        if marks.people_of(people.tombs, people.key, identities.cast(IDENTITIES.arrow), sightings.cast(SIGHTINGS.arrow)).any():
            return True, {}
        for name in BY_ACCOUNT:
            table = read_table(receipt[name], ["account_id"])
            if people.accounts(table["account_id"]).any():
                return True, {}
        for source in identities["source"].unique().to_pylist():
            numbers.setdefault(source, []).append(identities["identity"].to_numpy())
    return not files, numbers  # a folder without a receipt is a killed attempt's


def receipts_of(place: Place) -> list[dict[str, Any]]:
    """The receipts in the folder of a delivery, their files where they are in this folder: a project may have been copied or moved."""
    found = [read_json(one) for one in entries(place) if one.name.startswith("intake-") and one.name.endswith(".json")]
    for receipt in found:
        for ref in files_of(receipt):
            ref["path"] = str(place / str(ref["path"]).rpartition(f"/{place.name}/")[2])
    return found


def _is_clean(layer: Place, clean: Numbers) -> bool:
    """Whether every record of a layer is one of a delivery that is kept and holds nobody. On an object store that is not looked into."""
    try:
        content = read_json(layer / "manifest.json")
        numbers = np.load(str((opened(layer, layer) if isinstance(layer, Path) else layer) / "identity.npy"), allow_pickle=False)
    except (OSError, ValueError, StoreUnavailable):
        return False
    known = clean.get(str(content.get("source")), [])
    return bool(np.isin(numbers, np.concatenate(known)).all()) if known else not len(numbers)


def reading_of(note: Place) -> str | None:
    """The delivery that a note of `jobs.readings` is about."""
    with suppress(OSError, ValueError, KeyError):
        return digest("read", note.name.removesuffix(".json"), str(dt.date.fromisoformat(read_json(note)["as_of"])))
    return None


def _notes(private: Place) -> Iterator[Place]:
    """What people noted about accounts: JSON objects in folders of their own."""
    ledgers = (outcomes.FOLDER, register.FOLDER, exported.FOLDER, log.FOLDER, tombstones.FOLDER)
    done = (DELIVERIES, INDEX, ENTITIES, WORK, shards.FOLDER, night.FOLDER, *ledgers)
    for folder in entries(private):
        if folder.name not in done and folder.is_dir() and not folder.is_symlink():
            yield from (place for place in entries(folder) if place.name.endswith(".json"))


def _account_of(note: Place) -> str | None:
    with suppress(OSError, ValueError):
        return str(read_json(note).get("account_id"))
    return None


def remove_all(folder: Place) -> int:
    """Remove whatever is in a folder; how many things that were."""
    places = entries(folder)
    for place in places:
        if place.is_dir() and not place.is_symlink():
            remove_tree(place)
        else:
            place.unlink(missing_ok=True)
    return len(places)


