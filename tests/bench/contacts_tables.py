"""Tables for `make bench-contacts`: accounts with links and dated sightings as the steps before enrich would hand over.

Stated model: of an account's sightings two are on its own row and the others on half as many records, from six origins
within ten years. 40 % are addresses, 35 % phones, 25 % e-mails; three in four show the newest of a person's four values of a
kind. One address in eight has a slip in the street or number, one phone in fifty a wrong digit; one account in ten is of a
consumer with another, 2 % of phones and 5 % of addresses are shared with others; one account in five has two outcomes. All
values are invented.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.schema import EVENTS, SIGHTINGS
from skiptrace.schema.working import CONSIDERED, CONSUMERS, PAST_EVENTS

AS_OF = dt.date(2026, 6, 30)
DAY = (AS_OF - dt.date(1970, 1, 1)).days
ORIGINS = ("header", "utility", "phone_directory", "employment", "property", "subscription")
_OF_ORIGINS = ("credit_header", "utility", "phone_file", "other", "property", "vendor_append")
KINDS = dict(zip(ORIGINS, _OF_ORIGINS, strict=True))
AREAS = (206, 212, 303, 312, 404, 415, 503, 512, 617, 702, 713, 808)
STATES = ("WA", "NY", "CO", "IL", "GA", "CA", "OR", "TX", "MA", "NV", "TX", "HI")
_STREETS = ("OAK", "MAIN", "CEDAR HILL", "LAKEVIEW", "12TH", "MARTIN LUTHER KING JR", "N PARK", "SUNSET")
STREETS = tuple(f"{name} {suffix}" for name in _STREETS for suffix in ("ST", "AVE", "RD", "LN"))


class Tables(NamedTuple):
    """What `enrich` reads of one partition: CONSIDERED, SIGHTINGS, rows and SIGHTINGS of the portfolio, PAST_EVENTS, CONSUMERS."""

    accounts: pa.Array
    links: pa.Table
    sightings: pa.Table
    own: pa.Table
    own_sightings: pa.Table
    tape: pa.Table
    events: pa.Table
    consumers: pa.Table
    names: pa.Table


def make(first: int, count: int, sightings: int, seed: int) -> Tables:
    """Tables of accounts `first` to `first + count` with so many sightings. The same bytes for the same numbers."""
    sightings -= 2 * count
    rng = np.random.default_rng([seed, first])
    person = first + np.arange(count)
    person = np.where(rng.random(count) < 0.1, first + rng.integers(0, count, count), person)
    ids = _padded("A", first + np.arange(count))
    records = max(1, sightings // 2)
    owner = np.sort(rng.integers(0, count, records))
    origin = rng.choice(6, records, p=[0.34, 0.2, 0.14, 0.12, 0.1, 0.1])
    day = (DAY - rng.exponential(900, records)).astype(np.int32).clip(DAY - 4000)
    row = np.sort(rng.integers(0, records, sightings))
    shown = _sightings(person[owner[row]], row, pa.array(ORIGINS).take(pa.array(origin[row])), day[row], rng)
    links = pa.table(
        {
            "account_id": ids.take(pa.array(owner)), "source": pa.array(ORIGINS).take(pa.array(origin)),
            "record_id": _padded("R", first * 16 + np.arange(records)), "identity": pa.array(np.arange(records)),
            "match_probability": pa.array(1 - rng.exponential(0.02, records).clip(max=0.5)), "relation": pa.repeat("same", records),
            "status": pa.repeat("linked", records),
        }, schema=CONSIDERED.arrow,
    )  # fmt: skip
    bought = rng.integers(200, 3300, count).astype(np.int32)
    every = np.repeat(np.arange(count), 2)
    own = _sightings(person[every], every, pa.repeat("portfolio", 2 * count), np.full(2 * count, DAY, np.int32), rng)
    own = own.set_column(own.column_names.index("last_seen"), "last_seen", pa.nulls(2 * count, pa.date32()))
    tape = pa.table({"account_id": ids, "charge_off_date": _days(DAY - bought), "open_date": pa.nulls(count, pa.date32())})
    identities = pa.table({"record_id": ids, "identity": pa.array(np.arange(count))})
    consumers = pa.table({"account_id": ids, "consumer_id": _padded("c", person)}, schema=CONSUMERS.arrow)
    names = pa.table({"record_id": ids, "last": _padded("L", person % 20_011)})
    return Tables(ids, links, shown, identities, own, tape, _events(ids, person, rng), consumers, names)


def _padded(letter: str, number: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(letter, pc.utf8_lpad(pa.array(number).cast(pa.string()), 9, "0"), "")


def _days(number: np.ndarray) -> pa.Array:
    return pa.array(number.astype(np.int32)).cast(pa.date32())


def _sightings(person: np.ndarray, identity: np.ndarray, source: pa.Array, day: np.ndarray, rng: np.random.Generator) -> pa.Table:
    count = len(person)
    kind = rng.choice(3, count, p=[0.4, 0.25, 0.35])
    slot = np.minimum(rng.geometric(0.75, count) - 1, 3)
    seed = person.astype(np.int64) * 4 + slot
    crowd = rng.random(count) < np.where(kind == 0, 0.05, 0.02)
    seed = np.where(crowd, seed % 5_003, seed)
    mixed = (seed * 2_654_435_761) % (1 << 31)
    place = mixed % len(AREAS)
    slip = rng.random(count) < np.where(kind == 0, 0.125, 0.02)
    line = 2_000_000 + mixed % 7_999_999 + slip
    area = pa.array(np.array(AREAS)[place]).cast(pa.string())
    phone = pc.binary_join_element_wise("+1", area, pa.array(line).cast(pa.string()), "")
    email = pc.binary_join_element_wise(_padded("p", mixed), pa.repeat("example.com", count), "@")
    house = pa.array(100 + mixed % 9_900 + slip * (mixed % 2)).cast(pa.string())
    street = pa.array(STREETS).take(pa.array((mixed // 7) % len(STREETS)))
    street = pc.if_else(pa.array(slip & (mixed % 2 == 0)), pc.binary_join_element_wise(street, pa.repeat("E", count), ""), street)
    state, code = pa.array(STATES).take(pa.array(place)), _padded("", 10_000 + place * 83)
    code = pc.utf8_slice_codeunits(code, 4, 9)
    city = pc.binary_join_element_wise("CITY", pa.array(place).cast(pa.string()), "")
    where = pc.binary_join_element_wise(house, street, " ")
    value = pc.binary_join_element_wise(pc.binary_join_element_wise(where, city, state, ", "), code, " ")
    home, mail = pa.array(kind == 0), pa.array(kind == 1)
    nothing = pa.scalar(None, pa.string())
    value = pc.if_else(home, value, pc.if_else(mail, email, phone))
    ends = np.append(0, np.cumsum(kind != 1)).astype(np.int32)
    zone = pa.ListArray.from_arrays(pa.array(ends), pa.repeat("America/Denver", int(ends[-1])))
    columns = {
        "source": source, "identity": pa.array(identity.astype(np.int64)), "origin": source, "party": pa.repeat("borrower", count),
        "kind": pa.array(["address", "email", "phone"]).take(pa.array(kind)), "value": value, "match_key": value,
        "house": pc.if_else(home, house, nothing), "street": pc.if_else(home, street, nothing), "city": pc.if_else(home, city, nothing),
        "state": pc.if_else(home, state, nothing), "postal_code": pc.if_else(home, code, nothing),
        "point_kind": pc.if_else(home, "street", nothing), "zones": zone, "last_seen": _days(day),
        "line_type": pc.if_else(pa.array((kind == 2) & (mixed % 3 == 0)), "mobile", nothing),
    }  # fmt: skip
    return pa.table([columns.get(f.name, pa.nulls(count, f.type)) for f in SIGHTINGS.arrow], schema=SIGHTINGS.arrow)


def _events(ids: pa.Array, person: np.ndarray, rng: np.random.Generator) -> pa.Table:
    count = len(ids) // 5 * 2
    at = rng.integers(0, len(ids), count)
    seed = person[at].astype(np.int64) * 4
    mixed = (seed * 2_654_435_761) % (1 << 31)
    line = 2_000_000 + mixed % 7_999_999
    area = pa.array(np.array(AREAS)[mixed % len(AREAS)]).cast(pa.string())
    phone = pc.binary_join_element_wise("+1", area, pa.array(line).cast(pa.string()), "")
    names = np.array(["right_party", "wrong_party", "not_in_service", "voicemail", "ring_no_answer"])
    columns = {
        "event_id": _padded("E", np.arange(count)), "account_id": ids.take(pa.array(at)), "channel": pa.repeat("voice", count),
        "kind": pa.repeat("phone", count), "value": phone, "outcome": pa.array(rng.choice(names, count)),
        "occurred_at": pa.array((DAY - rng.integers(1, 700, count)) * 86_400 + 50_000, pa.timestamp("s", "UTC")),
        "source": pa.repeat("dialer", count),
    }  # fmt: skip
    return pa.table([columns.get(f.name, pa.nulls(count, f.type)) for f in PAST_EVENTS.arrow], schema=PAST_EVENTS.arrow)


__all__ = ["AS_OF", "EVENTS", "KINDS", "Tables", "make"]
