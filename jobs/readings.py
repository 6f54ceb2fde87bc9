"""What the files of a delivery were read as, and for how long that lasts: a file that did not change is not read again.

The canonical tables of a file have a key of its content, mapping and the program, and of the day it was read on: dates are judged by
that day (`skiptrace.intake.lasting`). A reading of an earlier day serves a later run until the first day on which any of its dates
would be read otherwise; `.skiptrace/readings/<key without the day>.json` says which day that was and until when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from skiptrace.ids import digest
from skiptrace.intake.delivery import Delivery
from skiptrace.store.commit import encode_json, read_json, replace_bytes
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place

FOLDER = "readings"
Keys = Mapping[str, tuple[str, ...]]


def file_keys(delivery: Delivery, basis: Sequence[object]) -> tuple[str, ...]:
    """The key of each partition's file, without a day: its content, name, form and numbers, the mapping, and `basis`."""
    known = dict(zip(delivery.files, zip(delivery.hashes, delivery.forms, strict=True), strict=True))
    mapping = [asdict(item) for item in delivery.mapping.items]
    return tuple(
        digest("delivery", basis, mapping, part.file.name, part.file.member, known[part.file][0],
               known[part.file][1].model_dump(mode="json"), part.first_row - part.file_row_start)
        for part in delivery.partitions
    )  # fmt: skip


def keys_on(private: Place, files: Keys, as_of: dt.date) -> dict[str, tuple[str, ...]]:
    """The key of each partition's canonical tables for a run on this day."""
    days = {key: _day(private, key, as_of) for keys in files.values() for key in keys}
    return {source: tuple(digest("read", key, days[key]) for key in keys) for source, keys in files.items()}


def remember(private: Place, files: Keys, as_of: dt.date, receipts: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Note until when what was read lasts, by the receipts of each source's partitions; a reading that serves already stays."""
    until: dict[str, str] = {}
    for source, keys in files.items():
        for key, receipt in zip(keys, receipts[source], strict=True):
            until[key] = min(until.get(key, str(receipt["until"])), str(receipt["until"]))
    folder = private_folder(private / FOLDER)
    for key, last in sorted(until.items()):
        if _day(private, key, as_of) == as_of.isoformat() and not _known(private, key, as_of):
            replace_bytes(folder / f"{key}.json", encode_json({"as_of": as_of.isoformat(), "until": last}))


def _known(private: Place, key: str, as_of: dt.date) -> bool:
    """Whether the note of a file is of this day already: nothing is written then."""
    try:
        return bool(read_json(private / FOLDER / f"{key}.json")["as_of"] == as_of.isoformat())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _day(private: Place, key: str, as_of: dt.date) -> str:
    """The day whose reading of a file serves on `as_of`; the same day where none does."""
    try:
        known = read_json(private / FOLDER / f"{key}.json")
        if known["as_of"] <= as_of.isoformat() < known["until"]:
            return str(known["as_of"])
    except (OSError, ValueError, KeyError, TypeError):  # not there, or damaged: the file is read again
        pass
    return as_of.isoformat()
