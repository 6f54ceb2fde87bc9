"""Two runs of one project at once, the lock taken away: `make chaos-pairs` (KIND=disk|memory|store RESULTS= SECONDS= SEED= PART=).

Each run is a thread, and only one moves at a time: at a named point (`skiptrace.store.points`) it may hand over to the other, so an
interleaving is a plan that can be done again. For every point of the first run: the other goes from start to end there ("whole"),
goes to some point of its own and stands there until the first has ended ("part"), or both hand over at one point in five from there
on ("mixed"). Both must end well, and leave what one run without faults leaves.
"""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from skiptrace.store import points
from tests.bench.report import Figure, print_bench
from tests.faults.crash_points import Faultless, run_tiny, schedule, what_is_lacking

WAYS = ("whole", "part", "mixed")
HANG_SECONDS = 120.0
Plan = tuple[str, int, int]
"""(way, the first run's point, a number: the other's point, or a seed)."""


class Turns:
    """Two threads of which one moves: which one goes on at each point is the plan's."""

    def __init__(self, plan: Plan) -> None:
        self._way, self._first, self._number = plan
        self._chance = random.Random(self._number)
        self._moving, self._ended, self._passed = 0, [False, False], [0, 0]
        self._changed, self._who = threading.Condition(), threading.local()
        self.handed_over = 0

    def at_point(self, point: str) -> None:
        """What `points.passed` is meanwhile: hand over, or go on."""
        me: int | None = getattr(self._who, "number", None)
        if me is None:
            return  # the harness itself
        self._passed[me] += 1
        if self._wants_to_hand_over(me):
            self._hand_over(me)

    def _wants_to_hand_over(self, me: int) -> bool:
        if self._way == "mixed":
            return self._passed[0] >= self._first and self._chance.random() < 0.2
        if me == 0:
            return self._passed[0] == self._first
        return self._way == "part" and self._passed[1] == self._number

    def _hand_over(self, me: int) -> None:
        with self._changed:
            if self._ended[1 - me]:
                return
            self.handed_over += 1
            self._moving = 1 - me
            self._changed.notify_all()
            self._wait(me)

    def _wait(self, me: int) -> None:
        if not self._changed.wait_for(lambda: self._moving == me, HANG_SECONDS):
            raise TimeoutError("the other run does not move")

    def run(self, number: int, body: Callable[[], None], wrong: list[str]) -> None:
        """One of the runs, from its first turn to its end. How it ended ill is added to `wrong`."""
        self._who.number = number
        try:
            with self._changed:
                self._wait(number)
            body()
        except BaseException as error:  # whatever it is, the verdict names it
            wrong.append(f"ended with {type(error).__name__}")
        with self._changed:
            self._ended[number] = True
            self._moving = 1 - number
            self._changed.notify_all()


@contextmanager
def unlocked() -> Iterator[None]:
    """Runs take no lock meanwhile."""
    with patch("jobs.pipeline.locked", contextlib.nullcontext):
        yield


def pair(project: Path, expected: Faultless, plan: Plan) -> dict[str, Any]:
    """Two runs at once under a plan; what differed from one run without faults."""
    turns, wrong = Turns(plan), list[str]()
    threads = [threading.Thread(target=turns.run, args=(number, lambda: run_tiny(project), wrong), daemon=True) for number in (0, 1)]
    before, points.passed = points.passed, turns.at_point
    try:
        with unlocked():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(2 * HANG_SECONDS)
    finally:
        points.passed = before
    if any(thread.is_alive() for thread in threads):
        wrong.append("hangs")
    found = schedule(project, expected, [])["wrong"]
    return {"plan": list(plan), "handed_over": turns.handed_over, "wrong": sorted([*wrong, *found])}


def plans(passed: int, seed: int) -> list[Plan]:
    """Every point in every way, in a random order: a part is a fair sample."""
    chance = random.Random(seed)
    every = [(way, first, chance.randint(1, passed)) for first in range(1, passed + 1) for way in WAYS]
    chance.shuffle(every)
    return every


def main() -> None:
    """Run what the results file lacks, for a while; print what is known so far."""
    kind, done, whole = what_is_lacking("pairs", "plan", plans, pair)
    print_bench(f"chaos-pairs-{kind}", [
        Figure("pairs of runs", len(done), "", whole),
        Figure("both ended well, identical to one run", sum(not line["wrong"] for line in done), "pairs", len(done)),
        Figure("handed over", sum(line["handed_over"] for line in done), "times"),
        *(Figure(f"{way}: wrong", sum(bool(line["wrong"]) for line in done if line["plan"][0] == way), "pairs", 0, at_most=True)
          for way in WAYS),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
