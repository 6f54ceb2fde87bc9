"""A run that programs watch over: what happens is logged, and how it ended is left as metrics, whether it ended well or not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs import metrics
from jobs.logs import Log
from skiptrace.errors import ConfigError, DataRefused, GateFailed, SafeToRerun, SkiptraceError
from skiptrace.project import Project, load
from skiptrace.results import latest
from skiptrace.results.run import LEDGER, Run
from skiptrace.store.places import walk

if TYPE_CHECKING:
    from jobs.pipeline import Outcome

Observe = Callable[[str, int, int], None]
BUG = 1


class Attempt:
    """One call of `skiptrace run` or `skiptrace nightly`. `observe` is what the run reports to; `ended` takes what came of it."""

    def __init__(self, project: Project, command: str, observe: Observe) -> None:
        self._project, self._command, self._observe = project, command, observe
        self._place = None if project.monitoring.metrics is None else project.folder / project.monitoring.metrics
        if self._place is not None:
            metrics.refuse_unusable(self._place)
        self._log = Log(project.monitoring.log, project.folder, {"project": project.project.name, "command": command})
        self._begun = time.monotonic()
        self._outcome: Outcome | None = None
        self._log.say.info("begun")

    def observe(self, step: str, done: int, total: int) -> None:
        """Tell of a step: tasks done, all tasks."""
        self._log.observe(step, done, total)
        self._observe(step, done, total)

    def ended(self, outcome: Outcome) -> None:
        """Take what came of the run."""
        self._outcome = outcome

    def close(self, error: BaseException | None) -> None:
        """Say how it ended. Nothing is raised: a run is not undone because nobody could be told of it."""
        code, seconds = self._code(error), round(time.monotonic() - self._begun, 3)
        try:
            self._say(error, code, seconds)
            if self._place is not None:
                metrics.write(self._place, self._metrics(code, seconds))
        except SkiptraceError as failed:
            self._log.say.error("metrics not written", message=failed.message)
        finally:
            self._log.close()

    def _code(self, error: BaseException | None) -> int:
        if error is None:
            return GateFailed.exit_code if self._outcome is not None and self._outcome.held else 0
        if isinstance(error, SkiptraceError):
            return error.exit_code
        return SafeToRerun.exit_code if isinstance(error, KeyboardInterrupt) else BUG

    def _say(self, error: BaseException | None, code: int, seconds: float) -> None:
        told: dict[str, Any] = {"exit_code": code, "seconds": seconds}
        if self._outcome is not None:
            ledger = self._outcome.ledger
            told |= {"run_id": self._outcome.run_id, "fresh": self._outcome.fresh, "tasks": dict(self._outcome.tasks)}
            told |= {"warnings": list(ledger.get("warnings", ())), "held": [str(one) for one in self._outcome.held]}
        if error is None:
            self._log.say.info("ended", **told)
        elif isinstance(error, SkiptraceError):
            problems = [str(one) for one in error.problems]
            self._log.say.error("failed", kind=type(error).__name__, message=error.message, problems=problems, **told)
        else:  # the text of a library's error may hold a value of a person
            self._log.say.error("failed", kind=type(error).__name__, **told)

    def _metrics(self, code: int, seconds: float) -> metrics.Ended:
        outcome, project = self._outcome, self._project
        ledger: dict[str, Any] = outcome.ledger if outcome is not None and "tables" in outcome.ledger else {}
        prices = {source.name: source.cost_per_record for source in project.source if source.cost_per_record}
        return metrics.Ended(
            project.project.name, self._command, code, time.time(), seconds, outcome.tasks if outcome is not None else {}, ledger, prices,
            published_last(project.folder),
        )  # fmt: skip


@contextmanager
def attended(folder: Path, command: str, observe: Observe) -> Iterator[Attempt]:
    """A run of the project in `folder`, whose `[monitoring]` says who is told of it. Raises ConfigError (exit 2) where the project file
    cannot be used, or what it names for that."""
    attempt = Attempt(load(folder, os.environ), command, observe)
    try:
        yield attempt
    except BaseException as error:
        attempt.close(error)
        raise
    attempt.close(None)


def published_last(folder: Path) -> float | None:
    """When the run that was published last was, in seconds since 1970; None where there is none."""
    try:
        return published_at(latest(folder))
    except (ConfigError, DataRefused):
        return None


def published_at(run: Run) -> float | None:
    """When a run was published: its ledger was written by that."""
    return next((entry.changed for entry in walk(run.folder) if entry.name == LEDGER), None)
