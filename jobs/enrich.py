"""The enrich step: contact points and deaths per partition of accounts; then which points several consumers share."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.linked import likely
from jobs.setup import Setup, read_plan
from jobs.tape import borrowers, intake_receipts
from skiptrace.contacts import deaths, evidence, points, rules, sharing
from skiptrace.normalize import area_codes
from skiptrace.schema import CONTACT_POINTS, EVENTS, IDENTITIES, SIGHTINGS
from skiptrace.schema.working import DEATHS, SHARING
from skiptrace.store.tables import read_table, read_tables, write_table
from skiptrace.vocabulary import EVENT_KINDS


def linked_records(setup: Setup, links: pa.Table, table: str) -> pa.Table:
    """Rows of an intake table (identities or sightings) of the record sources that LINKS accepted."""
    accepted = links.filter(pc.and_(pc.equal(links["status"], "linked"), pc.equal(links["relation"], "same")))
    spec = {"identities": IDENTITIES, "sightings": SIGHTINGS}[table]
    found = [spec.empty()]
    for source in setup.record_sources:
        wanted = accepted.filter(pc.equal(accepted["source"], source))["identity"].unique()
        if not len(wanted):
            continue
        for receipt in intake_receipts(setup, source):
            rows = read_table(receipt[table])
            found.append(rows.filter(pc.is_in(rows["identity"], wanted)))
    return pa.concat_tables(found)


def events(setup: Setup) -> pa.Table:
    """Dispositions of every delivery of them; an event that comes twice counts once."""
    sources = [source for source in setup.project.source if source.kind == "dispositions"]
    refs = [receipt["events"] for source in sources for receipt in intake_receipts(setup, source.name)]
    found = read_tables(refs, EVENTS)
    if not len(found):
        return found
    order = found.sort_by([("event_id", "ascending"), ("occurred_at", "ascending"), ("account_id", "ascending")])
    ids = order["event_id"].combine_chunks()
    first = pa.concat_arrays([pa.array([True]), pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1))])
    return order.filter(first)


def enrich_partition(work: str, number: int, links: dict[str, Any]) -> dict[str, Any]:
    """CONTACT_POINTS (not yet shared) and DEATHS of partition `number`."""
    setup = read_plan(work)
    currency = rules.load()
    own, own_sightings, tape = borrowers(setup, number)
    accepted = likely(links)
    sightings = linked_records(setup, accepted, "sightings")
    records = linked_records(setup, accepted, "identities")
    kinds = {name: kind for name, kind in setup.kinds.items() if kind not in EVENT_KINDS}
    found = evidence.gather(accepted, sightings, own, own_sightings, tape, kinds, setup.as_of.isoformat())
    table = points.contact_points(found, events(setup), area_codes.states(), currency, setup.as_of)
    dead = deaths.deaths(accepted, records, own, tape, currency, setup.as_of)
    return {
        "points": write_table(table, CONTACT_POINTS, setup.work / "points", f"part-{number:05d}").plain(),
        "deaths": write_table(dead, DEATHS, setup.work / "deaths", f"part-{number:05d}").plain(),
        "evidence": len(found),
    }  # fmt: skip


def share(work: str, refs: list[dict[str, Any]], consumers: dict[str, Any]) -> dict[str, Any]:
    """SHARING over all partitions' points."""
    setup = read_plan(work)
    found = read_tables(refs, CONTACT_POINTS, ["account_id", "point_id"])
    table = sharing.shared(found, read_table(consumers))
    return {"sharing": write_table(table, SHARING, setup.work / "sharing", "sharing").plain()}
