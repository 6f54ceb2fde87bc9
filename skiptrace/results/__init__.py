"""Published runs, read-only: for notebooks, `explain` and `report`. Nothing here writes or lists table folders."""

from skiptrace.results.run import Run
from skiptrace.results.shelf import RunSummary, latest, open_run, runs

__all__ = ["Run", "RunSummary", "latest", "open_run", "runs"]
