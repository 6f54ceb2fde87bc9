"""Orders, answers and bills that are cut off at random steps: part of `make bench-waterfall` (ONLY=crashed).

    PROJECTS=26     projects that are played; each has three orders of two sources, and the answers to them
    SEED=1          of the first

A project asks two sources, one through an outbox. Each command is killed at a random step of the protocol (`skiptrace.store.points`), up to
three times, then called until it ends well: the folder is copied at the step, as it lies, and goes on from the copy. A vendor takes what
is delivered, answers and bills it. Of every project it is counted: accounts that a vendor was asked about twice, requests that reached a
vendor with two contents, moments at which what the vendors may bill is above the budget, and files that differ from those of a project
in which nothing was killed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from jobs.leftovers import collect
from jobs.waterfall import acting, log
from skiptrace.project import PRIVATE
from tests.bench.report import Figure
from tests.faults.crash_points import Killed, at_point
from tests.jobs.projects import change, copy_of, files_below, run_project
from tests.jobs.waterfall.vendors import NOW, SOURCE, answer, make_asking, rows_of, state_of

BUDGET = Decimal("1.60")
ROUNDS, MOST_KILLS = 3, 3
SECOND = """
[[outbox]]
name = "cheap-vendor"
place = "vendor"
requests = ["cheap"]
[waterfall]
"""


@dataclass
class Counted:
    """What was seen while projects were played: commands that were killed, accounts asked twice of a source, requests with two contents,
    the most that was promised of a budget, and files that differ in the end. `points`: how many steps each command takes where none is
    killed."""

    killed: int = 0
    twice: int = 0
    changed: int = 0
    most: Decimal = Decimal(0)
    differing: int = 0
    asked: int = 0
    points: list[int] = field(default_factory=list)
    _contents: dict[str, bytes] = field(default_factory=dict)

    def vendor_sees(self, name: str, content: bytes) -> None:
        """A file of a request is with its vendor."""
        self.changed += self._contents.setdefault(name, content) != content


def make(folder: Path) -> Path:
    """The project after its run, in which nobody was asked yet."""
    project = make_asking(folder)
    change(project, "budget = 100.0", f"budget = {BUDGET}\nstages = 3")
    cheap = SOURCE.replace("premium", "cheap").replace("price_per_record = 0.05\nprice_per_hit = 0.20", "price_per_record = 0.04")
    change(project, "\n[[export]]\n", cheap)
    change(project, "\n[waterfall]\n", SECOND)
    (project / "vendor").mkdir()
    run_project(project)
    return project


def play(project: Path, draw: random.Random | None, counted: Counted) -> dict[str, bytes]:
    """Three orders and their answers, each command killed as `draw` says (None: never); returns what lies there in the end."""
    counted._contents.clear()
    for number in range(ROUNDS):
        _until_done(project, 2 * number, lambda: acting.order(project, None, NOW), draw, counted)
        for source in ("premium", "cheap"):
            for file in sorted((project / "requests" / source).glob("*")):
                counted.vendor_sees(file.name, file.read_bytes())
                _answer(project, source, file)
        for file in sorted((project / "vendor").glob("*.csv")):
            counted.vendor_sees(file.name, file.read_bytes())
        _until_done(project, 2 * number + 1, lambda: acting.receive(project, None, NOW), draw, counted)
    _judge(project, counted)
    return final(project)


def final(project: Path) -> dict[str, bytes]:
    """What lies there in the end, once `runs gc` was called: what the ledger names, requests, answers, and what the vendor and the receipts
    of delivery have."""
    collect(project, NOW + dt.timedelta(days=3_650), young=dt.timedelta(0))
    state = state_of(project)
    named = {f"{PRIVATE}/{log.FOLDER}/{name}" for name in log.named_by(state)}
    kept = ("requests/", "answers/", "vendor/", f"{PRIVATE}/sent/")
    there = {name: content for name, content in files_below(project).items() if not name.startswith("vendor/.partial-")}  # no file of ours
    found = {name: content for name, content in there.items() if name in named or name.startswith(kept)}
    return {**found, "state": repr(state).encode()}


def crashed(base: Path, seeds: int, seed: int, counted: Counted) -> None:
    """Play as many projects, and compare each with one in which nothing was killed."""
    expected = play(copy_of(base, base.with_name("whole")), None, counted)
    for number in range(seed, seed + seeds):
        project = copy_of(base, base.with_name(f"killed-{number}"))
        found = play(project, random.Random(number), counted)
        counted.differing += sum(found.get(name) != expected.get(name) for name in {*found, *expected})
        shutil.rmtree(project)


def _until_done(project: Path, place: int, command: Callable[[], object], draw: random.Random | None, counted: Counted) -> None:
    """Call the command of this place, killed up to three times before it ends; where nothing is killed its steps are counted."""
    if draw is None:
        with at_point(sys.maxsize, lambda point: None) as seen:
            command()
        counted.points.append(len(seen))
        return
    for _ in range(draw.randint(1, MOST_KILLS)):
        if _killed_at(project, draw.randint(1, counted.points[place]), command):
            counted.killed += 1
            _within_budget(project, counted)
    command()
    _within_budget(project, counted)


def _killed_at(project: Path, number: int, command: Callable[[], object]) -> bool:
    """Call a command until the point of this number and die there; False where it ended before it."""
    copy, first = project.with_name("as-it-lay"), list[str]()

    def die(point: str) -> None:
        if not first:
            shutil.copytree(project, copy, symlinks=True)
        first.append(point)
        raise Killed

    with at_point(number, die), contextlib.suppress(Killed):
        command()
    if first:
        shutil.rmtree(project)
        copy.rename(project)
    return bool(first)


def _answer(project: Path, source: str, file: Path) -> None:
    name = f"{file.stem}.csv"
    if not (project / "inbox" / source / name).is_file():
        answer(project, rows_of(file), name, every=3, source=source)


def _within_budget(project: Path, counted: Counted) -> None:
    found = acting.status(project, None, NOW)
    counted.most = max(counted.most, found["spent"] + found["reserved"])


def _judge(project: Path, counted: Counted) -> None:
    table = log.asked(project / PRIVATE, state_of(project)).select(["account_id", "source"]).to_pylist()
    asks = Counter((row["account_id"], row["source"]) for row in table)
    counted.asked += len(asks)
    counted.twice += sum(count - 1 for count in asks.values())


def figures(seeds: int, seed: int = 1) -> list[Figure]:
    """The figures of so many projects."""
    counted = Counted()
    with tempfile.TemporaryDirectory() as folder:
        crashed(make(Path(folder) / "base"), seeds, seed, counted)
    return of(counted)


def of(counted: Counted) -> list[Figure]:
    """What was counted, as figures."""
    return [
        Figure("crashed_commands", counted.killed, "commands", 200),
        Figure("double_payments", counted.twice + counted.changed, "payments", 0, at_most=True),
        Figure("most_of_budget_promised", float(counted.most / BUDGET), "share", 1.0, at_most=True),
        Figure("files_that_differ", counted.differing, "files", 0, at_most=True),
    ]


def crashed_figures() -> list[Figure]:
    """The figures, as many as PROJECTS says."""
    return figures(int(os.environ.get("PROJECTS") or 26), int(os.environ.get("SEED") or 1))
