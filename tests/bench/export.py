"""`make bench-export`: a dialer's file of a million accounts with five contact points each, from the published tables on disk.

    make bench-export [ACCOUNTS=1000000] [PROFILE=five9] [PROFILED=1]

The tables are invented: three phones with calls and texts, an e-mail address and a postal address per account, one consumer in
twenty with a second account, cut into partitions of 250,000 accounts as a run leaves them. Measured, in a process of its own, is
everything that writing takes: reading the tables with their checksums, joining, one row per consumer, cells made to fit,
writing, reading back with another parser, the list of accounts in no row, the manifest. PROFILED=1 prints where the time goes.
Prints a table, and as its last line one JSON object; exits 0 when it ran, whatever the figures.
"""

from __future__ import annotations

import cProfile
import datetime as dt
import multiprocessing
import os
import pstats
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.parts import parts_of
from skiptrace.export.profiles import load_profile
from skiptrace.export.rows import needed_columns
from skiptrace.export.write import wanted, write_export
from skiptrace.results import Run
from skiptrace.schema import ACCOUNTS, CHANNELS, CONTACT_POINTS, DECISIONS, Table, conform
from skiptrace.sql import query
from skiptrace.store.tables import write_table
from tests.bench.report import Figure, print_bench

AS_OF = dt.date(2026, 6, 30)
PARTITION = 250_000
CPU_SECONDS, PEAK_GB = 20.0, 1.0
SEED = 11
_FIRST = ("MARISOL", "THEODORE", "PRIYA", "OKECHUKWU", "INGRID", "DESMOND", "YUKIKO", "O'NEIL")
_LAST = ("QUENBY", "HALVORSEN", "TREMBLAY", "ADEYEMI", "VANTERPOOL", "KOWALCZYK", "ZIMBARDO", "DE LA CRUZ, JR")
_ZONES = ("America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York")
_SPECS = {"accounts": ACCOUNTS, "contact_points": CONTACT_POINTS, "channels": CHANNELS, "decisions": DECISIONS}
_POINTS = """
SELECT account_id, number, slot, CASE WHEN slot <= 3 THEN 'phone' WHEN slot = 4 THEN 'email' ELSE 'address' END AS kind,
    CASE WHEN slot <= 3 THEN 'p-' WHEN slot = 4 THEN 'e-' ELSE 'a-' END || md5(number || '-' || slot)[1:16] AS point_id,
    CASE WHEN slot <= 3 THEN '+1' || (2062000000 + (number * 7919 + slot * 104729) % 7000000)::VARCHAR
        WHEN slot = 4 THEN 'person' || number || '@example.com' ELSE number || ' MAIN ST, SEATTLE, WA 98101' END AS value,
    CASE WHEN slot <= 3 THEN slot ELSE 1 END::INTEGER AS rank
FROM accounts, unnest([1, 2, 3, 4, 5]) AS t(slot) ORDER BY account_id, point_id
"""
_USES = """
SELECT p.account_id, p.point_id, c.channel, p.rank, p.number,
    CASE WHEN hash(p.number, p.slot, c.channel) % 10 < 3 THEN 'stopped' WHEN hash(p.number, c.channel) % 3 = 0 THEN 'conditional'
        ELSE 'permitted' END AS decision
FROM points p, unnest(CASE p.kind WHEN 'phone' THEN ['voice', 'sms'] WHEN 'email' THEN ['email'] ELSE ['mail'] END) AS c(channel)
ORDER BY p.account_id, p.point_id, c.channel
"""


def make(folder: Path, accounts: int) -> Run:
    """A published run of that many accounts, in partitions."""
    files: dict[str, list[dict[str, Any]]] = {name: [] for name in _SPECS}
    for number, first in enumerate(range(0, accounts, PARTITION)):
        for name, table in _part(first, min(PARTITION, accounts - first)).items():
            ref = write_table(table, _SPECS[name], folder / name, f"part-{number:05d}").plain()
            files[name].append({**ref, "path": f"{name}/{Path(ref['path']).name}"})
    tables = {name: {"rows": sum(file["rows"] for file in own), "files": own} for name, own in files.items()}
    return Run("bench", folder, {"tables": tables, "as_of": AS_OF.isoformat()})


