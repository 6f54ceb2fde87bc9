"""Runs the product under measurement: a project in a folder of its own, one command, its time and memory.

A project holds a copy of a data set's project file and links to its deliveries; no file of the truth is in it. Memory is
that of the whole tree of processes, looked at ten times a second; shared pages count once per process.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa

from skiptrace.results import Run, latest
from skiptrace.store.tables import read_table
from tests.bench.linkage_truth import LINK_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
# Everything in one process, and a small project of the same kind first: what imports, compiles or loads something does it then.
_WARM = """
import sys
from pathlib import Path
from jobs.pipeline import Options, run
small, project, limit = sys.argv[1:]
ignore = lambda name, done, total: None
run(Path(small), Options(scheduler="sync", exports=False, to_step="link"), ignore)
run(Path(project), Options(scheduler="sync", exports=False, limit=int(limit) or None, to_step="link"), ignore)
"""


@dataclass(frozen=True)
class Spent:
    """How a command ended (None: it was stopped after its time), and what it took."""

    code: int | None
    wall: float
    cpu: float
    peak: int

    def failure(self) -> str:
        """Why there is nothing to measure; empty where it ended well. Code 4: a gate failed, the tables are there."""
        if self.code is None:
            return f"the run was stopped after {self.wall:.0f} s"
        return "" if self.code in (0, 4) else f"the run ended with {self.code}"


def make_project(data: Path, project: Path) -> Path:
    """A project on the data set in `data`, which holds its project file."""
    project.mkdir(parents=True, mode=0o700)
    shutil.copy(data / "skiptrace.toml", project)
    for item in data.iterdir():
        if item.suffix not in (".toml", ".json") and not item.name.startswith("truth"):
            (project / item.name).symlink_to(item.resolve())
    return project


def run(project: Path, *words: str, seconds: float | None = None) -> Spent:
    """`skiptrace run` without exports; `words` are added to the command."""
    return measured([sys.executable, "-m", "jobs.cli", "--quiet", "--project", str(project), "run", "--no-exports", *words], seconds)


def run_warm(small: Path, project: Path, limit: int = 0) -> Spent:
    """The same of `project` up to the links, in one process that has done all of it on the project `small` before."""
    for name in (".skiptrace", "runs"):
        shutil.rmtree(small / name, ignore_errors=True)
    shutil.rmtree(project / ".skiptrace" / "work", ignore_errors=True)
    return measured([sys.executable, "-c", _WARM, str(small), str(project), str(limit)])


def measured(command: Sequence[str], seconds: float | None = None, environ: Mapping[str, str] | None = None) -> Spent:
    """Run a command from the project's root; what it prints is of no interest. `seconds`: the most it may take."""
    start, before, peak = time.monotonic(), _children(), 0
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=dict(environ) if environ is not None else None)
    code: int | None = None
    while code is None:
        try:
            code = process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            peak = max(peak, _memory(process.pid))
            if seconds is not None and time.monotonic() - start > seconds:
                _stop(process)
                break
    return Spent(code, time.monotonic() - start, _children() - before, peak)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(pid: int) -> int:
    try:
        root = psutil.Process(pid)
        return sum(process.memory_info().rss for process in (root, *root.children(recursive=True)))
    except psutil.Error:  # a process ended meanwhile: the next look will do
        return 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    for child in psutil.Process(process.pid).children(recursive=True):
        child.terminate()
    process.terminate()
    process.wait()


def links(project: Path) -> pa.Table:
    """LINK_COLUMNS of the run that was published last."""
    return latest(project).table("links", LINK_COLUMNS)


def timings(project: Path) -> Mapping[str, Any]:
    """Per step of the last published run: cpu_seconds, and peak_bytes of the largest process up to its end."""
    ledger: Run = latest(project)
    found: Mapping[str, Any] = ledger.ledger["timings"]
    return found


def tasks(project: Path) -> Mapping[str, Mapping[str, float]]:
    """Of the run that stopped after its links: per kind of task cpu_seconds, and peak_bytes of the largest process up to its end.

    The receipts of the run's own work folder count, and those of the reference's persons that are not older than it."""
    folder = _work(project)
    since = (folder / "plan.json").stat().st_mtime_ns
    files = [(path.stem.rsplit("-", 1)[0], path) for path in sorted((folder / "receipts").glob("*.json"))]
    persons = (project / ".skiptrace" / "entities").glob("*/resolved.json")
    files += [("resolve", path) for path in persons if path.stat().st_mtime_ns >= since]
    found: dict[str, dict[str, float]] = {}
    for kind, path in files:
        cost = json.loads(path.read_text())["cost"]
        one = found.setdefault(kind, {"cpu_seconds": 0.0, "peak_bytes": 0})
        one["cpu_seconds"] += cost["cpu_seconds"]
        one["peak_bytes"] = max(one["peak_bytes"], cost["peak_bytes"])
    return found


def work_links(project: Path) -> pa.Table:
    """LINK_COLUMNS of the run that stopped after its links."""
    receipts = sorted((_work(project) / "receipts").glob("link-*.json"))
    return pa.concat_tables([read_table(json.loads(path.read_text())["links"], list(LINK_COLUMNS)) for path in receipts])


def _work(project: Path) -> Path:
    (folder,) = (project / ".skiptrace" / "work").iterdir()
    return folder
