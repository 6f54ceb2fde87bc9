"""Exports, and requests to sources, delivered to their outboxes: exports after they were written and while nothing holds them. A receipt
for each delivered file lies under `.skiptrace/sent/`, put if absent, so that a rerun sends nothing twice.

A file that is encrypted is encrypted once and kept, encrypted, until it is delivered: an attempt that was cut goes on with the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from jobs.partners import Partners, Seal, all_of
from skiptrace.errors import DamagedFile, DataRefused, Problem, SkiptraceError
from skiptrace.exchange.sending import Parcel, named, send
from skiptrace.ids import digest, file_digest
from skiptrace.project import PRIVATE, Project, home_of
from skiptrace.project.exchange import Outbox
from skiptrace.results import Run
from skiptrace.store import points
from skiptrace.store.commit import put_json, read_json
from skiptrace.store.disk import put as put_file
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries, local_file, scratch_in

FOLDER = "sent"
SEALED = "sealed"
"""The private folder, on this machine, of what is encrypted and not yet delivered."""
OF_REQUESTS = "request-"
"""How names of files of requests begin there: each goes when it was delivered, and no delivery of exports removes it."""


@dataclass(frozen=True)
class Due:
    """A file that an outbox has not had: the export or request it is of, its day, where it is, its rows, bytes and SHA-256 (hex), and the
    command that writes it again. `request`: it is of a request to a source."""

    outbox: Outbox
    export: str
    day: str
    file: Place
    rows: int
    bytes: int
    sha256: str
    again: str
    request: bool = False

    @property
    def key(self) -> str:
        """What names its receipt: to whom it goes, how, and its content."""
        how = {"pgp": self.outbox.pgp and self.outbox.pgp.model_dump(), "age": self.outbox.age and self.outbox.age.model_dump()}
        name = named(self.file.name, self.day if self.outbox.dated else None, "")
        return digest("sent", self.outbox.name, self.outbox.place, how, name, self.sha256)


def deliver(run: Run, project: Project, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Deliver the exports of these names, or all, that were written of a run and that their outboxes have not had; returns the receipts,
    new and old. Each outbox is tried, whatever became of another.

    Raises ConfigError (exit 2) for a server with another key, missing credentials or rights; DataRefused (exit 3) where an export was not
    written or was changed; StoreUnavailable (exit 69) where a partner does not answer or is full; SafeToRerun (exit 75) after a cut."""
    home = home_of(project.file).resolve()
    partners, errors = Partners(project, os.environ), list[SkiptraceError]()
    for outbox in project.outbox:
        try:
            waiting = [due for due in _due(run, project, outbox, names) if not _receipt(home, due).is_file()]
            if waiting:
                _deliver(waiting, outbox, partners, project, home, run.run_id)
        except SkiptraceError as error:
            errors.append(error)
    all_of(errors)
    _sweep(project)
    return [read_json(_receipt(home, due)) for outbox in project.outbox for due in _due(run, project, outbox, names)]


def deliver_requests(project: Project, dues: Sequence[Due]) -> list[dict[str, Any]]:
    """Deliver files of requests to sources; returns the receipts. A request is sent once, whatever becomes of its file: one of which there
    is a receipt is not looked at. Raises as `deliver`."""
    home, partners, errors = home_of(project.file).resolve(), Partners(project, os.environ), list[SkiptraceError]()
    for outbox in project.outbox:
        had = {one["export"] for one in _receipts(home, outbox)}
        waiting = [due for due in dues if due.outbox == outbox and due.export not in had]
        try:
            if waiting:
                _deliver(waiting, outbox, partners, project, home, "")
        except SkiptraceError as error:
            errors.append(error)
    all_of(errors)
    wanted = {(due.outbox.name, due.export) for due in dues}
    return [one for outbox in project.outbox for one in _receipts(home, outbox) if (one["outbox"], one["export"]) in wanted]


def was_sent(home: Place, outbox: Outbox, name: str) -> bool:
    """Whether an outbox has had a request of this name."""
    return any(one["export"] == name for one in _receipts(home, outbox))


