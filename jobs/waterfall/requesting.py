"""Files of requests: written as the ledger says, delivered where an outbox takes them, and removed once nobody waits for an answer.

The rows of a file are in the ledger before the file is there, so whatever wrote it first, it has the same bytes. What was delivered is
never delivered again, not even where a person was taken out of it since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from jobs import delivering
from jobs.delivering import Due
from jobs.receiving import sweep
from jobs.waterfall import log
from jobs.waterfall.log import State
from skiptrace.export.requests import Layout, from_plain, write_request
from skiptrace.project import PRIVATE, Project
from skiptrace.store import points
from skiptrace.store.commit import put
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, digest_of, entries, size_of

FOLDER = "requests"
"""The folder of a project's home in which files of requests lie, one folder per source."""
AGAIN = "skiptrace waterfall order"


def file_of(home: Place, state: State, name: str) -> Place:
    """Where the file of a request lies, or would."""
    request = state["requests"][name]
    return home / FOLDER / str(request["source"]) / f"{name}.{from_plain(request['layout']).suffix}"


def write(home: Place, state: State, day: dt.date) -> list[str]:
    """Write the file of each request whose answer is waited for and whose file is not there, and was not delivered; returns the names of
    these requests. Raises DataRefused (exit 3) where the ledger is damaged."""
    written = []
    for name in log.open_requests(state, day):
        request, target = state["requests"][name], file_of(home, state, name)
        if request["people"] is None or target.is_file():
            continue
        _put(target, log.table(home / PRIVATE, "people", request["people"]), from_plain(request["layout"]))
        points.passed("request-written")
        written.append(name)
    return written


def _put(target: Place, rows: pa.Table, layout: Layout) -> None:
    put(private_folder(target.parent), lambda path: write_request(rows, layout, path), lambda _: target.name)


def deliver(home: Place, project: Project, state: State, day: dt.date) -> list[dict[str, Any]]:
    """Deliver what `write` wrote to the outboxes that take requests to its source; returns the receipts, new and old. Raises as
    `jobs.delivering.deliver`."""
    return delivering.deliver_requests(project, list(_dues(home, project, state, day)))


def _dues(home: Place, project: Project, state: State, day: dt.date) -> Iterator[Due]:
    for outbox in project.outbox:
        for name in log.open_requests(state, day):
            request, file = state["requests"][name], file_of(home, state, name)
            if request["source"] in (outbox.requests or ()) and file.is_file():
                size, sha256 = size_of(file) or 0, digest_of(file)
                yield Due(outbox, name, request["asked_on"], file, request["rows"], size, sha256, AGAIN, request=True)


def tidy(home: Place, day: dt.date) -> None:
    """Remove what names the people of requests for whose answers nobody waits any more: their files, and their rows in the ledger; and what
    a killed attempt left of one. Which accounts were asked about stays. The project's lock is held."""
    private = home / PRIVATE
    state = log.now(private)
    for folder in entries(home / FOLDER):
        sweep(folder)
    done = [name for name, request in state["requests"].items() if request["people"] and log.is_closed(state, name, day)]
    for name in done:
        file_of(home, state, name).unlink(missing_ok=True)
    if done:
        log.change(private, lambda known: log.without_people(known, [name for name in done if name in known["requests"]]))


def keep_only(private: Place, others: Callable[[pa.Table], pa.Table]) -> bool:
    """Leave of the ledger and of files of requests only the accounts that `others` leaves; see `jobs.waterfall.log.keep_only`. The file of
    a request that names somebody else is removed first: one that was not delivered is written anew without them."""
    names = log.naming(private, others)
    for file in [file for folder in entries(private.parent / FOLDER) for file in entries(folder)]:
        if file.name.rpartition(".")[0] in names:
            file.unlink(missing_ok=True)
    return log.keep_only(private, others)
