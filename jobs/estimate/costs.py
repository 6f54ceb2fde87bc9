"""What a unit of work costs: as shipped (`rules/planning/costs.toml`), or as the project's own last runs show.

A past run is predicted by the shipped costs and its own counts; what it took beside that prediction corrects them, kind by kind. Work that
only some runs have (reading new deliveries, indexing, learning) is judged by the newest run that did all of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root
from skiptrace.vocabulary import STEPS

UNITS = ("account", "row", "record", "pair", "use", "learned")
LEAST_SECONDS = 0.05
"""A kind of task that took less says nothing of its cost."""
_BOUNDS = (0.05, 20.0)


@dataclass(frozen=True)
class Cost:
    """A kind of task: CPU seconds and bytes of memory per unit, and CPU seconds of a task that has `full` units or more. `timed`: the name
    under which a ledger counts it; empty: the driver's own. `most_bytes`: what a task that works in pieces holds at most."""

    step: str
    kind: str
    unit: str
    seconds: float
    task_seconds: float
    full: int
    unit_bytes: float
    timed: str
    most_bytes: float = float("inf")

    def of(self, units: float, factor: float = 1.0) -> float:
        """CPU seconds of a task."""
        return factor * (self.seconds * units + self.task_seconds * min(units / self.full, 1.0))


@dataclass(frozen=True)
class Costs:
    """All costs. `factors`: what a kind takes beside the shipped figure, by its name in ledgers; `memory`: the same of memory;
    `origin`: a run's id, or `shipped`."""

    kinds: tuple[Cost, ...]
    machine: Mapping[str, float]
    process: Mapping[str, float]
    disk: Mapping[str, float]
    rates: Mapping[str, float]
    factors: Mapping[str, float] = field(default_factory=dict)
    memory: float = 1.0
    origin: str = "shipped"

    def factor(self, cost: Cost, speed: float) -> float:
        """What a task costs beside the shipped figure; `speed`: what this machine needs beside the one of the shipped figures."""
        return self.factors.get(cost.timed, speed)


@dataclass(frozen=True)
class Job:
    """Tasks of one kind: the units of each."""

    cost: Cost
    tasks: tuple[float, ...]

    def held(self) -> float:
        """Bytes that the largest of them holds."""
        return min(self.cost.unit_bytes * max(self.tasks), self.cost.most_bytes)


@cache
def load(folder: Path | None = None) -> Costs:
    """The shipped costs. Raises ConfigError with every problem of the file."""
    plain = tomllib.loads(((folder or rules_root() / "planning") / "costs.toml").read_text())
    problems = [
        Problem("costs.toml", f"cost {one.get('kind')}", what, mend)
        for one in plain["cost"]
        for wrong, what, mend in (
            (one["step"] not in STEPS, "names no step", f"one of {', '.join(STEPS)}"),
            (one["unit"] not in UNITS, "names no unit", f"one of {', '.join(UNITS)}"),
            (min(one["seconds"], one["task_seconds"], one["unit_bytes"]) < 0 or one["full"] < 1, "costs less than nothing", "correct it"),
        )
        if wrong
    ]
    if problems:
        raise ConfigError("the costs of work cannot be used", tuple(problems))
    kinds = tuple(Cost(**{"timed": one["kind"], **one}) for one in plain["cost"])
    return Costs(kinds, plain["machine"], plain["process"], plain["disk"], plain["rates"])


def learned(costs: Costs, ledgers: Sequence[tuple[Mapping[str, Any], Sequence[Job]]]) -> Costs:
    """Costs corrected by published runs, newest first: of each its ledger and the work that it had."""
    factors: dict[str, float] = {}
    for ledger, jobs in ledgers:
        spent: dict[str, float] = {}
        for step in ledger.get("timings", {}).values():
            for kind, seconds in step.get("tasks", {}).items():
                spent[kind] = spent.get(kind, 0.0) + float(seconds)
        expected: dict[str, float] = {}
        for job in jobs:
            name = job.cost.timed
            expected[name] = expected.get(name, 0.0) + sum(job.cost.of(units) for units in job.tasks)
        for kind, seconds in spent.items():
            if kind not in factors and expected.get(kind, 0.0) >= LEAST_SECONDS and seconds >= LEAST_SECONDS:
                factors[kind] = min(max(seconds / expected[kind], _BOUNDS[0]), _BOUNDS[1])
    if not factors:
        return costs
    origin = str(ledgers[0][0].get("run_id", ""))
    return replace(costs, factors=factors, origin=origin)
