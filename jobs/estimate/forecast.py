"""CPU seconds, seconds by the clock, memory and disk of a run, from its tasks and what each costs."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.estimate.costs import Costs, Job
from jobs.estimate.work import Sizes
from skiptrace.vocabulary import STEPS

QUIET = 1.15
"""Seconds by the clock for a CPU second, up to which a machine is taken to have nothing else to do."""


@dataclass(frozen=True)
class Machine:
    """Where a run is to be made: its scheduler, worker processes (0: the tasks run in the driver's own process), processor cores; what a
    fixed piece of work, reading these files, and beginning a process takes beside the shipped figures; seconds by the clock in which one
    CPU second is done while others work too."""

    scheduler: str
    workers: int
    cores: int
    speed: float
    reading: float | None = None
    stretch: float = 1.0
    beginning: float | None = None

    def process(self) -> float:
        """What the program's own loading takes beside the shipped figures: as this process did, which loaded the same."""
        return self.factor("") if self.beginning is None else min(max(self.beginning, 0.5 * self.speed), 4.0 * self.speed)

    def factor(self, kind: str) -> float:
        """What a kind of task takes beside the shipped figures, where no run of the project tells. Reading was tried on the files
        themselves; the rest lies between that and the fixed piece of work, which a busy machine slows down less."""
        reading = self.speed if self.reading is None else min(max(self.reading, 0.5 * self.speed), 2.0 * self.speed)
        return reading if kind == "intake" else float((reading * self.speed) ** 0.5)


def shared(stretch: float, machine: Machine) -> float:
    """Seconds by the clock for a CPU second of a run, from those of one process that did nothing else: whoever else worked goes on, and
    so many workers share the cores with them. A little waiting is for disks, and says nothing of others."""
    if stretch < QUIET:
        return 1.0
    others = stretch * machine.cores - 1
    return max((others + max(machine.workers, 1)) / machine.cores, stretch)


@dataclass(frozen=True)
class Step:
    """A step of a run: CPU seconds, seconds by the clock, bytes of the largest worker, tasks."""

    name: str
    cpu_seconds: float
    seconds: float
    peak_bytes: float
    tasks: int

    def plain(self) -> dict[str, Any]:
        """As a JSON object, without digits that mean nothing."""
        return {
            "cpu_seconds": round(self.cpu_seconds, 2), "seconds": round(self.seconds, 2), "peak_bytes": round(self.peak_bytes, -6),
            "tasks": self.tasks,
        }  # fmt: skip


def steps(costs: Costs, jobs: Sequence[Job], machine: Machine, mapped: float) -> list[Step]:
    """Every step but publishing. mapped: bytes of the index, which workers that link have mapped."""
    found, held = [], 0.0
    loading = costs.process["loading_seconds"] * machine.process()
    for name in STEPS[:-1]:
        mine = [job for job in jobs if job.cost.step == name]
        lanes, cpu, clock, tasks = max(min(machine.workers, machine.cores), 1), 0.0, 0.0, 0
        for job in mine:
            spent = [job.cost.of(units, costs.factor(job.cost, machine.factor(job.cost.timed))) for units in job.tasks]
            cpu, clock, tasks = cpu + sum(spent), clock + makespan(spent, lanes), tasks + len(spent)
            held = max(held, job.held() + (0.0 if name in STEPS[:2] else mapped))  # a worker keeps the index mapped that it has opened
        if name == STEPS[0]:
            cpu, clock = cpu + loading * max(machine.workers, 1), clock + loading
        peak = (costs.process["bytes"] + held) * costs.memory
        found.append(Step(name, cpu, clock * machine.stretch, peak, tasks))
    return found


def makespan(tasks: Sequence[float], lanes: int) -> float:
    """When the last of some tasks ends, where each of `lanes` takes the next as soon as it is free."""
    free = [0.0] * lanes
    for spent in tasks:
        heapq.heappush(free, heapq.heappop(free) + spent)
    return max(free)


def around(costs: Costs, sizes: Sizes, machine: Machine, prepared: float) -> tuple[float, float]:
    """(CPU seconds, seconds by the clock) around a run's steps: beginning, preparing (`prepared` CPU seconds), publishing."""
    start, worker, publish = (costs.process[f"{name}_seconds"] * machine.process() for name in ("start", "worker", "publish"))
    own = start + prepared + publish + costs.process["publish_per_account"] * sum(sizes.accounts) * machine.factor("")
    return own + worker * machine.workers, (own + (worker if machine.workers else 0.0)) * machine.stretch


def disk(costs: Costs, sizes: Sizes) -> dict[str, float]:
    """Bytes that a run leaves in the project, and those it needs beside them while it works."""
    each: Mapping[str, float] = costs.disk
    accounts, new = sum(sizes.accounts), sum(sizes.new_layers)
    left = each["delivery_row"] * sum(sizes.new_rows) + each["index_record"] * new + each["table_account"] * accounts
    left += each["person_record"] * sizes.records if sizes.resolves else 0.0
    return {"left": left, "working": each["work_account"] * accounts + each["sorting_record"] * new}
