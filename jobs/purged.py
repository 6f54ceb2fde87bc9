"""Removing a published run for good: its tables, evidence, report and exports."""

from __future__ import annotations

from skiptrace.errors import ConfigError, Problem
from skiptrace.results import Run, latest, runs
from skiptrace.results.run import LEDGER
from skiptrace.results.shelf import LATEST, RUNS
from skiptrace.store import points
from skiptrace.store.commit import point_to
from skiptrace.store.places import Place, remove_tree, walk


def purge(home: Place, run: Run, even_latest: bool = False) -> int:
    """Remove a published run; returns the bytes that went. Its manifest goes first: from then on nobody sees the run, and what a
    kill leaves of it is a leftover (see `jobs.leftovers`).

    Raises ConfigError for the run published last, unless `even_latest`: then the one before it becomes the latest."""
    pointed = _pointed(home)
    if run.run_id == pointed and not even_latest:
        mend = "keep it, publish another first, or say --even-latest"
        raise ConfigError("the latest run is not purged unless told", (Problem(RUNS, run.run_id, "is the run published last", mend),))
    size = sum(entry.bytes for entry in walk(run.folder))
    if run.run_id == pointed:
        others = [one.run_id for one in runs(home) if one.run_id != run.run_id and not one.thinned]
        if others:
            point_to(home / RUNS / LATEST, others[-1])
        else:
            (home / RUNS / LATEST).unlink(missing_ok=True)
    points.passed("before-purge")
    (run.folder / LEDGER).unlink(missing_ok=True)
    points.passed("unpublished")
    remove_tree(run.folder)
    return size


def _pointed(home: Place) -> str | None:
    pointer = home / RUNS / LATEST
    return latest(home).run_id if pointer.is_symlink() or pointer.is_file() else None
