"""The estimate of a run that was not begun: read and checked as a run is, sampled, and put into numbers."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from jobs import cluster, health, models, publish
from jobs.estimate import consulted, costs, forecast, kept, machine, work
from jobs.estimate.costs import Costs
from jobs.estimate.pairs import Brought, brought, open_built, points_of
from jobs.estimate.past import Past, past
from jobs.estimate.samples import Sampled, sample
from jobs.estimate.work import Sizes, jobs_of
from jobs.explain.keys import key_words
from jobs.memory import SHARE, available, budget
from jobs.prepare import Options, Prepared, prepare
from jobs.setup import Setup
from skiptrace.linkage import rules
from skiptrace.linkage.model import Model, records_from_plain
from skiptrace.linkage.predicted import BRINGS
from skiptrace.project import home_of
from skiptrace.store.commit import read_json
from skiptrace.vocabulary import EVENT_KINDS

FEWEST, MOST = 2_000, 5_000
"""Accounts of a sample: beyond, what is not known of records is the larger part of the error."""
LEAST_RECORDS = 20_000
PART = 0.025
"""The part of a run's CPU that may go into reading sampled records, and into reading accounts, and what a row of a small sample costs."""
ACCOUNT_SECONDS, RECORD_SECONDS = 400e-6, 40e-6
BOTH_ENDS = 1.96
"""Standard deviations of the interval: 95 of 100 samples."""


@dataclass(frozen=True)
class _Known:
    """What an estimate begins with."""

    prepared: Prepared
    seconds: float
    past: Past
    machine: forecast.Machine
    sampled: Sampled

    @property
    def setup(self) -> Setup:
        return self.prepared.setup

    @property
    def costs(self) -> Costs:
        return self.past.costs


def estimate(folder: Path, options: Options, share: float | None = None, started: float | None = None) -> dict[str, Any]:
    """The estimate as a JSON object; its numbers are kept for the run's ledger. share: of accounts and records that are read, instead of a
    small part of what the run takes. started: CPU seconds that this process took to load the program, where it did nothing else. Raises as
    `prepare`, and DataRefused where a sampled file cannot be read."""
    clock, begun = time.monotonic(), time.process_time()
    prepared = prepare(folder, options)
    preparing = time.process_time() - begun
    setup, known_costs = prepared.setup, past(folder, costs.load())
    built = open_built(setup, rules.load())
    speed = machine.calibration() / costs.load().machine["calibration_seconds"]
    where = _machine(prepared, options, speed)
    if started is not None:
        where = replace(where, beginning=started / known_costs.costs.process["start_seconds"])
    size = work.ahead(prepared, set(built), known_costs.costs, known_costs.uses)
    likely = sum(step.cpu_seconds for step in forecast.steps(known_costs.costs, jobs_of(known_costs.costs, size), where, 0.0))
    rows, new = sum(size.accounts), sum(size.new_layers)
    wanted = (share * rows, share * new) if share else (
        min(max(PART * likely / (ACCOUNT_SECONDS * speed), FEWEST), MOST), max(PART * likely / (RECORD_SECONDS * speed), LEAST_RECORDS)
    )  # fmt: skip
    accounts = sample(setup, "portfolio", range(len(setup.partitions["portfolio"])), round(wanted[0]))
    apart = consulted.held(setup, accounts)
    found = brought(setup, accounts, built, round(wanted[1]), _weights(prepared), consulted.skipped(setup, apart))
    stretch = (time.monotonic() - clock) / max(time.process_time() - begun, 1e-3)
    where = replace(where, stretch=forecast.shared(stretch, where), reading=_reading(known_costs.costs, accounts, found))
    known = _Known(prepared, preparing, known_costs, where, accounts)
    scale = rows / accounts.taken if accounts.taken else 0.0
    more = known.past.more or known.costs.process["pairs_of_persons"]
    size = replace(size, pairs=float(found.of_people.sum()) * scale * more, uses=_uses(known, found) * rows)
    told = _told(known, size, found, scale, more, 0.0 if apart is None or not len(apart) else float(apart.mean()))
    told["kept"] = not told["published"] and kept.keep(setup.private, setup.run_key, _numbers(told))
    told["took"] = {"cpu_seconds": round(time.process_time() - begun, 2), "seconds": round(time.monotonic() - clock, 2)}
    return told


def _weights(prepared: Prepared) -> Model:
    """What two records weigh: the project's own model, or the shipped one."""
    file = models.model_file(prepared.setup.private, prepared.model_key)
    return records_from_plain(read_json(file) if file.is_file() else models.shipped(), rules.load())[0]


def _machine(prepared: Prepared, options: Options, speed: float) -> forecast.Machine:
    runtime = prepared.setup.project.runtime
    scheduler = cluster.choose(options.scheduler or runtime.scheduler, prepared.rows)
    workers = {"sync": 0, "threads": 0, "processes": budget(runtime)[0]}.get(scheduler, runtime.workers or 1)
    return forecast.Machine(scheduler, workers, os.cpu_count() or 1, speed)


