"""The intake step: each partition of a delivery mapped and made canonical. Deliveries are kept until their content changes."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import tombstones
from jobs.arrivals import newest
from jobs.feedback import sent_out
from jobs.night import retold
from jobs.setup import Setup, read_plan
from skiptrace.errors import DataRefused, Problem
from skiptrace.intake import delivery, duplicates, forgotten, rereading, shared_numbers, totals
from skiptrace.intake.canonical import SPECS, CanonicalTables
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.project import Source
from skiptrace.schema import Column, Table
from skiptrace.schema.working import READ_ROWS
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table, write_table

MOST_UNREADABLE = 0.05
"""The share of a list's rows that may be unreadable, as rejects that are counted, before the whole list is refused."""
FILLED = ("first", "last", "dob", "ssn_token", "ssn4", "last_seen")
KINDS = ("address", "phone", "email")
_SURVEY = Table(
    "survey", "Account ids and row hashes.", tuple(Column(f.name, f.type, f.name) for f in duplicates.SURVEY)
)
_VERDICT = Table(
    "verdict", "Rows that are not used.", tuple(Column(f.name, f.type, f.name) for f in duplicates.VERDICT)
)

_NUMBERS = Table(
    "numbers", "Tokens of numbers, and whose surname is beside them.", tuple(Column(f.name, f.type, f.name) for f in shared_numbers.NUMBERS)
)


def survey_portfolio(work: str, number: int) -> dict[str, Any]:
    """Account ids, row hashes and number tokens of one portfolio partition, and its totals where a seller gave some to compare with."""
    setup = read_plan(work)
    partition = setup.partitions["portfolio"][number]
    mapped = _mapped(setup, "portfolio", number)
    ref = write_table(duplicates.survey(mapped, partition), _SURVEY, setup.work / "survey", f"survey-{number:05d}")
    spec = setup.project.portfolio
    counted = totals.of_partition(mapped, partition, spec, setup.as_of) if spec.purchase else []
    told = {"survey": ref.plain(), "totals": [total.plain() for total in counted]}
    numbers = shared_numbers.survey(mapped, partition, setup.key())
    if numbers is None:
        return told
    return {**told, "numbers": write_table(numbers, _NUMBERS, setup.work / "survey", f"numbers-{number:05d}").plain()}


def judge_duplicates(work: str, surveys: list[dict[str, Any]]) -> dict[str, Any]:
    """Which rows of the whole portfolio are not used, and why, and of which the number is not. surveys: receipts of `survey_portfolio`."""
    setup = read_plan(work)
    found = duplicates.judge([read_table(one["survey"]) for one in surveys])
    found = shared_numbers.judge([read_table(one["numbers"]) for one in surveys if "numbers" in one], found)
    return {"verdict": write_table(found, _VERDICT, setup.work / "survey", "verdict").plain()}


def portfolio_partition(
    work: str, number: int, verdict: dict[str, Any], survey: dict[str, Any], base: dict[str, Any] | None = None
) -> dict[str, Any]:  # fmt: skip
    """Canonical tables of one portfolio partition, and READ_ROWS. survey: its SURVEY. base: what the last night left, see
    `jobs.night.base`, where this is a night that begins from one; its rows that say the same are taken over."""
    setup = read_plan(work)
    partition = setup.partitions["portfolio"][number]
    mapped = _mapped(setup, "portfolio", number)
    judged, surveyed = read_table(verdict), read_table(survey)

    def read(rows: Mapped) -> CanonicalTables:
        return delivery.canonical(rows, partition, setup.project.portfolio, setup.as_of, setup.key(), judged)

    tables = read(mapped) if base is None else retold.tables(mapped, number, surveyed, judged, base, setup.as_of, read)
    tables = _without_forgotten(setup, tables, partition)
    receipt = _write(tables, setup.work / "portfolio", number)
    rows = rereading.read_rows(surveyed, tables, partition.first_row - partition.file_row_start - 1)
    kept = write_table(rows, READ_ROWS, setup.work / "portfolio" / "read_rows", f"part-{number:05d}")
    return {**receipt, "read_rows": kept.plain()}


