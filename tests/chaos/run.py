"""Faulted runs with real processes, one after another: `make chaos`. Each is run again until it ends well, then every table is
compared with a run that met no fault. Results are appended to a file, so that several calls add up.

Environment: RUNS (how many more), SEED (the first that is tried), ONLY (a part of a fault's name), RESULTS (the file)."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jobs.demo.project import make
from jobs.setup import code_hash
from tests.bench.report import Figure, print_bench
from tests.chaos.faults import FAULTS, NotHere, Plan, draw, mount, unmount
from tests.chaos.scene import ODD, Scene, copy_project, differences, leftovers, orphans

RESULTS = Path(__file__).parent / "results.jsonl"
FAIR_CODES = {0, 69, 75, -signal.SIGKILL}
"""How a run may end that met a fault; -9 where the driver itself was killed."""
MOST_RERUNS = 6
ACCOUNTS, PARTITION_ROWS = 60, 150


def make_base(folder: Path) -> tuple[Path, Path, float]:
    """(a project that was never run, the same after a run without faults, the seconds it took). Both know their match model."""
    never, done = folder / "never", folder / "done"
    file = make(never, ACCOUNTS).project
    with file.open("a") as out:
        out.write(f"\n[runtime]\npartition_rows = {PARTITION_ROWS}\nworkers = 2\n")
    scene = Scene(folder / "first", False)
    copy_project(never, scene.project)
    _well(scene)
    shutil.copytree(scene.project / ".skiptrace" / "models", never / ".skiptrace" / "models")
    (never / ".skiptrace").chmod(0o700)
    scene = Scene(folder / "second", False)
    copy_project(never, scene.project)
    seconds = _well(scene)
    scene.project.rename(done)
    return never, done, seconds


def _well(scene: Scene) -> float:
    begun = time.monotonic()
    scene.start()
    assert scene.driver is not None
    if code := scene.driver.wait(600):
        raise SystemExit(f"the run without faults ended with {code}: {scene.told()}")
    return time.monotonic() - begun


def faulted(plan: Plan, never: Path | None, done: Path, seconds: float, folder: Path) -> dict[str, Any]:
    """One faulted run, as the result file tells it. `never`: the project to begin with (None: it is in `folder`)."""
    chance, begun = random.Random(plan.seed + 10_000), time.monotonic()
    scene = Scene(folder, plan.cluster, _environment(plan, folder))
    small = folder if plan.fault == "full data disk" else folder / "spill" if "spill" in plan.fault else None
    told: dict[str, Any] = {
        **asdict(plan), "code": code_hash()[:12], "fired": False, "codes": [], "errors": [], "hangs": 0, "early": 0, "survivors": 0,
    }  # fmt: skip
    try:
        if small is not None:
            mount(small, 24)
        if "spill" in plan.fault:
            FAULTS[plan.fault][1](_Filled(small), chance)  # workers start on a disk that is full already
            told["fired"] = True
        if never is not None:
            copy_project(never, scene.project)
        scene.start()
        due = (lambda: False) if told["fired"] else (lambda: is_due(plan, scene, seconds))
        attempt(scene, told, due, lambda: FAULTS[plan.fault][1](scene, chance))
        rerun(scene, told, (folder / "filler", folder / "spill" / "filler"))
        told |= {"differences": differences(scene.project, done), "orphans": orphans(scene.project), "leftovers": leftovers(scene.project)}
        told["verdict"] = verdict(told)
    finally:
        scene.close()
        if small is not None:
            unmount(small)
    return told | {"seconds": round(time.monotonic() - begun, 1)}


def verdict(told: dict[str, Any]) -> str:
    """"same" where every attempt ended as it may, the last one well, with the tables of a run without faults and nothing else."""
    fair = set(told["codes"]) <= FAIR_CODES and told["codes"][-1] == 0
    wrong = any(told[name] for name in ("differences", "orphans", "hangs", "early", "survivors"))
    return "same" if fair and not wrong else "WRONG"


class _Filled:
    """What `disk_filled` needs of a scene: the folder of a small disk."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder


def _environment(plan: Plan, folder: Path) -> dict[str, str]:
    odd = {"PYTHONPATH": os.pathsep.join([str(ODD), os.environ.get("PYTHONPATH", "")])}
    if plan.fault.startswith("slow disk"):
        return {**odd, "CHAOS_SLOW": "1"}
    if plan.fault == "clock jump":
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "clock").write_text("0")
        return {**odd, "CHAOS_CLOCK": str(folder / "clock")}
    return {}


def is_due(plan: Plan, scene: Scene, seconds: float) -> bool:
    if isinstance(plan.moment, float):
        return time.monotonic() - scene.begun >= plan.moment * seconds
    return next((scene.project / ".skiptrace").glob(plan.moment), None) is not None


