"""Which accounts could differ from the last run: found by comparing, never by guessing, and told by reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.night.base import DIGESTS, dead_now, table
from jobs.setup import Setup, read_plan
from jobs.tape import intake_receipts, tape_refs
from skiptrace.columns import of_accounts
from skiptrace.contacts import rules, sharing
from skiptrace.schema import CONTACT_POINTS, IDENTITIES, Column, Table
from skiptrace.schema.delivered import TEXT
from skiptrace.schema.working import CONSIDERED, CONSUMERS, SHARING
from skiptrace.sql import query
from skiptrace.store.tables import read_table, read_tables, write_table

TOUCHED = Table(
    "touched", "Accounts of a night that are computed anew.",
    (Column("account_id", TEXT, "The account.", "key", nullable=False),),
    key=("account_id",),
)  # fmt: skip
REASONS = {
    "own": "new on the tape, or its own rows or its state are others",
    "linked": "linked otherwise, or a file of its records is read otherwise",
    "told": "an attempt was told, or its day came", "consumer": "counted to another consumer",
    "dead": "an attempt on another account says something else of its points", "due": "a day in a record of its has come",
    "together": "one consumer with one of these",
    "shared": "showing a point that others show otherwise than before",
}  # fmt: skip
"""Why an account could differ; the first that holds is counted."""
_FIND = """
with known as (
    select now.account_id, now.own is distinct from was.own as own, now.linked is distinct from was.linked as linked,
        now.told is distinct from was.told as told, c.consumer_id is distinct from b.consumer_id as consumer, c.consumer_id,
        b.consumer_id as was_consumer
    from now left join was using (account_id) left join consumers c using (account_id) left join before b using (account_id)),
by_dead as (
    select distinct p.account_id from points p join differing d using (kind, value)),
by_due as (select distinct l.account_id from likely l join due d using (source, identity)),
first as (
    select account_id, consumer_id, was_consumer, case
        when own then 'own' when linked then 'linked' when told then 'told' when consumer then 'consumer'
        when account_id in (select account_id from by_dead) then 'dead'
        when account_id in (select account_id from by_due) then 'due' end as reason
    from known),
gone as (select b.consumer_id from before b left join now using (account_id) where now.account_id is null),
people as (
    select consumer_id from first where reason is not null
    union select was_consumer from first where reason is not null union select consumer_id from gone)
select account_id, coalesce(reason, 'together') as reason from first
where reason is not null or consumer_id in (select consumer_id from people where consumer_id is not null)
    or was_consumer in (select consumer_id from people where consumer_id is not null)
order by account_id
"""
_SHARED = """
with differing as (
    select account_id from (
        (select account_id, point_id, others from now except all select account_id, point_id, others from before)
        union all (select account_id, point_id, others from before except all select account_id, point_id, others from now))),
