"""A whole run of a large generated set on this machine, from files to published tables, and what it needed: `make bench-scale`.

    SIZE=3000000x20000000   accounts x records
    WORKERS=2 MEMORY=3GB    worker processes, and what each may hold
    KERNEL=1                let the kernel refuse a process more private memory than that, too (reserved memory counts then)
    CACHE=/path             where generated sets are kept (default: a temporary folder, as for the project)
    PROJECT=/path           run in this new folder and leave it there
    RESULTS=/path           add the figures to this file, a line of JSON per run

The project is new: its first run reads, indexes, learns, resolves, links, scores, screens and publishes. Nothing of it is left out. The
set has no exports. `tests/bench/watching.py` says how memory and bytes are counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dask.utils import parse_bytes

from tests.bench.linkage_product import ROOT, make_project
from tests.bench.linkage_projects import generated
from tests.bench.report import Figure, commit, print_bench
from tests.bench.watching import Peaks, Watched, watch

SIZE, WORKERS, MEMORY = "3000000x20000000", "2", "3GB"
COMMAND = (sys.executable, "-m", "jobs.cli")


def folder_bytes(folder: Path) -> int:
    """Bytes of the files below a folder; what goes away meanwhile does not count."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                found += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
    return found


def sizes(project: Path) -> dict[str, int]:
    """Bytes of what a run leaves and of what it works in, by folder; a table linked into the run's folder counts in both."""
    private = project / ".skiptrace"
    found = {name: folder_bytes(private / name) for name in ("deliveries", "index", "entities", "work")}
    return found | {"runs": folder_bytes(project / "runs")}


def project_of(data: Path, folder: Path, workers: str, memory: str) -> Path:
    """A new project on a generated set whose tasks run in worker processes of this memory."""
    make_project(data, folder)
    with (folder / "skiptrace.toml").open("a") as out:
        out.write(f'\n[runtime]\nscheduler = "processes"\nworkers = {workers}\nmemory_limit = "{memory}"\n')
    return folder


def measured(project: Path, limit: int | None) -> Watched:
    """The project's run, watched."""
    return watch([*COMMAND, "-v", "--project", str(project), "run"], ROOT, os.environ, lambda: sizes(project), limit)


def verified(project: Path) -> bool:
    """Whether `runs verify` finds every file of the run as it was written."""
    command = [*COMMAND, "--quiet", "--project", str(project), "runs", "verify"]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode == 0


def _timings(project: Path) -> Mapping[str, Any]:
    file = project / "runs" / "latest" / "run.json"
    return json.loads(file.read_bytes())["timings"] if file.is_file() else {}


def figures(size: str, memory: str, project: Path, seen: Watched, whole: bool) -> list[Figure]:
    """What is printed."""
    worker, driver = seen.peak("worker"), seen.peak("driver")
    limit = parse_bytes(memory)
    found = [
        Figure("size", size, "accounts x records"),
        Figure("exit code", seen.code, "", 0, at_most=True, reason=None if seen.code == 0 else " | ".join(seen.said[-5:])),
        Figure("runs verify holds", whole, "", True),
        Figure("time by the clock", round(seen.wall, 1), "s"),
        Figure("CPU of all processes", round(seen.cpu, 1), "s"),
        Figure("private memory of a worker, most", round(worker.private / 1e6), "MB", round(limit / 1e6), at_most=True),
        Figure("resident memory of a worker, most", round(worker.resident / 1e6), "MB, mapped files included"),
        Figure("private memory of the driver, most", round(driver.private / 1e6), "MB"),
        Figure("resident memory of the driver, most", round(driver.resident / 1e6), "MB, mapped files included"),
        Figure("private memory of all processes, most", round(seen.together.private / 1e6), "MB"),
        Figure("read from disk", round(seen.moved["read_bytes"] / 1e6), "MB"),
        Figure("written to disk", round(seen.moved["write_bytes"] / 1e6), "MB"),
        Figure("read at all", round(seen.moved["rchar"] / 1e6), "MB, mapped files left out"),
        Figure("written at all", round(seen.moved["wchar"] / 1e6), "MB"),
    ]
    found += [Figure(f"size of {name}, most", round(size / 1e6), "MB") for name, size in seen.sizes.items()]
    for step, spent in _timings(project).items():
        for kind, seconds in spent["tasks"].items():
            found.append(Figure(f"CPU of {kind}", seconds, f"s, of step {step}"))
        own = spent["cpu_seconds"] - sum(spent["tasks"].values())
        found.append(Figure(f"CPU of the driver in {step}", round(own, 3), f"s; the step took {spent['seconds']} s by the clock"))
    for step, roles in seen.steps.items():
        for role, peaks in sorted(roles.items()):
            found.append(_held(step, role, peaks))
    return found


def _held(step: str, role: str, peaks: Peaks) -> Figure:
    held = f"{peaks.private / 1e6:.0f} + {(peaks.resident - peaks.private) / 1e6:.0f}"
    return Figure(f"{role} in: {step}", held, "MB private + mapped, most")


def main() -> None:
    environ = os.environ
    size, memory = environ.get("SIZE") or SIZE, environ.get("MEMORY") or MEMORY
    accounts, _, records = size.partition("x")
    with tempfile.TemporaryDirectory(prefix="scale-") as scratch:
        cache = Path(environ.get("CACHE") or scratch)
        data, reason = generated(environ, cache, int(accounts), int(records))
        if data is None:
            raise SystemExit(reason)
        project = project_of(data, Path(environ.get("PROJECT") or Path(scratch) / "project"), environ.get("WORKERS") or WORKERS, memory)
        seen = measured(project, parse_bytes(memory) if environ.get("KERNEL") == "1" else None)
        whole = seen.code == 0 and verified(project)
        found = figures(size, memory, project, seen, whole)
    if environ.get("RESULTS"):
        content = {"commit": commit(), "at": round(time.time()), "figures": {one.name: one.plain() for one in found}}
        with Path(environ["RESULTS"]).open("a") as out:
            out.write(json.dumps(content, sort_keys=True) + "\n")
    print_bench("scale", found)
    sys.exit(0 if whole else 1)


if __name__ == "__main__":
    main()