def _reading(known: Costs, accounts: Sampled, found: Brought) -> float:
    """What reading the samples took beside what the shipped costs say: these files, on this machine, as busy as it is."""
    cost = {one.kind: one for one in known.kinds}
    expected = known.process["loading_seconds"] + cost["intake"].of(accounts.taken)
    expected += sum(cost["delivery"].of(rows) for rows, _ in found.tasks)
    return (accounts.seconds + sum(seconds for _, seconds in found.tasks)) / expected


def _uses(known: _Known, found: Brought) -> float:
    """Uses of an account: as in the last run, or by the points of the sample: its own, and those that likely records add."""
    if known.past.uses is not None:
        return known.past.uses
    rates, own = known.costs.rates, points_of(known.sampled.sightings, len(known.sampled.identities))
    shown = {kind: sum(found.links.get(source, 0.0) * each[kind] for source, each in found.shown.items()) for kind in own}
    return sum(rates[f"uses_{kind}"] * (count + rates["new_of_shown"] * shown[kind]) for kind, count in own.items())


def _told(known: _Known, sizes: Sizes, found: Brought, scale: float, more: float, share: float) -> dict[str, Any]:
    setup, prepared, where = known.setup, known.prepared, known.machine
    mapped = known.costs.disk["index_record"] * sizes.records
    steps = forecast.steps(known.costs, jobs_of(known.costs, sizes), where, mapped)
    cpu, clock = forecast.around(known.costs, sizes, where, known.seconds)
    peak = max(steps, key=lambda step: step.peak_bytes)
    rows, read = sum(sizes.accounts), len(known.sampled.identities)
    done = publish.published(home_of(setup.project.folder).resolve() / "runs", prepared.run_id) is not None
    records = {one.name: one.delivery.rows for one in prepared.deliveries if one.kind not in EVENT_KINDS and one.name != "portfolio"}
    limit = budget(setup.project.runtime)[1]
    return {
        "project": setup.project.project.name, "as_of": setup.as_of.isoformat(), "run_id": prepared.run_id, "published": done,
        "accounts": round(rows * read / known.sampled.taken) if known.sampled.taken else 0, "rows": rows,
        "records": sum(records.values()), "partitions": len(sizes.accounts),
        "largest_partition": max(sizes.accounts, default=0),
        "pairs": _pairs(known, found, scale, more),
        "sources": consulted.by_source(setup, share, known.past.linked, found.without),
        "held": round(share, 4),
        "new": {"rows": sum(sizes.new_rows), "records": sum(sizes.new_layers), "learns": sizes.learns, "resolves": sizes.resolves},
        "machine": {
            "scheduler": where.scheduler, "workers": where.workers, "cores": where.cores, "speed": round(where.speed, 2),
            "stretch": round(where.stretch, 2),
            "memory": available(), "memory_limit": limit, "workers_that_fit": max(int(available() * SHARE // peak.peak_bytes), 1),
        },
        "steps": {step.name: step.plain() for step in steps},
        "cpu_seconds": round(cpu + sum(step.cpu_seconds for step in steps), 1),
        "seconds": round(clock + sum(step.seconds for step in steps), 1),
        "peak_bytes": round(peak.peak_bytes, -6), "peak_step": peak.name,
        "disk": {**{name: round(size, -6) for name, size in forecast.disk(known.costs, sizes).items()}, "free": _free(setup)},
        "costs_from": known.costs.origin, "warnings": list(prepared.warnings),
    }  # fmt: skip


def _free(setup: Setup) -> int | None:
    return health.of_disk(setup.private.parent) if setup.private.parent.is_dir() else None


def _pairs(known: _Known, found: Brought, scale: float, more: float) -> dict[str, Any]:
    """Pairs in all and by key, with the interval that the samples leave."""
    people, whole = len(found.of_people), float(found.of_people.sum()) * scale
    rest = 1.0 - known.sampled.share
    of_people = people * float(np.var(found.of_people)) * rest if people else 0.0
    margin = BOTH_ENDS * scale * float(np.sqrt(found.variance + of_people))
    keys, order = [], {name: -counts["pairs"] - counts["refined_pairs"] for name, counts in found.keys.items()}
    for key in sorted(rules.load().keys, key=lambda key: (order[key.name], key.name)):
        counts = found.keys[key.name]
        each = {name: round(counts[name] * scale) for name in BRINGS}
        keys.append({"key": key.name, "words": key_words(key), **each, "hottest": round(counts["hottest"])})
    return {
        "compared": round(whole * more), "by_keys": round(whole), "low": round(max(whole - margin, 0.0) * more),
        "high": round((whole + margin) * more), "keys": keys,
        "sample": {
            "accounts": known.sampled.taken, "accounts_of": known.sampled.rows, "records": found.read, "records_of": found.new,
            "share": round(found.share, 4),
        },
    }  # fmt: skip


def _numbers(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept for the run's ledger: numbers alone."""
    names = ("accounts", "records", "cpu_seconds", "seconds", "peak_bytes", "peak_step", "steps", "disk", "costs_from")
    pairs = {name: told["pairs"][name] for name in ("compared", "by_keys", "low", "high")}
    sources = {one["name"]: one["cost"] for one in told["sources"] if one.get("cost") is not None}
    return {**{name: told[name] for name in names}, "pairs": pairs, "sources": sources}
