"""Faulted runs of a project that lives on an object store, a real server of its own on loopback: `make chaos STORE=s3`.

Portfolio, sources and runs lie on the store; workers of a cluster have a cache of their own, as on another machine. The store is
killed, paused and damaged as well. As `tests.chaos.run`, and what lies there after `runs gc` must have the names and the bytes of a
run without faults. Environment: RUNS, SEED, ONLY, RESULTS."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from jobs.demo.project import make
from jobs.leftovers import collect
from jobs.setup import code_hash
from skiptrace.errors import StoreUnavailable
from skiptrace.store.objects import ObjectPath
from tests import object_store
from tests.chaos.faults import DAMAGEABLE, FAULTS, Plan, draw
from tests.chaos.run import ACCOUNTS, PARTITION_ROWS, attempt, repeated, rerun, verdict
from tests.chaos.scene import Scene, copy_project

RESULTS = Path(__file__).parent / "store.jsonl"
LOOK_SECONDS = 0.25
"""Between two looks at the store: each is a listing."""


class Server:
    """A store that can be killed and started again where it was, with what it had."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ports = folder, object_store.free_ports(8)
        self._running = contextlib.ExitStack()
        self.start()

    def start(self) -> None:
        self._server = self._running.enter_context(object_store.seaweed(self._folder, self._ports))

    def environment(self) -> dict[str, str]:
        return self._server.environment()

    def send(self, number: int) -> None:
        self._server.process.send_signal(number)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._running.close()


class StoreScene(Scene):
    """A project folder that holds the project file alone, its runs on the store."""

    def __init__(self, folder: Path, cluster: bool, server: Server, home: ObjectPath) -> None:
        super().__init__(folder, cluster, {**server.environment(), "XDG_CACHE_HOME": str(folder / "cache")})
        self.server, self.home = server, home
        self._names: set[str] = set()
        self._looked, self._early = 0.0, False
        self.limit = 240.0  # a fault of 60 seconds without the store is among those that must heal

    def environment_of(self, role: str) -> dict[str, str]:
        return self.environment if role == "driver" else {**self.environment, "XDG_CACHE_HOME": str(self.folder / f"cache-{role}")}

    def look(self) -> None:
        """What lies on the store now, and whether `latest` names something that is not a whole run."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        with contextlib.suppress(StoreUnavailable):
            named = self._latest()
            self._names = set(self.home.below())
            self._early = named is not None and not self._whole(named)
        self._looked = time.monotonic()

    def _latest(self) -> str | None:
        try:
            return (self.home / "runs" / "latest").read_text().strip()
        except FileNotFoundError:
            return None

    def _whole(self, run_id: str) -> bool:
        if f"runs/{run_id}/run.json" not in self._names:
            return False
        told = json.loads((self.home / "runs" / run_id / "run.json").read_bytes())
        return all(f"runs/{run_id}/{ref['path']}" in self._names for table in told["tables"].values() for ref in table["files"])

    def sees(self, step: str) -> bool:
        self.look()
        pattern = step.removeprefix("../") if step.startswith("../") else f".skiptrace/{step}"
        return any(fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}/*") for name in self._names)

    def early(self) -> bool:
        self.look()
        return self._early

    def published(self) -> bool:
        return self._latest() is not None


def killed_and_back(scene: StoreScene, chance: random.Random) -> bool:
    scene.server.kill()
    time.sleep(chance.uniform(0, 3))
    scene.server.start()
    return True


def killed_for_long(scene: StoreScene, chance: random.Random) -> bool:
    """Longer than anybody tries again: the run ends, and the same command goes on when the store is back."""
    scene.server.kill()
    assert scene.driver is not None
    with contextlib.suppress(Exception):
        scene.driver.wait(150)
    scene.server.start()
    return True


def paused(scene: StoreScene, chance: random.Random) -> bool:
    scene.server.send(signal.SIGSTOP)
    time.sleep(chance.uniform(1, 15))
    scene.server.send(signal.SIGCONT)
    return True


def killed_twice(scene: StoreScene, chance: random.Random) -> bool:
    killed_and_back(scene, chance)
    time.sleep(chance.uniform(0.2, 4))
    return killed_and_back(scene, chance)


def with_the_driver(scene: StoreScene, chance: random.Random) -> bool:
    scene.send(scene.driver, signal.SIGKILL)
    return killed_and_back(scene, chance)


def damaged(scene: StoreScene, chance: random.Random) -> bool:
    """One bit of an object that is not published yet is another."""
    names = sorted(name for name in scene.home.below() if any(fnmatchcase(name, kind) for kind in DAMAGEABLE))
    if not names or scene.published():
        return False
    place = scene.home / chance.choice(names)
    content = bytearray(place.read_bytes())
    if len(content) < 200:
        return False
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    place.replace(bytes(content))
    return True


_OWN: dict[str, tuple[bool, Callable[[Any, random.Random], bool]]] = {
    "store: kill": (False, killed_and_back),
    "store: pause": (False, paused),
    "store: kill twice": (False, killed_twice),
    "store: kill for long": (False, killed_for_long),
    "store: kill with the driver": (False, with_the_driver),
    "store: flipped bit": (False, damaged),
    "store, cluster: kill": (True, killed_and_back),
    "store, cluster: pause": (True, paused),
}
_SHARED = (
    "kill a worker", "kill all workers", "kill the driver", "stop a worker for good", "pause the driver", "SIGTERM the driver",
    "cluster: kill a worker", "cluster: kill the scheduler", "cluster: kill the driver",
)  # fmt: skip
OF_STORE = _OWN | {name: FAULTS[name] for name in _SHARED}
"""The faults of the store and those of the other processes, in turn."""
DRAWN = functools.partial(draw, faults=OF_STORE, never="work/*/plan.json")


class Base:
    """A project whose deliveries lie on the store, its match model, and what a run without faults leaves there."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server, self.bucket = folder, server, ObjectPath(object_store.make_bucket())
        self._never, self._models = folder / "never", dict[str, bytes]()
        file = make(self._never, ACCOUNTS).project
        for place in sorted((*(self._never / "portfolio").iterdir(), *(self._never / "sources").iterdir())):
            (self.bucket / "in" / place.relative_to(self._never)).replace(place)
        for name in ("portfolio", "sources", "truth"):
            shutil.rmtree(self._never / name)
        text = re.sub(r'"(portfolio|sources)/', rf'"{self.bucket}/in/\1/', file.read_text())
        file.write_text(f'{text}\n[runtime]\npartition_rows = {PARTITION_ROWS}\nworkers = 2\n')
        first = self._well(self.scene("first", False))
        models = first.home / ".skiptrace" / "models"
        self._models = {name: (models / name).read_bytes() for name in models.below()}
        begun = time.monotonic()
        second = self._well(self.scene("second", False))
        self.seconds = time.monotonic() - begun
        self.expected = left(second.home)

    def scene(self, name: str, cluster: bool) -> StoreScene:
        """A copy of the project that was never run."""
        scene = StoreScene(self.folder / name, cluster, self.server, self.bucket / name)
        copy_project(self._never, scene.project)
        with (scene.project / "skiptrace.toml").open("a") as out:
            out.write(f'store = "{scene.home}"\n')
        for file, content in self._models.items():
            (scene.home / ".skiptrace" / "models" / file).replace(content)
        return scene

    def _well(self, scene: StoreScene) -> StoreScene:
        scene.start()
        assert scene.driver is not None
        if code := scene.driver.wait(600):
            raise SystemExit(f"the run without faults ended with {code}: {scene.told()}")
        return scene


