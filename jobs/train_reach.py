"""`skiptrace model train-reach`: the scorecards of a project learned from what came of past attempts.

What the scores knew before the attempts is made again as a run of that day would have had it, and the attempts since are laid
beside it. Deliveries, index and match model are those of the project; nothing is published as a run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import outcomes, publish, reach_models
from jobs.cluster import spread_for
from jobs.locking import locked
from jobs.outcome_files import read_outcomes
from jobs.pipeline import Driver, Observe
from jobs.prepare import Options, Prepared, prepare
from jobs.runner import Receipt
from jobs.setup import Setup, versions, write_plan
from skiptrace.errors import ConfigError, DataRefused, GateFailed, Problem
from skiptrace.ids import digest, file_digest
from skiptrace.project import PRIVATE, home_of
from skiptrace.reach import attempts, taught, teaching, training
from skiptrace.schema.working import ATTEMPTS, CONSUMERS, PAST_EVENTS
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table, read_tables, write_table

WINDOW_DAYS = 90
"""Attempts of so many days before the last one teach, unless `since` says otherwise; what was known before is what is scored."""


@dataclass(frozen=True)
class Trained:
    """What came of it: the key of the new scorecards and of those before (None: the shipped ones), the file, its content."""

    key: str
    before: str | None
    file: Place
    content: dict[str, Any]


def train_reach(
    folder: Path, options: Options, observe: Observe, files: Sequence[Path] = (), since: dt.date | None = None
) -> Trained:  # fmt: skip
    """Learn the scorecards from the project's dispositions, from what its ledger kept of earlier ones, and from `files`.

    Raises as `run`; DataRefused (exit 3) where no channel has enough outcomes; GateFailed (exit 4) where what was learned is
    worse than the scorecards in force on every channel that has. Then nothing is changed."""
    prepared = prepare(folder, options)
    root = home_of(folder).resolve()
    refuse_unsafe(root)
    private, runs = private_folder(root / PRIVATE), private_folder(root / "runs")
    with locked(private):
        told = [read_outcomes(file, prepared.setup) for file in files]
        key = digest("teach", prepared.setup.run_key, [file_digest(file) for file in files], since)
        setup = replace(prepared.setup, run_key=key, work=private / "work" / f"reach-{key}")
        try:
            with spread_for(prepared, options, private) as compute:
                teacher = Teacher(replace(prepared, setup=setup), options, observe, runs, compute)
                content = teacher.teach([table for table, _ in told], since)
        finally:
            publish.clear(setup.work)
        content["provenance"]["files"] = [counts for _, counts in told]
        _refuse(content)
        before = reach_models.current_key(private)
        new = reach_models.keep(private, content)
        return Trained(new, before, reach_models.model_file(private, new), content)


class Teacher(Driver):
    """The driver's side of learning: the steps up to links, then points as they were known, then lessons."""

    def teach(self, told: list[pa.Table], since: dt.date | None) -> dict[str, Any]:
        """Learned scorecards with their report, as `reach_models` keeps them."""
        setup, rules = self._setup, teaching.load()
        write_plan(setup, self._prepared.text)
        found = self.linked()
        past = outcomes.distinct(pa.concat_tables([outcomes.events(setup), outcomes.kept_attempts(setup.private), *told]))
        tried = attempts.attempts(past, rules, setup.as_of)
        tried, known_on = _window(tried, since)
        consumers = found["consumers"][0]["consumers"]
        learned = training.train(*self.lessons(found, past, tried, known_on), reach_models.cards_of(setup.private, setup.reach), rules)
        people = read_tables([consumers], CONSUMERS)
        return _content(self._prepared, learned, tried, people, known_on)

    def linked(self) -> dict[str, list[Receipt]]:
        """The receipts of the steps up to links."""
        found: dict[str, list[Receipt]] = {}
        for name in ("intake", "index", "link"):
            found |= getattr(self, f"_{name}")(found)
        return found

    def lessons(self, found: dict[str, list[Receipt]], past: pa.Table, tried: pa.Table, known_on: dt.date) -> tuple[pa.Table, pa.Table]:
        """(LESSONS, COVERED) of all partitions."""
        work, accounts = self._setup.work, found["consumers"][0]["consumers"]
        day = {"known_on": known_on.isoformat()}
        before = write_table(past, PAST_EVENTS, private_folder(work / "past"), "past").plain()
        since = write_table(tried, ATTEMPTS, private_folder(work / "tried"), "tried").plain()
        given = [{"links": one["considered"], "consumers": accounts, "past": before, **day} for one in found["link"]]
        known = self._tasks("known", "jobs.lessons:known_partition", given)
        shared = self._one("known-share", "jobs.enrich:share", refs=[one["points"] for one in known], consumers=accounts)["sharing"]
        given = [{"points": one["points"], "shared": shared, "consumers": accounts, "tried": since, **day} for one in known]
        parts = self._tasks("lessons", "jobs.lessons:lessons_partition", given)
        return (
            pa.concat_tables([read_table(one["lessons"]) for one in parts]),
            pa.concat_tables([read_table(one["covered"]) for one in parts]),
        )


