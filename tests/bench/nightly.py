"""`make bench-nightly`: nights beside full runs on the same files, and what a night costs.

    make bench-nightly [NIGHTS=60] [ACCOUNTS=300] [PACE=4] [SEED=7] [RESULTS=file] [ONLY=equal|cost|disk]
        [SIZE=100000x1000000] [DATA=] [CACHE=]

*Equal.* A simulated world lives on (`jobs.demo.nights`): people move and die, numbers are cut off, sources deliver, the buyer's tape,
lists and attempts change, rules come into force. Each time, one project is run in full and its twin by `skiptrace nightly`, on the same
files and with the same history; the files of every table and of the evidence beside them must have the same checksums. Now and then a
delivery is taken away and comes back, a night is left out, or none is for weeks. RESULTS keeps a line per night.

*Cost.* A generated set is run in full; then one account in a hundred has another address, and one record in a hundred more is
delivered. The night's CPU seconds beside those of a full run on the same files, index included on both sides; and a night on which
nothing changed.

*Disk.* A year of nights, and what is on the disk after each: see `tests.bench.nightly_disk`."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.demo.nights import World
from jobs.pipeline import Options, run
from skiptrace.results.shelf import latest
from tests.bench.linkage_product import Spent, make_project, measured
from tests.bench.linkage_projects import generated
from tests.bench.nightly_disk import disk
from tests.bench.report import Figure, print_bench
from tests.jobs.projects import copy_of

STEPS = (1, 1, 1, 2, 3, 7)
LONG = 40
FIRST, LATER = dt.date(2026, 7, 7), dt.date(2026, 7, 8)
MOST = 4.0
"""Per cent of a full run's CPU that a night of one per cent may take."""
MADE = ("deliveries", "index", "entities", "readings", "night", "work")
"""What a run makes of its inputs and keeps for the next: a full run of the cost begins without."""
INPUTS = ("skiptrace.toml", "portfolio", "sources")
Content = dict[str, list[str]]


def content(ledger: Mapping[str, Any]) -> Content:
    """The checksums of the files of every table."""
    return {name: [file["sha256"] for file in entry["files"]] for name, entry in {**ledger["tables"], **ledger["evidence"]}.items()}


def lay_out(world: Path, project: Path, without: str | None) -> None:
    """Give a project the files of a night, but for one."""
    project.mkdir(exist_ok=True, mode=0o700)
    for name in INPUTS:
        source, target = world / name, project / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    if without is not None:
        (project / "sources" / without).unlink(missing_ok=True)


def withdrawn(sources: Path, draw: random.Random) -> str | None:
    """A file of one of the sources that have several, lists and attempts aside; None where none has."""
    files: dict[str, list[str]] = {}
    for file in sorted(sources.iterdir()):
        files.setdefault(file.name.split("-")[0], []).append(file.name)
    some = [name for source, names in files.items() if len(names) > 1 and source not in ("dispositions", "suppression") for name in names]
    return draw.choice(some) if some else None


def night_of(world: World, folder: Path, without: str | None) -> dict[str, Any]:
    """What a night and a full run have to say to each other."""
    ledgers = []
    for name in ("full", "night"):
        lay_out(world.folder, folder / name, without)
        options = Options(as_of=world.day, scheduler="sync", exports=False, nightly=name == "night")
        begun = time.process_time()
        ledgers.append({**run(folder / name, options, lambda step, done, total: None).ledger, "cpu": time.process_time() - begun})
    full, night = ledgers
    other = [name for name, files in content(full).items() if content(night).get(name) != files]
    told = night.get("night", {})
    return {
        "night": world.night, "day": world.day.isoformat(), "other": other, "all": told.get("why_all"), "anew": told.get("accounts_anew"),
        "accounts": full["tables"]["accounts"]["rows"],
        "by_reason": {name: count for name, count in told.get("by_reason", {}).items() if count},
        "without": without, "cpu_full": round(full["cpu"], 2), "cpu_night": round(night["cpu"], 2),
    }  # fmt: skip