def delivery_partition(work: str, source: str, number: int) -> dict[str, Any]:
    """Canonical tables of one partition of a source."""
    setup = read_plan(work)
    spec = next(entry for entry in setup.project.source if entry.name == source)
    partition = setup.partitions[source][number]
    mapped = _mapped(setup, source, number)
    read = delivery.canonical(mapped, partition, spec, setup.as_of, setup.key(), exported=sent_out(spec, setup.exported))
    tables = _without_forgotten(setup, read, partition)
    refuse_unreadable(spec, partition.file.name, tables)
    written = _write(tables, setup.delivery(source, number), partition.piece)
    return {**written, "newest": newest(tables.identities, setup.as_of), "source": source}


def _mapped(setup: Setup, source: str, number: int) -> Mapped:
    """A mapped partition without the rows of forgotten accounts."""
    partition, tombs = setup.partitions[source][number], tombstones.of_run(setup)
    mapped = delivery.load(partition, setup.mappings[source], setup.project.limits)
    return forgotten.known_accounts(mapped, partition, tombs, setup.key()) if tombs else mapped


def _without_forgotten(setup: Setup, tables: CanonicalTables, partition: Partition) -> CanonicalTables:
    tombs = tombstones.of_run(setup)
    return forgotten.without(tables, partition, tombs, setup.key()) if tombs else tables


def refuse_unreadable(spec: Source, file: str, tables: CanonicalTables) -> None:
    """Raise DataRefused where so many rows of a list, of answers or of account events cannot be read that it holds another kind of
    value than its mapping says: each row lost is a "no" that would not be heard."""
    if spec.kind not in ("suppression", "answers", "account_events", "placements"):
        return
    why = {reason: count for reason, count in by_reason(tables.rejects).items() if reason != forgotten.REASON}
    lost, rows = sum(why.values()), tables.counts["rows_in"] - tables.counts["rows_filtered"]
    if lost > MOST_UNREADABLE * rows:
        told = ", ".join(f"{reason} {count}" for reason, count in sorted(why.items()))
        what = f"{lost} of {rows} rows cannot be used: {told}"
        mend = "map the columns that hold endpoint and channel, or deliver values of the kind that the channel says"
        if spec.kind == "account_events":
            mend = "map the columns that hold account, event and day; an event is closed, recalled, transferred or reopened"
        if spec.kind == "placements":
            mend = "map the columns that hold account, holder and days"
        raise DataRefused(f'the list "{spec.name}" holds the wrong kind of value', (Problem(file, "", what, mend),))


def _write(tables: CanonicalTables, folder: Place, number: int) -> dict[str, Any]:
    refs = {
        name: write_table(getattr(tables, name), spec, folder / name, f"part-{number:05d}").plain()
        for name, spec in SPECS.items()
    }
    told = {
        "rejected_by_reason": by_reason(tables.rejects), "values_by_column": _by_column(tables.rejects), "filled": filled(tables),
    }  # fmt: skip
    return {**refs, "counts": tables.counts, "until": tables.until.isoformat(), **told}


def filled(tables: CanonicalTables) -> dict[str, int]:
    """Of how many borrowers or records each of FILLED is known, and of how many there is an address, a phone or an e-mail."""
    mine = tables.identities.filter(pc.equal(tables.identities["party"], "borrower"))
    shown = tables.sightings.filter(pc.equal(tables.sightings["party"], "borrower"))
    found = {name: len(mine) - mine[name].null_count for name in FILLED}
    for kind in KINDS:
        found[kind] = pc.count_distinct(shown.filter(pc.equal(shown["kind"], kind))["identity"]).as_py()
    return {"records": len(mine), **found}


def by_reason(rejects: pa.Table) -> dict[str, int]:
    """Whole rows rejected, by reason."""
    whole = rejects.filter(pc.is_null(rejects["column"]))
    found = whole.group_by("reason").aggregate([([], "count_all")]).sort_by("reason").to_pylist()
    return {row["reason"]: row["count_all"] for row in found}


def _by_column(rejects: pa.Table) -> dict[str, dict[str, int]]:
    """Single values rejected, by column and reason."""
    found: dict[str, dict[str, int]] = {}
    values = rejects.filter(pc.is_valid(rejects["column"])).group_by(["column", "reason"]).aggregate([([], "count_all")])
    for row in values.sort_by([("column", "ascending"), ("reason", "ascending")]).to_pylist():
        found.setdefault(row["column"], {})[row["reason"]] = row["count_all"]
    return found
