"""What a run's processes hold, move and burn while it lasts: looked at from outside, some times a second.

Memory of a process has two readings. `private` is anonymous memory, which is the process's own and is what `memory_limit` bounds;
`resident` adds the pages of mapped files that it has touched: workers share them, and the system takes them back when it needs
room. Bytes read and written are those that reached a disk, `asked` those that a process read or wrote at all, most of them from the
system's cache of files; neither counts what is read through a mapping and lies in that cache."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOOK_SECONDS = 0.1
MOVED = ("read_bytes", "write_bytes", "rchar", "wchar")
_DONE = re.compile(r"^(.+): \d+ done$")


@dataclass
class Peaks:
    """The most that one process of a role held, in bytes."""

    private: int = 0
    resident: int = 0

    def see(self, private: int, resident: int) -> None:
        self.private, self.resident = max(self.private, private), max(self.resident, resident)


@dataclass
class Watched:
    """What was seen of a command: exit code, seconds, CPU seconds of it and its processes, peaks by step and role ("driver",
    "worker", "other"), the most that all held together, bytes moved by all."""

    code: int = -1
    wall: float = 0.0
    cpu: float = 0.0
    steps: dict[str, dict[str, Peaks]] = field(default_factory=dict)
    step_seconds: dict[str, float] = field(default_factory=dict)
    together: Peaks = field(default_factory=Peaks)
    moved: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def peak(self, role: str) -> Peaks:
        """The most of a role over all steps."""
        found = Peaks()
        for roles in self.steps.values():
            if role in roles:
                found.see(roles[role].private, roles[role].resident)
        return found


def watch(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], largest: Callable[[], Mapping[str, int]], private_limit: int | None
) -> Watched:
    """Run a command that says a line `<step>: <n> done` per step on its standard error, and watch it to its end.

    `largest` measures folders, every few seconds: the most of each is kept. `private_limit`: bytes of private memory that the kernel
    gives each process, reserved ones included; what asks for more is refused (RLIMIT_DATA)."""

    def bound() -> None:
        if private_limit is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (private_limit, private_limit))

    found, waiting = Watched(), dict[str, dict[str, Peaks]]()
    moved: dict[int, tuple[int, ...]] = {}
    before, begun = os.times(), time.monotonic()
    process = subprocess.Popen(command, cwd=folder, env=dict(environ), stderr=subprocess.PIPE, text=True, preexec_fn=bound)
    lock = threading.Lock()

    def listen() -> None:
        since = begun
        for line in process.stderr or ():
            if (match := _DONE.match(line.strip())) is None:
                found.said.append(line.rstrip())
                continue
            now = time.monotonic()
            with lock:
                _into(found.steps.setdefault(match[1], {}), waiting.pop("", {}))
                found.step_seconds[match[1]] = found.step_seconds.get(match[1], 0.0) + now - since
            since = now
        with lock:
            _into(found.steps.setdefault("publish and report", {}), waiting.pop("", {}))
            found.step_seconds["publish and report"] = time.monotonic() - since

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    sized = 0.0
    while process.poll() is None:
        whole = [0, 0]
        for one in _family(process.pid):
            seen = _look(one)
            if seen is None:
                continue
            role, private, resident, io = seen
            role = "driver" if one.pid == process.pid else role
            moved[one.pid] = io
            whole = [whole[0] + private, whole[1] + resident]
            with lock:
                waiting.setdefault("", {}).setdefault(role, Peaks()).see(private, resident)
        found.together.see(*whole)
        if time.monotonic() - sized > 5:
            found.sizes = {name: max(size, found.sizes.get(name, 0)) for name, size in largest().items()}
            sized = time.monotonic()
        time.sleep(LOOK_SECONDS)
    listener.join()
    if process.stderr is not None:
        process.stderr.close()
    after = os.times()
    found.code, found.wall = process.returncode, time.monotonic() - begun
    found.cpu = after.children_user + after.children_system - before.children_user - before.children_system
    found.moved = {name: sum(io[place] for io in moved.values()) for place, name in enumerate(MOVED)}
    return found


def _into(target: dict[str, Peaks], more: dict[str, Peaks]) -> None:
    for role, peaks in more.items():
        target.setdefault(role, Peaks()).see(peaks.private, peaks.resident)


def _family(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def _look(process: psutil.Process) -> tuple[str, int, int, tuple[int, ...]] | None:
    """(role, private bytes, resident bytes, bytes moved so far) of a living process."""
    place = Path(f"/proc/{process.pid}")
    try:
        status = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines() if ":" in line)
        io = dict(line.split(": ") for line in (place / "io").read_text().splitlines())
        words = (place / "cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    if "RssAnon" not in status:  # it has ended
        return None
    role = "worker" if b"spawn_main" in words else "other"
    private, resident = (int(status[name].split()[0]) * 1024 for name in ("RssAnon", "VmRSS"))
    return role, private, resident, tuple(int(io[name]) for name in MOVED)