def equal(environ: Mapping[str, str], scratch: Path) -> list[Figure]:
    """Nights beside full runs."""
    nights, seed = int(environ.get("NIGHTS") or 60), int(environ.get("SEED") or 7)
    world = World.start(scratch / "world", seed=seed, accounts=int(environ.get("ACCOUNTS") or 300), pace=float(environ.get("PACE") or 4))
    draw, lines, gone = random.Random(seed), list[dict[str, Any]](), None
    for number in range(nights + 1):
        if number:
            world.advance(LONG if number % 20 == 0 else draw.choice(STEPS))
        if number % 5 == 3:
            gone = withdrawn(world.folder / "sources", draw)
        elif number % 5 == 0:
            gone = None
        lines.append(night_of(world, scratch, gone))
        sys.stderr.write(f"{lines[-1]}\n")
        if environ.get("RESULTS"):
            with Path(environ["RESULTS"]).open("a") as out:
                out.write(json.dumps(lines[-1]) + "\n")
    counted = lines[1:]
    few = [line for line in counted if line["all"] is None]
    anew = sum(line["anew"] for line in few)
    return [
        Figure("nights beside full runs", len(counted), "nights", 60),
        Figure("identical tables", sum(not line["other"] for line in counted), "nights", len(counted)),
        Figure("made from the run before", len(few), "nights"),
        Figure("accounts computed anew in those", round(100 * anew / max(sum(one["accounts"] for one in few), 1), 1), "%"),
    ]  # fmt: skip


def one_percent(data: Path, project: Path) -> None:
    """Give every hundredth account another's address, and deliver a hundredth of the records once more, at other addresses."""
    places = ["address1", "address2", "city", "state", "zip"]
    for name in ("portfolio", "reference"):
        (project / name).unlink()
        shutil.copytree(data / name, project / name)
    for file in sorted((project / "portfolio").iterdir()):
        table = pq.read_table(file)
        row = pa.array([at - 7 if at % 100 == 50 else at for at in range(len(table))])
        for place in places:
            table = table.set_column(table.column_names.index(place), place, table[place].take(row))
        pq.write_table(table, file)
    new = []
    for file in sorted((project / "reference").iterdir()):
        table = pq.read_table(file)
        some = table.slice(0, max(len(table) // 100, 1))
        for place in places:
            some = some.set_column(some.column_names.index(place), place, table[place].slice(len(table) - len(some), len(some)))
        ids = pc.add(some["record_id"], pa.scalar(10**12))
        new.append(some.set_column(some.column_names.index("record_id"), "record_id", ids))
    pq.write_table(pa.concat_tables(new, promote_options="permissive"), project / "reference" / "zz-new.parquet")


def ran(project: Path, command: str, as_of: dt.date) -> Spent:
    """What a command took on a project."""
    words = [command, "--no-exports", "--scheduler", "sync", "--as-of", as_of.isoformat()]
    done = measured([sys.executable, "-m", "jobs.cli", "--quiet", "--project", str(project), *words])
    if done.failure():
        raise SystemExit(done.failure())
    return done


def cost(environ: Mapping[str, str], scratch: Path) -> list[Figure]:
    """A night of one per cent beside a full run."""
    accounts, records = (int(word) for word in (environ.get("SIZE") or "100000x1000000").split("x"))
    name = "CPU of a night of one per cent"
    data, reason = generated(environ, Path(environ.get("CACHE") or scratch / "cache"), accounts, records)
    if data is None:
        return [Figure(name, None, "% of a full run's", MOST, reason, at_most=True)]
    night = make_project(data, scratch / "night-project")
    ran(night, "run", FIRST)
    one_percent(data, night)
    full = copy_of(night, scratch / "full-project", *MADE)  # with its history and models, for both runs to be the same run
    whole, few, quiet = ran(full, "run", LATER), ran(night, "nightly", LATER), ran(night, "nightly", LATER)
    return [
        Figure("accounts and records", f"{accounts}x{records}", ""),
        Figure("identical tables", content(latest(night).ledger) == content(latest(full).ledger), "", True),
        Figure("CPU of a full run", round(whole.cpu, 1), "s"), Figure("CPU of the night", round(few.cpu, 1), "s"),
        Figure(name, round(100 * few.cpu / whole.cpu, 1), "% of a full run's", MOST, at_most=True),
        Figure("peak memory of the night", round(few.peak / whole.peak, 2), "of a full run's", 1.0, at_most=True),
        Figure("a night on which nothing changed", round(quiet.wall, 1), "s", 5, at_most=True),
    ]  # fmt: skip


def main() -> None:
    """Measure and print."""
    only, figures = os.environ.get("ONLY", ""), list[Figure]()
    with TemporaryDirectory(prefix="nightly-") as folder:
        if only in ("", "equal"):
            figures += equal(os.environ, Path(folder))
        if only in ("", "cost"):
            figures += cost(os.environ, Path(folder))
        if only in ("", "disk"):
            figures += disk(os.environ, Path(folder), lay_out)
    print_bench("nightly", figures)


if __name__ == "__main__":
    main()
