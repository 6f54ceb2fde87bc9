"""A project in a folder of its own, the real processes that run it, and the comparison with a run that met no fault."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 180.0
"""Every fault must end in an exit code, or be healed, within this time."""
STALL_SECONDS = "8"
ODD = Path(__file__).parent / "odd"


class Scene:
    """One project and what runs beside it. `cluster`: tasks run on a scheduler and two workers that are processes of their own."""

    def __init__(self, folder: Path, cluster: bool, environment: dict[str, str] | None = None) -> None:
        self.folder, self.cluster = folder, cluster
        self.project = folder / "project"
        own = {"SKIPTRACE__RUNTIME__STALL_SECONDS": STALL_SECONDS, "PYTHONWARNINGS": "ignore"}
        self.environment = {**os.environ, **own, **(environment or {})}
        self.environment.pop("PYTEST_CURRENT_TEST", None)
        self.driver: subprocess.Popen[bytes] | None = None
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.nannies: list[subprocess.Popen[bytes]] = []
        self.limit = LIMIT_SECONDS
        self.begun, self._logged = 0.0, 0
        self.log = folder.parent / f"{folder.name}.log"  # not on a disk that fills up
        self.papers: tuple[str, ...] = ()
        self._address = ""
        self._seen: dict[int, psutil.Process] = {}

    def command(self) -> list[str]:
        scheduler = self._address if self.cluster else "processes"
        program = [*self.within("driver"), sys.executable, "-m", "jobs.cli", "--json"]
        return [*program, "--project", str(self.project), "run", "--scheduler", scheduler]

    def within(self, role: str) -> list[str]:
        """What a command of the driver, the scheduler or a worker begins with: nothing, on one machine."""
        return []

    def environment_of(self, role: str) -> dict[str, str]:
        """The environment of the driver, the scheduler or a worker."""
        return self.environment

    def early(self) -> bool:
        """Whether something can be seen that is not a whole run."""
        return early(self.project)

    def published(self) -> bool:
        """Whether a run can be seen."""
        return ledger(self.project) is not None

    def address(self) -> str:
        """Where a new scheduler is to listen."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return f"tcp://127.0.0.1:{free.getsockname()[1]}"

    def start(self) -> None:
        """Start the driver, and what of the cluster is not running: as whoever supervises both would."""
        if self.cluster:
            self._start_cluster()
        self._logged = self.log.stat().st_size if self.log.is_file() else 0
        with self.log.open("ab") as log:
            self.driver = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True, preexec_fn=_hear_interrupts
            )
        self._seen = {}

    def _start_cluster(self) -> None:
        if self.scheduler is None or self.scheduler.poll() is not None:
            self.stop_cluster()
            self._address = self.address()
            said = self._cluster_log().stat().st_size if self._cluster_log().is_file() else 0
            self.scheduler = self._member("scheduler", "--listen", self._address)
            _until(lambda: b"the scheduler is at" in self._cluster_log().read_bytes()[said:], 60)
        self.nannies = [
            nanny if nanny.poll() is None else self._member(f"worker{number}", "--join", self._address)
            for number, nanny in enumerate(self.nannies)
        ] or [self._member(f"worker{number}", "--join", self._address) for number in range(2)]

    def _cluster_log(self) -> Path:
        return self.log.with_suffix(".cluster")

    def _member(self, role: str, *options: str) -> subprocess.Popen[bytes]:
        spill = self.folder / "spill"
        where = ("--folder", str(spill)) if spill.is_dir() and "--join" in options else ()
        command = [*self.within(role), sys.executable, "-m", "jobs.cli", "cluster", "start", *options, *self.papers, *where]
        with self._cluster_log().open("ab") as log:
            environment = self.environment_of(role)
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)

    def workers(self) -> list[psutil.Process]:
        """Worker processes that are alive, oldest first."""
        parents = self.nannies if self.cluster else [self.driver]
        found = []
        for parent in parents:
            with suppress(psutil.Error):
                found += [] if parent is None else psutil.Process(parent.pid).children(recursive=True)
        return sorted((one for one in found if _is_worker(one)), key=lambda one: one.pid)

    def note_children(self) -> None:
        """Remember the driver's processes, to see later whether one survived it."""
        with suppress(psutil.Error):
            if self.driver is not None:
                for child in psutil.Process(self.driver.pid).children(recursive=True):
                    self._seen.setdefault(child.pid, child)

    def told(self) -> str:
        """The error that the last run of the command ended with, as it told it."""
        text = self.log.read_text()[self._logged :]
        start = text.find('"message":')
        return " ".join(text[start : start + 400].split()) if start >= 0 else text[-300:]

    def survivors(self) -> int:
        """Processes of the driver that are still there some seconds after it ended. They are ended."""
        _until(lambda: not any(child.is_running() for child in self._seen.values()), 10)
        left = [child for child in self._seen.values() if child.is_running()]
        for child in left:
            with suppress(psutil.Error):
                child.kill()
        return len(left)

    def stop_cluster(self) -> None:
        for process in (*self.nannies, self.scheduler):
            if process is not None and process.poll() is None:
                below = psutil.Process(process.pid).children(recursive=True)
                for one in (*below, process):
                    with suppress(psutil.Error, ProcessLookupError):
                        one.kill()
                process.wait()
        self.nannies, self.scheduler = [], None

    def close(self) -> None:
        """End everything that was started here."""
        if self.driver is not None and self.driver.poll() is None:
            self.note_children()
            self.driver.kill()
            self.driver.wait()
            self.survivors()
        self.stop_cluster()

    def send(self, process: Any, number: int) -> None:
        """A signal to one process of this scene."""
        with suppress(ProcessLookupError, psutil.Error):
            if process is not None:
                process.send_signal(number)

    def pause(self, process: Any, seconds: float) -> None:
        self.send(process, signal.SIGSTOP)
        time.sleep(seconds)
        self.send(process, signal.SIGCONT)