def left(home: ObjectPath) -> dict[str, str]:
    """What lies on the store after `runs gc`, by name, with the SHA-256 of all that holds no time."""
    collect(home, dt.datetime.now().astimezone() + dt.timedelta(days=1))
    found = {}
    for name in home.below():
        timed = name.endswith(("run.json", "report.html", ".manifest.json")) or not name.startswith("runs/")
        found[name] = "" if timed else hashlib.sha256((home / name).read_bytes()).hexdigest()
    return found


def faulted(plan: Plan, base: Base) -> dict[str, Any]:
    """One faulted run, as the result file tells it."""
    chance, begun = random.Random(plan.seed + 10_000), time.monotonic()
    scene = base.scene(f"run-{plan.seed}", plan.cluster)
    told: dict[str, Any] = {
        **asdict(plan), "code": code_hash()[:12], "fired": False, "codes": [], "errors": [], "hangs": 0, "early": 0, "survivors": 0,
    }  # fmt: skip

    def due() -> bool:
        if isinstance(plan.moment, float):
            return time.monotonic() - scene.begun >= plan.moment * base.seconds
        return scene.sees(plan.moment)

    try:
        scene.start()
        attempt(scene, told, due, lambda: OF_STORE[plan.fault][1](scene, chance))
        rerun(scene, told)
        found = left(scene.home)
        told["differences"] = sorted(name for name, sha256 in base.expected.items() if found.get(name) != sha256)
        told["orphans"] = sorted(set(found) - set(base.expected))
        told["verdict"] = verdict(told)
    finally:
        scene.close()
    return told | {"seconds": round(time.monotonic() - begun, 1)}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="chaos-") as scratch:
        os.environ["XDG_CACHE_HOME"] = str(Path(scratch) / "cache-of-the-harness")
        server = Server(Path(scratch) / "store")
        try:
            os.environ.update(server.environment())
            base = Base(Path(scratch), server)
            repeated("chaos-store", RESULTS, 15, Path(scratch), DRAWN, lambda plan, place: faulted(plan, base))
        finally:
            server.kill()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    sys.exit(main())
