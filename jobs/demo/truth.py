"""What is really so, beside the sample project: links, accounts, points. No program that is measured may read it.

Accounts whose rows contradict each other are left out: they must be refused, so there is nothing to measure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from jobs.demo import records
from jobs.demo.histories import Shown, Use
from jobs.demo.points import e164
from jobs.demo.records import World
from jobs.demo.sources import Batch
from jobs.demo.tape import Debtors, Portfolio
from jobs.demo.words import Days, Text, Whole, present, texts


@dataclass
class Sightings:
    """What the sources came to hold about debtors, gathered while they are written."""

    debtor: Whole  # rows of the population, sorted
    records: list[tuple[str, Whole, Text]] = field(default_factory=list)  # source, persons, record ids
    values: list[tuple[str, Whole, Text]] = field(default_factory=list)  # kind, persons, canonical values
    shown: list[Shown] = field(default_factory=list)

    def add(self, source: str, batch: Batch, record_id: Text, day: Days) -> None:
        """Keep what a batch, whose records are of these days, says about debtors."""
        ours = np.isin(batch.person, self.debtor)
        self.records.append((source, batch.person[ours], record_id[ours]))
        for kind, values in (("phone", batch.phone), ("email", batch.email)):
            told = ours & present(values)
            self.values.append((kind, batch.person[told], values[told]))
            status = batch.status[told] if kind == "phone" else np.full(int(told.sum()), None, object)
            self.shown.append(Shown(source, kind, batch.person[told], values[told], day[told], status, batch.origin(source)[told]))


def links(debtors: Debtors, portfolio: Portfolio, seen: Sightings) -> pa.Table:
    """account_id, source, record_id (text): every record of every account's consumer, sorted by the three."""
    account, keep = _accounts(debtors, portfolio)
    out: list[pa.Table] = []
    for source, person, record_id in seen.records:
        mine, theirs = _join(debtors.person[keep], person)
        names = pa.array(np.full(len(mine), source, object), pa.string())
        columns = {"account_id": records.column(account[mine]), "source": names,
                   "record_id": records.column(record_id[theirs])}  # fmt: skip
        out.append(pa.table(columns))
    table = pa.concat_tables(out)
    return table.sort_by([(name, "ascending") for name in ("account_id", "source", "record_id")]).combine_chunks()


def accounts(world: World, debtors: Debtors, portfolio: Portfolio, seen: Sightings) -> pa.Table:
    """account_id, person_id, current_address (one line, NULL for the dead), moved, deceased, death_date,
    in_no_source."""
    account, keep = _accounts(debtors, portfolio)
    people, person = world.people, debtors.person[keep]
    now, on_tape = people.address[person, 0], people.address[person, portfolio.slot[keep]]
    dead = ~np.isnat(people.died[person])
    line = people.book.one_line(world.words, now)
    line[dead] = None
    known = np.unique(np.concatenate([found for _, found, _ in seen.records]))
    return pa.table(
        {
            "account_id": records.column(account),
            "person_id": records.column(texts([f"P{number:08d}" for number in person.tolist()])),
            "current_address": records.column(line),
            "moved": pa.array((now != on_tape) & ~dead),
            "deceased": pa.array(dead),
            "death_date": records.day_column(people.died[person]),
            "in_no_source": pa.array(~np.isin(person, known)),
        }
    )


def points(world: World, debtors: Debtors, portfolio: Portfolio, seen: Sightings) -> pa.Table:
    """account_id, kind, value (E.164 or lower-case address), right_party: every phone and e-mail of the consumer, of
    the tape and of the consumer's records, once per account. A mistyped value is nobody's, so not right."""
    account, keep = _accounts(debtors, portfolio)
    people, own = world.people, world.points
    debtor = seen.debtor
    out: list[pa.Table] = []
    for kind in ("phone", "email"):
        if kind == "phone":
            text, works = e164(own.phone[debtor].ravel()), own.right_phone(people)[debtor].ravel()
        else:
            text, works = own.email[debtor].ravel(), own.right_email(people)[debtor].ravel()
        whose = np.repeat(debtor, len(text) // max(1, len(debtor)))
        mine = [(whose[present(text)], text[present(text)])]
        mine += [(person, values) for found, person, values in seen.values if found == kind]
        tape = portfolio.phones if kind == "phone" else (portfolio.email,)
        mine += [(debtors.person[present(values)], values[present(values)]) for values in tape]
        person = np.concatenate([part for part, _ in mine])
        values = np.concatenate([part for _, part in mine])
        good = pa.table({"person": whose[works], "value": records.column(text[works])})
        good = good.group_by(["person", "value"]).aggregate([])
        good = good.append_column("right_party", pa.array(np.ones(good.num_rows, np.bool_)))
        every = pa.table({"person": person, "value": records.column(values)})
        every = every.group_by(["person", "value"]).aggregate([])
        every = every.join(good, ["person", "value"]).sort_by([("person", "ascending"), ("value", "ascending")])
        mine_rows, theirs = _join(debtors.person[keep], every["person"].to_numpy())
        chosen = every.take(pa.array(theirs))
        out.append(
            pa.table(
                {
                    "account_id": records.column(account[mine_rows]),
                    "kind": pa.array(np.full(len(mine_rows), kind, object), pa.string()),
                    "value": chosen["value"],
                    "right_party": chosen["right_party"].fill_null(False),
                }
            )
        )
    table = pa.concat_tables(out)
    return table.sort_by([(name, "ascending") for name in ("account_id", "kind", "value")]).combine_chunks()


def uses(world: World, debtors: Debtors, portfolio: Portfolio, known: tuple[Use, ...]) -> pa.Table:
    """account_id, channel, kind, value, p_works and p_reached: for every use of a phone or mailbox that a file shows, the
    probability that it works and that one attempt on it, of which something is told, reaches the consumer. The dead and
    values that are nobody's are left out."""
    account, keep = _accounts(debtors, portfolio)
    out: list[pa.Table] = []
    for use in known:
        mine, theirs = _join(debtors.person[keep], use.person)
        n = len(mine)
        columns = {
            "account_id": records.column(account[mine]),
            "channel": pa.repeat(use.channel, n), "kind": pa.repeat(use.kind, n),
            "value": records.column(use.value[theirs]),
            "p_works": pa.array(use.works[theirs]), "p_reached": pa.array(use.reached[theirs]),
        }  # fmt: skip
        out.append(pa.table(columns))
    table = pa.concat_tables(out)
    return table.sort_by([(name, "ascending") for name in ("account_id", "channel", "value")]).combine_chunks()


def _accounts(debtors: Debtors, portfolio: Portfolio) -> tuple[Text, Whole]:
    """The ids that remain, sorted as they are, and their places in `debtors`."""
    keep = np.flatnonzero(~np.isin(debtors.account_id.astype(str), np.array(portfolio.rejected, dtype=str)))
    return debtors.account_id[keep], keep


def _join(left: Whole, right: Whole) -> tuple[Whole, Whole]:
    """Positions of every pair of equal values in two arrays."""
    order = np.argsort(right, kind="stable")
    begin, end = np.searchsorted(right[order], left), np.searchsorted(right[order], left, side="right")
    count = end - begin
    mine = np.repeat(np.arange(len(left)), count)
    turn = np.arange(len(mine)) - np.repeat(np.cumsum(count) - count, count)
    return mine, order[np.repeat(begin, count) + turn]
