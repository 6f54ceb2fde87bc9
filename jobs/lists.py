"""The lists and past contacts of a project as they are delivered now, read again when exports are written."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jobs import readings
from jobs.intake import refuse_unreadable
from jobs.prepare import Found, find_deliveries, read_keys
from jobs.setup import key_id
from skiptrace.intake import delivery
from skiptrace.project import Project, token_key
from skiptrace.schema import EVENTS, SUPPRESSIONS, Table
from skiptrace.store.commit import read_json
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table

KINDS = ("suppression", "dispositions")
"""Kinds of source that may say no to a use which was decided before they came."""


@dataclass(frozen=True)
class Lists:
    """SUPPRESSIONS and EVENTS as delivered now, each None where the project has no such source, and the deliveries they come
    from: name, kind, rows, and the name and hash of each file."""

    suppressions: pa.Table | None
    events: pa.Table | None
    deliveries: tuple[dict[str, Any], ...]


def lists_now(project: Project, private: Place, as_of: dt.date) -> Lists:
    """Every list and disposition of a project, read now; one that a run has read already is taken from there.

    Raises as a run does: DataRefused (exit 3) where a required list is missing, empty or stale, or holds the wrong kind of value;
    ConfigError (exit 2) where a path or mapping is wrong."""
    found = find_deliveries(project, as_of, KINDS)
    keys = readings.keys_on(private, read_keys(project, found, key_id(token_key(project, os.environ))), as_of)
    read: dict[str, list[pa.Table]] = {}
    for one in found:
        spec, name = (SUPPRESSIONS, "suppressions") if one.kind == "suppression" else (EVENTS, "events")
        pieces = read.setdefault(one.kind, [spec.empty()])
        pieces += _tables(project, one, [private / "deliveries" / key for key in keys[one.name]], spec, name, as_of)
    whole = {kind: pa.concat_tables(pieces) for kind, pieces in read.items()}
    told = tuple({key: one.plain()[key] for key in ("name", "kind", "rows", "files")} for one in found)
    return Lists(whole.get("suppression"), whole.get("dispositions"), told)


def _tables(project: Project, found: Found, kept: list[Place], spec: Table, name: str, as_of: dt.date) -> Iterator[pa.Table]:
    source = next(source for source in project.source if source.name == found.name)
    for number, partition in enumerate(found.delivery.partitions):
        receipt = kept[number] / f"intake-{partition.piece:05d}.json"
        if receipt.is_file():
            yield read_table(read_json(receipt)[name]).cast(spec.arrow)
            continue
        tables = delivery.canonical(delivery.load(partition, found.delivery.mapping, project.limits), partition, source, as_of, b"")
        refuse_unreadable(source, partition.file.name, tables)
        yield getattr(tables, name).cast(spec.arrow)