def _window(tried: pa.Table, since: dt.date | None) -> tuple[pa.Table, dt.date]:
    """(the attempts that teach, the last day that counts as known before them)."""
    if not len(tried):
        problem = Problem("outcomes", "", "no attempt says whether the consumer was reached", "see reachability/learning.toml")
        raise DataRefused("there is nothing to learn from", (problem,))
    day = tried["occurred_at"].cast(pa.date32())
    first, last = pc.min(day).as_py(), pc.max(day).as_py()
    start = since or max(last - dt.timedelta(days=WINDOW_DAYS), first)
    if start > last:
        raise ConfigError(f"--since: no attempt since {start} — name an earlier day: the last one is of {last}")
    return tried.filter(pc.greater_equal(day, pa.scalar(start))), start - dt.timedelta(days=1)


def _content(
    prepared: Prepared, learned: Sequence[training.Verdict], tried: pa.Table, people: pa.Table, known_on: dt.date
) -> dict[str, Any]:  # fmt: skip
    setup: Setup = prepared.setup
    day = tried["occurred_at"].cast(pa.date32())
    ours = pc.sum(pc.is_in(tried["account_id"], people["account_id"].combine_chunks())).as_py() or 0
    in_force = reach_models.cards_of(setup.private, setup.reach)
    channels = {card.channel: card.learned.plain() for card in in_force if card.learned is not None}
    channels |= {one.channel: one.learned.plain() for one in learned if one.learned is not None}
    return {
        "format": taught.FORMAT, "channels": dict(sorted(channels.items())),
        "report": {one.channel: {**one.report, "published": one.learned is not None, "why_not": one.why_not, "worse": one.worse}
                   for one in learned},
        "provenance": {
            "as_of": setup.as_of.isoformat(), "known_on": known_on.isoformat(), "first": str(pc.min(day)), "last": str(pc.max(day)),
            "attempts": len(tried), "of_unknown_accounts": len(tried) - ours,
            "sources": sorted(set(tried["source"].to_pylist())), "in_force": setup.reach or "shipped",
            "inputs": prepared.inputs, "rules": prepared.hashes["rules"], "code": prepared.hashes["code"], "versions": versions(),
        },
    }  # fmt: skip


def _refuse(content: dict[str, Any]) -> None:
    """Raise where no channel may be published."""
    report = content["report"]
    if any(told["published"] for told in report.values()):
        return
    problems = tuple(
        Problem(name, "", f"{told['why_not']} ({told['attempts']} attempts, {told['reached']} reached)", "the scorecard stays as it is")
        for name, told in sorted(report.items())
    )
    if any(told["worse"] for told in report.values()):
        raise GateFailed("what was learned is worse than the scorecards in force; nothing was changed", problems)
    raise DataRefused("there are too few outcomes to learn from; nothing was changed", problems)