def _part(first: int, count: int) -> dict[str, pa.Table]:
    draw = np.random.default_rng(SEED + first)
    number = np.arange(first, first + count)
    ids = pc.binary_join_element_wise("A", pc.utf8_lpad(pa.array(number).cast(pa.string()), 9, "0"), "")
    consumer = np.where(number % 20 == 19, number - 1, number)
    accounts = {
        "account_id": ids, "consumer_id": pc.binary_join_element_wise("C", pa.array(consumer).cast(pa.string()), ""),
        "portfolio_id": pa.array(["P1"] * count), "first_name": _picked(draw, _FIRST, count), "last_name": _picked(draw, _LAST, count),
        "state": pa.array(["WA"] * count),
        "balance": pa.array(draw.integers(20_000, 900_000, count), pa.int32()).cast(pa.decimal128(12, 0)),
        "locate_status": pa.array(["located"] * count), "best_channel": pa.array(["voice"] * count),
        "channel_order": pa.array([["voice", "sms", "email", "mail"]] * count), "p_any_channel": pa.array(draw.random(count)),
        "expected_value": pa.array(draw.integers(1, 9_000, count), pa.int32()).cast(pa.decimal128(12, 0)),
        "holds": pa.array([[]] * count, pa.list_(pa.string())), "linked_records": pa.array([1] * count, pa.int32()),
        "review_records": pa.array([0] * count, pa.int32()), "account_state": pa.array(["open"] * count),
    }  # fmt: skip
    points = query(_POINTS, {"accounts": pa.table({"account_id": ids, "number": number})})
    uses = query(_USES, {"points": points})
    size, rows = len(points), len(uses)
    home = pc.equal(points["kind"], "address")
    zone = pa.array([[name] for name in _ZONES])
    spots = {
        **{name: points[name] for name in ("account_id", "point_id", "kind", "value", "rank")}, "origin": pa.array(["both"] * size),
        "sources": pa.array([["header", "utility"]] * size), "independent_sources": pa.array([2] * size, pa.int32()),
        "p_current": pa.array(draw.random(size)), "p_right_party": pa.array(draw.random(size)), "line_type": pa.array(["mobile"] * size),
        "shared_by": pa.array([0] * size, pa.int32()), "relations": _empty(size), "status": pa.array(["active"] * size),
        "house": pc.if_else(home, points["number"].cast(pa.string()), None), "street": pc.if_else(home, "MAIN ST", None),
        "city": pc.if_else(home, "SEATTLE", None), "state": pc.if_else(home, "WA", None), "postal_code": pc.if_else(home, "98101", None),
        "country": pa.array(["US"] * size), "flags": _empty(size), "zones": zone.take(pa.array(draw.integers(0, len(_ZONES), size))),
        "evidence": pa.array([[]] * size, CONTACT_POINTS.arrow.field("evidence").type),
    }  # fmt: skip
    chance = pa.array(draw.random(rows))
    stopped, duty = pc.equal(uses["decision"], "stopped"), pc.equal(uses["decision"], "conditional")
    begin, instant = dt.datetime(2026, 6, 30, 16, tzinfo=dt.UTC), pa.timestamp("s", "UTC")
    words = pa.array([[], ["REGF-LCM"], ["REGF-7IN7"]], pa.list_(pa.string()))
    ways = {
        **{name: uses[name] for name in ("account_id", "point_id", "channel", "rank", "decision")}, "p_reach": chance,
        "p_reach_low": chance, "p_reach_high": chance, "grade": pa.array(["C"] * rows),
        "reasons": pa.array([[]] * rows, CHANNELS.arrow.field("reasons").type),
        "stopped_by": words.take(pc.if_else(stopped, 2, 0).combine_chunks()),
        "conditions": words.take(pc.if_else(duty, 1, 0).combine_chunks()),
        "steps_required": _empty(rows), "window_start": pc.if_else(stopped, pa.scalar(None, instant), pa.scalar(begin, instant)),
        "window_end": pa.array([begin + dt.timedelta(hours=12)] * rows, instant), "valid_until": pa.array([AS_OF] * rows),
        "rulebook": pa.array(["0123456789abcdef"] * rows), "facts_digest": pa.array(np.zeros(rows, np.uint64)),
    }  # fmt: skip
    given = {"accounts": (accounts, count), "contact_points": (spots, size), "channels": (ways, rows), "decisions": (ways, rows)}
    found = {name: _table(columns, length, _SPECS[name]) for name, (columns, length) in given.items()}
    found["channels"] = found["channels"].sort_by([("account_id", "ascending"), ("channel", "ascending"), ("rank", "ascending")])
    return found


def _table(columns: Mapping[str, Any], rows: int, spec: Table) -> pa.Table:
    filled = [columns.get(column.name, pa.nulls(rows, column.type)) for column in spec.columns]
    return conform(pa.table(filled, names=list(spec.names)), spec)


def _picked(draw: np.random.Generator, words: tuple[str, ...], count: int) -> pa.Array:
    return pa.array(words).take(pa.array(draw.integers(0, len(words), count)))


def _empty(rows: int) -> pa.Array:
    return pa.array([[]], pa.list_(pa.string())).take(pa.array(np.zeros(rows, np.int64)))


def _write(run: Run, name: str, target: str, profiled: bool) -> dict[str, float]:
    profile = load_profile(name)
    start = time.process_time()
    with cProfile.Profile() if profiled else _Nothing() as watched:
        tables = parts_of(run, needed_columns(wanted(profile)))
        receipt = write_export(profile, tables, Path(target), "bench", AS_OF)
    seconds = time.process_time() - start
    if profiled:
        pstats.Stats(watched).sort_stats("tottime").print_stats(30)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    size = sum(one.bytes for one in receipt.files)
    return {"seconds": seconds, "peak": peak / 1e9, "rows": receipt.rows, "bytes": size, "files": len(receipt.files)}


class _Nothing:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def main(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Measure and print; returns the figures."""
    accounts, name = int(environ.get("ACCOUNTS") or 1_000_000), environ.get("PROFILE") or "five9"
    with TemporaryDirectory() as place:
        Path(place).chmod(0o700)
        fresh = multiprocessing.get_context("spawn")
        with fresh.Pool(1) as pool:
            run = pool.apply(make, (Path(place) / "run", accounts))
        with fresh.Pool(1) as pool:
            told = pool.apply(_write, (run, name, str(Path(place) / "out"), bool(environ.get("PROFILED"))))
    scale = accounts / 1_000_000
    print(f"{accounts:,} accounts, {5 * accounts:,} points → {name}: {told['rows']:,.0f} rows in {told['files']:.0f} file(s), "
          f"{told['bytes'] / 1e6:,.0f} MB")  # fmt: skip
    figures = [
        Figure("write CPU", round(told["seconds"], 2), "s", round(CPU_SECONDS * scale, 2), at_most=True),
        Figure("write peak memory", round(told["peak"], 3), "GB", PEAK_GB, at_most=True),
        Figure("rows", int(told["rows"]), "rows"),
    ]
    print_bench("export", figures)
    return figures


if __name__ == "__main__":
    main()
