"""What past attempts proved about a point, of whichever account of the consumer they were made.

Outcomes are evidence: they stand in a point's list with their day. The latest proof wins; of two of one moment that
contradict each other, the one that says no. What was proved wrong stays down, whoever sells it again, and in whatever
spelling. A dead number or mailbox is dead for everybody; a wrong party is wrong for one consumer.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import codes, number
from skiptrace.contacts.evidence import EVIDENCE, accounts_of_consumers
from skiptrace.contacts.rules import CurrencyRules
from skiptrace.grouping import begins, matches
from skiptrace.normalize.addresses import normalize_addresses
from skiptrace.normalize.emails import normalize_emails
from skiptrace.normalize.phones import normalize_phones
from skiptrace.normalize.zones import address_zones

SAME_PERSON = 1.0
"""An attempt on an account is about its consumer."""
ALIVE, DECEASED = "active", "deceased"
"""The status that speaks for a point (every other that an outcome proves speaks against it); the outcome that reports a
death."""
FOUND = "found"
"""What a find of a person is among outcomes: a sighting like another, which proves nothing."""
SECONDS_A_YEAR = 365.25 * 86_400


def as_evidence(
    events: pa.Table, accounts: pa.Array, consumers: pa.Table, rules: CurrencyRules, as_of: dt.date
) -> tuple[pa.Table, np.ndarray]:
    """EVIDENCE of the outcomes that say something about a point, one row per outcome and account of its consumer, and the
    second since 1970 of each (int64).

    `events` are EVENTS with a column `source`; those after `as_of` are left out. `consumers` (CONSUMERS) says which
    accounts are one person; an outcome of an account it does not know says nothing here. FOUND is a sighting."""
    telling = pc.and_(pc.is_valid(events["value"]), pc.is_in(events["outcome"], pa.array(sorted({*rules.outcome, FOUND}))))
    day = events["occurred_at"].cast(pa.date32())
    events = events.append_column("day", day).filter(pc.and_(telling, pc.less_equal(day, pa.scalar(as_of))))
    related = accounts_of_consumers(accounts, consumers)
    ids = number(pa.chunked_array([*related["record_id"].chunks, *events["account_id"].chunks], pa.string()))
    at, place = matches(ids[len(related) :], ids[: len(related)])
    account = pc.index_in(related["account_id"].take(pa.array(place)), accounts).to_numpy().astype(np.int64)
    events = events.take(pa.array(at))
    parts = _parsed(events["kind"], events["value"])
    proves = [None if name == FOUND else rules.outcome[name].proves for name in codes(events["outcome"])[0]]
    status = pa.array(proves, pa.string()).take(pa.array(codes(events["outcome"])[1]))
    told = {
        **parts, "account": account, "record_id": events["event_id"], "source": events["source"], "origin": events["source"],
        "kind": events["kind"], "value": events["value"], "last_seen": events["day"], "first_seen": events["day"],
        "match_probability": pa.array(np.full(len(at), SAME_PERSON)), "relation": pa.repeat("same", len(at)),
        "mine": pa.array(np.zeros(len(at), bool)), "source_kind": pa.repeat("dispositions", len(at)),
        "outcome": pc.if_else(pc.equal(events["outcome"], FOUND), pa.scalar(None, pa.string()), events["outcome"]), "status": status,
    }  # fmt: skip
    table = pa.table([told.get(field.name, pa.nulls(len(at), field.type)) for field in EVIDENCE], schema=EVIDENCE)
    return table, events["occurred_at"].cast(pa.int64()).to_numpy()


def told_dead(events: pa.Table, accounts: pa.Array, consumers: pa.Table, as_of: dt.date) -> pa.Array:
    """The accounts (string) of whose consumer an outcome up to `as_of` says that they have died."""
    said = pc.and_(pc.equal(events["outcome"], DECEASED), pc.less_equal(events["occurred_at"].cast(pa.date32()), pa.scalar(as_of)))
    related = accounts_of_consumers(accounts, consumers)
    named = pc.is_in(related["record_id"], events["account_id"].filter(said).unique())
    return related["account_id"].filter(named).unique()


def _parsed(kind: pa.ChunkedArray, value: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    """What the canonical values consist of, read as intake reads them."""
    nothing = pa.scalar(None, pa.string())

    def only(name: str) -> pa.ChunkedArray:
        found = pc.if_else(pc.equal(kind, name), value, nothing)
        return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])

    read = normalize_addresses(only("address"), None, None, None, None, None)
    phones, emails = normalize_phones(only("phone")), normalize_emails(only("email"))
    address = pc.equal(kind, "address")
    return {
        "match_key": pc.coalesce(emails["match_key"], value), "house": read["house"],
        "street": pc.coalesce(read["street"], read["box"]), "unit": read["unit"], "city": read["city"], "state": read["state"],
        "postal_code": read["zip5"], "country": pc.if_else(address, read["country"], phones["region"]),
        "point_kind": pc.if_else(address, read["kind"], phones["kind"]),
        "flags": pc.if_else(address, read["flags"], pc.coalesce(phones["flags"], emails["flags"])),
        "zones": pc.if_else(address, address_zones(read["zip5"], read["state"], read["country"]), phones["zones"]),
    }  # fmt: skip


def dead_for_everybody(events: pa.Table, rules: CurrencyRules, as_of: dt.date) -> pa.Table:
    """Points that an attempt on any account found dead, and nobody's right party since: kind, value, outcome, occurred_at.

    One row per kind and value, sorted by them."""
    dead = pa.array(sorted(name for name, proof in rules.outcome.items() if proof.everyone), pa.string())
    alive = pa.array(sorted(name for name, proof in rules.outcome.items() if proof.proves == ALIVE), pa.string())
    known = pc.less_equal(events["occurred_at"].cast(pa.date32()), pa.scalar(as_of))
    told = pc.or_(pc.is_in(events["outcome"], dead), pc.is_in(events["outcome"], alive))
    events = events.filter(pc.and_(pc.and_(known, told), pc.is_valid(events["value"])))
    no = pc.is_in(events["outcome"], dead).cast(pa.int8())
    order = [("kind", "ascending"), ("value", "ascending"), ("occurred_at", "ascending"), ("no", "ascending"), ("outcome", "ascending")]
    events = events.select(["kind", "value", "outcome", "occurred_at"]).append_column("no", no).sort_by(order)
    last = np.append(begins(_key(events)), len(events))[1:] - 1
    events = events.take(pa.array(last))
    return events.filter(pc.equal(events["no"], 1)).drop_columns(["no"])


def _key(events: pa.Table) -> np.ndarray:
    return number(pc.binary_join_element_wise(events["kind"], events["value"], "|"))


def proofs(
    point: np.ndarray, outcome: pa.ChunkedArray, instant: np.ndarray, rules: CurrencyRules, points: int, now: int
) -> tuple[np.ndarray, pa.Array]:
    """(log-odds that outcomes add: float64 [points], status that they prove or NULL: string [points]).

    Parallel: `point` int64, `outcome` string, `instant` int64 (seconds since 1970) of each thing said; `now` the instant
    from which what speaks for a point has faded. A hint (a voicemail, a delivery) counts only where nothing proved the
    point wrong."""
    names, code = codes(outcome)
    told = [rules.outcome[name] for name in names]
    odds = np.array([proof.odds for proof in told])[code] if told else np.zeros(0)
    proof = np.array([p.proves is not None for p in told], bool)[code] if told else np.zeros(0, bool)
    years = np.maximum(now - instant, 0) / SECONDS_A_YEAR
    odds = np.where(odds > 0, odds * 0.5 ** (years / rules.fades_in_years), odds)
    added, status = np.zeros(points), np.full(points, -1)
    last = _latest(np.flatnonzero(proof), point, instant, odds)
    status[point[last]], added[point[last]] = code[last], odds[last]
    last = _latest(np.flatnonzero(~proof), point, instant, odds)
    last = last[added[point[last]] >= 0]
    added[point[last]] += odds[last]
    words = pa.array([p.proves for p in told] + [None], pa.string())
    return added, words.take(pa.array(np.where(status < 0, len(told), status)))


def _latest(rows: np.ndarray, point: np.ndarray, instant: np.ndarray, odds: np.ndarray) -> np.ndarray:
    """The row of each point that was said last; of several at one instant the one that takes most."""
    order = rows[np.lexsort((-odds[rows], instant[rows], point[rows]))]
    last: np.ndarray = order[np.append(begins(point[order]), len(order))[1:] - 1]
    return last
