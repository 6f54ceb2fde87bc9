"""`skiptrace waterfall`: an order, its answers, bills, and what was spent, each as one command that may be cut off and called again."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import audit
from jobs.feedback import load_project
from jobs.locking import locked
from jobs.spilling import spilling
from jobs.waterfall import answering, billing, history, log, ordering, prices, requesting
from jobs.waterfall import status as told
from jobs.waterfall.billing import Line
from jobs.waterfall.log import State
from jobs.waterfall.ready import day_of, ready
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.ids import digest
from skiptrace.project import PRIVATE, Project, home_of
from skiptrace.results import Run, latest
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place


@dataclass(frozen=True)
class Ordered:
    """What came of an order: whether this call made it; its requests with source, accounts and what they cost at most, and where the file
    of each lies; receipts of what was delivered; accounts by the reason for which nobody is asked about them; the status."""

    fresh: bool
    requests: tuple[dict[str, Any], ...]
    sent: tuple[dict[str, Any], ...]
    stops: dict[str, int]
    status: dict[str, Any]


def order(folder: Path, as_of: dt.date | None, now: dt.datetime) -> Ordered:
    """Decide whom to ask next, commit it, and write and deliver the files. Again, it does what is left of that, and asks about nobody
    anew until answers came. Raises the errors of `ready`, of `jobs.delivering.deliver`, and SafeToRerun (exit 75) where another command
    holds the lock."""
    project, home = _project(folder)
    private = private_folder(home / PRIVATE)
    with locked(private), spilling(private):
        found = ready(project, day_of(project, as_of, now))
        day = found.as_of
        key = ordering.key_of(found)
        fresh = not ordering.is_made(found.state, key)
        made = ordering.make(found) if fresh else key
        requesting.tidy(home, day)
        state = log.now(private)
        requesting.write(home, state, day)
        sent = requesting.deliver(home, project, state, day)
        stops = told.stops_of(log.stops(private, state))
        names = next((one["requests"] for one in state["orders"] if one["key"] == made), ())
        asks = history.history(private, state, history.points_of(found.run), day)
        whole = told.status(project, state, asks, day)
        mine = [one for one in whole["requests"] if one["request"] in names]
        requests = tuple({**one, "file": str(requesting.file_of(home, state, one["request"]))} for one in mine)
        return Ordered(fresh and made is not None, requests, tuple(sent), stops, whole)


def receive(folder: Path, as_of: dt.date | None, now: dt.datetime) -> answering.Taken:
    """Take the answers that came. Raises as `answering.receive`, and SafeToRerun (exit 75) where another command holds the lock."""
    project, home = _project(folder)
    sources = prices.ordered(project)
    private = private_folder(home / PRIVATE)
    with locked(private), spilling(private):
        day = day_of(project, as_of, now)
        try:
            return answering.receive(home, project, sources, day)
        finally:
            requesting.tidy(home, day)


def withdraw(folder: Path, request: str, by: str, reason: str, as_of: dt.date | None, now: dt.datetime) -> None:
    """Take a request back that no vendor had. Raises as `requesting.withdraw`."""
    project, home = _project(folder)
    private = private_folder(home / PRIVATE)
    with locked(private):
        requesting.withdraw(home, project, request, by, reason, day_of(project, as_of, now))
        audit.append(folder, {"action": "waterfall withdraw", "about": request, "by": by, "reason": reason})


def bill_file(folder: Path, file: Path, as_of: dt.date | None, now: dt.datetime, accepted: tuple[str, str] | None) -> list[dict[str, Any]]:
    """Book the bill in a file. Raises as `billing.of_file` and `billing.book`."""
    project, _ = _project(folder)
    lines, key = billing.of_file(project, file)
    return _book(folder, lines, key, file.name, as_of, now, accepted)


def bill_line(
    folder: Path, request: str, amount: str, number: str | None, as_of: dt.date | None, now: dt.datetime, accepted: tuple[str, str] | None
) -> list[dict[str, Any]]:  # fmt: skip
    """Book what was billed for one request. Raises as `billing.book`, and ConfigError (exit 2) for what is no amount."""
    line = Line(0, request, billing.amount_given(amount), {})
    return _book(folder, [line], digest("bill of the command line", request, str(line.amount), number), "--request", as_of, now, accepted)


def status(folder: Path, as_of: dt.date | None, now: dt.datetime) -> dict[str, Any]:
    """What was asked, spent and is owed, with why nobody is asked about the others (`stops`) and what runs read of other sources with a
    price (`read_by_runs`); see `jobs.waterfall.status`."""
    project, home = _project(folder)
    prices.ordered(project)
    day, state = day_of(project, as_of, now), log.now(home / PRIVATE)
    stops = told.stops_of(log.stops(home / PRIVATE, state))
    run = last_run(home)
    asks = history.history(home / PRIVATE, state, None if run is None else history.points_of(run), day)
    in_runs = told.read_by_runs(project, {} if run is None else run.ledger)
    return {**told.status(project, state, asks, day), "stops": stops, "read_by_runs": in_runs}


def last_run(home: Place) -> Run | None:
    """The run published last; None where there is none."""
    try:
        return latest(home)
    except (ConfigError, DataRefused):
        return None


def _book(
    folder: Path, lines: Sequence[Line], key: str, file: str, as_of: dt.date | None, now: dt.datetime, accepted: tuple[str, str] | None
) -> list[dict[str, Any]]:  # fmt: skip
    project, home = _project(folder)
    prices.ordered(project)
    private = private_folder(home / PRIVATE)
    with locked(private):
        day = day_of(project, as_of, now)
        state: State = log.now(private)
        run = last_run(home)
        asks = history.history(private, state, None if run is None else history.points_of(run), day)
        found = billing.book(private, asks, lines, key, file, day, accepted)
        if accepted is not None:
            names = ", ".join(sorted({line.request for line in lines}))
            audit.append(folder, {"action": "waterfall bill --accept", "about": names, "by": accepted[0], "reason": accepted[1]})
        return found


def _project(folder: Path) -> tuple[Project, Place]:
    project, home = load_project(folder, os.environ), home_of(folder).resolve()
    refuse_unsafe(home)
    return project, home
