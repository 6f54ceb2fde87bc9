"""Whether the nights of a project go well: one question for a person or a watching program."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs import doubts, gates
from jobs.attended import published_at
from jobs.leftovers import unfinished_runs
from jobs.lists import lists_now
from skiptrace.errors import ConfigError, Problem, SkiptraceError
from skiptrace.project import PRIVATE, Project, home_of
from skiptrace.results import Run, latest
from skiptrace.store.places import Place

LEAST_FREE = 2.0
"""Room that should be left on a disk, as a multiple of what the last run's tables take: a night writes them anew before old ones go."""


@dataclass(frozen=True)
class Health:
    """What is not well (`problems`; none: all is), and what there is to say beside: the last run, when it was published, how old it is in
    hours, runs that were begun and not ended, bytes that are free."""

    problems: tuple[Problem, ...]
    run_id: str | None
    as_of: str | None
    published: str | None
    age_hours: float | None
    unfinished: int
    free_bytes: int | None

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**vars(self), "healthy": not self.problems, "problems": [vars(problem) for problem in self.problems]}


def of_project(project: Project, now: dt.datetime) -> Health:
    """The health of a project. Raises as `latest` where the run that was published last is damaged, StoreUnavailable (69) where the
    store does not answer."""
    home = home_of(project.file).resolve()
    try:
        run = latest(home)
    except ConfigError:
        problem = Problem("runs", "latest", "no run is published yet", "`skiptrace run`")
        return Health((problem,), None, None, None, None, len(unfinished_runs(home)), of_disk(home))
    at = published_at(run)
    published = None if at is None else dt.datetime.fromtimestamp(at, dt.UTC)
    age = None if published is None else (now - published).total_seconds() / 3600
    found, most = list[Problem](), project.monitoring.max_age_hours
    if age is None or age > most:
        old = "is not dated" if age is None else f"was published {age:,.0f} hours ago (monitoring.max_age_hours is {most:g})"
        found.append(Problem("runs", run.run_id, old, "see the log of the last night, and run it again"))
    elif age < -1:
        found.append(Problem("runs", run.run_id, "was published in time to come", "set the clock right"))
    found += _held(run, project, home, now.date())
    free = of_disk(home)
    needed = int(LEAST_FREE * sum(file["bytes"] for entry in run.ledger["tables"].values() for file in entry["files"]))
    if free is not None and free < needed:
        mend = "make room, or keep fewer runs whole ([retention] runs)"
        found.append(Problem("disk", "", f"has {free / 1e9:,.2f} GB left, and a night may need {needed / 1e9:,.2f} GB", mend))
    told = None if published is None else published.isoformat(timespec="seconds")
    hours = None if age is None else round(age, 2)
    return Health(tuple(found), run.run_id, str(run.ledger.get("as_of")), told, hours, len(unfinished_runs(home)), free)


def _held(run: Run, project: Project, home: Place, today: dt.date) -> list[Problem]:
    """Why exports of the run would be held today."""
    private, as_of = home / PRIVATE, max(today, dt.date.fromisoformat(str(run.ledger["as_of"])))
    try:
        arrived = lists_now(project, private, as_of).arrived
    except SkiptraceError as error:
        return list(error.problems) or [Problem("lists", "", error.message, "")]
    return [*doubts.held(run, project, private, arrived, as_of), *gates.held(run, project.gates, private)]


def of_disk(home: Place) -> int | None:
    """Bytes that are free where a project lies; None on an object store."""
    return shutil.disk_usage(home).free if isinstance(home, Path) else None
