"""What a project holds about the person of an account, for whoever asks: every place by kind, with its source, file and row, the days it
is of, what it may be used for, and to whom it was given."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from jobs import exported, outcomes, own_rows, register
from jobs.audit import FILE as AUDIT
from jobs.delivering import FOLDER as SENT
from jobs.explain import masks
from jobs.feedback import load_project
from jobs.prepare import Found, find_deliveries
from jobs.waterfall import log
from skiptrace.columns import as_text
from skiptrace.errors import ConfigError, Problem, SkiptraceError
from skiptrace.intake import delivery
from skiptrace.project import PRIVATE, Project, home_of
from skiptrace.results import Run
from skiptrace.schema.working import PAST_EVENTS
from skiptrace.store.places import Place, entries
from skiptrace.store.tables import read_tables


@dataclass(frozen=True)
class Held:
    """Something that is held. kind: row (of a file of the user), record (of a source that was linked), point (in the run published last),
    rows (of a table of a run), attempt, consumer, note, request (a source was asked about it), look (somebody saw values in clear) or
    export (somebody else was given it).

    where: the run, ledger or folder; source, file and row (from 1) where it comes from; its first and last day; what it is, masked unless
    asked for in clear; purposes that its source permits."""

    kind: str
    where: str
    what: str
    source: str | None = None
    file: str | None = None
    row: int | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    purposes: tuple[str, ...] = ()


def held(folder: Path, account: str, at: dt.date, show_pii: bool = False) -> tuple[Held, ...]:
    """Everything that is held about an account and its person, in the order of the kinds above. A delivery that cannot be read any more
    says no file or row; what was made of it is told all the same.

    Raises ConfigError (exit 2) where nothing is held."""
    project, home = load_project(folder, os.environ), home_of(folder).resolve()
    found = _deliveries(project, at)
    told = [*_on_tape(project, found, account)]
    every = list(own_rows.published(home))
    whole = next((run for run in reversed(every) if not run.thinned), None)
    if whole is not None:
        told += [*_records(project, found, whole, account), *_points(project, whole, account, show_pii)]
    told += [one for run in every for one in _rows(run, account)]
    told += [*_attempts(home / PRIVATE, account, show_pii), *_consumers(home / PRIVATE, account), *_notes(home / PRIVATE, account)]
    told += [*_requests(project, home / PRIVATE, account)]
    files = [one for run in every for one in _exports(project, run, account, _sent(home / PRIVATE))]
    told += [*_looks(folder, account), *files, *_left(home / PRIVATE, account)]
    if not told:
        problem = Problem("ACCOUNT", "", "is in no tape, run or ledger of this project", "write the number as the tape has it")
        raise ConfigError("nothing is held about this account", (problem,))
    return tuple(told)


def _deliveries(project: Project, at: dt.date) -> dict[str, Found]:
    """The deliveries of a project that can be found and read now, by source."""
    found = dict[str, Found]()
    for kind in dict.fromkeys(spec.kind for spec in project.deliveries()):
        with suppress(SkiptraceError):
            found |= {one.name: one for one in find_deliveries(project, project.project.as_of or at, (kind,))}
    return found


def _on_tape(project: Project, found: Mapping[str, Found], account: str) -> Iterator[Held]:
    for one in found.values():
        for partition in one.delivery.partitions:
            if "account_id" not in {item.column for item in one.delivery.mapping.items}:
                break
            with suppress(SkiptraceError):
                mapped = delivery.load(partition, one.delivery.mapping, project.limits)
                mine = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(as_text(mapped.table["account_id"])), account), False)
                for row in mapped.rows.filter(mine.combine_chunks()).to_pylist():
                    what = "the account's row" if one.name == "portfolio" else f"a row of {one.kind}"
                    yield Held("row", "your file", what, one.name, partition.file.name, row, purposes=_purposes(project, one.name))


def _records(project: Project, found: Mapping[str, Found], run: Run, account: str) -> Iterator[Held]:
    links = run.table("links", ["account_id", "source", "record_id", "identity", "relation", "status"])
    for link in links.filter(pc.equal(links["account_id"], account)).to_pylist():
        file, row = _place(found.get(link["source"]), link["identity"])
        what = f"record {link['record_id']} ({link['relation']}, {link['status']})"
        yield Held("record", run.run_id, what, link["source"], file, row, purposes=_purposes(project, link["source"]))


def _place(found: Found | None, number: int) -> tuple[str | None, int | None]:
    """The file and row of a record's number within its source."""
    for partition in () if found is None else found.delivery.partitions:
        if partition.first_row <= number < partition.first_row + partition.rows:
            return partition.file.name, number - partition.first_row + partition.file_row_start + 1
    return None, None


def _points(project: Project, run: Run, account: str, show_pii: bool) -> Iterator[Held]:
    points = run.table("contact_points")
    for point in points.filter(pc.equal(points["account_id"], account)).to_pylist():
        value = str(point["value"]) if show_pii else masks.point(point)
        for source in point["sources"] or ["portfolio"]:
            seen = [one for one in point["evidence"] if one["source"] == source]
            days = [day for one in seen for day in (one["first_seen"], one["last_seen"]) if day]
            first, last = min(days, default=None), max(days, default=None)
            yield Held("point", run.run_id, f"{point['kind']} {value}", source, None, None, first, last, _purposes(project, source))


