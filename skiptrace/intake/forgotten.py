"""What a delivery says of forgotten people is rejected (reason `forgotten`) before anything of it is written."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake import tombstones
from skiptrace.intake.canonical import CanonicalTables
from skiptrace.intake.cells import trimmed
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.intake.rejects import RejectList
from skiptrace.intake.tombstones import Tombs
from skiptrace.intake.words import spellings

REASON = "forgotten"
CO_BORROWER = "co_borrower"
"""What rejects call the column of a co-borrower who is left out while the account stays."""
_BY_IDENTITY = ("identities", "sightings", "consents", "tape")


def known_accounts(mapped: Mapped, partition: Partition, tombs: Tombs, key: bytes) -> Mapped:
    """A mapped partition without the rows that name a forgotten account; each is a reject. A suppression of an account may name it as
    its value."""
    columns = mapped.table.column_names
    if not tombs or not {"account_id", "scope"} & set(columns):
        return mapped
    gone = np.zeros(len(mapped.rows), bool)
    if "account_id" in columns:
        gone |= tombstones.accounts_of(tombs, key, trimmed(mapped.table["account_id"]))
    if {"scope", "value"} <= set(columns):
        texts = pa.array([text for text, scope in spellings("scope").items() if scope != "endpoint"], pa.string())
        of_account = pc.is_in(pc.utf8_lower(trimmed(mapped.table["scope"])), texts)
        gone |= tombstones.accounts_of(tombs, key, trimmed(mapped.table["value"])) & np.asarray(of_account)
    if not gone.any():
        return mapped
    rejects, mine = RejectList(partition.source, partition.file.name), pa.array(gone)
    rejects.extend(mapped.rejects)
    rejects.add(mapped.rows, pc.if_else(mine, REASON, pa.scalar(None, pa.string())), None)
    kept = pc.invert(mine)
    return mapped._replace(table=mapped.table.filter(kept), rows=mapped.rows.filter(kept), rejects=rejects.table())


def without(tables: CanonicalTables, partition: Partition, tombs: Tombs, key: bytes) -> CanonicalTables:
    """The canonical tables of a partition without forgotten people; each row of one is a reject. Of an account whose co-borrower is one
    only the co-borrower goes, as a value that is not used."""
    if not tombs or not len(tables.identities):
        return tables
    numbers = tables.identities["identity"].to_numpy()
    gone = tombstones.people_of(tombs, key, tables.identities, tables.sightings)
    if not gone.any():
        return tables
    tape = partition.source == "portfolio"
    beside = np.asarray(pc.equal(tables.identities["party"], "co_borrower")) & gone
    rows = np.unique(numbers[gone & ~beside])
    lost = np.isin(numbers & ~1 if tape else numbers, rows) | beside
    people = pa.array(numbers[lost])
    found = {name: _others(getattr(tables, name), people) for name in _BY_IDENTITY}
    whole = _of_file(rows // 2 if tape else rows, partition)
    alone = _of_file(np.setdiff1d(numbers[beside] // 2, rows // 2), partition)
    told = tables.rejects.filter(pc.invert(pc.is_in(tables.rejects["row"], whole)))
    rejects = RejectList(partition.source, partition.file.name)
    rejects.extend(told)
    rejects.add(whole, pa.repeat(REASON, len(whole)), None)
    rejects.add(alone, pa.repeat(REASON, len(alone)), CO_BORROWER)
    found["rejects"] = rejects.table()
    counts = {
        **tables.counts, "rows_rejected": tables.counts["rows_rejected"] + len(whole), "rows_out": tables.counts["rows_out"] - len(whole),
        "values_rejected": tables.counts["values_rejected"] - (len(tables.rejects) - len(told)) + len(alone),
    }  # fmt: skip
    return tables._replace(**found, counts=counts)


def _others(table: pa.Table, people: pa.Array) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["identity"], people)))


def _of_file(numbers: np.ndarray, partition: Partition) -> pa.Array:
    """Row numbers in the file, from 1, of numbers within the source."""
    return pa.array(numbers - partition.first_row + partition.file_row_start + 1, pa.int64())
