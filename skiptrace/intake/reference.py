"""A mapped partition of a reference source to IDENTITIES, SIGHTINGS and CONSENTS. Row n of the source is identity n."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake.canonical import CanonicalTables, gather
from skiptrace.intake.cells import Cells, whole
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.intake.people import read_people
from skiptrace.intake.points import Whose, read_sightings
from skiptrace.intake.rejects import RejectList
from skiptrace.project.model import Source
from skiptrace.schema import CONSENTS, IDENTITIES
from skiptrace.vocabulary import CONSENT_CHANNELS

_STATUS_KINDS = {"phone_file": ("phone",), "email_file": ("email",), "ncoa": ("address",)}
"""Files about one kind of point speak of that kind alone; a name or address in them only identifies."""


def canonical(mapped: Mapped, partition: Partition, spec: Source, as_of: dt.date, key: bytes) -> CanonicalTables:
    """IDENTITIES, SIGHTINGS, CONSENTS and REJECTS of one partition; `key` makes tokens of SSNs.

    A row without record_id is rejected. A month or year alone as first_seen or last_seen counts as its first day, the
    cautious end of both. A death is reported by a deceased_date up to as_of, by status 'deceased', or by a name that
    says "estate"; a death after as_of has not happened."""
    rejects = RejectList(spec.name, partition.file.name)
    rejects.extend(mapped.rejects)
    every = Cells(mapped.table, mapped.rows, rejects, as_of, spec.formats)
    has_id = pc.is_valid(every.text("record_id"))
    rejects.add(mapped.rows, pc.if_else(has_id, pa.scalar(None, pa.string()), "record_id_missing"), None)
    cells = every.only(has_id)
    count = len(cells)
    numbers = partition.numbers(cells.rows)
    people = read_people(cells, "", key)
    status = cells.word("status", "status")
    death, died, not_yet = _deaths(cells)
    says_so = pc.fill_null(pc.equal(status, "deceased"), False)
    deceased = pc.and_(pc.or_(pc.or_(died, says_so), people.estate), pc.invert(not_yet))
    origin = pc.fill_null(cells.text("origin"), spec.name)
    first_seen, last_seen = cells.day("first_seen", early=True), cells.day("last_seen", early=True)
    columns = {
        "source": pa.repeat(spec.name, count), "identity": pa.array(numbers), "record_id": cells.text("record_id"),
        "party": pa.repeat("borrower", count), "origin": origin, "first_seen": first_seen, "last_seen": last_seen,
        "deceased_date": death, "deceased": deceased, **people.columns,
    }  # fmt: skip
    whose = Whose(
        spec.name, "borrower", numbers, origin, first_seen, last_seen, status, cells.word("line_type", "line_type"),
        cells.text("ncoa_code"), _STATUS_KINDS.get(spec.kind, ("address", "phone", "email")),
    )  # fmt: skip
    sightings = read_sightings(cells, "", whose)
    consents = _consents(cells, spec.name, numbers)
    identities = pa.table([columns[name] for name in IDENTITIES.names], names=list(IDENTITIES.names))
    return gather(mapped, count, rejects.table(), cells.lasting.until, identities=identities, sightings=sightings, consents=consents)


def _deaths(cells: Cells) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Day of death where a full one is known (date32), whether a death is dated at all, and whether only after as_of
    (bool)."""
    if not cells.has("deceased_date"):
        never = pa.array(np.zeros(len(cells), bool))
        return pa.nulls(len(cells), pa.date32()), never, never
    read = cells.lasting.dates(cells.raw_day("deceased_date"), cells.form("deceased_date"))
    day = cells.judged_day("deceased_date", read)
    not_yet = pc.fill_null(pc.equal(whole(read.column("reason")), "future"), False)
    return day, pc.is_valid(whole(read.column("precision"))), not_yet


def _consents(cells: Cells, source: str, numbers: np.ndarray) -> pa.Table:
    """CONSENTS by identity and channel. A consent whose date cannot be read, or lies after as_of, was not given; a
    revocation holds whatever its date says."""
    parts = [CONSENTS.empty()]
    for channel in CONSENT_CHANNELS:
        name = f"consent_{channel}"
        if not cells.has(name):
            continue
        state, at = cells.word(name, "consent"), cells.day(f"{name}_at")
        dated = cells.text(f"{name}_at")
        doubtful = pc.and_(pc.equal(state, "given"), pc.and_(pc.is_valid(dated), pc.is_null(at)))
        told = pc.and_(pc.is_valid(state), pc.invert(pc.fill_null(doubtful, False)))
        given_to = cells.word(f"{name}_given_to", "given_to")
        count = pc.sum(told).as_py() or 0
        columns = [pa.repeat(source, count), pa.array(numbers).filter(told), pa.repeat(channel, count),
                   state.filter(told), at.filter(told), given_to.filter(told)]  # fmt: skip
        parts.append(pa.table(columns, schema=CONSENTS.arrow))
    order = [("identity", "ascending"), ("channel", "ascending")]
    return pa.concat_tables(parts).sort_by(order)
