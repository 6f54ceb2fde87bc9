"""A run from start to end: intake → index → link → enrich → score → screen → settle → publish.

Each step is a list of tasks; a step begins when the one before has all its receipts. Nothing of a run can be seen until
its one manifest is written; a rerun of a published run does nothing, and a killed one goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs import (
    alerts,
    cluster,
    counted,
    doubts,
    drift,
    exported,
    exports,
    gates,
    inventory,
    labels,
    learned,
    ledger,
    noted,
    outcomes,
    placed,
    publish,
    quality,
    readings,
    receiving,
    register,
    retained,
    schema_state,
)
from jobs.every import Every
from jobs.forgetting import forget
from jobs.leftovers import tidy
from jobs.locking import locked
from jobs.mending import mended
from jobs.night import base as night
from jobs.night import retold
from jobs.night.steps import Few
from jobs.prepare import Options, Prepared, prepare
from jobs.runner import Receipt, Task
from jobs.runner import run as run_tasks
from jobs.setup import write_plan
from jobs.sharded import Sharded, shards_of
from jobs.step_tasks import one_of, parts_of
from jobs.tape import intake_receipts
from jobs.waterfall import reading, spending
from jobs.whole import Whole
from skiptrace.errors import ConfigError, Problem, SkiptraceError
from skiptrace.intake import totals
from skiptrace.project import PRIVATE, home_of
from skiptrace.report.counting import BY_ACCOUNT
from skiptrace.store.commit import read_json
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place
from skiptrace.store.probe import refuse_liar
from skiptrace.vocabulary import STEPS

Observe = Callable[[str, int, int], None]
Receipts = dict[str, list[Receipt]]

__all__ = ["Options", "Outcome", "Prepared", "prepare", "run"]


@dataclass(frozen=True)
class Outcome:
    """A run that ended well: where it is, whether this call made it, its ledger, why its exports are held (see `jobs.doubts`), of its
    tasks how many there were, were run by this call, and were begun again because a worker had died, and what this call warns of."""

    run_id: str
    folder: Place
    fresh: bool
    ledger: dict[str, Any]
    held: tuple[Problem, ...] = ()
    tasks: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def run(folder: Path, options: Options, observe: Observe, again: bool = False) -> Outcome:
    """Fetch, prepare and run a project; `again`: take the steps even where their run is published, whose work is gone. Raises the
    errors of `receiving.receive` and `prepare`, SafeToRerun (75) where another run holds the project's lock, and whatever a task
    raised; nothing is published then."""
    for name, step in (("--from", options.from_step), ("--to", options.to_step)):
        if step is not None and step not in STEPS:
            raise ConfigError(f"{name}: unknown step {step!r} — one of {', '.join(STEPS)}")
    root = home_of(folder).resolve()
    refuse_liar(root / PRIVATE)
    received = receiving.receive(folder)
    prepared = prepare(folder, options)
    prepared = replace(prepared, warnings=(*prepared.warnings, *received.warnings))
    if options.nightly:
        doubts.refuse_past(root, prepared.setup.as_of)
    if options.resume is not None and options.resume != prepared.run_id:
        raise ConfigError(f"--resume: the inputs are those of run {prepared.run_id}, not of {options.resume} — leave --resume out")
    refuse_unsafe(root)
    private, runs = private_folder(root / PRIVATE), private_folder(root / "runs")
    with locked(private):
        done = publish.published(runs, prepared.run_id)
        if done is not None and options.from_step is None and not again:
            return _finished(prepared, options, done)
        drivers: list[Driver] = []

        def steps() -> Outcome:
            drivers.append(Driver(prepared, options, observe, runs, compute))
            return drivers[-1].all_steps()

        try:
            with cluster.spread_for(prepared, options, private) as compute:
                outcome = mended(prepared.setup, steps)
            if options.nightly:
                tidy(root, prepared.setup.project.retention.runs, prepared.setup.project.retention.exports_days)
            return outcome
        except (SkiptraceError, OSError):
            ours = any(driver.committed for driver in drivers)
            done = None if again or options.from_step is not None or ours else publish.published(runs, prepared.run_id)
            if done is None:
                raise
            return _finished(prepared, options, done)  # a run that the lock did not keep out was first, and cleared the work


def _finished(prepared: Prepared, options: Options, done: Place) -> Outcome:
    night.adopt(prepared.setup)
    held = exports.finish(done, prepared.setup, options.exports)
    return Outcome(prepared.run_id, done, False, read_json(done / publish.LEDGER), held, warnings=prepared.warnings)


class Driver:
    """The driver's side of one run: makes the tasks of each step from the receipts of the steps before."""

    def __init__(self, prepared: Prepared, options: Options, observe: Observe, runs: Place, compute: cluster.Compute) -> None:
        self._prepared, self._options, self._observe, self._runs, self._compute = prepared, options, observe, runs, compute
        setup = prepared.setup
        self._setup, self._work = setup, str(setup.work)
        self._timings, self.committed, self._asked = ledger.Timings(), False, 0
        self._parts = range(len(setup.partitions["portfolio"]))
        shards = shards_of(setup, options.scheduler or setup.project.runtime.scheduler)
        nothing: tuple[night.Base | None, str | None] = (None, None)
        self._base, self._why = night.load(prepared) if options.nightly else nothing
        self._contacts: Every | Few = Every(setup, self._run_all)
        self._linking: Whole | Sharded = Whole(setup, self._run_all) if shards is None else Sharded(setup, shards, self._run_all)

    def all_steps(self) -> Outcome:
        """Run the steps and publish."""
        if self._options.from_step is not None:
            forget(self._setup, self._runs / self._prepared.run_id, self._options.from_step)
        write_plan(self._setup, self._prepared.text)
        found: Receipts = {}
        for name in STEPS[:-1]:
            with self._timings.step(name):
                found |= getattr(self, f"_{name}")(found)
            if name == self._options.to_step:
                return Outcome(self._prepared.run_id, self._setup.work, True, {"stopped_after": name})
        with self._timings.step("publish"):
            folder, held = self._publish(found)
        tasks = {"all": self._asked, "run": self._timings.run, "repeated": getattr(self._compute, "repeated", 0)}
        return Outcome(self._prepared.run_id, folder, True, read_json(folder / publish.LEDGER), held, tasks)

    def learn(self, known: pa.Table | None, answers: pa.Table | None = None) -> Place:
        """Read the deliveries, index them and learn the match model; nothing is linked. Pairs that somebody knows, or has judged
        (`answers`), are looked for in the whole index."""
        if known is not None or answers is not None:
            self._linking = Whole(self._setup, self._run_all)
        write_plan(self._setup, self._prepared.text)
        found: Receipts = {}
        for name in ("intake", "index"):
            found |= getattr(self, f"_{name}")(found)
        pairs, judged = (None if told is None else labels.keep(told, self._setup.work) for told in (known, answers))
        return learned.match_model(self._prepared, self._options, self._linking, self._one, pairs, judged)

    def _tasks(self, name: str, function: str, arguments: list[dict[str, Any]]) -> list[Receipt]:
        return parts_of(self._setup, self._run_all, name, function, arguments)

    def _run_all(self, name: str, tasks: list[Task]) -> list[Receipt]:
        def spent(receipt: Receipt) -> None:
            self._timings.spent(receipt, name)

        self._asked += len(tasks)
        return run_tasks(tasks, self._compute, lambda done, total: self._observe(name, done, total), spent)

    def _one(self, name: str, function: str, **arguments: Any) -> Receipt:
        return one_of(self._setup, self._run_all, name, function, **arguments)

    def _intake(self, found: Receipts) -> Receipts:
        surveys = self._tasks("survey", "jobs.intake:survey_portfolio", [{} for _ in self._parts])
        totals.agree(self._setup.project.portfolio, [total for receipt in surveys for total in receipt["totals"]])
        verdict = self._one("verdict", "jobs.intake:judge_duplicates", surveys=surveys)["verdict"]
        known = {"verdict": verdict} | ({} if self._base is None else {"base": self._base.plain()})
        portfolio = self._tasks("intake", "jobs.intake:portfolio_partition", [{"survey": one["survey"], **known} for one in surveys])
        tasks = [
            Task(f"intake-{source}-{number:05d}-{self._setup.run_key[:8]}", "jobs.intake:delivery_partition",
                 self._setup.delivered(source, number), {"work": self._work, "source": source, "number": number},
                 part.file.name, f"step intake, source {source}, partition {number}")
            for source, parts in self._setup.partitions.items() if source != "portfolio" for number, part in enumerate(parts)
        ]  # fmt: skip
        keys = [key for source in self._setup.partitions if source != "portfolio" for key in self._prepared.read_keys[source]]
        readings.remember(self._setup.private, keys, self._setup.as_of, self._run_all("intake", tasks))
        states = [self._one(inventory.STEP, "jobs.inventory:states")] if inventory.is_told(self._setup) else []
        held = [self._one(placed.STEP, "jobs.placed:states")] if placed.is_told(self._setup) else []
        return {"intake": portfolio, inventory.STEP: states, placed.STEP: held}

    def _index(self, found: Receipts) -> Receipts:
        return {"index": self._linking.index()}

    def _link(self, found: Receipts) -> Receipts:
        model = learned.match_model(self._prepared, self._options, self._linking, self._one)
        return {"link": self._linking.link(model), "consumers": [self._one("consumers", "jobs.link:consumers", model_file=str(model))]}

    def _enrich(self, found: Receipts) -> Receipts:
        considered = [] if self._options.limit else [{"considered": r["considered"]} for r in found["link"]]  # no night begins from a part
        digests = self._tasks("digests", "jobs.night.digests:of_partition", considered)
        self._contacts = Every(self._setup, self._run_all, self._why)
        if self._base is not None:
            self._contacts = Few(self._setup, self._run_all, self._base, [r["digests"] for r in digests], self._prepared.text)
        enriched, shared = self._contacts.enrich(found["link"], found["consumers"][0]["consumers"])
        return {"enrich": enriched, "share": [{"sharing": shared}], "digests": digests}

    def _score(self, found: Receipts) -> Receipts:
        return {"score": self._contacts.score(found["enrich"], found["share"][0]["sharing"])}

    def _screen(self, found: Receipts) -> Receipts:
        people = found["consumers"][0]["consumers"]
        known = {**self._contacts.screening(), "consumers": people}
        if self._setup.project.portfolio.purchase:
            known["resold"] = self._one("resold", "jobs.putback:resold", consumers=people)["resold"]
        given = [
            {"points": s["points"], "channels": s["channels"], "links": one["considered"], "deaths": e["deaths"], **known}
            for s, one, e in zip(found["score"], found["link"], found["enrich"], strict=True)
        ]  # fmt: skip
        return {"screen": self._tasks("screen", "jobs.screen:screen_partition", given)}

    def _settle(self, found: Receipts) -> Receipts:
        given = [
            {"points": s["points"], "channels": s["channels"], "decisions": d["decisions"], "holds": d["holds"], "links": one["links"],
             "deaths": e["deaths"], "consumers": found["consumers"][0]["consumers"]}
            for s, d, one, e in zip(found["score"], found["screen"], found["link"], found["enrich"], strict=True)
        ]  # fmt: skip
        found = {**found, "settle": self._tasks("settle", "jobs.settle:settle_partition", given)}
        tables = _published(found)
        given = [{"tables": {name: tables[name][number] for name in BY_ACCOUNT}} for number in self._parts]
        return {"settle": found["settle"], "counts": self._tasks("counts", "jobs.counted:count_partition", given)}

    def _publish(self, found: Receipts) -> tuple[Place, tuple[Problem, ...]]:
        prepared, setup, sums = self._prepared, self._setup, counted.added(found["counts"])
        tables = {
            **_published(found),
            **({"put_back": [r["put_back"] for r in found["screen"]]} if setup.project.portfolio.purchase else {}),
            "consumer_changes": [found["consumers"][0]["changes"]], "rejects": [publish.gather_rejects(prepared)], **noted.written(setup),
        }  # fmt: skip
        news = alerts.alerts(setup, self._runs, {**tables, "deaths": [r["deaths"] for r in found["enrich"]]}, self._run_all)
        tables |= {name: news[name] for name in ("alerts", "alerts_held", "alerts_told")}
        expected = {source: sum(part.rows for part in parts) for source, parts in setup.partitions.items()}
        arrived = self._one("arrivals", "jobs.arrivals:of_run", rows=expected)["arrivals"]
        counts = {d.name: ledger.totals(intake_receipts(setup, d.name)) for d in prepared.deliveries}
        ledger.reconcile(counts, expected, {name: {"rows": sum(ref["rows"] for ref in refs)} for name, refs in tables.items()})
        judged, doubtful = doubts.judge(setup, self._runs.parent, prepared.run_id, arrived)
        measured = quality.measures(sums, counts, arrived, news["told"]["accounts"])
        figures, odd = gates.judged(setup, self._runs.parent, prepared.run_id, measured)
        linked = quality.linked_by(sums)
        content = {
            **ledger.content(prepared, found, counts, self._linking.figures()), **self._contacts.figures(found["screen"]),
            "alerts": news["told"], "arrivals": judged, "quality": figures, "linked_by": linked,
            "since": drift.since(self._runs.parent, figures, judged, linked),
            "warnings": [*prepared.warnings, *map(str, (*doubtful, *odd))], "timings": self._timings.steps,
        }  # fmt: skip
        outcomes.remember(setup, prepared.inputs)
        reading.remember(setup.private, prepared.run_id, content["sources"], tables["accounts"])
        content |= spending.told(setup.project, setup.private, tables["contact_points"], setup.as_of)
        register.remember(setup, prepared.begins, found["consumers"][0], *found[inventory.STEP], *found[placed.STEP])
        if exported.is_asked(setup.project):
            exported.remember(setup.private, prepared.begins, setup.exported)
        if setup.limit is None:
            night.stage(prepared, {
                "digests": [r["digests"] for r in found["digests"]], "consumers": [found["consumers"][0]["consumers"]],
                "sharing": [found["share"][0]["sharing"]], "deaths": [r["deaths"] for r in found["enrich"]],
                "screened": [r["screened"] for r in found["screen"]], **{name: [r[name] for r in found["intake"]] for name in retold.KEPT},
            })  # fmt: skip
        retained.note(prepared)
        schema_state.note(setup.private)
        folder = publish.commit(self._runs, prepared.run_id, tables, content)
        self.committed = True
        publish.point_latest(self._runs, prepared.run_id)
        night.adopt(setup)
        held = exports.complete(folder, setup.project, setup.as_of, self._options.exports, sums)
        publish.clear(setup.work)
        return folder, held


def _published(found: Receipts) -> dict[str, list[dict[str, Any]]]:
    """The files of the tables that steps leave for each partition, in the order of partitions."""
    whose = {"accounts": "settle", "links": "link", "channels": "settle", "decisions": "screen", "situations": "screen"}
    files = {name: [receipt[name] for receipt in found[step]] for name, step in whose.items()}
    return {**files, "contact_points": [receipt["points"] for receipt in found["score"]]}
