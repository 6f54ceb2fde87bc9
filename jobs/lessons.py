"""Tasks of `model train-reach`: what was known of every use on the day before the attempts, and the attempts beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs import reach_models
from jobs.enrich import points_of, portfolio_rows, sightings_of
from jobs.linked import likely
from jobs.setup import read_plan
from jobs.tape import borrowers
from skiptrace.contacts import evidence, rules, sharing
from skiptrace.reach import lessons
from skiptrace.schema import CONTACT_POINTS
from skiptrace.schema.working import ATTEMPTS, CONSUMERS, PAST_EVENTS
from skiptrace.store.tables import read_table, read_tables, write_table


def known_partition(
    work: str, number: int, links: dict[str, Any], consumers: dict[str, Any], past: dict[str, Any], known_on: str
) -> dict[str, Any]:  # fmt: skip
    """CONTACT_POINTS (not yet shared) of partition `number` as a run of the day `known_on` would have had them: neither a later
    sighting nor a later outcome is in them."""
    setup, day = read_plan(work), dt.date.fromisoformat(known_on)
    people = read_tables([consumers], CONSUMERS)
    own, own_sightings, tape, own_people = portfolio_rows(setup, number, people)
    accounts = evidence.account_ids(own_people["record_id"])
    seen = sightings_of(setup, accounts, likely(links), own, own_sightings, tape, day)
    table = points_of(seen, accounts, read_tables([past], PAST_EVENTS), people, day)
    return {"points": write_table(table, CONTACT_POINTS, setup.work / "known", f"part-{number:05d}").plain()}


def lessons_partition(
    work: str, number: int, points: dict[str, Any], shared: dict[str, Any], consumers: dict[str, Any], tried: dict[str, Any], known_on: str
) -> dict[str, Any]:  # fmt: skip
    """LESSONS and COVERED of partition `number`, from points that `known_partition` made and all ATTEMPTS since."""
    setup, day = read_plan(work), dt.date.fromisoformat(known_on)
    table = sharing.mark(read_table(points), read_table(shared), rules.load().sharing)
    accounts = _accounts(borrowers(setup, number)[2], table, read_tables([consumers], CONSUMERS), day)
    cards = reach_models.cards_of(setup.private, setup.reach)
    attempts = read_tables([tried], ATTEMPTS)
    attempts = attempts.filter(pc.is_in(attempts["account_id"], accounts["account_id"].combine_chunks()))
    found = lessons.lessons(table, attempts, accounts, cards, day)
    stem = f"part-{number:05d}"
    return {
        "lessons": write_table(found, lessons.LESSONS, setup.work / "lessons", stem).plain(),
        "covered": write_table(lessons.covered(table, accounts, cards), lessons.COVERED, setup.work / "covered", stem).plain(),
    }  # fmt: skip


def _accounts(tape: pa.Table, points: pa.Table, consumers: pa.Table, day: dt.date) -> pa.Table:
    """account_id, consumer_id, area (state of the likeliest address) and debt_years (int32) of the accounts of a tape."""
    ids = tape["account_id"]
    first = points.filter(pc.and_(pc.equal(points["kind"], "address"), pc.equal(points["rank"], 1)))
    area = first["state"].take(pc.index_in(ids, first["account_id"].combine_chunks()))
    consumer = consumers["consumer_id"].take(pc.index_in(ids, consumers["account_id"].combine_chunks()))
    charged = tape["charge_off_date"].cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.float64)
    years = np.floor(((day - dt.date(1970, 1, 1)).days - charged) / lessons.DAYS_A_YEAR)
    debt = pa.array(np.nan_to_num(years).clip(0).astype(np.int32), mask=np.isnan(years))
    return pa.table({"account_id": ids, "consumer_id": consumer, "area": area, "debt_years": debt})
