"""What it costs that a run can be killed at any moment: `make bench-durability`.

    SIZE=1000000x10000000   a generated set of accounts x records (DATA=, CACHE=, as for the linkage benches); else the demo's
    ACCOUNTS=20000          accounts of the demo, where no SIZE is given
    ROWS=2500               accounts and records per partition (default: 2,500 of the demo, the program's own of a SIZE)
    ONLY=one,two,killed     which runs to make
    SHARDS=16               keep the index in so many shards, as on a cluster (default: whole)
    RESULTS=/path           keep what each run gave; figures are printed of all that is kept of this size, these rows and shards

Every run is that of a new project, from files to published tables, report included; there are no exports.

one     One worker, with a meter on the calls that only durability needs (`tests/bench/metered.py`). The schedule of 16 workers is
        simulated from its tasks' seconds, step by step as a run hands them out, the driver's own seconds as a task that runs alone;
        loading the program takes as long whatever the size.
two     Two workers. CPU of all processes beside one worker's, and the same bytes.
killed  Two workers, the driver killed when tasks worth nine tenths of the CPU are done: of what `two` spent on tasks, by their
        receipts; what the driver does itself, the report above all, is still to come then. The same command again is the resume."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.demo.project import make
from jobs.estimate.forecast import makespan
from skiptrace.ids import digest
from tests.bench.linkage_product import make_project
from tests.bench.linkage_projects import generated
from tests.bench.report import Figure, commit, print_bench
from tests.chaos.scene import ROOT, copy_project, ledger

RUNS = ("one", "two", "killed")
KILL_AT = 0.9
WORKERS = 16
TIMES = 64
ONCE = ("verdict", "learn-reference", "resolve", "consumers", "share", "index", "driver")
"""Kinds of task that one worker does for the whole run, or whose number does not grow with it; all others grow in number."""
FIXED = ("loading",)
"""What takes as long whatever the size."""

Told = dict[str, Any]


def run(project: Path, workers: int, module: str = "jobs.cli", kill_at: float | None = None) -> Told:
    """Run a project to its end: seconds, CPU seconds of the command and its workers. `kill_at`: kill it when tasks of so many CPU
    seconds are done; its workers then end by themselves, and only the driver's CPU is known."""
    environment = {**os.environ, "SKIPTRACE__RUNTIME__WORKERS": str(workers)}
    command = [sys.executable, "-m", module, "-q", "--project", str(project), "run", "--no-exports", "--scheduler", "processes"]
    begun, before, done = time.monotonic(), os.times(), Receipts(project)
    driver = subprocess.Popen(command, cwd=ROOT, env=environment)
    while driver.poll() is None:
        if kill_at is not None and done.look() >= kill_at:
            driver.send_signal(signal.SIGKILL)
            driver.wait()
            break
        time.sleep(0.05)
    if driver.returncode != (-signal.SIGKILL if kill_at is not None else 0):
        raise SystemExit(f"a run ended with {driver.returncode}" + (" before it was killed" if kill_at is not None else ""))
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return {"seconds": time.monotonic() - begun, "cpu": spent, "tasks": len(done.seen), "tasks_cpu": sum(done.seen.values())}


class Receipts:
    """CPU seconds of the tasks of a project's run that are done, by their receipts."""

    def __init__(self, project: Path) -> None:
        self._private, self.seen = project / ".skiptrace", dict[Path, float]()

    def look(self) -> float:
        """The sum over those that are there now."""
        for kind in ("work/*/receipts/*.json", "deliveries/*/*.json", "entities/*/resolved.json"):
            for file in self._private.glob(kind):
                if file not in self.seen:
                    self.seen[file] = float(json.loads(file.read_bytes())["cost"]["cpu_seconds"])
        return sum(self.seen.values())


def content(project: Path) -> str:
    """A digest of every published table and fact sheet of a run, by the SHA-256 of their files, and of its counts."""
    told = ledger(project) or {}
    return digest("durability", [told.get(name) for name in ("run_id", "counts", "tables", "evidence", "linkage", "outcomes")])


def one(base: Path, scratch: Path, known: Mapping[str, Told]) -> Told:
    """One worker, metered."""
    project, meter = scratch / "one", scratch / "meter"
    copy_project(base, project)
    meter.mkdir()
    os.environ["METER"] = str(meter)
    found = run(project, 1, "tests.bench.metered")
    lines = [json.loads(line) for file in meter.iterdir() for line in file.read_text().splitlines()]
    tasks: dict[str, list[float]] = {}
    for line in lines:
        tasks.setdefault(_kind(line["name"]), []).append(line["cpu"])
    return {**found, "durable": sum(line["durable"] for line in lines), "metered": tasks, "content": content(project)}


def two(base: Path, scratch: Path, known: Mapping[str, Told]) -> Told:
    """Two workers."""
    project = scratch / "two"
    copy_project(base, project)
    found = run(project, 2)
    spent = (ledger(project) or {})["timings"]
    return {**found, "tasks_cpu": sum(sum(step["tasks"].values()) for step in spent.values()), "content": content(project)}


def killed(base: Path, scratch: Path, known: Mapping[str, Told]) -> Told:
    """Two workers, killed and run again."""
    if "two" not in known:
        raise SystemExit("the run `two` says how much work there is: make it first")
    project = scratch / "killed"
    copy_project(base, project)
    first = run(project, 2, kill_at=KILL_AT * known["two"]["tasks_cpu"])
    again = run(project, 2)
    return {"first": first, "again": again, "content": content(project)}


