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
from jobs.acknowledged import refuse_values
from jobs.delivering import Due
from jobs.receiving import sweep
from jobs.waterfall import log
from jobs.waterfall.log import State
from skiptrace.errors import ConfigError, Problem
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


def withdraw(home: Place, project: Project, name: str, by: str, reason: str, day: dt.date) -> None:
    """Take a request back that nobody had: nothing is owed for it, its accounts count as not asked, and its file goes. Doing it twice
    changes nothing. The project's lock is held.

    Raises ConfigError (exit 2) where there is no such request, where an outbox has had it, and where it was answered or billed; and as
    `jobs.acknowledged.refuse_values`."""
    refuse_values(by, reason)
    state = log.now(home / PRIVATE)
    request, had = state["requests"].get(name), [box.name for box in project.outbox if delivering.was_sent(home, box, name)]
    touched = [kind for kind in ("answers", "bills") if any(one["request"] == name for one in state[kind])]
    if request is None or had or touched:
        what = "is no request of this project" if request is None else (
            f'was delivered by the outbox "{had[0]}"' if had else f"has {touched[0]} already")  # fmt: skip
        mend = "`skiptrace waterfall status` lists the requests; one that a vendor had is paid for"
        raise ConfigError("the request cannot be withdrawn", (Problem("REQUEST", "", what, mend),))
    said = {"by": by, "reason": reason, "on": day.isoformat()}

    def changed(known: State) -> State:
        if log.is_withdrawn(known, name):
            return known
        return {**known, "requests": {**known["requests"], name: {**known["requests"][name], "withdrawn": said}}}

    log.change(home / PRIVATE, changed)
    points.passed("request-withdrawn")
    tidy(home, day)


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
