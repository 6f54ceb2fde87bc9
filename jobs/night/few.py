"""The accounts that are computed anew as a small portfolio of their own, with a plan, a tape and links like a whole one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.linked import likely
from jobs.night.touched import whole
from jobs.setup import Setup, read_plan
from jobs.tape import intake_receipts
from skiptrace.columns import of_accounts
from skiptrace.intake.canonical import SPECS
from skiptrace.schema.working import CONSIDERED
from skiptrace.store.tables import read_table, write_table

_BY_IDENTITY = ("sightings", "consents")


def setup_of(setup: Setup, name: str, parts: int) -> Setup:
    """The plan of a small portfolio in so many partitions, within the run's work folder. Their file is called what it is to a person."""
    some = setup.partitions["portfolio"][:parts]
    named = tuple(replace(part, file=replace(part.file, name="the accounts that are computed anew")) for part in some)
    return replace(setup, work=setup.work / name, partitions={**setup.partitions, "portfolio": named})


def parts_for(setup: Setup, accounts: int) -> int:
    """How many partitions so many accounts are: none is larger than the largest of the whole portfolio."""
    return -(-accounts // max(part.rows for part in setup.partitions["portfolio"]))


def cut(work: str, number: int, small: str, touched: list[dict[str, Any]], links: list[dict[str, Any]]) -> dict[str, Any]:
    """Partition `number` of a small portfolio of the accounts `touched`: its canonical tables, as a receipt of intake has them, and its
    CONSIDERED pairs. links: the pairs of each partition of the whole portfolio."""
    setup, few = read_plan(work), read_plan(small)
    every, parts = whole(touched), len(few.partitions["portfolio"])
    ids = every[len(every) * number // parts : len(every) * (number + 1) // parts]
    found: dict[str, list[pa.Table]] = {name: [spec.empty()] for name, spec in SPECS.items()}
    pairs = [CONSIDERED.empty()]
    for receipt, ref in zip(intake_receipts(setup, "portfolio"), links, strict=True):
        identities = read_table(receipt["identities"])
        mine = identities.filter(pc.is_in(identities["record_id"], ids))
        if not len(mine):
            continue
        tape, these = read_table(receipt["tape"]), likely(ref)
        found["identities"].append(mine)
        found["tape"].append(of_accounts(tape, ids))
        pairs.append(of_accounts(these, ids))
        for name in _BY_IDENTITY:
            table = read_table(receipt[name])
            found[name].append(table.filter(pc.is_in(table["identity"], mine["identity"].combine_chunks())))
    stem = f"part-{number:05d}"
    refs = {
        name: write_table(pa.concat_tables(tables), SPECS[name], few.work / "portfolio" / name, stem).plain()
        for name, tables in found.items()
    }
    ref = write_table(pa.concat_tables(pairs), CONSIDERED, few.work / "considered", stem).plain()
    return {**refs, "considered": ref}
