"""Progress of a run for whoever watches: a bar per step on a terminal, with -v a line per step, else nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jobs.cli.frame import State
from jobs.cli.output import say

Observe = Callable[[str, int, int], None]

WORDS = {
    "survey": "reading account ids",
    "verdict": "judging duplicates",
    "intake": "reading deliveries",
    "index": "building the index",
    "compare": "comparing records",
    "decide": "deciding links",
    "consumers": "finding accounts of one person",
    "sought": "listing the records of links",
    "handed": "handing out the records of links",
    "enrich": "gathering contact points",
    "share": "finding shared points",
    "score": "scoring channels",
    "screen": "screening against the rules",
    "settle": "settling accounts",
    "counts": "counting for the report",
    "news": "looking for what changed",
    "publish": "publishing",
}


@contextmanager
def watched(state: State) -> Iterator[Observe]:
    """The function that a run reports to: (step, tasks done, all tasks)."""
    if state.quiet or state.json:
        yield lambda step, done, total: None
    elif sys.stderr.isatty():
        with _bars() as observe:
            yield observe
    elif state.verbose:
        yield lambda step, done, total: say(state, f"{WORDS.get(step, step)}: {total} done") if done == total else None
    else:
        yield lambda step, done, total: None


@contextmanager
def _bars() -> Iterator[Observe]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def observe(step: str, done: int, total: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(WORDS.get(step, step), total=total)
            progress.update(bars[step], completed=done, total=total)

        yield observe
