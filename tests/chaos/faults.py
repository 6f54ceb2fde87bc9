"""The faults: what is done to a run, and when. A plan is drawn from a seed, so that it can be done again."""

from __future__ import annotations

import random
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.scene import Scene

STEPS = (
    "work/*/plan.json", "deliveries/*/intake-00000.json", "work/*/receipts/survey-*.json", "work/*/receipts/verdict-*.json",
    "index/*/manifest.json", "work/*/receipts/intake-*.json", "work/*/receipts/index-*.json", "entities/*/resolved.json",
    "work/*/receipts/link-00000.json", "work/*/receipts/consumers-*.json", "work/*/receipts/enrich-00001.json",
    "work/*/receipts/share-*.json", "work/*/receipts/score-00000.json", "work/*/receipts/screen-00000.json",
    "work/*/receipts/settle-00001.json", "work/*/rejects", "work/*/alerts", "outcomes", "../runs/2*", "../runs/2*/rulebook.json",
    "../runs/2*/channels", "../runs/2*/run.json", "../runs/latest", "../runs/2*/exports", "../runs/2*/report.html",
)  # fmt: skip
"""Files whose appearance is a step of the protocol, seen from the project's private folder."""
BEFORE_COMMIT = tuple(step for step in STEPS if "runs/2" not in step and "latest" not in step)
DAMAGEABLE = ("*.parquet", "*.bin", "*.npy", "*.arrow")


class NotHere(Exception):
    """This machine does not allow what a fault needs."""


@dataclass(frozen=True)
class Plan:
    """One faulted run. `moment` is a share of an undisturbed run's time, or a file of STEPS."""

    seed: int
    fault: str
    cluster: bool
    moment: float | str


def worker_killed(scene: Scene, chance: random.Random) -> bool:
    found = scene.workers()
    if found:
        scene.send(chance.choice(found), signal.SIGKILL)
    return bool(found)


def workers_killed(scene: Scene, chance: random.Random) -> bool:
    found = scene.workers()
    for worker in found:
        scene.send(worker, signal.SIGKILL)
    return bool(found)


def worker_stopped(scene: Scene, chance: random.Random) -> bool:
    found = scene.workers()
    if found:
        scene.send(chance.choice(found), signal.SIGSTOP)
    return bool(found)


def worker_paused(scene: Scene, chance: random.Random) -> bool:
    found = scene.workers()
    if found:
        scene.pause(chance.choice(found), chance.uniform(0.5, 3))
    return bool(found)


def _to_driver(number: int) -> Callable[[Scene, random.Random], bool]:
    def act(scene: Scene, chance: random.Random) -> bool:
        scene.send(scene.driver, number)
        return True

    return act


def driver_paused(scene: Scene, chance: random.Random) -> bool:
    scene.pause(scene.driver, chance.uniform(0.5, 12))
    return True


def nanny_killed(scene: Scene, chance: random.Random) -> bool:
    scene.send(chance.choice(scene.nannies), signal.SIGKILL)
    return True


def scheduler_killed(scene: Scene, chance: random.Random) -> bool:
    scene.send(scene.scheduler, signal.SIGKILL)
    return True


def scheduler_paused(scene: Scene, chance: random.Random) -> bool:
    scene.pause(scene.scheduler, chance.uniform(0.5, 6))
    return True


def scheduler_stopped(scene: Scene, chance: random.Random) -> bool:
    scene.send(scene.scheduler, signal.SIGSTOP)
    return True


def clock_jumped(scene: Scene, chance: random.Random) -> bool:
    (scene.folder / "clock").write_text(str(chance.choice((3, -2, 400)) * 86_400 + chance.choice((0, 3_600, -3_600))))
    return True


def _damage(flip: bool) -> Callable[[Scene, random.Random], bool]:
    def act(scene: Scene, chance: random.Random) -> bool:
        private = scene.project / ".skiptrace"
        found = sorted(file for kind in DAMAGEABLE for file in private.rglob(kind) if file.stat().st_size > 200)
        if not found or list((scene.project / "runs").glob("2*")):  # a published file shares its bytes with the one it was linked from
            return False
        file = chance.choice(found)
        size = file.stat().st_size
        with file.open("r+b") as out:
            if flip:
                place = chance.randrange(size)
                out.seek(place)
                old = out.read(1)[0]
                out.seek(place)
                out.write(bytes([old ^ (1 << chance.randrange(8))]))
            else:
                out.truncate(chance.randrange(size))
        return True

    return act


def disk_filled(scene: Scene, chance: random.Random) -> bool:
    """Take what room is left on the scene's own small disk, but for a little. Raises NotHere where its disk is none of ours."""
    if not scene.folder.is_mount():
        raise NotHere("only a small disk that was mounted for it is ever filled")
    filler = scene.folder / "filler"
    room = chance.choice((0, 1, 16, 200)) * 1024
    with filler.open("wb") as out:
        try:
            while True:
                out.write(b"\0" * 65536)
                out.flush()
        except OSError:
            pass
    size = filler.stat().st_size
    with filler.open("r+b") as out:
        out.truncate(max(0, size - room))
    return True


FAULTS: dict[str, tuple[bool, Callable[[Scene, random.Random], bool]]] = {
    "kill a worker": (False, worker_killed),
    "kill all workers": (False, workers_killed),
    "kill the driver": (False, _to_driver(signal.SIGKILL)),
    "stop a worker for good": (False, worker_stopped),
    "pause a worker": (False, worker_paused),
    "pause the driver": (False, driver_paused),
    "SIGTERM the driver": (False, _to_driver(signal.SIGTERM)),
    "SIGINT the driver": (False, _to_driver(signal.SIGINT)),
    "full data disk": (False, disk_filled),
    "slow disk, kill a worker": (False, worker_killed),
    "slow disk, kill the driver": (False, _to_driver(signal.SIGKILL)),
    "clock jump": (False, clock_jumped),
    "truncated file": (False, _damage(flip=False)),
    "flipped bit": (False, _damage(flip=True)),
    "cluster: kill a worker": (True, worker_killed),
    "cluster: kill a nanny": (True, nanny_killed),
    "cluster: kill the scheduler": (True, scheduler_killed),
    "cluster: kill the driver": (True, _to_driver(signal.SIGKILL)),
    "cluster: SIGTERM the driver": (True, _to_driver(signal.SIGTERM)),
    "cluster: stop a worker for good": (True, worker_stopped),
    "cluster: pause a worker": (True, worker_paused),
    "cluster: pause the scheduler": (True, scheduler_paused),
    "cluster: stop the scheduler for good": (True, scheduler_stopped),
    "cluster: full spill disk": (True, disk_filled),
}
"""Each fault: whether it needs a cluster, and what it does. It returns whether there was anything to do it to."""


def draw(seed: int, only: str | None = None, faults: Mapping[str, tuple[bool, Any]] = FAULTS, never: str = "") -> Plan:
    """The plan of a seed: faults take turns, moments are drawn. `never`: a step that is no moment."""
    chance = random.Random(seed)
    names = [name for name in faults if only is None or only in name]
    fault = names[seed % len(names)]
    steps = [step for step in (BEFORE_COMMIT if "file" in fault or "bit" in fault else STEPS) if step != never]
    moment: float | str = round(chance.random() * 0.95, 3) if chance.random() < 0.4 else chance.choice(steps)
    return Plan(seed, fault, faults[fault][0], moment)


def mount(place: Path, megabytes: int) -> None:
    """A small disk in memory. Raises NotHere where mounting is not allowed."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise NotHere("small disks cannot be mounted here")


def unmount(place: Path) -> None:
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)
