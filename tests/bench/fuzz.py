"""Files with random damage, read through the gate and compared with a strict plain reading: `make fuzz` (CASES= READERS= RESULTS=).
`fuzz_own` has what is written about a project, and what the program keeps.

Each reader gets CASES mutants of a small valid file in slices, each slice a process of its own with a cap on its memory. What a
slice found is a line of the results file; slices that are there already, of the same sources, are not run again. A mutant must be
refused or be read as the strict reader reads the same bytes; anything else is a silent difference. A mutant on which the process
dies or hangs is counted, and told by its number.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from skiptrace.errors import SkiptraceError
from skiptrace.ids import digest
from skiptrace.intake.gate import Gate
from skiptrace.intake.reading import describe, read_rows
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import expand
from tests.bench.fuzz_kinds import KINDS, Kind, Refused
from tests.bench.fuzz_own import OWN
from tests.bench.fuzz_own import judged as judged_own
from tests.bench.report import Figure, print_bench

ROOT = Path(__file__).resolve().parents[2]
CASES, SLICE = 10_000, 1_000
MEMORY = 3 << 30
SECONDS = 20
LIMITS = Limits(bad_rows=1.0, unpacked_bytes=64 << 20, memory=1 << 30, seconds=5)


def mutant(content: bytes, seed: int) -> bytes:
    """The content with one to four pieces of damage; the same for the same seed."""
    chance = random.Random(seed)
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if not data:
            break
        at, size = chance.randrange(len(data)), chance.choice((1, 1, 2, 8, 64))
        deed = chance.randrange(7)
        if deed == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif deed == 1:
            data[at] = chance.choice(b'\0\xff"\n\r,;|\\\x80\xc3{}[]PK')
        elif deed == 2:
            del data[at : at + size]
        elif deed == 3:
            data[at:at] = chance.randbytes(size)
        elif deed == 4:
            data[at:at] = data[at : at + size]
        elif deed == 5:
            del data[at:]
        else:
            other = chance.randrange(len(data))
            data[at], data[other] = data[other], data[at]
    return bytes(data)


def judged(kind: Kind, content: bytes, folder: Path, gate: Gate) -> str:
    """What became of one mutant: "refused", "equal" or "different"."""
    (folder / kind.name).write_bytes(content)
    try:
        (file,) = gate.admit(expand(kind.name, folder), kind.form).files
        shape = describe(file, kind.form, LIMITS)
        rows = read_rows(file, slice(0, shape.rows), None, shape.form, LIMITS)
    except SkiptraceError:
        return "refused"
    except ValueError as error:
        if "to unpack" in str(error):  # a zip that has become two files is another delivery
            return "refused"
        raise
    found = (shape.columns.names, [list(row.values()) for row in rows.table.to_pylist()], rows.bad.num_rows)
    if found == kind.whole:
        return "equal"
    try:
        return "equal" if kind.strict(content, folder / kind.name) == found else "different"
    except Refused:
        return "different"


def run_slice(name: str, number: int, size: int) -> dict[str, Any]:
    """Judge one slice of a reader's mutants, in this process."""
    if name in OWN:
        OWN[name].content()  # a stored file is made by a run, which takes its time and memory
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _late)
    counts, odd = Counter[str](), list[int]()
    with tempfile.TemporaryDirectory() as place, Gate(LIMITS) as gate:
        for seed in range(number * size, number * size + size):
            verdict = _told(name, seed, Path(place), gate)
            if verdict == "hung":  # once more: a machine that stands still is no hang
                verdict = _told(name, seed, Path(place), gate)
            counts[verdict] += 1
            if verdict not in ("refused", "equal"):
                odd.append(seed)
    return {"counts": dict(sorted(counts.items())), "odd": odd[:20], "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}


def _told(name: str, seed: int, folder: Path, gate: Gate) -> str:
    """What became of a mutant, or what went wrong with its reader."""
    signal.alarm(SECONDS)
    try:
        if name in OWN:
            return judged_own(OWN[name], mutant(OWN[name].content(), seed), folder)
        return judged(KINDS[name], mutant(KINDS[name].content, seed), folder, gate)
    except TimeoutError:
        return "hung"
    except MemoryError:
        return "out of memory"
    except Exception as error:
        return f"bug ({type(error).__name__})"
    finally:
        signal.alarm(0)


def _late(number: int, frame: FrameType | None) -> None:
    raise TimeoutError


def _sources() -> str:
    """What a result depends on."""
    places = [*(ROOT / "skiptrace" / "intake").glob("*.py"), *(ROOT / "tests" / "bench").glob("fuzz*.py"), ROOT / "tests/intake/strict.py"]
    places += [ROOT / "skiptrace/kernels/text_records.py", ROOT / "skiptrace/sql.py", ROOT / "skiptrace/linkage/layer.py"]
    places += [file for room in ("project", "rulebook", "store") for file in (ROOT / "skiptrace" / room).glob("*.py")]
    return digest(sorted((path.name, path.read_text()) for path in places))


def main() -> None:
    """Run what is missing, and print the table."""
    cases, results = int(os.environ.get("CASES") or CASES), Path(os.environ.get("RESULTS") or ROOT / "build" / "fuzz.jsonl")
    names = (os.environ.get("READERS") or ",".join([*KINDS, *OWN])).split(",")
    results.parent.mkdir(parents=True, exist_ok=True)
    sources = _sources()
    known = {}
    for line in results.read_text().splitlines() if results.exists() else ():
        one = json.loads(line)
        if one["sources"] == sources and one["size"] == SLICE:
            known[one["reader"], one["slice"]] = one
    for name in names:
        for number in range(-(-cases // SLICE)):
            if (name, number) not in known:
                one = {"reader": name, "slice": number, "size": SLICE, "sources": sources, **_in_a_process(name, number)}
                known[name, number] = one
                with results.open("a") as file:
                    file.write(json.dumps(one, sort_keys=True) + "\n")
    figures = []
    for name in names:
        mine = [one for (reader, number), one in sorted(known.items()) if reader == name and number < -(-cases // SLICE)]
        counts = sum((Counter[str](one["counts"]) for one in mine), Counter[str]())
        wrong = sum(count for verdict, count in counts.items() if verdict not in ("refused", "equal"))
        told = ", ".join(f"{verdict} {count:,}" for verdict, count in sorted(counts.items()))
        odd = [seed for one in mine for seed in one["odd"]][:5]
        print(f"{name}: {told}" + (f"; seeds {odd}" if odd else "") + f"; at most {max(one['mib'] for one in mine)} MiB")
        figures.append(Figure(f"{name} mutants", sum(counts.values()), "files", CASES))
        figures.append(Figure(f"{name} differences, deaths and hangs", wrong, "files", 0, at_most=True))
    print_bench("fuzz", figures)


def _in_a_process(name: str, number: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.fuzz", name, str(number)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SLICE * SECONDS, cwd=ROOT, check=False)
    except subprocess.TimeoutExpired:
        return {"counts": {"hung": 1}, "odd": [number * SLICE], "mib": 0}
    if done.returncode:
        return {"counts": {f"died ({done.returncode})": 1}, "odd": [number * SLICE], "mib": 0}
    return dict(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(run_slice(sys.argv[1], int(sys.argv[2]), SLICE)))
    else:
        main()