def copy_project(base: Path, target: Path) -> None:
    shutil.copytree(base, target, symlinks=True)
    target.chmod(0o700)


def ledger(project: Path) -> dict[str, Any] | None:
    """The ledger of the latest run; None where nothing is published."""
    file = project / "runs" / "latest" / "run.json"
    return json.loads(file.read_bytes()) if file.is_file() else None


def early(project: Path) -> bool:
    """Whether `latest` names something that is not a whole run."""
    link = project / "runs" / "latest"
    if not os.path.lexists(link):
        return False
    found = ledger(project)
    return found is None or not all((link / ref["path"]).is_file() for table in found["tables"].values() for ref in table["files"])


def differences(project: Path, base: Path) -> list[str]:
    """What of the published run is not as in the run without faults: every table and every fact sheet, byte by byte, and counts."""
    mine, theirs = ledger(project), ledger(base)
    if mine is None or theirs is None:
        return ["nothing published"]
    found = [name for name in ("run_id", "counts", "tables", "evidence", "linkage", "outcomes") if mine[name] != theirs[name]]
    for kind in ("tables", "evidence"):
        for table in theirs[kind].values():
            for ref in table["files"]:
                here, there = (place / "runs" / "latest" / ref["path"] for place in (project, base))
                if not here.is_file() or not filecmp.cmp(here, there, shallow=False):
                    found.append(ref["path"])
    return found


def orphans(project: Path) -> list[str]:
    """Files under final names that nothing names: in the run's folder, other runs, work that nobody will go on with."""
    found, content = [], ledger(project)
    run = (project / "runs" / "latest").resolve()
    named = {ref["path"] for kind in ("tables", "evidence") for table in (content or {}).get(kind, {}).values() for ref in table["files"]}
    for folder in (run / table for kind in ("tables", "evidence") for table in (content or {}).get(kind, {})):
        found += [str(file.relative_to(run)) for file in folder.iterdir() if str(file.relative_to(run)) not in named and not _partial(file)]
    runs = project / "runs"
    others = [entry.name for entry in (runs.iterdir() if runs.is_dir() else ()) if not _partial(entry)]
    found += [name for name in others if name not in ("latest", run.name)]
    work = project / ".skiptrace" / "work"
    return found + [entry.name for entry in (work.iterdir() if work.is_dir() else ())]


def leftovers(project: Path) -> int:
    """Temporary names that a killed attempt left: no reader looks at them, and `runs gc` collects them."""
    return sum(_partial(entry) for place in (project / "runs", project / ".skiptrace") for entry in place.rglob("*"))


def _partial(path: Path) -> bool:
    return path.name.startswith(".partial-")


def _hear_interrupts() -> None:
    """A shell lets what it runs in the background ignore Ctrl-C, and that is inherited."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _until(holds: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