def attempt(scene: Scene, told: dict[str, Any], due: Any, act: Any) -> None:
    """Watch one run of the command to its end: act when it is time, see that nothing shows early and that it does end."""
    scene.begun, acted = time.monotonic(), False
    driver = scene.driver
    assert driver is not None
    while driver.poll() is None:
        scene.note_children()
        if not acted and due():
            acted = bool(act())
            told["fired"] = told["fired"] or acted
        told["early"] += scene.early()
        if time.monotonic() - scene.begun > scene.limit:
            told["hangs"] += 1
            driver.kill()
        time.sleep(0.01)
    told["codes"].append(driver.returncode)
    told["errors"] += [scene.told()] if driver.returncode not in (0, -signal.SIGKILL) else []
    told["early"] += scene.early() + (driver.returncode not in FAIR_CODES and scene.published())
    if not scene.cluster:
        told["survivors"] += scene.survivors()


def rerun(scene: Scene, told: dict[str, Any], fillers: Sequence[Path] = ()) -> None:
    """The same command until it ends well, or often enough: what took room is gone, what stood still goes on."""
    for _ in range(MOST_RERUNS):
        if told["codes"][-1] == 0:
            return
        for filler in fillers:
            filler.unlink(missing_ok=True)
        for process in (scene.scheduler, *scene.workers()):
            scene.send(process, signal.SIGCONT)
        scene.start()
        attempt(scene, told, lambda: False, lambda: False)


def read_results(file: Path) -> list[dict[str, Any]]:
    """The last result of each plan: one that went wrong is done again when what was wrong is mended. The file keeps both."""
    lines = file.read_text().splitlines() if file.is_file() else []
    return list({(one["seed"], one["fault"]): one for one in map(json.loads, lines)}.values())


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="chaos-") as scratch:
        never, done, seconds = make_base(Path(scratch))
        repeated("chaos", RESULTS, 60, Path(scratch), draw, lambda plan, place: faulted(plan, never, done, seconds, place))


def repeated(
    name: str, usual: Path, target: int, scratch: Path, drawn: Callable[[int, str | None], Plan],
    do: Callable[[Plan, Path], dict[str, Any]],
) -> None:  # fmt: skip
    """Do the plans that the results file lacks, as many as the environment says, each with a folder of its own, and sum up."""
    file, only = Path(os.environ.get("RESULTS", usual)), os.environ.get("ONLY")
    wanted, seed = int(os.environ.get("RUNS", "10")), int(os.environ.get("SEED", "1"))
    known = {(one["seed"], one["fault"]) for one in read_results(file) if one["verdict"] == "same"}
    while wanted > 0:
        plan = drawn(seed, only)
        seed += 1
        if (plan.seed, plan.fault) in known:
            continue
        wanted -= 1
        place = scratch / f"run-{plan.seed}"
        try:
            told = do(plan, place)
        except NotHere as error:
            print(f"{plan.fault}: skipped ({error})")
            continue
        with file.open("a") as out:
            out.write(json.dumps(told, sort_keys=True) + "\n")
        done_to = f"{plan.fault} at {plan.moment}{'' if told['fired'] else ' (too late)'}"
        print(f"{told['verdict']}  {plan.seed}  {done_to}  {told['codes']}  {told['seconds']} s", flush=True)
        with suppress(OSError):
            shutil.rmtree(place)
    summarise(name, read_results(file), target)


def summarise(name: str, results: list[dict[str, Any]], wanted: int) -> None:
    """A table by fault, and the figures of all runs whose fault was done."""
    fired = [one for one in results if one["fired"]]
    for fault, count in sorted(Counter(one["fault"] for one in fired).items()):
        mine = [one for one in fired if one["fault"] == fault]
        codes = sorted({code for one in mine for code in one["codes"]})
        same, longest = sum(one["verdict"] == "same" for one in mine), max(one["seconds"] for one in mine)
        print(f"{fault:<38} {same}/{count}  codes {codes}  longest {longest} s")
    print_bench(name, [
        Figure("faulted runs", len(fired), "runs", wanted),
        Figure("ended with the same tables", sum(one["verdict"] == "same" for one in fired), "runs", len(fired)),
        Figure("hangs", sum(one["hangs"] for one in fired), "runs", 0, at_most=True),
        Figure("early visible", sum(one["early"] for one in fired), "sightings", 0, at_most=True),
        Figure("different tables", sum(bool(one["differences"]) for one in fired), "runs", 0, at_most=True),
        Figure("orphans", sum(len(one["orphans"]) for one in fired), "files", 0, at_most=True),
        Figure("processes that outlived their driver", sum(one["survivors"] for one in fired), "processes", 0, at_most=True),
    ])  # fmt: skip


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, and small disks are unmounted
    sys.exit(main())
