"""Network faults between driver, scheduler and workers, each in a network namespace of its own: `make chaos-network`. As
`tests.chaos.run`; skipped with the reason where namespaces are not allowed."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.setup import code_hash
from tests.bench.report import Figure, print_bench
from tests.chaos.faults import STEPS, NotHere, Plan
from tests.chaos.run import MOST_RERUNS, attempt, is_due, make_base, read_results, verdict
from tests.chaos.scene import Scene, copy_project, differences, leftovers, orphans
from tests.chaos.switch import Switch
from tests.jobs.clusters import make_papers

RESULTS = Path(__file__).parent / "network.jsonl"
ROLES = ("driver", "scheduler", "worker0", "worker1")


class NetworkScene(Scene):
    """A scene whose members speak over a switch, with certificates."""

    def __init__(self, folder: Path, switch: Switch, papers: Path) -> None:
        names = {"ca": papers / "ca.pem", "cert": papers / "member.pem", "key": papers / "member.key"}
        own = {f"SKIPTRACE__RUNTIME__TLS_{name.upper()}": json.dumps(str(place)) for name, place in names.items()}
        super().__init__(folder, True, {**own, "SKIPTRACE__RUNTIME__STALL_SECONDS": "20"})
        self.switch, self._port = switch, 8700
        self.limit = 600.0  # a slow network is no fault that ends: the run goes on, slowly
        self.papers = tuple(text for name, place in names.items() for text in (f"--{name}", str(place)))

    def within(self, role: str) -> list[str]:
        return self.switch.within(role)

    def address(self) -> str:
        self._port += 1
        return f"tls://{self.switch.address('scheduler')}:{self._port}"


def _slow(switch: Switch) -> None:
    switch.delay = 0.5


def _lossy(switch: Switch) -> None:
    switch.loss = 0.05


def _slow_and_lossy(switch: Switch) -> None:
    switch.delay, switch.loss = 0.2, 0.05


def _cut(seconds: float | None, *pairs: tuple[str, str]) -> Callable[[Switch], None]:
    def act(switch: Switch) -> None:
        cut = {frozenset(pair) for pair in pairs}
        switch.cut |= cut
        if seconds is not None:
            threading.Timer(seconds, lambda: switch.cut.difference_update(cut)).start()

    return act


FAULTS: dict[str, tuple[bool, Callable[[Switch], None]]] = {
    "500 ms delay": (True, _slow),
    "5 % loss": (True, _lossy),
    "200 ms delay and 5 % loss": (True, _slow_and_lossy),
    "driver cut off": (False, _cut(None, ("driver", "scheduler"))),
    "one worker cut off": (False, _cut(None, ("worker0", "scheduler"), ("worker0", "worker1"))),
    "all workers cut off": (False, _cut(None, ("worker0", "scheduler"), ("worker1", "scheduler"))),
    "driver cut off for 6 s": (False, _cut(6.0, ("driver", "scheduler"))),
    "all workers cut off for 6 s": (False, _cut(6.0, ("worker0", "scheduler"), ("worker1", "scheduler"))),
}
"""Each fault: whether it is there from the beginning, and what it does."""


def draw(seed: int) -> Plan:
    chance, fault = random.Random(seed), list(FAULTS)[seed % len(FAULTS)]
    moment: float | str = 0.0 if FAULTS[fault][0] else chance.choice([step for step in STEPS if "receipts" in step])
    return Plan(seed, fault, True, moment)


def faulted(plan: Plan, never: Path, done: Path, folder: Path, papers: Path) -> dict[str, Any]:
    """One faulted run, as the result file tells it."""
    begun = time.monotonic()
    told: dict[str, Any] = {
        "seed": plan.seed, "fault": plan.fault, "moment": plan.moment, "code": code_hash()[:12], "fired": False, "codes": [],
        "errors": [], "hangs": 0, "early": 0, "survivors": 0,
    }  # fmt: skip
    switch = Switch(ROLES, plan.seed)
    scene = NetworkScene(folder, switch, papers)

    def act() -> bool:
        FAULTS[plan.fault][1](switch)
        return True

    try:
        copy_project(never, scene.project)
        scene.start()
        attempt(scene, told, lambda: is_due(plan, scene, 1.0), act)
        for _ in range(MOST_RERUNS):
            if told["codes"][-1] == 0:
                break
            switch.cut.clear()
            scene.start()
            attempt(scene, told, lambda: False, lambda: False)
        told |= {"differences": differences(scene.project, done), "orphans": orphans(scene.project), "leftovers": leftovers(scene.project)}
        told |= {"verdict": verdict(told), "carried": switch.carried, "lost": switch.lost}
    finally:
        scene.close()
        switch.close()
    return told | {"seconds": round(time.monotonic() - begun, 1)}


def main() -> None:
    file, wanted = Path(os.environ.get("RESULTS", RESULTS)), int(os.environ.get("RUNS", "8"))
    seed, known = int(os.environ.get("SEED", "0")), {one["seed"] for one in read_results(file) if one["verdict"] == "same"}
    reason = None
    with tempfile.TemporaryDirectory(prefix="chaos-") as scratch:
        papers = Path(scratch) / "papers"
        papers.mkdir()
        make_papers(papers)
        never, done, _ = make_base(Path(scratch))
        while wanted > 0:
            plan = draw(seed)
            seed += 1
            if plan.seed in known:
                continue
            try:
                told = faulted(plan, never, done, Path(scratch) / f"run-{plan.seed}", papers)
            except NotHere as error:
                reason = str(error)
                break
            with file.open("a") as out:
                out.write(json.dumps(told, sort_keys=True) + "\n")
            print(f"{told['verdict']}  {plan.seed}  {plan.fault} at {plan.moment}  {told['codes']}  {told['seconds']} s", flush=True)
            wanted -= 1
    results = read_results(file)
    fired = [one for one in results if one["fired"]]
    print_bench("chaos-network", [
        Figure("faulted runs", len(fired), "runs", 10, reason),
        Figure("ended with the same tables", sum(one["verdict"] == "same" for one in fired), "runs", len(fired)),
        Figure("hangs", sum(one["hangs"] for one in fired), "runs", 0, at_most=True),
        Figure("longest", max((one["seconds"] for one in fired), default=None), "s"),
    ])  # fmt: skip


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, and small disks are unmounted
    sys.exit(main())
