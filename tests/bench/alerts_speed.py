"""What a night's alerts cost: `jobs.alerts` on two invented runs of a million accounts with five million contact points and ten
million decisions, of which one account in a hundred changed; chances and days moved a little for all, as they do every night.

The tables lie in files as a run writes them, in partitions of 250,000 accounts; reading and hashing them is part of what is measured.
All values are invented.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import resource
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.schema import ACCOUNTS, CONTACT_POINTS, DECISIONS, SITUATIONS, Table
from skiptrace.store.tables import read_table, write_table

PARTITION, CHANGED = 250_000, 0.01
DAYS = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
KINDS = np.array(["address", "address", "phone", "phone", "email"])
CHANNELS = (("mail",), ("mail",), ("voice", "sms", "portal"), ("voice", "sms", "portal"), ("email", "portal"))
_SOURCES = np.array(["contact", "header", "utility"])


def make(folder: Path, accounts: int, night: int) -> dict[str, list[dict[str, Any]]]:
    """The table files of a night, 0 or 1, by table name."""
    refs: dict[str, list[dict[str, Any]]] = {"accounts": [], "contact_points": [], "decisions": [], "situations": []}
    for number, start in enumerate(range(0, accounts, PARTITION)):
        n = min(PARTITION, accounts - start)
        tables = _partition(start, n, night)
        for name, spec in zip(refs, (ACCOUNTS, CONTACT_POINTS, DECISIONS, SITUATIONS), strict=True):
            refs[name].append(write_table(_whole(tables[name], spec), spec, folder / name, f"part-{number:05d}").plain())
    return refs


def _partition(start: int, n: int, night: int) -> dict[str, dict[str, Any]]:
    rng = np.random.default_rng([start, 7])
    account = pa.array([f"{value:012d}" for value in range(start, start + n)])
    turned = (rng.random(n) < CHANGED) & (night == 1)
    kind_of_change = rng.integers(0, 3, n)
    p = np.clip(rng.beta(2, 3, n) + night * rng.normal(0, 0.002, n), 0, 1)
    per = len(KINDS)
    rows = np.repeat(np.arange(n), per)
    slot = np.tile(np.arange(per), n)
    serial = rng.integers(0, 1 << 40, n * per)
    fresh = turned[rows] & (kind_of_change[rows] == 0) & (slot == 0)
    serial[fresh] += 1 << 41
    dead = turned[rows] & (kind_of_change[rows] == 1) & (slot == 2)
    house = (serial % 9000 + 100).astype(str)
    value = np.where(slot < 2, np.char.add(house, " CEDAR HILL RD, TACOMA, WA 98402"), np.char.add("+1253", (serial % 10**7).astype(str)))
    seen = np.datetime64("2026-06-30") - (serial % 2000).astype("timedelta64[D]")
    seen[fresh] = np.datetime64("2026-06-30")
    named = pa.DictionaryArray.from_arrays(np.tile(np.arange(3, dtype=np.int32), n * per), pa.array(_SOURCES)).cast(pa.string())
    proof = pa.StructArray.from_arrays(
        [
            named, pa.array(np.repeat(serial, 3)).cast(pa.string()), named,
            pa.nulls(n * per * 3, pa.date32()), pa.array(np.repeat(seen, 3).astype("datetime64[D]")),
            pa.array(np.full(n * per * 3, 0.99)), pa.nulls(n * per * 3, pa.string()), pa.repeat("same", n * per * 3),
        ],
        ["source", "record_id", "origin", "first_seen", "last_seen", "match_probability", "status", "relation"],
    )  # fmt: skip
    point = pa.array(np.char.add(np.array(["a-", "a-", "p-", "p-", "e-"])[slot], np.char.zfill(np.char.mod("%x", serial), 16)))
    uses = np.repeat(np.arange(n * per), np.tile([len(one) for one in CHANNELS], n))
    channel = np.tile(np.array([channel for one in CHANNELS for channel in one]), n)
    stopped = (rng.random(len(uses)) < 0.3) | dead[uses] | (turned[rows[uses]] & (kind_of_change[rows[uses]] == 2) & (channel == "voice"))
    by = pa.ListArray.from_arrays(np.append(0, np.cumsum(stopped)).astype(np.int32), pa.repeat("POL-POINT-DEAD", int(stopped.sum())))
    key = {"account_id": account.take(pa.array(rows[uses])), "point_id": point.take(pa.array(uses)), "channel": channel}
    return {
        "accounts": {"account_id": account, "consumer_id": account, "locate_status": pa.repeat("located", n), "p_any_channel": p,
                     "balance": pa.array((serial[:n] % 10**6).astype(np.int32)).cast(pa.decimal128(14, 2))},
        "contact_points": {
            "account_id": account.take(pa.array(rows)), "point_id": point, "kind": KINDS[slot], "value": value,
            "rank": np.tile([1, 2, 1, 2, 1], n), "status": np.where(dead, "disconnected", "active"),
            "p_current": np.clip(rng.random(n * per) + night * 0.001, 0, 1), "p_right_party": np.full(n * per, 0.95),
            "origin": pa.repeat("reference", n * per), "house": np.where(slot < 2, house, None),
            "street": np.where(slot < 2, "CEDAR HILL RD", None),
            "city": np.where(slot < 2, "TACOMA", None), "postal_code": np.where(slot < 2, "98402", None),
            "sources": pa.ListArray.from_arrays(np.arange(n * per + 1, dtype=np.int32) * 3, named),
            "evidence": pa.ListArray.from_arrays(np.arange(n * per + 1, dtype=np.int32) * 3, proof),
        },
        "decisions": {**key, "decision": np.where(stopped, "stopped", "permitted"), "stopped_by": by},
        "situations": {**key, "attorney_known": rng.random(len(uses)) < 0.0001},
    }  # fmt: skip


def _whole(columns: Mapping[str, Any], spec: Table) -> pa.Table:
    """The columns given, and nothing or the least in the others."""
    rows = len(next(iter(columns.values())))
    out = []
    for column in spec.columns:
        if column.name in columns:
            out.append(pa.array(columns[column.name]).cast(column.type))
        elif column.nullable:
            out.append(pa.nulls(rows, column.type))
        elif pa.types.is_list(column.type):
            out.append(pa.ListArray.from_arrays(np.zeros(rows + 1, np.int32), pa.array([], column.type.value_type)))
        else:
            out.append(pa.array(np.zeros(rows), pa.float64()).cast(column.type))
    return pa.table(out, schema=spec.arrow)


def spent(folder: str, accounts: int) -> dict[str, float]:
    """CPU seconds of one night, those of them that the driver itself spends (the others are tasks'), peak memory (GB), and alerts."""
    from jobs import alerts, runner

    place = Path(folder)
    work = place / "work"
    shutil.rmtree(work, ignore_errors=True)
    setup: Any = SimpleNamespace(
        project=SimpleNamespace(alerts=SimpleNamespace(changed=dict), source=()), record_sources=tuple(_SOURCES), as_of=DAYS[1],
        private=place / "private", work=work, register={}, run_key="key", receipt=lambda name, number: work / f"{name}-{number}.json",
    )  # fmt: skip
    refs = json.loads((place / "refs.json").read_text())
    receipts: list[dict[str, Any]] = []

    def in_turn(tasks: list[Any]) -> Iterator[tuple[str, Any]]:
        return ((task.key, runner.perform(task.function, str(task.receipt), task.arguments)) for task in tasks)

    start = time.process_time()
    told = alerts.alerts(
        setup, place / "runs", refs, lambda name, tasks: runner.run(tasks, in_turn, lambda done, total: None, receipts.append)
    )
    cpu = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
    found = sum(read_table(told[name][0]).num_rows for name in ("alerts", "alerts_held"))
    driver = cpu - sum(receipt["cost"]["cpu_seconds"] for receipt in receipts)
    return {"cpu": cpu, "driver": driver, "peak": peak, "alerts": float(found)}


def measured(folder: Path, accounts: int) -> dict[str, float]:
    """The same in a process of its own, once to compile and once to measure."""
    before = make(folder / "runs" / "before", accounts, 0)
    tables = {
        name: {"rows": sum(ref["rows"] for ref in refs), "files": [{**ref, "path": f"{name}/{Path(ref['path']).name}"} for ref in refs]}
        for name, refs in before.items()
    }
    evidence = {"situations": tables.pop("situations")}
    (folder / "runs" / "before" / "run.json").write_text(json.dumps({"tables": tables, "evidence": evidence}))
    (folder / "runs" / "latest").symlink_to("before")
    (folder / "refs.json").write_text(json.dumps(make(folder / "after", accounts, 1)))
    for _ in range(2):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found: dict[str, float] = pool.apply(spent, (str(folder), accounts))
    return found
