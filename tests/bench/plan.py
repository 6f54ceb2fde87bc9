"""What `skiptrace plan` says before a run beside what the run then takes: `make bench-plan`.

    DATA=/path      data sets and the generator; without it the demo alone is measured
    ONLY=demo,...   some of the sets; SIZE=100000x1000000 the generated one, which is made only where it is named in ONLY or BIG=1 says so
    CACHE=/path     where generated sets are kept (default: a temporary folder, as for the projects)
    RESULTS=/path   add what was planned and measured to this file, a line of JSON per run

Each set is planned and run twice: in a new project, and again for a later day, when deliveries and index are there and the project has a
past. Seconds by the clock are judged where the rest of the machine was about as busy while a run was planned as while it ran: no plan
knows what others will begin."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from jobs.demo.project import make
from skiptrace.project import load
from skiptrace.results import latest
from tests.bench.linkage_product import ROOT, Spent, make_project, run
from tests.bench.linkage_projects import generated
from tests.bench.report import Figure, print_bench

SETS = ("febrl3_split", "pseudopeople_small", "pseudopeople_noisy", "scale_20k", "pseudopeople_20k")
SIZE = "100000x1000000"
LATER = dt.timedelta(days=15)
PAIRS, OTHERS, PART = 0.25, 0.5, 0.1
"""How far an estimate may be from what was measured, as a share of it: pairs, and the rest; the part of a run's CPU for a plan."""


ALIKE = 1.5
"""How many times as many processes may be ready to run per core while a run is made as while it is planned, or the other way round."""


class Ready:
    """How many threads of the whole machine are ready to run per core, at least 1, looked at five times a second while it is open."""

    def __init__(self) -> None:
        self._seen, self._done = [1.0], threading.Event()
        self._looker = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._looker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._looker.join()

    def _look(self) -> None:
        while not self._done.wait(0.2):
            ready = int(Path("/proc/loadavg").read_text().split()[3].split("/")[0]) - 1  # not the one that looks
            self._seen.append(max(ready / (os.cpu_count() or 1), 1.0))

    def per_core(self) -> float:
        """Over the time that it was open."""
        return round(sum(self._seen) / len(self._seen), 2)


def planned(project: Path, day: dt.date) -> tuple[dict[str, Any] | None, Spent]:
    """The plan of a run of a day, None where it failed, and what making it took (no memory)."""
    command = [sys.executable, "-m", "jobs.cli", "--json", "--project", str(project), "plan", "--as-of", day.isoformat()]
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told: dict[str, Any] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return told, Spent(done.returncode, time.monotonic() - start, cpu, 0)


def compared(project: Path, day: dt.date) -> dict[str, Any]:
    """Plan and run a project for a day: what was planned and what was measured, by name, and what failed."""
    with Ready() as before:
        told, planning = planned(project, day)
    if told is None:
        return {"failure": f"the plan ended with {planning.code}"}
    with Ready() as meanwhile:
        spent = run(project, "--as-of", day.isoformat())
    busy = {"plan": before.per_core(), "run": meanwhile.per_core()}
    if failure := spent.failure():
        return {"failure": failure}
    ledger = latest(project).ledger
    peak = max(step["peak_bytes"] for step in ledger["timings"].values())
    return {
        "planned": {
            "pairs": told["pairs"]["compared"], "pairs by keys": told["pairs"]["by_keys"], "CPU": told["cpu_seconds"],
            "clock": told["seconds"], "memory": told["peak_bytes"],
        },
        "measured": {
            "pairs": ledger["linkage"]["pairs"], "pairs by keys": ledger["linkage"]["pairs_by_keys"], "CPU": round(spent.cpu, 1),
            "clock": round(spent.wall, 1), "memory": peak,
        },
        "planning": {"CPU": round(planning.cpu, 1), "clock": round(planning.wall, 1)},
        "ready": busy, "told": told, "timings": ledger["timings"],
    }  # fmt: skip


def figures(name: str, found: Mapping[str, Any]) -> list[Figure]:
    """What is printed of one run."""
    if "failure" in found:
        return [Figure(f"{name}: run", None, "", reason=found["failure"])]
    made, busy = [], found["ready"]
    units = {"pairs": "pairs", "pairs by keys": "pairs", "CPU": "s", "clock": "s", "memory": "bytes"}
    for what, unit in units.items():
        before, after = float(found["planned"][what]), float(found["measured"][what])
        off = round(abs(before - after) / after, 3) if after else None
        told = f"{before:,.0f} {unit} planned, {after:,.0f} measured"
        if what == "clock" and not 1 / ALIKE <= busy["run"] / busy["plan"] <= ALIKE:
            off, told = None, f"{told}; ready to run per core: {busy['plan']} while it was planned, {busy['run']} while it ran"
        made.append(Figure(f"{name}: {what}", off, "off", PAIRS if unit == "pairs" else OTHERS, told, at_most=True))
    part = round(found["planning"]["CPU"] / found["measured"]["CPU"], 3)
    told = f"{found['planning']['CPU']} s of CPU, {found['planning']['clock']} s by the clock"
    return [*made, Figure(f"{name}: plan", part, "of the run's CPU", PART, told, at_most=True)]


def projects(environ: Mapping[str, str], scratch: Path) -> dict[str, Path | str]:
    """A new project per set, or the reason why there is none."""
    size = environ.get("SIZE") or SIZE
    wanted = [name for name in (environ.get("ONLY") or "").split(",") if name] or ["demo", *SETS, *([size] if environ.get("BIG") else [])]
    found: dict[str, Path | str] = {}
    for name in wanted:
        if name == "demo":
            found[name] = make(scratch / name).project.parent
            continue
        data, reason = Path(environ.get("DATA") or ".") / name, "DATA is not set" if not environ.get("DATA") else f"DATA holds no {name}"
        if name == size:
            accounts, _, records = size.partition("x")
            made, reason = generated(environ, Path(environ.get("CACHE") or scratch), int(accounts), int(records))
            data = made or data
        found[name] = make_project(data, scratch / name) if (data / "skiptrace.toml").is_file() else reason
    return found


def main() -> None:
    environ, made = os.environ, list[Figure]()
    with tempfile.TemporaryDirectory(prefix="plan-") as scratch:
        for name, project in projects(environ, Path(scratch)).items():
            if isinstance(project, str):
                made.append(Figure(f"{name}: run", None, "", reason=project))
                continue
            day = load(project / "skiptrace.toml", environ).project.as_of or dt.date(2026, 6, 30)
            for which, on in (("first run", day), ("second run", day + LATER)):
                found = compared(project, on)
                if environ.get("RESULTS"):
                    with Path(environ["RESULTS"]).open("a") as out:
                        out.write(json.dumps({"set": name, "run": which, **found}) + "\n")
                made += figures(f"{name}, {which}", found)
    print_bench("plan", made)


if __name__ == "__main__":
    main()
