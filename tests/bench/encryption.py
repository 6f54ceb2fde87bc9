"""`make bench-encryption`: what encryption costs a whole run, and what is left in clear.

One sample project is run with and without [encryption], each run in a process of its own from an empty project: with, without, without,
with, so that a machine that becomes busier or quieter meanwhile counts on both sides. The figure is the median ratio of processor time of
such turns. Then every byte of the encrypted project's `.skiptrace/` and `runs/`, exports aside, is
searched for values of its deliveries, as they are written and in canonical form, and the entropy of what is encrypted is taken. The
project in clear is searched too: a search that finds nothing there proves nothing.

ACCOUNTS= accounts (20,000), TURNS= turns of four runs (2), RESULTS= a file to add each run to.
"""

from __future__ import annotations

import csv
import json
import math
import os
import random
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.demo.project import make
from skiptrace.project import PRIVATE
from skiptrace.results import latest
from skiptrace.store.sealed import MAGIC
from tests.bench.report import Figure, print_bench

MOST, LEAST_ENTROPY, LARGE = 1.10, 7.9, 1 << 14
"""The most that encryption may cost; bits per byte of what is encrypted; from which size on they are taken."""
MASTERS = ("SKIPTRACE_BENCH_MASTER", "SKIPTRACE_BENCH_IDENTITY")
SECTION = f'\n[encryption]\nkms = "env:{MASTERS[0]}"\nidentity = "env:{MASTERS[1]}"\n'
_PERSONAL = ("first", "last", "name", "dob", "birth", "address", "street", "phone", "email", "ssn", "cell", "home")
_SHORTEST = 7
"""Bytes of the shortest value that is looked for: shorter ones are in random bytes by chance."""


def main() -> None:
    """Measure and print."""
    accounts, turns = int(os.environ.get("ACCOUNTS") or 20_000), int(os.environ.get("TURNS") or 2)
    with tempfile.TemporaryDirectory() as scratch:
        print_bench("encryption", measured(Path(scratch), accounts, 2 * turns))


def measured(scratch: Path, accounts: int, pairs: int) -> list[Figure]:
    """All figures of a sample project of so many accounts; `pairs` is even."""
    environ = {**os.environ, **{name: secrets.token_hex(32) for name in MASTERS}}
    os.environ.update({name: environ[name] for name in MASTERS})
    run(laid_out(scratch / "warm", 300, True), environ)  # loops are compiled by now
    costs: dict[bool, list[float]] = {False: [], True: []}
    for number in range(pairs):
        for encrypted in (False, True) if number % 2 else (True, False):
            folder = laid_out(scratch / f"{number}-{'encrypted' if encrypted else 'clear'}", accounts, encrypted)
            costs[encrypted].append(run(folder, environ)["cpu"])
    clear, shut = scratch / "0-clear", scratch / "0-encrypted"
    turns = [tuple(sum(costs[which][number : number + 2]) for which in (True, False)) for number in range(0, pairs, 2)]
    ratio = statistics.median(mine / theirs for mine, theirs in turns)
    values = canaries(clear)
    hits, control = hits_in(shut, values), hits_in(clear, values)
    least = min((entropy(file) for file in kept(shut) if is_encrypted(file) and file.stat().st_size >= LARGE), default=None)
    sizes = {folder: sum(file.stat().st_size for file in kept(folder)) for folder in (clear, shut)}
    same = all(latest(clear).table(name).equals(latest(shut).table(name)) for name in latest(clear).names)
    told = Counter[str]()
    for file in kept(shut):
        if not is_encrypted(file):
            told[file.suffix or file.name] += file.stat().st_size
    print("in clear, bytes by kind of file:", dict(sorted(told.items())))
    return [
        Figure("CPU of a run, encrypted beside clear", round(ratio, 3), "times", MOST, at_most=True),
        Figure("CPU of a run in clear", round(statistics.median(costs[False]), 1), "s"),
        Figure("CPU of a run, encrypted", round(statistics.median(costs[True]), 1), "s"),
        Figure("values looked for", len(values), "values"),
        Figure("values found in the encrypted project", len(hits), "values", 0, at_most=True),
        Figure("values found in the project in clear", len(control), "values", 1),
        Figure("least entropy of an encrypted file", None if least is None else round(least, 3), "bits per byte", LEAST_ENTROPY,
               None if least is not None else "no file is large enough"),
        Figure("share of bytes that are encrypted", round(1 - sum(told.values()) / sizes[shut], 4), "of 1"),
        Figure("bytes on disk, encrypted beside clear", round(sizes[shut] / sizes[clear], 3), "times"),
        Figure("tables are equal", int(same), "of 1", 1),
    ]  # fmt: skip


