"""Which runs a project has, and the one that was published last."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.project import home_of
from skiptrace.results.run import Run, is_published, read_ledger, read_run
from skiptrace.store.places import Place, entries

RUNS = "runs"
LATEST = "latest"


@dataclass(frozen=True)
class RunSummary:
    """A published run in a line: its id, the project's name, the day it believed it was (ISO), rows per table, and whether only the
    evidence of its decisions is kept."""

    run_id: str
    name: str
    as_of: str
    rows: dict[str, int]
    thinned: bool = False

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"run_id": self.run_id, "name": self.name, "as_of": self.as_of, "rows": self.rows, "thinned": self.thinned}


def latest(project: Place | str) -> Run:
    """The run of a project (its folder, or its place on an object store) whose tables were published last: the one that
    `runs/latest` names (a link, or a small text file).

    Raises ConfigError when the project has no published run; DataRefused when the named one is not there or damaged."""
    shelf = home_of(project) / RUNS
    pointer = shelf / LATEST
    try:
        name = os.readlink(pointer) if isinstance(pointer, Path) and pointer.is_symlink() else pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise _none_yet() from None
    except (OSError, UnicodeDecodeError):
        raise _lost("cannot be read") from None
    name = name.rstrip("/")
    if not _is_run_name(name):
        raise _lost("does not name a run of this project")
    folder = shelf / name
    if not folder.is_dir():
        raise _lost("names a run that is not there")
    return read_run(folder)


def open_run(project: Place | str, run_id: str) -> Run:
    """A published run by its id; `latest` is the one published last. Raises as `latest`; ConfigError for an unknown
    id."""
    if run_id == LATEST:
        return latest(project)
    folder = home_of(project) / RUNS / run_id
    if not _is_run_name(run_id) or not folder.is_dir():
        known = ", ".join(summary.run_id for summary in runs(project)[-5:]) or "none"
        raise ConfigError("no such run", (Problem(RUNS, run_id, "not found", f"the last ones: {known}"),))
    return read_run(folder)


def runs(project: Place | str) -> list[RunSummary]:
    """The published runs of a project, sorted by run id. Runs that failed, or still go on, are not among them."""
    found = []
    for folder in entries(home_of(project) / RUNS):
        if folder.is_symlink() or not folder.is_dir() or not _is_run_name(folder.name):
            continue
        ledger = read_ledger(folder)
        if ledger is None or not is_published(ledger):
            continue
        rows = {name: int(entry["rows"]) for name, entry in ledger["tables"].items()}
        head = (str(ledger.get("name", "")), str(ledger.get("as_of", "")))
        found.append(RunSummary(folder.name, *head, rows, bool(ledger.get("thinned"))))
    return found


def last_day(project: Place | str) -> tuple[str, dt.date] | None:
    """The published run for the latest day, and that day; None where no run is published. Ids begin with their day."""
    for folder in reversed(entries(home_of(project) / RUNS)):
        ledger = None if folder.is_symlink() or not _is_run_name(folder.name) else read_ledger(folder)
        if ledger is not None and is_published(ledger):
            return folder.name, dt.date.fromisoformat(str(ledger["as_of"]))
    return None


def _is_run_name(name: str) -> bool:
    return bool(name) and name == Path(name).name and not name.startswith(".") and name != LATEST


def _none_yet() -> ConfigError:
    problem = Problem(RUNS, LATEST, "not found", "run `skiptrace run` first")
    return ConfigError("this project has no published run", (problem,))


def _lost(what: str) -> DataRefused:
    return DataRefused(
        "the last run is lost", (Problem(RUNS, LATEST, what, "`skiptrace runs list` shows what there is"),)
    )