def _kind(name: str) -> str:
    """The kind of task of a receipt's stem or a function: `index-00003` is an index task, `jobs.link:resolve_reference` resolves."""
    if ":" in name:
        return {"delivery_partition": "intake-delivery", "resolve_reference": "resolve"}.get(name.split(":")[1], name)
    return name.rsplit("-", 1)[0] if name[-1:].isdigit() else name


ORDER = (
    "survey", "verdict", "intake", "intake-delivery", "index", "learn", "learn-reference", "resolve", "learn-persons", "link", "consumers",
    "digests", "enrich", "share", "score", "screen", "settle", "counts", "loading", "driver",
)  # fmt: skip


def schedule(steps: list[list[float]], workers: int) -> float:
    """Seconds until the last task of the last step ends, where each step begins when the one before has ended."""
    return sum(makespan(tasks, workers) for tasks in steps)


def simulated(tasks: Mapping[str, list[float]], times: int = 1, left_out: tuple[str, ...] = ()) -> float:
    """Speed-up of WORKERS workers over one, on a set that is `times` as large: tasks of a partition come `times` as often, those of
    ONCE and every kind that came once take `times` as long, those of FIXED as long as ever. `left_out`: kinds that this run does not
    have."""
    steps = []
    for kind in (*ORDER, *sorted(set(tasks) - set(ORDER))):
        found = [] if kind in left_out else tasks.get(kind, [])
        once = kind in ONCE or len(found) == 1
        steps.append(found if kind in FIXED else [seconds * times for seconds in found] if once else found * times)
    return schedule(steps, 1) / schedule(steps, WORKERS)


def figures(known: Mapping[str, Told]) -> list[Figure]:
    """What is printed, of the runs that are known."""
    found = []
    if "one" in known:
        first, tasks = known["one"], known["one"]["metered"]
        found += [
            Figure("CPU of one worker's run", round(first["cpu"], 1), "s"),
            Figure("flushes, links, receipts, hashes", round(100 * first["durable"] / first["cpu"], 2), "% of its CPU", 5, at_most=True),
            Figure("16 workers, simulated, partitions as measured", round(simulated(tasks), 1), "times faster than one"),
            Figure(f"16 workers, simulated, {TIMES} times the size", round(simulated(tasks, TIMES), 1), "times faster than one", 12),
            Figure("the same with an index that is there, nothing learned",
                   round(simulated(tasks, TIMES, ("index", "learn", "learn-reference", "resolve", "learn-persons")), 1), "times"),
        ]  # fmt: skip
        alone = {kind: round(100 * sum(tasks.get(kind, ())) / first["cpu"], 2) for kind in (*ONCE, *FIXED)}
        found.append(Figure("share of tasks that one worker does", json.dumps(alone), "% of the run's CPU"))
    if "two" in known and "one" in known:
        ratio = known["two"]["cpu"] / known["one"]["cpu"]
        found.append(Figure("CPU of two workers beside one", round(ratio, 3), "times", 1.1, at_most=True))
    if "killed" in known and "two" in known:
        first, again, whole = known["killed"]["first"], known["killed"]["again"], known["two"]
        found += [
            Figure("work done when it was killed", round(100 * first["tasks_cpu"] / whole["tasks_cpu"], 1), "% of the tasks' CPU"),
            Figure("resume by the clock", round(100 * again["seconds"] / whole["seconds"], 1), "% of a whole run's time"),
            Figure("resume", round(100 * again["cpu"] / whole["cpu"], 1), "% of a whole run's CPU", 15, at_most=True),
        ]  # fmt: skip
    contents = {told["content"] for told in known.values()}
    found.append(Figure(f"same bytes: {', '.join(known)}", len(contents) == 1 and len(known) > 1, "", len(known) > 1))
    return found


def _base(environ: Mapping[str, str], scratch: Path) -> tuple[Path, str]:
    """(a project that has never run, what it is)."""
    size, rows = environ.get("SIZE"), environ.get("ROWS")
    base = scratch / "never"
    if size:
        accounts, _, records = size.partition("x")
        data, reason = generated(environ, Path(environ.get("CACHE") or scratch), int(accounts), int(records))
        if data is None:
            raise SystemExit(reason)
        make_project(data, base)
        name = size
    else:
        name, rows = f"demo {environ.get('ACCOUNTS') or '20000'}", rows or "2500"
        make(base, int(environ.get("ACCOUNTS") or "20000"))
    shards = environ.get("SHARDS")
    stated = [f"{key} = {value}" for key, value in (("partition_rows", rows), ("shards", shards)) if value]
    if stated:
        with (base / "skiptrace.toml").open("a") as out:
            out.write("\n[runtime]\n" + "\n".join(stated) + "\n")
    return base, f"{name}, {rows or 'default'} rows a partition" + (f", {shards} shards" if shards else "")


def main() -> None:
    environ, file = os.environ, Path(os.environ["RESULTS"]) if os.environ.get("RESULTS") else None
    with tempfile.TemporaryDirectory(prefix="durability-") as place:
        scratch = Path(place)
        base, name = _base(environ, scratch)
        known: dict[str, Told] = {}
        for line in file.read_text().splitlines() if file is not None and file.is_file() else ():
            entry = json.loads(line)
            if entry["set"] == name:
                known[entry["run"]] = entry["told"]
        for which in (environ.get("ONLY") or ",".join(RUNS)).split(","):
            known[which] = {"one": one, "two": two, "killed": killed}[which](base, scratch, known)
            if file is not None:
                with file.open("a") as out:
                    out.write(json.dumps({"set": name, "run": which, "commit": commit(), "told": known[which]}, sort_keys=True) + "\n")
    print_bench("durability", [Figure("set", name, ""), *figures(known)])


if __name__ == "__main__":
    main()