def laid_out(folder: Path, accounts: int, encrypted: bool) -> Path:
    """A sample project that was never run."""
    project = make(folder, accounts).project
    if encrypted:
        with project.open("a", encoding="utf-8") as file:
            file.write(SECTION)
    return folder


def run(folder: Path, environ: dict[str, str]) -> dict[str, Any]:
    """Run a project in a process of its own: processor seconds of it and its workers, and wall seconds."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "jobs.cli", "-q", "--project", str(folder), "run", "--scheduler", "sync"]
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = {"project": folder.name, "cpu": cpu, "seconds": time.monotonic() - begun}
    sys.stderr.write(f"{json.dumps(told)}\n")
    if os.environ.get("RESULTS"):
        with Path(os.environ["RESULTS"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
    return told


def kept(folder: Path) -> list[Path]:
    """Every file of the private folder and of the runs, exports aside."""
    found = [path for part in (PRIVATE, "runs") for path in (folder / part).rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(path for path in found if "exports" not in path.relative_to(folder).parts)


def is_encrypted(file: Path) -> bool:
    """Whether a file is a table or another file that we encrypt."""
    with file.open("rb") as content:
        return content.read(len(MAGIC)).startswith((MAGIC, b"PARE"))


def canaries(folder: Path, most: int = 400, seed: int = 7) -> list[bytes]:
    """Personal values of a project's deliveries in lower case, as they are written; and those of its tables, in canonical form."""
    found = set[str]()
    for file in sorted(path for path in folder.rglob("*") if path.suffix in (".csv", ".parquet") and path not in kept(folder)):
        if "runs" not in file.relative_to(folder).parts:
            found |= set(_personal(pq.read_table(file) if file.suffix == ".parquet" else _read(file)))
    points = latest(folder).table("contact_points", ["value", "street"])
    found |= {str(value) for name in points.column_names for value in points[name].unique().to_pylist() if value}
    long = sorted({value.lower() for value in found if len(value) >= _SHORTEST})
    return [value.encode() for value in random.Random(seed).sample(long, min(most, len(long)))]


def _read(file: Path) -> pa.Table:
    with file.open(encoding="utf-8", newline="") as content:
        head, *rows = csv.reader(content)
    return pa.table({name: [row[at] for row in rows] for at, name in enumerate(head)})


def _personal(table: pa.Table) -> Iterator[str]:
    for name in table.column_names:
        if any(word in name.lower() for word in _PERSONAL) and not pa.types.is_nested(table[name].type):
            yield from (str(value) for value in table[name].unique().to_pylist() if value is not None)


def hits_in(folder: Path, values: Iterable[bytes]) -> set[bytes]:
    """Which values are in any byte of what is kept, in whatever case, as UTF-8 or UTF-16."""
    wanted, found = list(values), set[bytes]()
    for file in kept(folder):
        content = file.read_bytes().lower()
        found |= {value for value in wanted if value in content or value.decode().encode("utf-16-le") in content}
    return found


def entropy(file: Path) -> float:
    """Bits per byte of a file, by how often each byte comes."""
    counts = np.bincount(np.frombuffer(file.read_bytes(), np.uint8), minlength=256)
    shares = counts[counts > 0] / counts.sum()
    return -math.fsum((shares * np.log2(shares)).tolist())


if __name__ == "__main__":
    main()
