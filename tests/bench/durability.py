"""What it costs that a run can be killed at any moment: `make bench-durability`.

Overhead: CPU seconds within the calls that only durability needs (flushes, links, receipts, hashes of files), counted in a run on one
thread, against all of it. Resume: a run killed when nine of ten tasks are done, and what the same command then takes. Two workers: CPU of
all processes beside one worker's, same bytes. Schedule: the measured seconds of each task laid on 16 workers step by step, as a run
would hand them out. Environment: ACCOUNTS, ROWS (accounts per partition)."""

from __future__ import annotations

import heapq
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from jobs.demo.project import make
from tests.bench.report import Figure, print_bench
from tests.chaos.scene import ROOT, copy_project, differences, ledger


def command(project: Path, workers: int | None) -> list[str]:
    scheduler = "sync" if workers is None else "processes"
    return [sys.executable, "-m", "jobs.cli", "-q", "--project", str(project), "run", "--no-exports", "--scheduler", scheduler]


def run(project: Path, workers: int | None, kill_at: int | None = None) -> tuple[float, float, int]:
    """(wall seconds, CPU seconds of the command and its workers, tasks done). `kill_at`: end it when so many tasks are done."""
    environment = {**os.environ, "SKIPTRACE__RUNTIME__WORKERS": str(workers or 1)}
    begun, before, done = time.monotonic(), os.times(), 0
    driver = subprocess.Popen(command(project, workers), cwd=ROOT, env=environment)
    while driver.poll() is None:
        done = max(done, receipts(project))
        if kill_at is not None and done >= kill_at:
            driver.send_signal(signal.SIGKILL)
        time.sleep(0.02)
    after = os.times()
    if driver.returncode not in (0, -signal.SIGKILL):
        raise SystemExit(f"a run ended with {driver.returncode}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - begun, spent, done


def receipts(project: Path) -> int:
    """How many tasks have said that they are done."""
    private = project / ".skiptrace"
    return sum(len(list(private.glob(kind))) for kind in ("work/*/receipts/*.json", "deliveries/*/*.json", "entities/*/resolved.json"))


def metered(project: Path) -> tuple[float, float]:
    """(CPU seconds of flushes, links, receipts and hashes of files, CPU seconds of all) of a run in one process."""
    code = (
        "import json, os, sys, time\n"
        "spent, depth = 0.0, 0\n"
        "def meter(body):\n"
        "    def inner(*args, **options):\n"
        "        global spent, depth\n"
        "        depth += 1\n"
        "        begun = time.process_time()\n"
        "        try:\n"
        "            return body(*args, **options)\n"
        "        finally:\n"
        "            depth -= 1\n"
        "            if depth == 0:\n"
        "                spent += time.process_time() - begun\n"
        "    return inner\n"
        "import skiptrace.ids, skiptrace.store.commit as commit\n"
        "os.fsync, os.link = meter(os.fsync), meter(os.link)\n"
        "skiptrace.ids.file_digest = meter(skiptrace.ids.file_digest)\n"
        "commit.sync_folder, commit.put_json = meter(commit.sync_folder), meter(commit.put_json)\n"
        "from jobs.cli import main\n"
        "code = main(sys.argv[1:])\n"
        "print(json.dumps([spent, time.process_time(), code]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *command(project, None)[3:]], cwd=ROOT, capture_output=True, text=True, check=True)
    spent, whole, ended = json.loads(done.stdout.splitlines()[-1])
    if ended:
        raise SystemExit(f"the metered run ended with {ended}")
    return spent, whole


def schedule(steps: list[list[float]], workers: int) -> float:
    """Seconds until the last task of the last step ends, where each step begins when the one before has ended."""
    total = 0.0
    for tasks in steps:
        free = [0.0] * workers
        for seconds in tasks:
            heapq.heapreplace(free, free[0] + seconds)
        total += max(free)
    return total


def simulated(timings: dict[str, Any], rows: int, accounts: int) -> tuple[float, float]:
    """Speed-up of 16 workers over one at as many partitions as measured, and at 64 times as many accounts.

    A kind of task that runs once per partition keeps its seconds and runs more often; one of the whole run takes 64 times as long."""
    per_partition = ("survey", "intake", "link", "enrich", "score", "screen", "settle", "learn", "learn-persons")
    parts = -(-accounts // rows)

    def steps(times: int) -> list[list[float]]:
        found = []
        for step in timings.values():
            for kind, seconds in step["tasks"].items():
                found.append([seconds / parts] * (parts * times) if kind in per_partition else [seconds * times])
        return found

    return tuple(schedule(steps(times), 1) / schedule(steps(times), 16) for times in (1, 64))  # type: ignore[return-value]


def main() -> None:
    accounts, rows = int(os.environ.get("ACCOUNTS", "20000")), int(os.environ.get("ROWS", "2500"))
    with tempfile.TemporaryDirectory(prefix="durability-") as scratch:
        never = Path(scratch) / "never"
        with make(never, accounts).project.open("a") as out:
            out.write(f"\n[runtime]\npartition_rows = {rows}\n")
        places = [Path(scratch) / name for name in ("first", "metered", "one", "two", "killed")]
        first, meter, one, two, killed = places
        copy_project(never, first)
        run(first, None)
        models = first / ".skiptrace" / "models"
        for place in places[1:]:
            copy_project(never, place)
            copy_project(models, place / ".skiptrace" / "models")
            (place / ".skiptrace").chmod(0o700)
        spent, whole = metered(meter)
        _, cpu_one, _ = run(one, 1)
        wall_two, cpu_two, tasks = run(two, 2)
        _, _, done = run(killed, 2, kill_at=-(-tasks * 9 // 10))
        wall_again, cpu_again, _ = run(killed, 2)
        told = ledger(one) or {}
        now, large = simulated(told["timings"], rows, accounts)
        same = not (differences(two, one) or differences(killed, one) or differences(meter, one))
    print_bench("durability", [
        Figure("accounts", accounts, "accounts"),
        Figure("CPU of flushes, links, receipts and hashes", round(100 * spent / whole, 2), "% of the run", 5, at_most=True),
        Figure("tasks done when it was killed", round(100 * done / tasks), "% of the run's tasks"),
        Figure("resume after that", round(100 * cpu_again / cpu_two, 1), "% of the run's CPU", 15, at_most=True),
        Figure("resume after that, by the clock", round(100 * wall_again / wall_two, 1), "% of the run's time"),
        Figure("CPU of two workers beside one", round(cpu_two / cpu_one, 3), "times", 1.1, at_most=True),
        Figure("same bytes on one thread, one worker, two, and after the kill", same, "", True),
        Figure("16 workers, simulated, partitions as measured", round(now, 1), "times faster than one"),
        Figure("16 workers, simulated, 64 times the accounts", round(large, 1), "times faster than one", 12),
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
