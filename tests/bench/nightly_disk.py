"""The disk of a year of nights, by folder: part of `make bench-nightly` (ONLY=disk).

A simulated world lives on for a year; one project is run by `skiptrace nightly` on every few days of it. Before each night all files of the
project are made older by the days that passed, so that what the night itself removes is what it would remove then. At the end a
project without any history is run in full on the same files: that is one run.

Evidence is what the contact rules want kept for every night: the runs that are kept for their decisions alone, and what outcomes and
account events proved for good."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from jobs.demo.nights import World
from jobs.pipeline import Options, run
from skiptrace.project import PRIVATE
from skiptrace.results import runs
from tests.bench.report import Figure

DAYS = 365
MOST = 2.0
"""How many times the disk of one run a year of nights may take, evidence aside."""
LASTING = ("outcomes", "register", "rulebooks")
"""Private folders of what is kept for good."""


def used(project: Path) -> dict[str, int]:
    """Bytes below a project by folder: those of its private folder, `runs` of the runs that are whole and `evidence` of the others. A
    file with several names counts once, under the folder that is looked at first."""
    whole = {one.run_id for one in runs(project) if not one.thinned}
    found, seen = dict[str, int](), set[int]()
    for file in sorted([*(project / "runs").rglob("*"), *(project / PRIVATE).rglob("*")]):
        if file.is_symlink() or not file.is_file() or (state := file.stat()).st_ino in seen:
            continue
        seen.add(state.st_ino)
        parts = file.relative_to(project).parts
        kind = parts[1] if parts[0] == PRIVATE else "runs" if parts[1] in whole else "evidence"
        found[kind] = found.get(kind, 0) + state.st_size
    return found


def own(found: Mapping[str, int]) -> int:
    """Bytes that are no evidence."""
    return sum(size for kind, size in found.items() if kind != "evidence" and kind not in LASTING)


def aged(project: Path, days: int) -> None:
    """Make every file of a project's runs and private folder older."""
    seen = set[int]()
    for file in [*(project / "runs").rglob("*"), *(project / PRIVATE).rglob("*")]:
        state = file.lstat()
        if state.st_ino in seen:  # a second name of a file
            continue
        seen.add(state.st_ino)
        times = (state.st_atime_ns - days * 86_400 * 10**9, state.st_mtime_ns - days * 86_400 * 10**9)
        os.utime(file, ns=times, follow_symlinks=False)


def disk(environ: Mapping[str, str], scratch: Path, lay_out: Callable[[Path, Path, str | None], None]) -> list[Figure]:
    """Nights over a year, and the disk after each. lay_out: gives a project the files of a world, but for one."""
    nights, seed = int(environ.get("NIGHTS") or 60), int(environ.get("SEED") or 7)
    accounts = int(environ.get("ACCOUNTS") or 300)
    world = World.start(scratch / "world", seed=seed, accounts=accounts, pace=float(environ.get("PACE") or 1))
    draw, lines, project = random.Random(seed), list[dict[str, int]](), scratch / "project"
    for number in range(nights + 1):
        if number:
            days = max(round(DAYS / nights) + draw.choice((-1, 0, 0, 1)), 1)
            world.advance(days)
            aged(project, days)
        lay_out(world.folder, project, None)
        done = run(project, Options(as_of=world.day, scheduler="sync", nightly=number > 0), lambda step, done, total: None)
        lines.append(used(project))
        told = {"night": number, "day": world.day.isoformat(), "run": done.run_id, "bytes": dict(sorted(lines[-1].items()))}
        sys.stderr.write(f"{told}\n")
        if environ.get("RESULTS"):
            with Path(environ["RESULTS"]).open("a") as out:
                out.write(json.dumps(told) + "\n")
    lay_out(world.folder, scratch / "one", None)
    run(scratch / "one", Options(as_of=world.day, scheduler="sync"), lambda step, done, total: None)
    one = used(scratch / "one")
    _tell(one, lines)
    half = lines[-1 - nights // 2]
    evidence = {kind: size - half.get(kind, 0) for kind, size in lines[-1].items() if kind == "evidence" or kind in LASTING}
    return [
        Figure("nights of a simulated year", nights, "nights", 60),
        Figure("disk of one run", own(one), "bytes"), Figure("disk after the last night, evidence aside", own(lines[-1]), "bytes"),
        Figure("disk after the last night", round(own(lines[-1]) / own(one), 2), "of one run's", MOST, at_most=True),
        Figure("largest disk after any night", round(max(map(own, lines)) / own(one), 2), "of one run's", MOST, at_most=True),
        Figure("evidence of a night", round(sum(evidence.values()) / max(nights // 2, 1)), "bytes"),
    ]  # fmt: skip


def _tell(one: Mapping[str, int], lines: list[dict[str, int]]) -> None:
    """A table on stderr: bytes by folder of one run, and after the first, the middle and the last night."""
    some = {"one run": one, "first": lines[0], "middle": lines[len(lines) // 2], "last": lines[-1]}
    sys.stderr.write(f"{'folder':<14}" + "".join(f"{name:>12}" for name in some) + "\n")
    for kind in sorted({kind for line in some.values() for kind in line}):
        sys.stderr.write(f"{kind:<14}" + "".join(f"{line.get(kind, 0):>12,}" for line in some.values()) + "\n")
