"""Files of the user in which a forgotten person still is: they are not ours to change, so they are listed by file and row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow.compute as pc

from jobs import exported, readings, tombstones
from jobs.prepare import Found, find_deliveries, read_keys
from jobs.setup import key_id
from skiptrace.errors import ConfigError, DataRefused, SkiptraceError
from skiptrace.intake import delivery, forgotten
from skiptrace.intake.duplicates import VERDICT
from skiptrace.intake.tombstones import Tombs
from skiptrace.project import Project
from skiptrace.store.places import Place


@dataclass(frozen=True)
class Holding:
    """A file of the portfolio or of a source in which forgotten people are: the source, the file's name, and the rows, from 1."""

    source: str
    file: str
    rows: tuple[int, ...]


def holding(project: Project, private: Place, as_of: dt.date, key: bytes) -> tuple[tuple[Holding, ...], tuple[str, ...]]:
    """The files that hold forgotten people, and the names of deliveries that could not be looked into. A file that was read by a run and
    is kept as it was read holds nobody, and is not read again."""
    tombs, found, unread = tombstones.load(private), list[Holding](), list[str]()
    day = project.project.as_of or as_of
    left = exported.read_with(exported.now(private), day) if exported.is_asked(project) else []
    for one in _each(project, day, unread):
        keys = {} if one.name == "portfolio" else readings.keys_on(private, read_keys(project, [one], key_id(key), left), day)
        rows = dict[str, list[int]]()
        try:
            for number, partition in enumerate(one.delivery.partitions):
                kept = [private / "deliveries" / mine[number] / f"intake-{partition.piece:05d}.json" for mine in keys.values()]
                if not (kept and kept[0].is_file()):
                    rows.setdefault(partition.file.name, []).extend(_rows(project, one, number, day, tombs, key))
        except SkiptraceError:
            unread.append(one.name)
        found += [Holding(one.name, file, tuple(sorted(some))) for file, some in rows.items() if some]
    return tuple(found), tuple(sorted(set(unread)))


def _each(project: Project, day: dt.date, unread: list[str]) -> Iterator[Found]:
    for kind in dict.fromkeys(spec.kind for spec in project.deliveries()):
        try:
            yield from find_deliveries(project, day, (kind,))
        except (ConfigError, DataRefused):
            unread.extend(spec.name for spec in project.deliveries() if spec.kind == kind)


def _rows(project: Project, one: Found, number: int, day: dt.date, tombs: Tombs, key: bytes) -> list[int]:
    partition = one.delivery.partitions[number]
    spec = next(spec for spec in project.deliveries() if spec.name == one.name)
    mapped = forgotten.known_accounts(delivery.load(partition, one.delivery.mapping, project.limits), partition, tombs, key)
    tables = delivery.canonical(mapped, partition, spec, day, key, VERDICT.empty_table() if one.name == "portfolio" else None)
    rejects = forgotten.without(tables, partition, tombs, key).rejects
    rows: list[int] = rejects.filter(pc.equal(rejects["reason"], forgotten.REASON))["row"].to_pylist()
    return rows
