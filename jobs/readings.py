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
from skiptrace.store.commit import read_json, replace_bytes, with_digest
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
    days = {key: _serving(private, key, as_of) or as_of.isoformat() for keys in files.values() for key in keys}
    return {source: tuple(digest("read", key, days[key]) for key in keys) for source, keys in files.items()}


def remember(private: Place, keys: Sequence[str], as_of: dt.date, receipts: Sequence[Mapping[str, Any]]) -> None:
    """Note until when what was read lasts, by the receipt of each partition and the key of its file; a reading that serves already
    stays."""
    until: dict[str, str] = {}
    for key, receipt in zip(keys, receipts, strict=True):
        until[key] = min(until.get(key, str(receipt["until"])), str(receipt["until"]))
    folder = private_folder(private / FOLDER)
    for key, last in sorted(until.items()):
        if _serving(private, key, as_of) is None:
            replace_bytes(folder / f"{key}.json", with_digest({"as_of": as_of.isoformat(), "until": last}))


def _serving(private: Place, key: str, as_of: dt.date) -> str | None:
    """The day whose reading of a file serves on `as_of`; None where none does, or its note is damaged."""
    try:
        known = read_json(private / FOLDER / f"{key}.json")
        return str(known["as_of"]) if known["as_of"] <= as_of.isoformat() < known["until"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
