"""Intake of files, measured: `python -m tests.bench.intake`, or `make bench-intake` (ROWS=).

A tape of 25 columns as CSV and as Parquet, read as a run reads it: gate (hash and first opening in its own process), survey, and
every partition as text columns; then once more with a mapping, as canonical tables. CPU seconds count this process and the
gate's; one core, since nothing here runs in parallel. The gate's share is of intake as a whole: survey, reading, canonical tables.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from skiptrace.intake import delivery
from skiptrace.intake.gate import Gate
from skiptrace.intake.mapping import compile_mapping
from skiptrace.intake.partitions import plan
from skiptrace.intake.reading import describe, read_rows
from skiptrace.project.model import Portfolio
from skiptrace.store.inputs import expand
from tests.bench.report import Figure, print_bench

ROWS = 1_000_000
PARTITION = 250_000
FLOOR, SHARE = 300_000, 0.10
COLUMNS = {
    "account_id": "account", "first_name": "first", "last_name": "last", "address_line1": "line", "city": "city", "state": "state",
    "postal_code": "zip", "phone": "phone", "email": "email", "balance": "balance", "dob": "dob",
}  # fmt: skip


class Cost(NamedTuple):
    """CPU seconds of the gate (its process and the hash), of the survey, of reading, and of making canonical tables."""

    gate: float
    survey: float
    read: float
    canonical: float


def tape(rows: int) -> pa.Table:
    """A tape of 25 text columns, about 220 bytes a row."""
    numbers = range(rows)
    first, last = ("JONATHAN", "MARIA", "LEE", "KATHERINE"), ("SMITH", "GARCIA-LOPEZ", "O'BRIEN", "NGUYEN")
    some = {
        "account": [f"{number:012d}" for number in numbers],
        "first": [first[number % 4] for number in numbers],
        "last": [last[number // 4 % 4] for number in numbers],
        "line": [f"{number % 9999} MAIN ST, APT {number % 30}" for number in numbers],
        "city": ["SEATTLE"] * rows, "state": ["WA"] * rows, "zip": [f"{number % 99999:05d}" for number in numbers],
        "phone": [f"206555{number % 10000:04d}" for number in numbers], "email": [f"p{number}@example.com" for number in numbers],
        "balance": [f"{number % 99999 / 100:.2f}" for number in numbers], "dob": ["01/02/1980"] * rows, "empty": [""] * rows,
    }  # fmt: skip
    for number in range(25 - len(some)):
        some[f"more_{number}"] = some["zip"] if number % 2 else some["balance"]
    return pa.table(some)


def cost(folder: Path, name: str) -> tuple[Cost, int]:
    """Take in a file as a run does; returns the cost and the rows read."""
    (file,) = expand(name, folder)
    times = [_used()]
    with Gate() as gate:
        admitted = gate.admit([file], None, "\n".join(COLUMNS.values())).files[0]
    times.append(_used())
    shape = describe(admitted)
    times.append(_used())
    parts = plan("portfolio", [(admitted, shape.rows)], PARTITION)
    rows = 0
    for part in parts:
        rows += len(read_rows(admitted, part.within_file, None, shape.form, None, shape.mark(part.file_row_start)).numbers)
    times.append(_used())
    spec = Portfolio(path=name, columns={column: (name_,) for column, name_ in COLUMNS.items()})
    mapping = compile_mapping(shape.columns, spec, "skiptrace.toml", "portfolio")
    for part in parts:
        mapped = delivery.load(replace(part, form=shape.form, mark=shape.mark(part.file_row_start)), mapping)
        delivery.canonical(mapped, part, spec, dt.date(2026, 6, 30), b"k" * 32)
    times.append(_used())
    return Cost(*(after - before for before, after in pairwise(times))), rows


def _used() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def figures(rows: int) -> list[Figure]:
    """Speed of reading and the gate's share of intake for each kind of file."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as place:
        folder, table = Path(place), tape(rows)
        arrow_csv.write_csv(table, folder / "tape.csv")
        pq.write_table(table, folder / "tape.parquet", compression="zstd", write_page_checksum=True)
        arrow_csv.write_csv(table.slice(0, 1000), folder / "warm.csv")
        del table
        cost(folder, "warm.csv")  # compiled loops are loaded once per process, not once per file
        for kind in ("csv", "parquet"):
            spent, read = cost(folder, f"tape.{kind}")
            if read != rows:
                raise AssertionError(f"{read} of {rows} rows were read")
            print(f"{kind}: " + ", ".join(f"{name} {value:.2f}" for name, value in spent._asdict().items()) + " CPU s")
            reading = spent.survey + spent.read
            floor = FLOOR if kind == "csv" else None
            found.append(Figure(f"{kind} reading", round(rows / reading), "rows per CPU second, 25 columns", floor))
            whole = spent.survey + spent.canonical
            found.append(Figure(f"{kind} gate", round(spent.gate / whole, 3), "of intake without it", SHARE, at_most=True))
            found.append(Figure(f"{kind} gate, reading alone", round(spent.gate / reading, 3), "of survey and reading"))
    return found


if __name__ == "__main__":
    print_bench("intake", figures(int(os.environ.get("ROWS") or ROWS)))
