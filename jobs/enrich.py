"""The enrich step: contact points and deaths per partition of accounts; then which points several consumers share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import handing, inventory, linked
from jobs.noted import past as told_past
from jobs.setup import Setup, read_plan
from jobs.tape import parties, tape_refs
from skiptrace.contacts import deaths, evidence, outcomes, points, rules, sharing
from skiptrace.normalize import area_codes
from skiptrace.schema import CONTACT_POINTS, IDENTITIES
from skiptrace.schema.working import CONSUMERS, DEATHS, SHARING
from skiptrace.store.tables import read_table, read_tables, write_table
from skiptrace.vocabulary import EVENT_KINDS


def portfolio_rows(setup: Setup, number: int, consumers: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """(own, sightings, tape, identities) of partition `number` and of its consumers' accounts in other partitions: see
    `evidence.gather`; identities are the partition's borrowers."""
    identities, sightings, tape = parties(setup, number)
    borrowers = identities.filter(pc.equal(identities["party"], "borrower"))
    accounts = tape["account_id"].combine_chunks()
    related = inventory.lenders(setup, evidence.accounts_of_consumers(accounts, consumers))
    missing = related["record_id"].filter(pc.invert(pc.is_in(related["record_id"], accounts))).unique()
    all_identities, all_sightings, all_tape = [identities], [sightings], [tape]
    for other in range(len(setup.partitions["portfolio"])) if len(missing) else ():
        if other == number:
            continue
        more, shown, bought = parties(setup, other)
        more = more.filter(pc.is_in(more["record_id"], missing))
        all_identities.append(more)
        all_sightings.append(shown.filter(pc.is_in(shown["identity"], more["identity"].combine_chunks())))
        all_tape.append(bought.filter(pc.is_in(bought["account_id"], missing)))
    known = pa.concat_tables(all_identities)
    own = evidence.rows_of_consumers(related, known)
    return own, pa.concat_tables(all_sightings), pa.concat_tables(all_tape), borrowers


def enrich_partition(
    work: str, number: int, links: dict[str, Any], consumers: dict[str, Any], given: list[dict[str, Any]] | None = None
) -> dict[str, Any]:  # fmt: skip
    """CONTACT_POINTS (not yet shared) and DEATHS of partition `number`. given: the records of its links, see `jobs.handing.handed`."""
    setup = read_plan(work)
    currency = rules.load()
    people = read_tables([consumers], CONSUMERS)
    own, own_sightings, tape, borrowers = portfolio_rows(setup, number, people)
    accounts = evidence.account_ids(borrowers["record_id"])
    likely = linked.likely(links)
    records = handing.records(setup, likely.filter(evidence.accepted(likely)), "identities", given)
    past = told_past(setup)
    seen = sightings_of(setup, accounts, likely, own, own_sightings, tape, setup.as_of, given)
    table = points_of(seen, accounts, past, people, setup.as_of, currency.recency_day(setup.as_of))
    tape = tape.filter(pc.is_in(tape["account_id"], accounts))
    told = outcomes.told_dead(past, accounts, people, setup.as_of)
    dead = deaths.deaths(likely, records, borrowers, tape, told, currency, setup.as_of)
    return {
        "points": write_table(table, CONTACT_POINTS, setup.work / "points", f"part-{number:05d}").plain(),
        "deaths": write_table(dead, DEATHS, setup.work / "deaths", f"part-{number:05d}").plain(),
        "evidence": len(seen),
    }  # fmt: skip


def sightings_of(
    setup: Setup, accounts: pa.Array, likely: pa.Table, own: pa.Table, own_sightings: pa.Table, tape: pa.Table, as_of: dt.date,
    given: list[dict[str, Any]] | None = None,
) -> pa.Table:  # fmt: skip
    """EVIDENCE up to `as_of` that sources and the portfolio hold about these accounts; the others as `portfolio_rows` and
    `jobs.handing.handed` give them."""
    kinds = {name: kind for name, kind in setup.kinds.items() if kind not in EVENT_KINDS}
    least = rules.load().unsure_from
    sightings = handing.records(setup, likely.filter(evidence.heard(likely, least)), "sightings", given)
    return evidence.gather(accounts, likely, sightings, own, own_sightings, tape, kinds, as_of.isoformat(), least)


def points_of(
    seen: pa.Table, accounts: pa.Array, past: pa.Table, people: pa.Table, as_of: dt.date, recency: dt.date | None = None
) -> pa.Table:  # fmt: skip
    """CONTACT_POINTS (not yet shared) on a day, from EVIDENCE of these accounts and all past events up to that day. Ages count to
    `recency`, if it is not that day."""
    currency = rules.load()
    tried, instant = outcomes.as_evidence(past, accounts, people, currency, as_of)
    return points.contact_points(
        accounts, pa.concat_tables([seen, tried]), np.concatenate([np.zeros(len(seen), np.int64), instant]),
        outcomes.dead_for_everybody(past, currency, as_of), points.Areas(area_codes.states(), area_codes.splits()), currency,
        recency or as_of,
    )  # fmt: skip


def share(work: str, refs: list[dict[str, Any]], consumers: dict[str, Any]) -> dict[str, Any]:
    """SHARING over all partitions' points."""
    setup = read_plan(work)
    found = (read_tables([ref], CONTACT_POINTS, list(sharing.COLUMNS)) for ref in refs)
    names = read_tables(tape_refs(setup, "identities"), IDENTITIES, ["record_id", "party", "last"])
    names = names.filter(pc.equal(names["party"], "borrower"))
    table = sharing.shared(found, read_table(consumers), names, rules.load().sharing.household)
    return {"sharing": write_table(table, SHARING, setup.work / "sharing", "sharing").plain()}
