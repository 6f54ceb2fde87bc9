"""The lists, past contacts and account events of a project as they are delivered now, read again when exports are written."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from jobs import exported, inventory, placed, readings, tombstones
from jobs.arrivals import LISTS, Arrival, of_list
from jobs.feedback import sent_out
from jobs.intake import refuse_unreadable
from jobs.prepare import Found, find_deliveries, read_keys
from jobs.setup import key_id
from skiptrace.intake import delivery, forgotten
from skiptrace.intake.tombstones import Tombs
from skiptrace.project import Project, token_key
from skiptrace.schema import ACCOUNT_EVENTS, EVENTS, PLACEMENTS, SUPPRESSIONS, Table
from skiptrace.store.commit import read_json
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table

KINDS: dict[str, Table] = {
    "suppression": SUPPRESSIONS, "dispositions": EVENTS, "account_events": ACCOUNT_EVENTS, "placements": PLACEMENTS,
}  # fmt: skip
"""Kinds of source that may say no to a use which was decided before they came, and what they are read as."""


@dataclass(frozen=True)
class Lists:
    """SUPPRESSIONS and EVENTS as delivered now, each None where the project has no such source, and the deliveries they come
    from: name, kind, rows, and the name and hash of each file. `account_events`: ACCOUNT_EVENTS, each with a day, of now and of
    all runs before; `placements`: PLACEMENTS, likewise, with what exports and notes say. `arrived`: what was delivered of each source
    of them that is counted by what it says (see `jobs.arrivals`)."""

    suppressions: pa.Table | None
    events: pa.Table | None
    deliveries: tuple[dict[str, Any], ...]
    account_events: pa.Table = field(default_factory=ACCOUNT_EVENTS.empty)
    arrived: Mapping[str, Arrival] = field(default_factory=dict)
    placements: pa.Table = field(default_factory=PLACEMENTS.empty)


def lists_now(project: Project, private: Place, as_of: dt.date) -> Lists:
    """Every list, disposition and account event of a project, read now; one that a run has read already is taken from there.

    Raises as a run does: DataRefused (exit 3) where a required list is missing, empty or stale, or holds the wrong kind of value;
    ConfigError (exit 2) where a path or mapping is wrong."""
    found, arrived = find_deliveries(project, as_of, KINDS), dict[str, Arrival]()
    left = exported.now(private) if exported.is_asked(project) else {}
    files = read_keys(project, found, key_id(token_key(project, os.environ)), exported.read_with(left, as_of))
    keys = readings.keys_on(private, files, as_of)
    read, tombs = dict[str, list[pa.Table]](), tombstones.load(private)
    for one in found:
        spec = KINDS[one.kind]
        pieces = read.setdefault(one.kind, [spec.empty()])
        mine = list(_tables(project, one, [private / "deliveries" / key for key in keys[one.name]], spec, left, as_of, tombs))
        if one.kind in LISTS:
            arrived[one.name] = of_list(one.kind, pa.concat_tables([spec.empty(), *mine]), one.delivery.files, as_of)
        pieces += mine
    whole = {kind: pa.concat_tables(pieces) for kind, pieces in read.items()}
    told = tuple({key: one.plain()[key] for key in ("name", "kind", "rows", "files")} for one in found)
    states = inventory.told_by(private, whole.get(inventory.KIND, ACCOUNT_EVENTS.empty()), as_of)
    where = placed.told_by(private, whole.get(placed.KIND, PLACEMENTS.empty()), left, as_of)
    return Lists(whole.get("suppression"), whole.get("dispositions"), told, states, arrived, where)


def _tables(
    project: Project, found: Found, kept: list[Place], spec: Table, left: dict[str, Any], as_of: dt.date, tombs: Tombs
) -> Iterator[pa.Table]:  # fmt: skip
    source = next(source for source in project.source if source.name == found.name)
    for number, partition in enumerate(found.delivery.partitions):
        receipt = kept[number] / f"intake-{partition.piece:05d}.json"
        if receipt.is_file():
            yield read_table(read_json(receipt)[spec.name]).cast(spec.arrow)
            continue
        mapped = delivery.load(partition, found.delivery.mapping, project.limits)
        if tombs:
            mapped = forgotten.known_accounts(mapped, partition, tombs, token_key(project, os.environ))
        tables = delivery.canonical(mapped, partition, source, as_of, b"", exported=sent_out(source, left))
        refuse_unreadable(source, partition.file.name, tables)
        yield getattr(tables, spec.name).cast(spec.arrow)
