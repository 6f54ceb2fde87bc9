"""The rows by which a person is known: the account's own, as the tape or a run says them, and the records that were linked to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs import outcomes, register
from jobs.prepare import find_deliveries
from jobs.tape import of_borrowers
from jobs.unremembered import kept_identities
from skiptrace.errors import ConfigError, DataRefused, SkiptraceError
from skiptrace.intake import delivery
from skiptrace.intake.cells import trimmed
from skiptrace.intake.mapping import Mapped
from skiptrace.project import PRIVATE, Project
from skiptrace.results import Run, open_run, runs
from skiptrace.rulebook import loading
from skiptrace.schema import IDENTITIES, REJECTS, SIGHTINGS
from skiptrace.schema.table import Table
from skiptrace.sql import query
from skiptrace.store.places import Place

Rows = tuple[pa.Table, pa.Table]
"""IDENTITIES of borrowers and their SIGHTINGS."""


@dataclass(frozen=True)
class Known:
    """What is known of some accounts: their rows (one pair for each account that was found anywhere with a name), whether each account
    is known at all, their consumers by account, and the records that were linked to them: source and record id."""

    rows: dict[str, Rows]
    accounts: frozenset[str]
    consumers: dict[str, str]
    records: frozenset[tuple[str, str]]


def of_accounts(project: Project, home: Place, accounts: Sequence[str], key: bytes, today: dt.date) -> Known:
    """What the tape as it is delivered now, the published runs and the register say of accounts. A tape that cannot be read says
    nothing; then the name and the points that a run shows are all."""
    rows, known, consumers, records = dict[str, Rows](), set[str](), dict[str, str](), set[tuple[str, str]]()
    with suppress(ConfigError, DataRefused):
        rows |= _on_tape(project, accounts, key, today)
    for run in published(home):
        told = run.table("accounts") if _has(run, "accounts") else None
        mine = None if told is None else told.filter(pc.is_in(told["account_id"], pa.array(accounts, pa.string())))
        for row in [] if mine is None else mine.to_pylist():
            account = str(row["account_id"])
            known.add(account)
            consumers[account] = str(row["consumer_id"])
            if account not in rows and _has(run, "contact_points"):
                rows[account] = _as_run_says(run, row)
        if _has(run, "links"):
            records |= _linked(run, accounts)
    with suppress(SkiptraceError):
        logged = register.log(home / PRIVATE, "accounts")
        for row in logged.filter(pc.is_in(logged["account_id"], pa.array(accounts, pa.string()))).to_pylist():
            known.add(row["account_id"])
            consumers[row["account_id"]] = row["consumer_id"]
    return Known(rows, frozenset({*known, *rows}), consumers, frozenset(records))


def published(home: Place) -> Iterator[Run]:
    """Every published run, oldest first."""
    for summary in runs(home):
        yield open_run(home, summary.run_id)


def of_consumer(home: Place, consumer: str) -> list[str]:
    """The accounts that are this consumer by the register, sorted: by the last word on each."""
    last = dict[str, str]()
    with suppress(SkiptraceError):
        logged = register.log(home / PRIVATE, "accounts").sort_by([("night", "ascending")])
        last = dict(zip(logged["account_id"].to_pylist(), logged["consumer_id"].to_pylist(), strict=True))
    return sorted(account for account, whose in last.items() if whose == consumer)


def opted_out_with(home: Place, accounts: Sequence[str]) -> list[str]:
    """Other accounts that show, in the run published last, a point on which somebody of these accounts opted out, sorted: that word is
    gone with whoever said it."""
    book, said = loading.load(), outcomes.kept(home / PRIVATE)
    every = list(published(home))
    if not len(said) or not every or not _has(every[-1], "contact_points"):
        return []
    no = pa.array([name for name, outcome in book.outcomes.items() if outcome.opt_out], pa.string())
    mine = pa.array(accounts, pa.string())
    said = said.filter(pc.and_(pc.is_in(said["account_id"], mine), pc.is_in(said["outcome"], no)))
    points = every[-1].table("contact_points", ["account_id", "kind", "value"])
    text = "select distinct p.account_id as account from points p join said s using (kind, value) order by account"
    found = query(text, {"points": points.filter(pc.invert(pc.is_in(points["account_id"], mine))), "said": said})
    return [str(account) for account in found["account"].to_pylist()]


def identities_of(home: Place, records: frozenset[tuple[str, str]]) -> list[pa.Table]:
    """IDENTITIES of some records (source and record id), from the deliveries that are kept."""
    ids, found = pa.array(sorted({record for _, record in records}), pa.string()), []
    for _, identities, _ in kept_identities(home / PRIVATE):
        mine = identities.filter(pc.is_in(identities["record_id"], ids))
        pairs = zip(mine["source"].to_pylist(), mine["record_id"].to_pylist(), strict=True)
        mine = mine.filter(pa.array([pair in records for pair in pairs], pa.bool_()))
        if len(mine):
            found.append(mine)
    return found


def _has(run: Run, table: str) -> bool:
    return table in run.ledger["tables"]


def _on_tape(project: Project, accounts: Sequence[str], key: bytes, today: dt.date) -> dict[str, Rows]:
    day = project.project.as_of or today
    (tape,) = find_deliveries(project, day, ("portfolio",))
    wanted, found = pa.array(accounts, pa.string()), dict[str, Rows]()
    for partition in tape.delivery.partitions:
        mapped = delivery.load(partition, tape.delivery.mapping, project.limits)
        ids = trimmed(mapped.table["account_id"])
        for place in pc.indices_nonzero(pc.is_in(ids, wanted)).to_pylist():
            one = Mapped(mapped.table.slice(place, 1), mapped.rows.slice(place, 1), REJECTS.empty(), 1, 0)
            tables = delivery.canonical(one, partition, project.portfolio, day, key)
            mine: Rows = (of_borrowers(tables.identities), of_borrowers(tables.sightings))
            before = found.get(ids[place].as_py())
            found[ids[place].as_py()] = mine if before is None else (_both(before[0], mine[0]), _both(before[1], mine[1]))
    return found


def _both(one: pa.Table, other: pa.Table) -> pa.Table:
    return pa.concat_tables([one, other])


def _as_run_says(run: Run, row: dict[str, Any]) -> Rows:
    """An account's row as far as a run shows it: its name, and the points that its tape had."""
    points = run.table("contact_points")
    mine = pc.and_(pc.equal(points["account_id"], row["account_id"]), pc.not_equal(points["origin"], "reference"))
    told = points.filter(mine).to_pylist()
    person = {
        "source": "portfolio", "identity": 0, "record_id": row["account_id"], "party": "borrower", "origin": "portfolio",
        "first": row["first_name"], "middle": row["middle_name"], "last": row["last_name"], "suffix": row["suffix"],
    }  # fmt: skip
    seen = [{**point, "source": "portfolio", "identity": 0, "origin": "portfolio", "party": "borrower", "match_key": point["value"]}
            for point in told]  # fmt: skip
    return _table(IDENTITIES, [person]), _table(SIGHTINGS, seen)


def _table(spec: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({column.name: pa.array([row.get(column.name) for row in rows], column.type) for column in spec.columns})


def _linked(run: Run, accounts: Sequence[str]) -> set[tuple[str, str]]:
    links = run.table("links", ["account_id", "source", "record_id", "relation", "status"])
    mine = pc.and_(pc.is_in(links["account_id"], pa.array(accounts, pa.string())), pc.equal(links["status"], "linked"))
    rows = links.filter(pc.and_(mine, pc.equal(links["relation"], "same"))).to_pylist()
    return {(row["source"], row["record_id"]) for row in rows}
