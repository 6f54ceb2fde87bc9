"""A mapped partition of the portfolio to the accounts (TAPE), their people (IDENTITIES) and contact points (SIGHTINGS).

The borrower of row n of the portfolio is identity 2n, the co-borrower 2n+1, so numbers depend on the tape alone.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake.canonical import CanonicalTables, gather
from skiptrace.intake.cells import Cells, whole
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.intake.people import People, named, read_people
from skiptrace.intake.points import Whose, read_sightings
from skiptrace.intake.rejects import RejectList
from skiptrace.intake.shared_numbers import REASON, split
from skiptrace.project.model import Portfolio
from skiptrace.schema import IDENTITIES, TAPE
from skiptrace.vocabulary import ACCOUNT_FLAGS

_NAME = "portfolio"
_TEXTS = ("portfolio_id", "original_creditor", "language", "inconvenient_times")
_DAYS = ("open_date", "charge_off_date", "last_payment_date")


def canonical(
    mapped: Mapped, partition: Partition, spec: Portfolio, as_of: dt.date, key: bytes, verdict: pa.Table
) -> CanonicalTables:
    """TAPE, IDENTITIES, SIGHTINGS and REJECTS of one partition.

    `verdict` (duplicates.VERDICT, of the whole portfolio) names the rows that are not used, and those whose SSN is not (see
    `shared_numbers`); `key` makes tokens of SSNs. A name beside which nothing else of the person is known is told as a reject of
    the name ("insufficient_identity"), for nobody is found by it.
    Portfolio sightings have no dates: what the tape's dates say about a contact point is judged elsewhere."""
    rejects = RejectList(_NAME, partition.file.name)
    rejects.extend(mapped.rejects)
    numbers = partition.numbers(mapped.rows)
    verdict, of_many = split(verdict, numbers)
    refused = _reasons(numbers, verdict)
    rejects.add(mapped.rows, refused, None)
    used = pc.is_null(refused)
    numbers, of_many = numbers[np.asarray(used)], of_many[np.asarray(used)]
    cells = Cells(mapped.table.filter(used), mapped.rows.filter(used), rejects, as_of, spec.formats)
    borrower = _without_numbers(read_people(cells, "", key), cells, of_many)
    flags = {flag: cells.flag(flag) for flag in ACCOUNT_FLAGS}
    flags["deceased"] = pc.if_else(borrower.estate, True, flags["deceased"])
    tape = {
        "account_id": cells.text("account_id"), "identity": pa.array(numbers * 2), "balance": cells.money("balance"),
        "preferred_channel": cells.word("preferred_channel", "channel"), "minor": borrower.minor, **flags,
        **{name: cells.text(name) for name in _TEXTS}, **{name: cells.day(name) for name in _DAYS},
    }  # fmt: skip
    reported_dead = pc.fill_null(flags["deceased"], False)
    identities = [_identities(cells, borrower, numbers * 2, "borrower", reported_dead)]
    sightings = [read_sightings(cells, "", _whose(cells, numbers * 2, "borrower"))]
    _tell_insufficient(cells, borrower, ~np.isin(numbers * 2, sightings[0]["identity"].to_numpy()))
    both = _co_borrowers(cells)
    if pc.any(both).as_py():
        theirs = cells.only(both)
        co_numbers = numbers[np.asarray(both)] * 2 + 1
        co_borrower = read_people(theirs, "co_", key)
        identities.append(_identities(theirs, co_borrower, co_numbers, "co_borrower", co_borrower.estate))
        sightings.append(read_sightings(theirs, "co_", _whose(theirs, co_numbers, "co_borrower")))
    by_identity = [("identity", "ascending")]
    points = pa.concat_tables(sightings)
    order = pc.sort_indices(
        points.append_column("row", pa.array(np.arange(points.num_rows))), [*by_identity, ("row", "ascending")]
    )
    return gather(
        mapped, len(cells), rejects.table(), cells.lasting.until,
        tape=pa.table([tape[name] for name in TAPE.names], names=list(TAPE.names)),
        identities=pa.concat_tables(identities).sort_by(by_identity), sightings=points.take(order),
    )  # fmt: skip


def _without_numbers(people: People, cells: Cells, of_many: np.ndarray) -> People:
    """The same people; where a number is of many it is none, and neither are its last four digits."""
    if not of_many.any():
        return people
    mask = pa.array(of_many)
    cells.rejects.add(cells.rows, pc.if_else(mask, REASON, pa.scalar(None, pa.string())), "ssn")
    cut = {name: pc.if_else(mask, pa.scalar(None, people.columns[name].type), people.columns[name]) for name in ("ssn_token", "ssn4")}
    return people._replace(columns={**people.columns, **cut})


def _tell_insufficient(cells: Cells, people: People, nowhere: np.ndarray) -> None:
    """Note the names beside which nothing is known: no birth date, no number, and no place, phone or mailbox (`nowhere`)."""
    alone = pc.and_(named(cells, ""), pa.array(nowhere))
    for name in ("dob", "ssn_token", "ssn4"):
        alone = pc.and_(alone, pc.is_null(people.columns[name]))
    column = "full_name" if cells.has("full_name") else "last_name"
    cells.rejects.add(cells.rows, pc.if_else(alone, "insufficient_identity", pa.scalar(None, pa.string())), column)


def _reasons(numbers: np.ndarray, verdict: pa.Table) -> pa.Array:
    """The reason of the verdict for each row number; NULL where the row is used."""
    judged = np.asarray(verdict.column("number"))
    if not len(judged):
        return pa.nulls(len(numbers), pa.string())
    at = np.minimum(np.searchsorted(judged, numbers), len(judged) - 1)
    return whole(verdict.column("reason")).take(pa.array(at, mask=judged[at] != numbers))


def _co_borrowers(cells: Cells) -> pa.Array:
    """Where there is a co-borrower (bool): a row with any co_ name. Other co_ values without one are rejects."""
    present = named(cells, "co_")
    missing = pc.invert(present)
    for name in cells.table.column_names:
        if name.startswith("co_"):
            lost = pc.and_(missing, pc.is_valid(whole(cells.table.column(name))))
            cells.rejects.add(
                cells.rows,
                pc.if_else(lost, "co_borrower_without_name", pa.scalar(None, pa.string())),
                name.split(".")[0],
            )
    return present


def _identities(cells: Cells, people: People, numbers: np.ndarray, party: str, deceased: pa.Array) -> pa.Table:
    count = len(cells)
    columns = {
        "source": pa.repeat(_NAME, count), "identity": pa.array(numbers), "record_id": cells.text("account_id"),
        "party": pa.repeat(party, count), "origin": pa.repeat(_NAME, count), "deceased": deceased, **people.columns,
    }  # fmt: skip
    return pa.table(
        [columns.get(c.name, pa.nulls(count, c.type)) for c in IDENTITIES.columns], names=list(IDENTITIES.names)
    ).cast(pa.schema([pa.field(c.name, c.type) for c in IDENTITIES.columns]))


def _whose(cells: Cells, numbers: np.ndarray, party: str) -> Whose:
    nobody, never = pa.nulls(len(cells), pa.string()), pa.nulls(len(cells), pa.date32())
    return Whose(_NAME, party, numbers, pa.repeat(_NAME, len(cells)), never, never, nobody, nobody, nobody)
