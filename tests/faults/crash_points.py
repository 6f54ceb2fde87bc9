"""Every step of the commit protocol as a moment to die at: `make chaos-points` (KIND=disk|memory|store RESULTS= SECONDS= SEED= PART=).

A tiny project is run and killed at a named point (`skiptrace.store.points`), then run again and killed at later points up to three
times more, then run to its end. The result must equal the fault-free run: the bytes of every table, evidence and export file, every
account once, nothing visible before its manifest, nothing left over after `gc`.

On a disk the kill is exact: the project's folder is copied at the point, as it lies, and the run goes on from the copy; what the
dying process would tidy up, it tidies up elsewhere. On an object store every change after the point is refused, as the dead make
none. Schedules that the results file has are not run again, so the whole can be done in several calls; PART=1/2 does every second one.

What is tried is the order of steps, so the disk is one in memory where there is one (a flush costs nothing there), and the object
store of the whole product is one within this process (KIND=memory, the same calls of fsspec); a sample is done on SeaweedFS (KIND=store).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.leftovers import collect
from jobs.pipeline import Options, run
from jobs.verified import verify
from skiptrace.project import home_of
from skiptrace.results import latest, runs
from skiptrace.store import cache, points
from skiptrace.store.places import Place, remove_tree, walk
from tests import object_store
from tests.bench.report import Figure, print_bench
from tests.faults.replay import replayed
from tests.jobs.tiny import make_tiny
from tests.object_store import forget_clients

MOST = 3
"""Further crashes of a schedule."""


class Killed(BaseException):
    """The process died at a point. Not an Exception, so that nothing mistakes it for an error to tell."""


@dataclass(frozen=True)
class Faultless:
    """What a run without faults leaves: how many points it passed, the files it publishes by their SHA-256, and the names of all
    files that stay."""

    passed: int
    content: dict[str, str]
    names: frozenset[str]


def run_tiny(project: Path) -> None:
    """Run a project in this process."""
    run(project, Options(scheduler="sync"), lambda step, done, total: None)


@contextmanager
def at_point(number: int, die: Callable[[str], None]) -> Iterator[list[str]]:
    """Call `die` at the point of this number, and at every later one if it returns. The list grows with the points passed."""
    seen: list[str] = []

    def hook(point: str) -> None:
        seen.append(point)
        if len(seen) >= number:
            die(point)

    before, points.passed = points.passed, hook
    try:
        yield seen
    finally:
        points.passed = before


def killed_at(project: Path, number: int) -> bool:
    """Run until the point of this number and die there; False where the run ended before it."""
    home = home_of(project)
    copy = project.with_name("as-it-lay")
    first: list[str] = []

    def die(point: str) -> None:
        if isinstance(home, Path) and not first:
            shutil.copytree(project, copy, symlinks=True, copy_function=_same_time)
        first.append(point)
        raise Killed

    with at_point(number, die), contextlib.suppress(Killed):
        run_tiny(project)
    if isinstance(home, Path) and first:
        shutil.rmtree(project)
        copy.rename(project)
    return bool(first)


def _same_time(source: str, target: str) -> object:
    return shutil.copy2(source, target, follow_symlinks=False)


def content_of(home: Place) -> dict[str, str]:
    """SHA-256 of every table, evidence and export file that a manifest names, read from where it lies; report and `run.json` hold
    times."""
    found = {}
    for summary in runs(home):
        folder = home / "runs" / summary.run_id
        for entry in walk(folder):
            if entry.name not in ("run.json", "report.html") and not entry.name.endswith(".manifest.json"):
                found[f"{summary.run_id}/{entry.name}"] = hashlib.sha256((folder / entry.name).read_bytes()).hexdigest()
    return found


def names_of(home: Place) -> frozenset[str]:
    """The names of all files of a project's home but its inputs and its lock."""
    kept = [entry.name for entry in walk(home) if entry.name.startswith(("runs/", ".skiptrace/"))]
    return frozenset(name for name in kept if name != ".skiptrace/lock")


def faultless(project: Path) -> Faultless:
    """Run a project without faults."""
    with at_point(sys.maxsize, lambda point: None) as seen:
        run_tiny(project)
    home = home_of(project)
    return Faultless(len(seen), content_of(home), names_of(home))


def schedule(project: Path, expected: Faultless, stops: list[int]) -> dict[str, Any]:
    """Die at each of these points in turn, each counted from the start of its own run, then run to the end; what differed from the
    fault-free run. `crashes` counts those that fired: a run may end before its point."""
    home, crashes, wrong = home_of(project), 0, set[str]()
    for stop in stops:
        crashes += killed_at(project, stop)
        if not _whole(home):
            wrong.add("visible early")
    run_tiny(project)
    collect(home, dt.datetime.now().astimezone() + dt.timedelta(days=1))
    content = content_of(home)
    if content != expected.content:
        wrong.add("other content")
    if names_of(home) - expected.names:
        wrong.add("left over after gc")
    if expected.names - names_of(home):
        wrong.add("missing")
    accounts = latest(home).table("accounts", ["account_id"])["account_id"].to_pylist()
    if sorted(accounts) != [f"A{number:03d}" for number in range(12)]:
        wrong.add("accounts missing or twice")
    if not _whole(home):
        wrong.add("damaged")
    return {"stops": stops, "crashes": crashes, "wrong": sorted(wrong)}