people as (select distinct c.consumer_id from differing join consumers c using (account_id))
select c.account_id from consumers c join people using (consumer_id)
where c.account_id not in (select account_id from touched) order by account_id
"""


def find(
    work: str, base: dict[str, Any], digests: list[dict[str, Any]], considered: list[dict[str, Any]], consumers: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """TOUCHED before it is known which points are shared, and how many accounts there are of each reason."""
    setup = read_plan(work)
    otherwise, come = said_otherwise(dead_now(setup), table(base, "dead")), due(setup, dt.date.fromisoformat(base["as_of"]))
    found = differing({
        "now": read_tables(digests, DIGESTS), "was": table(base, "digests"), "consumers": read_tables([consumers], CONSUMERS),
        "before": table(base, "consumers"), "differing": otherwise, "due": come,
        "points": _those(base["contact_points"] if len(otherwise) else [], CONTACT_POINTS, ["account_id", "kind", "value"], otherwise),
        "likely": _those(considered if len(come) else [], CONSIDERED, ["account_id", "source", "identity"], come),
    })  # fmt: skip
    counts = {row["values"]: row["counts"] for row in pc.value_counts(found["reason"].combine_chunks()).to_pylist()}
    return {**_written(setup, found, "touched"), "reasons": {name: counts.get(name, 0) for name in REASONS if name != "shared"}}


def _those(refs: Sequence[dict[str, Any]], spec: Table, columns: list[str], wanted: pa.Table) -> pa.Table:
    """Some columns of the rows that have one of the values wanted in the last column."""
    found, values = [pa.schema([spec.arrow.field(name) for name in columns]).empty_table()], wanted[columns[-1]].unique()
    for ref in refs:
        rows = read_tables([ref], spec, columns)
        found.append(rows.filter(pc.is_in(rows[columns[-1]], values)))
    return pa.concat_tables(found)


def differing(tables: Mapping[str, pa.Table]) -> pa.Table:
    """account_id, reason of the accounts that could differ, by account.

    now, was: DIGESTS of two nights; consumers, before: CONSUMERS of them; points: account_id, kind, value of the earlier one;
    differing: kind, value (see `said_otherwise`); likely: account_id, source, identity of pairs of the later one; due: see `due`."""
    return query(_FIND, tables)


def _written(setup: Setup, found: pa.Table, stem: str) -> dict[str, Any]:
    ref = write_table(found.select(["account_id"]), TOUCHED, setup.work / "touched", stem).plain()
    return {"touched": ref, "accounts": len(found)}


def said_otherwise(now: pa.Table, before: pa.Table) -> pa.Table:
    """kind, value of the points of which one of two nights says another thing."""
    text = """select distinct kind, value from (
        (select * from now except all select * from before) union all (select * from before except all select * from now))"""
    return query(text, {"now": now, "before": before.cast(now.schema)})


def due(setup: Setup, since: dt.date) -> pa.Table:
    """source, identity of records with a day after `since` that has come by now."""
    found = [pa.table({"source": pa.array([], pa.string()), "identity": pa.array([], pa.int64())})]
    for source in setup.record_sources if since < setup.as_of else ():
        for receipt in intake_receipts(setup, source):
            for name, days in (("identities", ["first_seen", "last_seen", "deceased_date"]), ("sightings", ["first_seen", "last_seen"])):
                rows = read_table(receipt[name], ["source", "identity", *days])
                between = [
                    pc.and_(pc.greater(rows[day], pa.scalar(since)), pc.less_equal(rows[day], pa.scalar(setup.as_of))) for day in days
                ]
                come = reduce(pc.or_, (pc.fill_null(one, False) for one in between))
                found.append(rows.filter(come).select(["source", "identity"]).cast(found[0].schema))
    return pa.concat_tables(found)


def share(
    work: str, base: dict[str, Any], touched: dict[str, Any], points: list[dict[str, Any]], consumers: dict[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """SHARING over the whole project, and TOUCHED of the accounts, beyond those that are, whose points others share otherwise than in the
    last run. points: files of fresh CONTACT_POINTS of the accounts `touched`."""
    setup, columns = read_plan(work), list(sharing.COLUMNS)
    people, known = read_table(consumers), read_table(touched)
    names = read_tables(tape_refs(setup, "identities"), IDENTITIES, ["record_id", "party", "last"])
    stayed = people["account_id"].combine_chunks()
    stayed = stayed.filter(pc.invert(pc.is_in(stayed, known["account_id"].combine_chunks())))

    def every() -> Iterator[pa.Table]:
        for ref in base["contact_points"]:
            rows = read_tables([ref], CONTACT_POINTS, columns)
            yield of_accounts(rows, stayed)
        yield from (read_tables([ref], CONTACT_POINTS, columns) for ref in points)

    found = sharing.shared(every(), people, names.filter(pc.equal(names["party"], "borrower")), rules.load().sharing.household)
    more = query(_SHARED, {"now": found, "before": table(base, "sharing"), "consumers": people, "touched": known})
    ref = write_table(found, SHARING, setup.work / "sharing", "sharing").plain()
    return {"sharing": ref, **_written(setup, more, "touched-shared")}


def whole(refs: Sequence[dict[str, Any]]) -> pa.Array:
    """The ids of all accounts that are computed anew."""
    return read_tables(list(refs), TOUCHED)["account_id"].combine_chunks()
