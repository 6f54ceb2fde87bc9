"""Progress of a run for whoever watches: a bar per step on a terminal, with -v a line per step, else nothing."""

from __future__ import annotations

import datetime as dt
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jobs.cli.frame import State
from jobs.cli.output import say

if TYPE_CHECKING:
    from rich.console import Console

Observe = Callable[[str, int, int], None]
WINDOW = 600.0
"""Seconds whose tasks the rate is taken from: a large one may take minutes."""

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

    with bars(Console(stderr=True), time.monotonic) as observe:
        yield observe


@contextmanager
def bars(console: Console, clock: Callable[[], float]) -> Iterator[Observe]:
    """A bar per step on a console, gone at the end: tasks done, time since it began, tasks a second, and the time that is left at that
    rate. clock: seconds from any moment on."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """How fast a step goes, and what is left of it."""

        def render(self, task: Task) -> Text:
            left = None if task.finished else task.time_remaining
            return Text(rate(task.finished_speed or task.speed, left), "progress.remaining")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), Rate())
    with Progress(*columns, console=console, transient=True, get_time=clock, speed_estimate_period=WINDOW) as progress:
        steps: dict[str, TaskID] = {}

        def observe(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = progress.add_task(WORDS.get(step, step), total=total)
            progress.update(steps[step], completed=done, total=total)

        yield observe


def rate(speed: float | None, left: float | None) -> str:
    """Tasks a second and seconds left, in words: `2.5 tasks a second, 0:00:12 left`; of slow ones how long each takes."""
    if not speed:
        return ""
    told = f"{speed:.1f} tasks a second" if speed >= 1 else f"{1 / speed:.1f} s a task"
    return told if left is None else f"{told}, {dt.timedelta(seconds=math.ceil(left))} left"