def _rows(run: Run, account: str) -> Iterator[Held]:
    day = dt.date.fromisoformat(str(run.ledger["as_of"]))
    for name in (*run.ledger["tables"], *run.ledger.get("evidence", {})):
        if "account_id" in run.columns(name):
            count = pc.sum(pc.equal(run.table(name, ["account_id"])["account_id"], account), min_count=0).as_py()
            if count:
                yield Held("rows", run.run_id, f"{count} of {name}", first=day, last=day)


def _attempts(private: Place, account: str, show_pii: bool) -> Iterator[Held]:
    for name in ("now", "attempts"):
        ref = outcomes.state(private)[1][name]
        if not ref:
            continue
        with suppress(SkiptraceError):
            table = read_tables([{**ref, "path": str(private / outcomes.FOLDER / ref["path"])}], PAST_EVENTS)
            for one in table.filter(pc.equal(table["account_id"], account)).to_pylist():
                value = "" if one["value"] is None else f" at {one['value'] if show_pii else masks.point(one)}"
                day = one["occurred_at"].date()
                what = f"{one['outcome']} on {one['channel']}{value}"
                yield Held("attempt", f"{outcomes.FOLDER}, {name}", what, one["source"], first=day, last=day)


def _consumers(private: Place, account: str) -> Iterator[Held]:
    with suppress(SkiptraceError):
        logged = register.log(private, "accounts")
        for row in logged.filter(pc.equal(logged["account_id"], account)).to_pylist():
            yield Held("consumer", register.FOLDER, f"consumer {row['consumer_id']} since night {row['night']}")
        events = register.log(private, "events")
        for row in events.filter(pc.equal(events["account_id"], account)).to_pylist():
            yield Held("consumer", register.FOLDER, str(row["event"]), first=row["date"], last=row["told_on"])


def _notes(private: Place, account: str) -> Iterator[Held]:
    for folder in entries(private):
        for place in entries(folder) if folder.is_dir() else []:
            if place.name.startswith("note-") and place.name.endswith(".json"):
                with suppress(OSError, ValueError):
                    note = json.loads(place.read_bytes())
                    if note.get("account_id") == account:
                        day = dt.datetime.fromisoformat(note["at"]).date() if note.get("at") else None
                        yield Held("note", folder.name, str(note.get("kind") or "note"), file=place.name, first=day, last=day)


def _requests(project: Project, private: Place, account: str) -> Iterator[Held]:
    """What the ledger of requests holds: each source that was asked about the account, and so was told who somebody is."""
    with suppress(SkiptraceError):
        table = log.asked(private, log.now(private))
        for row in table.filter(pc.equal(table["account_id"], account)).to_pylist():
            what, day = f"asked about in {row['request']}", row["asked_on"]
            yield Held("request", log.FOLDER, what, row["source"], first=day, last=day, purposes=_purposes(project, row["source"]))


def _looks(folder: Path, account: str) -> Iterator[Held]:
    with suppress(OSError):
        for line in (folder / PRIVATE / AUDIT).read_text(encoding="utf-8").splitlines():
            entry: dict[str, Any] = json.loads(line)
            if entry.get("account_id") == account:
                day = dt.datetime.fromisoformat(entry["time"]).date()
                yield Held("look", AUDIT, f"{entry['action']} by {entry['user']}", first=day, last=day)


def _sent(private: Place) -> dict[str, set[str]]:
    """The outboxes that were sent a file, by its SHA-256."""
    found = dict[str, set[str]]()
    for place in (one for folder in entries(private / SENT) for one in entries(folder)):
        with suppress(OSError, ValueError, KeyError):
            receipt = json.loads(place.read_bytes())
            found.setdefault(receipt["content_sha256"], set()).add(str(receipt["outbox"]))
    return found


def _exports(project: Project, run: Run, account: str, given: Mapping[str, set[str]]) -> Iterator[Held]:
    """The files of a run's exports that name the account, with the profile that says who was given them, and the outboxes that had them."""
    day, profiles = dt.date.fromisoformat(str(run.ledger["as_of"])), {export.name: export.profile for export in project.export}
    for folder in entries(run.folder / "exports"):
        for place in entries(folder) if not folder.is_symlink() else []:
            if place.name.endswith((".manifest.json", ".not-exported.csv")):
                continue
            content = place.read_bytes()
            if _names(content, account):
                sent = sorted(given.get(hashlib.sha256(content).hexdigest(), ()))
                what = f"given to {profiles.get(folder.name, folder.name)}" + (f", sent to {', '.join(sent)}" if sent else "")
                yield Held("export", run.run_id, what, file=f"{folder.name}/{place.name}", first=day, last=day)


def _left(private: Place, account: str) -> Iterator[Held]:
    """What the log of exports says of the account: it lasts beyond their files."""
    log = exported.log(exported.now(private))
    for row in log.filter(pc.equal(log["account_id"], account)).sort_by([("export", "ascending"), ("channel", "ascending")]).to_pylist():
        to = f", held by {row['holder']}" if row["holder"] else ""
        what = f"left in {row['export']} for {row['channel']} first on this day{to}"
        yield Held("export", exported.FOLDER, what, first=row["exported_on"])


def _names(content: bytes, account: str) -> bool:
    """Whether a file names an account, as text or in a workbook."""
    wanted = re.compile(rb"(?<![0-9A-Za-z])" + re.escape(account.encode()) + rb"(?![0-9A-Za-z])")
    if content[:4] == b"PK\x03\x04":
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as packed:
            return any(wanted.search(packed.read(name)) for name in packed.namelist())
    return bool(wanted.search(content))


def _purposes(project: Project, source: str) -> tuple[str, ...]:
    if source == "portfolio":
        return project.project.purposes
    return next((one.purposes for one in project.source if one.name == source), ())
