"""A run that was begun and not published, told as a page: how far it came, that nothing of it may be used, and how to go on with it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jobs.leftovers import run_id_of, unfinished_runs
from skiptrace.errors import ConfigError, Problem
from skiptrace.project import FILE_NAME, PRIVATE
from skiptrace.report.render import page
from skiptrace.results import Run, latest, open_run
from skiptrace.results.shelf import LATEST
from skiptrace.store.commit import replace_bytes
from skiptrace.store.places import Place, entries
from skiptrace.vocabulary import STEPS

PAGE: Final = "report.html"
_WHOLE: Final = ("index",)
"""Steps that are no tasks of partitions of the portfolio."""
_COMMIT: Final = "publish"


@dataclass(frozen=True)
class Step:
    """A step of a run: tasks that are done, and how many there are; None where that is not known before."""

    step: str
    done: int
    of: int | None


@dataclass(frozen=True)
class Interrupted:
    """A run that was begun and not published: its id, the project's name, its day, where its work lies, and how far each step came."""

    run_id: str
    name: str
    as_of: dt.date
    work: Place
    steps: tuple[Step, ...]

    @property
    def reached(self) -> str:
        """The step in which it stands: the first that is not done whole."""
        return next((one.step for one in self.steps if one.of is not None and one.done < one.of), _COMMIT)


def interrupted(home: Place) -> tuple[Interrupted, ...]:
    """The runs of a project's home that were begun and not published, by id. One that is under way at this moment is among them."""
    found = (_interrupted(home / PRIVATE / "work" / key, plan) for key, plan in unfinished_runs(home).items())
    return tuple(sorted(found, key=lambda one: one.run_id))


def meant(project: Place, home: Place, run_id: str) -> Run | Interrupted:
    """The run that an id means: a published one, or one that was begun and not published; `latest` is the one published last, and where
    none is the one begun last. Raises as `skiptrace.results.open_run`."""
    begun = {one.run_id: one for one in interrupted(home)}
    if run_id in begun:
        return begun[run_id]
    try:
        return latest(project) if run_id == LATEST else open_run(project, run_id)
    except ConfigError as error:
        if run_id == LATEST and begun:
            return begun[max(begun)]
        if begun:
            mend = f"of those that were begun and not published: {', '.join(sorted(begun))}"
            raise ConfigError(error.message, (*error.problems, Problem("runs", run_id, "is no interrupted run either", mend))) from None
        raise


def write_page(run: Interrupted) -> Place:
    """Write the page of an interrupted run beside its work, with which it goes; returns the file. The same state gives the same bytes."""
    target = run.work / PAGE
    replace_bytes(target, page("interrupted.html", run=run).encode())
    return target


def _interrupted(work: Place, plan: Mapping[str, Any]) -> Interrupted:
    done = Counter(place.name.rpartition("-")[0] for place in entries(work / "receipts") if place.name.endswith(".json"))
    parts = len(plan["partitions"].get("portfolio", ()))
    steps = tuple(Step(step, done[step], None if step in _WHOLE else parts) for step in STEPS if step != _COMMIT)
    return Interrupted(run_id_of(dict(plan)), _name(work), dt.date.fromisoformat(plan["as_of"]), work, steps)


def _name(work: Place) -> str:
    """The project's name, from the project file as the run read it."""
    try:
        return str(tomllib.loads((work / FILE_NAME).read_text(encoding="utf-8"))["project"]["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return "a project"
