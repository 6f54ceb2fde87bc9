"""Texts that are a phone, e-mail or address, as events and people write them; and why a row of theirs is rejected."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import lift
from skiptrace.intake.cells import whole
from skiptrace.normalize.addresses import normalize_addresses
from skiptrace.normalize.emails import normalize_emails
from skiptrace.normalize.phones import normalize_phones

_KIND_OF_CHANNEL = {"voice": "phone", "sms": "phone", "email": "email", "mail": "address"}
WORD = pa.schema([("word", pa.string())])
NOTHING = pa.scalar(None, pa.string())


def endpoints(texts: pa.Array, channel: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Kind and canonical value of texts that are a phone, e-mail or address by their channel (without one, by their
    looks), and the reason where a text cannot be read. All string, one entry per text."""
    by_channel = lift(pa.chunked_array([channel]), lambda word: (_KIND_OF_CHANNEL.get(word),), WORD).column("word")
    lettered = pc.match_substring_regex(texts, r"[A-Za-z]{2}")
    looks = pc.if_else(pc.match_substring(texts, "@"), "email", pc.if_else(lettered, "address", "phone"))
    kind = pc.if_else(pc.is_valid(texts), pc.coalesce(whole(by_channel), looks), NOTHING)
    value, reason = pa.nulls(len(texts), pa.string()), pa.nulls(len(texts), pa.string())
    for name, normalize, column in (("phone", normalize_phones, "e164"), ("email", normalize_emails, "value")):
        mine = pa.chunked_array([pc.if_else(pc.equal(kind, name), texts, NOTHING)])
        read = normalize(mine)
        value = pc.coalesce(value, whole(read.column(column)))
        reason = pc.coalesce(reason, whole(read.column("reason")))
    address = pc.if_else(pc.equal(kind, "address"), texts, NOTHING)
    lines = whole(normalize_addresses(pa.chunked_array([address]), None, None, None, None, None).column("line"))
    value = pc.coalesce(value, lines)
    reason = pc.coalesce(
        reason, pc.if_else(pc.and_(pc.is_valid(address), pc.is_null(lines)), "incomplete_address", NOTHING)
    )
    return pc.if_else(pc.is_valid(value), kind, NOTHING), value, reason


def first_reason(tests: dict[str, pa.Array]) -> pa.Array:
    """For each row the first reason whose test is true; NULL where none is."""
    why = pa.nulls(len(next(iter(tests.values()))), pa.string())
    for reason, failed in tests.items():
        why = pc.coalesce(why, pc.if_else(failed, reason, NOTHING))
    return why


def where_nobody_could_write(kind: pa.Array, value: pa.Array) -> pa.Array:
    """Which canonical values are addresses without a street or box, or without a city and state or postal code: bool, never NULL."""
    mine = pc.fill_null(pc.equal(kind, "address"), False)
    read = normalize_addresses(pa.chunked_array([pc.if_else(mine, value, NOTHING)]), None, None, None, None, None)
    street = pc.or_(pc.is_valid(read["street"]), pc.is_valid(read["box"]))
    place = pc.or_(pc.is_valid(read["zip5"]), pc.and_(pc.is_valid(read["city"]), pc.is_valid(read["state"])))
    return pc.and_(mine, pc.invert(whole(pc.and_(street, place))))
