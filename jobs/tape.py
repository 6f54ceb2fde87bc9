"""Reading back what intake made of the portfolio, partition by partition."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.setup import Setup
from skiptrace.compliance.accounts import TAPE_FACTS
from skiptrace.errors import DamagedFile, Problem
from skiptrace.linkage.records import IDENTITY_COLUMNS, SIGHTING_COLUMNS
from skiptrace.store.commit import read_json
from skiptrace.store.tables import read_table


def intake_receipts(setup: Setup, source: str) -> list[dict[str, Any]]:
    """Receipts of a source's intake, by partition. Raises DamagedFile where one that was there is gone."""
    numbers = range(len(setup.partitions[source]))
    places = [setup.receipt("intake", number) if source == "portfolio" else setup.delivered(source, number) for number in numbers]
    try:
        return [read_json(place) for place in places]
    except FileNotFoundError:
        problem = Problem(source, "", "what was read of it is gone", "run again: it is read again")
        raise DamagedFile("a file of this project cannot be trusted", (problem,)) from None


def tape_refs(setup: Setup, table: str) -> list[dict[str, Any]]:
    """File references of one intake table of the portfolio, by partition."""
    return [receipt[table] for receipt in intake_receipts(setup, "portfolio")]


def parties(setup: Setup, number: int) -> tuple[pa.Table, pa.Table, pa.Table]:
    """(IDENTITIES, SIGHTINGS, TAPE) of one partition, co-borrowers included."""
    receipt = intake_receipts(setup, "portfolio")[number]
    return read_table(receipt["identities"]), read_table(receipt["sightings"]), read_table(receipt["tape"])


def borrowers(setup: Setup, number: int) -> tuple[pa.Table, pa.Table, pa.Table]:
    """(IDENTITIES of the borrowers, their SIGHTINGS, TAPE) of one partition; identities and tape in the same order."""
    identities, sightings, tape = parties(setup, number)
    return of_borrowers(identities), of_borrowers(sightings), tape


def compared(setup: Setup, number: int) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The same with only what linking looks at: of the tape, the ids and, where some source costs money, what the contact rules
    may hold an account by."""
    receipt = intake_receipts(setup, "portfolio")[number]
    columns = ["account_id", *(TAPE_FACTS if any(source.cost_per_record for source in setup.project.source) else ())]
    identities = read_table(receipt["identities"], ["party", *IDENTITY_COLUMNS])
    sightings = read_table(receipt["sightings"], list(SIGHTING_COLUMNS))
    return of_borrowers(identities), of_borrowers(sightings), read_table(receipt["tape"], columns)


def of_borrowers(table: pa.Table) -> pa.Table:
    """Rows of a table whose party is the borrower."""
    mine = pc.equal(table["party"], "borrower")
    return table if pc.all(mine, min_count=0).as_py() else table.filter(mine)