def _whole(home: Place) -> bool:
    """Whether everything that readers can see is a whole published run."""
    seen = [summary.run_id for summary in runs(home)]
    pointer = home / "runs" / "latest"
    if (pointer.is_symlink() or pointer.is_file()) and latest(home).run_id not in seen:
        return False
    from skiptrace.results import open_run

    tables = [problem for run_id in seen for problem in verify(open_run(home, run_id)).problems if "/exports/" not in problem.file]
    return not tables


def schedules(passed: int, seed: int) -> list[list[int]]:
    """Every point, each with none to three further crashes at later points, in a random order: a part is a fair sample."""
    random_ = random.Random(seed)
    every = []
    for first in range(1, passed + 1):
        for further in range(MOST + 1):
            left = passed - first
            stops = [first]
            for _ in range(further):
                stops.append(random_.randint(1, max(1, left // 2 + 20)))
            every.append(stops)
    random_.shuffle(every)
    return every


def main() -> None:
    """Run what the results file lacks, for a while; print what is known so far."""
    kind, done, whole = what_is_lacking("crash-points", "stops", schedules, schedule)
    _report(kind, done, whole)


def what_is_lacking(
    name: str, plan: str, plans: Callable[[int, int], list[Any]], do: Callable[[Path, Faultless, Any], dict[str, Any]]
) -> tuple[str, list[dict[str, Any]], int]:  # fmt: skip
    """Do the plans that a results file lacks, for a while, as the environment says: (kind, the lines known so far, how many plans there
    are). `plans` takes the points of a run and a seed; `do` takes a project, what is expected and a plan, which a line has as `plan`."""
    kind, seed = os.environ.get("KIND") or "disk", int(os.environ.get("SEED") or 1)
    seconds, begun = float(os.environ.get("SECONDS") or 3600), time.monotonic()
    results = Path(os.environ.get("RESULTS") or Path(__file__).parent) / f"{name}-{kind}.jsonl"
    part, _, parts = (os.environ.get("PART") or "1/1").partition("/")
    results.parent.mkdir(parents=True, exist_ok=True)
    with staged(kind) as (make, expected):
        every = plans(expected.passed, seed)
        lines = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
        known = {json.dumps(line[plan]): line for line in lines if line["passed"] == expected.passed}
        for one in every[int(part) - 1 :: int(parts)]:
            if time.monotonic() - begun > seconds:
                break
            if json.dumps(one) not in known:
                project = make()
                known[json.dumps(one)] = line = {**do(project, expected, one), "passed": expected.passed}
                clear(project)
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                if line["wrong"]:
                    sys.stdout.write(f"{line}\n")
                    sys.stdout.flush()
    return kind, [known[json.dumps(one)] for one in every if json.dumps(one) in known], len(every)


@contextmanager
def staged(kind: str) -> Iterator[tuple[Callable[[], Path], Faultless]]:
    """A function that makes the project anew, always in the same place, and what a run of it without faults leaves. Its rooms are
    computed; whoever runs it meanwhile replays."""
    os.umask(0o077)
    with tempfile.TemporaryDirectory(dir=memory_disk()) as place, _home(kind, Path(place)) as make, contextlib.ExitStack() as stack:
        os.environ |= {"XDG_CACHE_HOME": f"{place}/cache", "XDG_CONFIG_HOME": f"{place}/config"}
        plain = faultless(project := make())
        clear(project)
        stack.enter_context(replayed(lambda: home_of(project)))
        for _ in range(2):  # the first of them computes what the others replay
            expected = faultless(make())
            clear(project)
        assert expected.content == plain.content, set(expected.content.items()) ^ set(plain.content.items())
        assert expected.names == plain.names, expected.names ^ plain.names
        yield make, expected


def clear(project: Path) -> None:
    """Remove a project and what it left elsewhere, copies on this machine too."""
    remove_tree(home_of(project))
    for name in ("objects", "folders", "spool"):
        remove_tree(cache.root() / name)
    shutil.rmtree(project, ignore_errors=True)


@contextmanager
def _home(kind: str, place: Path) -> Iterator[Callable[[], Path]]:
    """A function that makes the project anew, always in the same place."""
    if kind == "disk":
        yield lambda: make_tiny(place / "project")
        return

    def make() -> Path:
        project = make_tiny(place / "project")
        with (project / "skiptrace.toml").open("a", encoding="utf-8") as file:
            file.write(f'store = "{"memory" if kind == "memory" else "s3"}://{object_store.BUCKET}/project"\n')
        return project

    if kind == "memory":
        yield make
        return
    with object_store.seaweed(place / "seaweed") as server:
        os.environ.update(server.environment())
        forget_clients()
        object_store.make_bucket()
        yield make


def memory_disk() -> str | None:
    """A folder on a disk in memory, where this machine has one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _report(kind: str, lines: list[dict[str, Any]], whole: int) -> None:
    right = [line for line in lines if not line["wrong"]]
    kinds = ("other content", "accounts missing or twice", "visible early", "left over after gc", "missing", "damaged")
    figures = [
        Figure("schedules run", len(lines), "", whole),
        Figure("identical to the fault-free run", len(right), "schedules", len(lines)),
        Figure("crashes", sum(line["crashes"] for line in lines), ""),
        *(Figure(name, sum(name in line["wrong"] for line in lines), "schedules", 0, at_most=True) for name in kinds),
    ]
    print_bench(f"chaos-points-{kind}", figures)


if __name__ == "__main__":
    main()
