"""`make bench-purchase`: appraisals and put-back files of sample tapes beside the truth that the generator knows.

    make bench-purchase [ACCOUNTS=5000] [SEEDS=1,2,3]

For each seed a project is made and appraised twice: by the tape alone, as before a purchase, and with all its sources; the balance
that is expected to be reached is compared with that of the living consumers of whom a known number or mailbox works, or who live
at a known address. Then the project is run as a purchase, and every account whose return is certain is looked up. Exits 0 when it ran.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.appraise import appraise_project
from jobs.demo.project import AS_OF, make
from jobs.pipeline import Options, run
from skiptrace.results import latest
from skiptrace.sql import query
from tests.bench.report import Figure, print_bench

WITHIN = 0.10
_PURCHASE = f"""
[[portfolio.purchase]]
seller = "Northgate"
cut_off = {AS_OF}
put_back_days = 90
"""
_REACHED = """
select coalesce(sum(balance), 0)::double as balance from accounts where account_id in (
    select p.account_id from points p join people a using (account_id) left join known t using (account_id, kind, value)
    where not a.deceased and (t.right_party or (p.kind = 'address' and p.value = a.current_address)))
"""
_TAPE_ALONE = ("[portfolio]", "[[source]]")


def _quiet(step: str, done: int, total: int) -> None:
    pass


def tape_alone(folder: Path) -> None:
    """Leave of a sample project the tape alone: no source, no list, no export."""
    file = folder / "skiptrace.toml"
    text = file.read_text()
    start, end = (text.index(mark) for mark in _TAPE_ALONE)
    head = f'version = 1\n[project]\nname = "tape"\nas_of = {AS_OF}\npurposes = ["fcra.collection"]\n'
    file.write_text(head + text[start:end])


def off(folder: Path, truth: Path) -> float:
    """By which share the appraisal's expected reachable balance is off that which is reached in truth."""
    options = Options(scheduler="sync")
    told = appraise_project(folder, options, _quiet).appraisal
    run(folder, options, _quiet)
    of = latest(folder)
    tables: dict[str, pa.Table] = {
        "accounts": of.table("accounts", ["account_id", "balance"]), "points": of.table("contact_points", ["account_id", "kind", "value"]),
        "people": pq.read_table(truth / "accounts.parquet"), "known": pq.read_table(truth / "points.parquet"),
    }  # fmt: skip
    (row,) = query(_REACHED, tables).to_pylist()
    return float(told.reachable_balance / row["balance"] - 1)


def certain(folder: Path, truth: Path) -> tuple[int, int]:
    """(returns that are said to be certain because the debtor had died, those of them that are true)."""
    run(folder, Options(scheduler="sync"), _quiet)
    told = latest(folder).table("put_back").to_pylist()
    died = {row["account_id"]: row["death_date"] for row in pq.read_table(truth / "accounts.parquet").to_pylist()}
    dead = {row["account_id"] for row in told if row["certain"] and row["reason"] == "deceased"}
    return len(dead), sum(died[account] is not None and died[account] <= AS_OF for account in dead)


def one(folder: Path, accounts: int, seed: int) -> tuple[float, float, int, int]:
    """(appraisal with all sources off by, by the tape alone off by, certain returns, true ones) of one sample project."""
    made = make(folder / "all", accounts, seed)
    shutil.copytree(folder / "all", folder / "tape")
    shutil.copytree(folder / "all", folder / "bought")
    tape_alone(folder / "tape")
    with (folder / "bought" / made.project.name).open("a", encoding="utf-8") as file:
        file.write(_PURCHASE)
    truth = folder / "all" / "truth"
    return off(folder / "all", truth), off(folder / "tape", truth), *certain(folder / "bought", truth)


def main(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Measure and print; returns the figures."""
    accounts = int(environ.get("ACCOUNTS") or 5_000)
    seeds = [int(seed) for seed in (environ.get("SEEDS") or "1,2,3").split(",")]
    figures, said, true = [], 0, 0
    for seed in seeds:
        with TemporaryDirectory() as folder:
            whole, tape, dead, right = one(Path(folder), accounts, seed)
        for name, value in (("with all sources", whole), ("by the tape alone", tape)):
            figures.append(Figure(f"seed {seed}: expected reachable balance {name} is off by", round(value, 4), "share"))
            figures.append(Figure(f"seed {seed}: and that without its sign", round(abs(value), 4), "share", WITHIN, at_most=True))
        said, true = said + dead, true + right
    figures.append(Figure("certain returns because of a death", said, "accounts", 1))
    figures.append(Figure("of these true", round(true / said, 4) if said else None, "share", 1.0))
    print_bench("purchase", figures)
    return figures


if __name__ == "__main__":
    main()