def _receipts(home: Place, outbox: Outbox) -> list[dict[str, Any]]:
    return [read_json(one) for one in entries(home / PRIVATE / FOLDER / outbox.name) if one.name.endswith(".json")]


def waits(run: Run, project: Project) -> bool:
    """Whether an outbox has not had a file of an export of the run."""
    home = home_of(project.file).resolve()
    return any(not _receipt(home, due).is_file() for outbox in project.outbox for due in _due(run, project, outbox, None))


def delivered(home: Place, run_id: str) -> list[dict[str, Any]]:
    """The receipts of what was delivered of a run, by outbox and name."""
    found = [read_json(one) for folder in entries(home / PRIVATE / FOLDER) for one in entries(folder) if one.name.endswith(".json")]
    return sorted((one for one in found if one["run_id"] == run_id), key=lambda one: (one["outbox"], one["file"]))


def _due(run: Run, project: Project, outbox: Outbox, names: Sequence[str] | None) -> Iterator[Due]:
    for name in outbox.exports or (() if outbox.requests else tuple(export.name for export in project.export)):
        if names is not None and name not in names:
            continue
        folder = run.folder / "exports" / name
        try:
            manifest: Mapping[str, Any] = read_json(folder / f"{name}.manifest.json")
        except FileNotFoundError:
            problem = Problem(run.run_id, name, "was not written", f"`skiptrace export {name} --deliver`")
            raise DataRefused("an export cannot be delivered", (problem,)) from None
        for one in manifest["files"]:
            again = f"skiptrace export {name} --deliver"
            yield Due(outbox, name, manifest["as_of"], folder / one["file"], one["rows"], one["bytes"], one["sha256"], again)


def _receipt(home: Place, due: Due) -> Place:
    return home / PRIVATE / FOLDER / due.outbox.name / f"{due.key}.json"


def _deliver(waiting: list[Due], outbox: Outbox, partners: Partners, project: Project, home: Place, run_id: str) -> None:
    with ExitStack() as stack:
        seal, suffix = stack.enter_context(partners.seal(outbox))
        scratch = stack.enter_context(scratch_in(private_folder(project.folder / PRIVATE)))
        parcels = [(due, _parcel(due, seal, suffix, project)) for due in waiting]
        box = stack.enter_context(partners.box(outbox))
        for due, parcel in parcels:
            send(box, parcel, scratch)
            receipt = _receipt(home, due)
            private_folder(receipt.parent)
            put_json(receipt, {
                "outbox": outbox.name, "export": due.export, "run_id": run_id, "file": parcel.name, "rows": due.rows,
                "bytes": parcel.bytes, "sha256": parcel.sha256, "content_sha256": due.sha256, "sealed": suffix.lstrip(".") or None,
            })  # fmt: skip
            points.passed("receipt")
            if seal is not None:
                parcel.file.unlink(missing_ok=True)


def _parcel(due: Due, seal: Seal | None, suffix: str, project: Project) -> Parcel:
    """The file as it leaves: itself, or encrypted."""
    try:
        file = local_file(str(due.file), due.sha256, due.bytes)
        whole = file.stat().st_size == due.bytes and file_digest(file) == due.sha256
    except FileNotFoundError:
        whole = False
    if not whole:
        problem = Problem(due.file.name, "", "is not what was written", f"`{due.again}` writes it again")
        raise DamagedFile("an export cannot be delivered", (problem,))
    name = named(due.file.name, due.day if due.outbox.dated else None, suffix)
    if seal is None:
        return Parcel(file, name, due.rows, due.bytes, due.sha256)
    folder, sealed = private_folder(project.folder / PRIVATE / SEALED), f"{OF_REQUESTS if due.request else ''}{due.key}{suffix}"
    if not (folder / sealed).is_file():
        put_file(folder, lambda target: seal(file, target), lambda _: sealed)
    return Parcel(folder / sealed, name, due.rows, (folder / sealed).stat().st_size, file_digest(folder / sealed))


def _sweep(project: Project) -> None:
    """Remove what was encrypted and has become of no use: everything is delivered, or was written anew."""
    folder = project.folder / PRIVATE / SEALED
    for left in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not left.name.startswith(OF_REQUESTS):
            left.unlink(missing_ok=True)
