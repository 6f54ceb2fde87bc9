"""Bits of every kind of stored file are turned over, one at a time, and the file is read as the product reads it: `make bench-integrity`.

    FLIPS=1000          flips of each kind of file
    SEED=1              which bits

A flip must be told (an error that says which file), or change nothing of what is read. Anything else is a silent difference.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from jobs import chain, models, outcomes, publish, register
from jobs.prepare import Options, prepare
from jobs.runner import done, files_of, is_whole
from jobs.setup import Setup, read_plan
from skiptrace.errors import SkiptraceError
from skiptrace.ids import file_digest
from skiptrace.linkage import layer, model, rules
from skiptrace.results.run import read_run
from skiptrace.store.columns import read_columns, write_columns
from skiptrace.store.commit import read_json
from skiptrace.store.tables import FileRef, column_names, read_batches, read_stretch, read_table
from tests.bench.report import Figure, print_bench
from tests.jobs.projects import run_project
from tests.jobs.tiny import make_tiny

FLIPS, SEED = 1000, 1
REFUSED, EQUAL, SILENT = "refused", "equal", "silent"


class Stored(NamedTuple):
    """A kind of stored file: its name, the files, and what is read when one of them is read."""

    kind: str
    files: tuple[Path, ...]
    read: Callable[[Path], Any]


def flipped(content: bytes, place: int) -> bytes:
    """The content with one bit turned over."""
    changed = bytearray(content)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def judged(stored: Stored, file: Path, place: int, good: Any) -> str:
    """What a flip leads to; the file is as it was afterwards."""
    before = file.read_bytes()
    file.unlink()  # it may have a second name elsewhere
    file.write_bytes(flipped(before, place))
    try:
        return EQUAL if _same(stored.read(file), good) else SILENT
    except SkiptraceError:
        return REFUSED
    finally:
        file.unlink(missing_ok=True)
        file.write_bytes(before)


def _same(found: Any, good: Any) -> bool:
    return bool(found.equals(good)) if isinstance(good, pa.Table) else bool(found == good)


def counted(stored: Stored, flips: int, seed: int) -> Counter[str]:
    """Outcomes of so many flips, shared among the files of a kind."""
    chance, found = random.Random(f"{seed} {stored.kind}"), Counter[str]()
    files = [file for file in stored.files if file.stat().st_size]
    good = {file: stored.read(file) for file in files}
    for number in range(flips):
        file = files[number % len(files)]
        found[judged(stored, file, chance.randrange(8 * file.stat().st_size), good[file])] += 1
    return found


def made(folder: Path) -> Setup:
    """A project after a run that left its work."""
    project = make_tiny(folder / "project")
    setup = prepare(project, Options()).setup
    clear = publish.clear
    publish.clear = lambda work: None
    try:
        run_project(project)
    finally:
        publish.clear = clear
    return setup


def kinds(setup: Setup) -> Iterator[Stored]:
    """Every kind of file that a run leaves and a later one reads."""
    home = Path(str(setup.private)).parent
    run = read_run(next(place for place in (home / "runs").iterdir() if not place.is_symlink()))
    for name, table in {**run.ledger["tables"], **run.ledger["evidence"]}.items():
        refs = [FileRef(**(ref | {"path": str(run.folder / ref["path"])})) for ref in table["files"]]
        known = {Path(ref.path): ref for ref in refs}
        yield Stored(f"table {name}", tuple(known), lambda file, known=known: read_table(known[file]))  # type: ignore[misc]
    (ref,) = (FileRef(**ref) for ref in files_of(_accounts(setup)))
    file = Path(ref.path)
    yield Stored("a piece of a table", (file,), lambda _: read_stretch(ref, 0, ref.rows, ["account_id"]))
    yield Stored("batches of a table", (file,), lambda _: pa.concat_tables(read_batches(ref, ["account_id"], 4, verify=False)))
    yield Stored("names of columns", (file,), lambda _: column_names(ref))
    columns = write_columns(read_table(ref), setup.work / "columns", "columns").plain()  # type: ignore[arg-type]
    yield Stored("columns between tasks", (Path(columns["path"]),), lambda _: read_columns(columns))
    folder = Path(str(setup.layer(0)))
    made_from = read_json(folder / layer.MANIFEST)["made_from"]
    yield Stored("index", tuple(sorted(folder.iterdir())), lambda _: _opened(folder, made_from))
    persons = next(place for place in (home / ".skiptrace" / "entities").glob("*/resolved.json"))
    yield Stored("persons of the index", tuple(sorted(persons.parent.iterdir())), lambda _: _content(persons))
    key = str(models.current_key(setup.private))
    yield Stored("match model", (Path(str(models.model_file(setup.private, key))),), lambda file: _model(file))
    current = home / ".skiptrace" / "models" / "current"
    yield Stored("which model is in use", (current,), lambda _: models.in_use(setup.private))
    receipts = tuple(sorted((Path(str(setup.work)) / "receipts").glob("*.json")))
    yield Stored("receipts", receipts, lambda file: _receipt(file))
    yield Stored("plan", (Path(str(setup.work)) / "plan.json",), lambda _: _plan(setup))
    for name, named_by in ((outcomes.FOLDER, outcomes.named_by), (register.FOLDER, register.named_by)):
        states = tuple(sorted((home / ".skiptrace" / name).glob("state-*.json")))
        if states:
            yield Stored(f"ledger of {name}", states, lambda file, by=named_by: (chain.last(file.parent, dict)[1], by is not None))  # type: ignore[misc]


def _accounts(setup: Setup) -> Any:
    return read_json(next(place for place in (setup.work / "receipts").iterdir() if "settle-" in place.name))["accounts"]


def _opened(folder: Path, made_from: Any) -> Any:
    """What the files of a layer hold, after it was opened and believed as a run does."""
    layer.open_layer(folder, made_from, rules.load())
    layer.verify(folder, trust=True)
    return {name: file_digest(folder / name) for name in read_json(folder / layer.MANIFEST)["files"]}


def _content(receipt: Path) -> Any:
    """What a receipt and its files hold; nothing where they would be made again. Files are looked at and left."""
    told = read_json(receipt)
    refs = list(files_of(told))
    if not all(is_whole(Path(ref["path"]), ref) for ref in refs):
        raise SkiptraceError("made again")
    return told, [Path(ref["path"]).read_bytes() for ref in refs]


def _model(file: Path) -> Any:
    return model.from_plain(read_json(file), rules.load()).plain()


def _receipt(file: Path) -> Any:
    told = done(file)
    if told is None:
        raise SkiptraceError("made again")
    return told


def _plan(setup: Setup) -> Any:
    read_plan.cache_clear()
    return read_plan(str(setup.work))


def main() -> None:
    """Flip, print what was silent, and the figures."""
    flips, seed = int(os.environ.get("FLIPS") or FLIPS), int(os.environ.get("SEED") or SEED)
    os.umask(0o077)
    figures, total = list[Figure](), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as scratch:
        for stored in kinds(made(Path(scratch))):
            begun = time.perf_counter()
            found = counted(stored, flips, seed)
            total += found
            print(f"{stored.kind}: {dict(sorted(found.items()))}, {time.perf_counter() - begun:.1f} s")
            figures.append(Figure(f"{stored.kind}: silent", found[SILENT], f"of {flips} flips", 0, at_most=True))
    figures.append(Figure("silent differences", total[SILENT], f"of {total.total()} flips", 0, at_most=True))
    print_bench("integrity", figures)


if __name__ == "__main__":
    main()
