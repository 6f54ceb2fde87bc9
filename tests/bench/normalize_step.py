"""The whole step: a portfolio of a million rows to canonical values, in CPU seconds of one core, and what first use costs.

    python -m tests.bench.normalize_step [ROWS=1000000]

Every column that a tape has is read: name parts, birth date, SSN (8 % of the rows), its last four (63 %), address, phone
(71 %), e-mail (24 %). Loops are compiled and the memories of address lines warm: as many other rows were read before. The
measured values themselves are new. First use is measured in processes of their own with an empty folder for compiled
code, and then with the folder that the first one filled.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from skiptrace.normalize.addresses import normalize_addresses
from skiptrace.normalize.dates import normalize_birth_dates
from skiptrace.normalize.emails import normalize_emails
from skiptrace.normalize.identifiers import normalize_ssn
from skiptrace.normalize.names import normalize_names
from skiptrace.normalize.phones import normalize_phones
from tests.bench.normalize_addresses import portfolio
from tests.bench.normalize_emails import common_values as plain_emails
from tests.bench.normalize_names import values as full_names
from tests.bench.normalize_phones import common_values as plain_phones
from tests.bench.report import Figure, print_bench

AS_OF = date(2026, 6, 30)
_KEY = b"only for measuring"
_MOST_SECONDS = 4.0

Columns = dict[str, list[pa.ChunkedArray | None]]


def tape(rows: int, seed: int) -> Columns:
    """The columns of a made-up portfolio, by the kind of value."""
    draw, chance = random.Random(seed), np.random.default_rng(seed)
    words = [name.replace(",", "").split() for name in full_names(20_000, seed)]
    given = pa.array(sorted({pair[0] for pair in words}))
    family = pa.array(sorted({pair[-1] for pair in words}))
    middle = pa.array([*"ABCDEFGHJKLMNPRSTW", "ANN", "LEE", "MARIE", None, None])
    days = pa.array([f"{date(1930, 1, 2) + timedelta(days=day):%m/%d/%Y}" for day in range(27_000)])
    numbers = chance.integers(1_010_001, 899_999_999, rows)
    ssn = [f"{n // 1_000_000:03}-{n // 10_000 % 100:02}-{n % 10_000:04}" if keep else None for n, keep in _some(numbers, chance, 0.08)]
    last4 = [f"{n % 10_000:04}" if keep else None for n, keep in _some(numbers, chance, 0.63)]
    phones = [text if keep else None for text, keep in _some(plain_phones(rows, seed), chance, 0.71)]
    emails = [text if keep else None for text, keep in _some(plain_emails(rows, seed), chance, 0.24)]
    names = [pool.take(pa.array(chance.integers(0, len(pool), rows))) for pool in (given, middle, family)]
    draw.shuffle(phones)
    return {
        "names": [*map(_column, names), None, None],
        "birth_dates": [_column(days.take(pa.array(chance.integers(0, len(days), rows))))],
        "numbers": [_column(pa.array(ssn)), _column(pa.array(last4))],
        "addresses": portfolio(rows, seed),
        "phones": [_column(pa.array(phones))],
        "emails": [_column(pa.array(emails))],
    }


def _some(values: object, chance: np.random.Generator, share: float) -> zip[tuple[object, bool]]:
    items = list(values)  # type: ignore[call-overload]
    return zip(items, (chance.random(len(items)) < share).tolist(), strict=True)


def _column(values: pa.Array) -> pa.ChunkedArray:
    return pa.chunked_array([values])


def _works(columns: Columns) -> dict[str, Callable[[], object]]:
    return {
        "names": partial(normalize_names, *columns["names"]),
        "birth_dates": partial(normalize_birth_dates, columns["birth_dates"][0], AS_OF),
        "numbers": partial(normalize_ssn, *columns["numbers"], _KEY),
        "addresses": partial(normalize_addresses, *columns["addresses"]),
        "phones": partial(normalize_phones, columns["phones"][0]),
        "emails": partial(normalize_emails, columns["emails"][0]),
    }


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


_FIRST_USE = """
import time
start = time.process_time()
import pyarrow as pa
from datetime import date
from skiptrace.normalize import addresses, dates, emails, identifiers, names, phones
imported = time.process_time()
from skiptrace.normalize.address_columns import read_address_columns
from skiptrace.normalize.name_columns import read_columns
column = [pa.chunked_array([[text]]) for text in ("1 Main St Apt 2", "", "Austin", "TX", "78701", "")]
read_address_columns(column, 1, addresses.ADDRESS_FIELDS)
read_columns([None, None, None, None, pa.chunked_array([["Roe, Ann (Nan)"]])], names.NAME_FIELDS)
emails._read(pa.array(["a.b+c@gmail.com"]))
phones.normalize_phones(pa.array(["512-555-2368"]), few=0)
print(imported - start, time.process_time() - imported)
"""


def first_use() -> tuple[float, float, float]:
    """(CPU seconds to import, to compile every loop, to load every loop compiled by an earlier process)."""
    with tempfile.TemporaryDirectory() as folder:
        taken = [_in_new_process({**os.environ, "NUMBA_CACHE_DIR": folder}) for _ in range(2)]
    return taken[1][0], taken[0][1], taken[1][1]


def _in_new_process(environ: Mapping[str, str]) -> tuple[float, float]:
    done = subprocess.run([sys.executable, "-c", _FIRST_USE], capture_output=True, text=True, check=True, env=dict(environ))
    imported, used = map(float, done.stdout.split())
    return imported, used


def slower_demo() -> float:
    """CPU seconds by which the first demo after an installation is slower than the next, whose loops are compiled."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o700)
        environ = {**os.environ, "NUMBA_CACHE_DIR": str(Path(folder) / "loops")}
        taken = []
        for name in ("first", "second"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [sys.executable, "-m", "jobs.cli", "demo", "--out", str(Path(folder) / name)]
            subprocess.run(command, capture_output=True, check=True, env=environ)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return taken[0] - taken[1]


def figures(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """CPU seconds of the whole step and of each kind of value, and of first use."""
    rows = int(environ.get("ROWS", "1000000"))
    for work in _works(tape(rows, seed=21)).values():
        work()
    taken = {name: _seconds(work) for name, work in _works(tape(rows, seed=22)).items()}
    again = {name: _seconds(work) for name, work in _works(tape(rows, seed=23)).items()}
    imported, compiled, loaded = first_use()
    each = {name: (taken[name] + again[name]) / 2 for name in taken}
    unit = f"CPU s for {rows:,} rows, values not seen before"
    return [
        Figure("whole", round(sum(each.values()), 2), unit, _MOST_SECONDS * rows / 1_000_000, at_most=True),
        *(Figure(name, round(seconds, 2), "CPU s, mean of two portfolios") for name, seconds in each.items()),
        Figure("imports", round(imported, 2), "CPU s"),
        Figure("first_compile", round(compiled, 2), "CPU s, every loop, once after an installation"),
        Figure("first_use_cached", round(loaded, 2), "CPU s, every loop loaded"),
        Figure("first_demo_slower_by", round(slower_demo(), 2), "CPU s, with nothing compiled beside everything", 20, at_most=True),
    ]


if __name__ == "__main__":
    print_bench("normalize_step", figures())
