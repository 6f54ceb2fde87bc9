"""IDENTITIES and SIGHTINGS as encoded people: one row of 32 words per person, laid out by `kernels.record_layout`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.kernels import record_layout as at
from skiptrace.kernels.letter_sketches import city_words, mailbox_words
from skiptrace.kernels.record_levels import Side
from skiptrace.kernels.record_slots import fill_slots
from skiptrace.kernels.text_hash import digit_values, first_bytes, hash_words, state_words, zip_words
from skiptrace.linkage.terms import FIELDS, Growing, Terms, frozen, terms_of, whole
from skiptrace.normalize.name_words import name_words
from skiptrace.normalize.text_buffers import arrow_text

SUFFIXES = ("JR", "SR", "II", "III", "IV", "V")
IDENTITY_COLUMNS = (
    "identity", "record_id", "first", "middle", "last", "suffix", "former_names", "dob", "ssn_token", "ssn4",
)  # fmt: skip
SIGHTING_COLUMNS = (
    "identity", "party", "kind", "value", "match_key", "house", "street", "city", "state", "postal_code"
)  # fmt: skip
_Words = NDArray[np.int32]
_PHONE_DIGITS, _LOCAL = 15, 10_000_000


@dataclass(frozen=True)
class People:
    """Encoded people: records int32 [n, WORDS] and the dictionaries of their codes."""

    records: _Words
    terms: Terms

    def __len__(self) -> int:
        return len(self.records)

    def side(self) -> Side:
        """As compiled loops take them."""
        first, last, street, house = (self.terms.fields[name].buffers() for name in FIELDS)
        terms = self.terms
        letters = terms.letters
        return Side(frozen(self.records), first, last, street, house, frozen(terms.nicknames), letters["first"], letters["last"])


def encode_people(identities: pa.Table, sightings: pa.Table, known: Terms | None = None) -> People:
    """People with dictionaries of their own. Row i is row i of `identities`; sightings of others are left out. `known`: terms of
    others, which may hold names that need not be read again; what is encoded is the same."""
    growing = Growing()
    records = encode(identities, sightings, growing)
    return People(records, terms_of(growing, known=known))


def encode(identities: pa.Table, sightings: pa.Table, growing: Growing) -> _Words:
    """Records int32 [n, WORDS] of one source's people; texts that the dictionaries lack are added to them."""
    records = np.zeros((len(identities), at.WORDS), np.int32)
    if not len(identities):
        return records
    _names(identities, growing, records)
    _numbers(identities, records)
    rows = _rows_of(whole(identities["identity"]), whole(sightings["identity"]))
    _points(sightings, rows, growing, records)
    return records


def name_parts(last: str) -> list[str]:
    """The parts of a canonical last name that can stand alone: at most two halves of a double name, else the name.

    Particles and single letters are no parts: every DE LA CRUZ would agree with every DE LA ROSA."""
    words = last.replace(" ", "-").split("-")
    kept = [word for word in words if len(word) > 1 and word not in name_words().particles]
    return kept[:2] or [last]


def _words(texts: pa.Array, least: int = 1) -> _Words:
    out = np.empty(len(texts), np.int32)
    hash_words(*arrow_text(texts), least, out)
    return out


def _names(identities: pa.Table, growing: Growing, records: _Words) -> None:
    records[:, at.FIRST] = growing.encode("first", identities["first"])
    last = whole(identities["last"])
    records[:, at.LAST] = growing.encode("last", last)
    records[:, at.PART] = _words(last)
    double = np.flatnonzero(pc.fill_null(pc.match_substring_regex(last, "[- ]"), False).to_numpy(zero_copy_only=False))
    if len(double):
        encoded = last.take(pa.array(double)).dictionary_encode()
        halves = [[*name_parts(text), ""][:2] for text in encoded.dictionary.to_pylist()]
        found = np.stack([_words(pa.array([pair[side] for pair in halves], pa.string())) for side in (0, 1)], axis=1)
        records[double, at.PART : at.PART + 2] = found[encoded.indices.to_numpy()]
    former = whole(identities["former_names"])
    some = np.flatnonzero(pc.fill_null(pc.greater(pc.list_value_length(former), 0), False).to_numpy(zero_copy_only=False))
    if len(some):
        records[some, at.PART + 2] = _words(pc.list_element(former.take(pa.array(some)), 0))
    middle = whole(identities["middle"])
    records[:, at.MIDDLE] = _words(middle, least=2)
    initial = np.empty(len(middle), np.int32)
    first_bytes(*arrow_text(middle), initial)
    suffix = pc.fill_null(pc.index_in(identities["suffix"], pa.array(SUFFIXES)), -1)
    records[:, at.MARKS] = initial | ((whole(suffix).to_numpy() + 1) << at.SUFFIX_SHIFT)


def _numbers(identities: pa.Table, records: _Words) -> None:
    dob = whole(identities["dob"])
    days = pc.add(pc.add(pc.multiply(pc.year(dob), 10000), pc.multiply(pc.month(dob), 100)), pc.day(dob))
    records[:, at.DOB] = pc.fill_null(days, 0).to_numpy(zero_copy_only=False)
    token = pc.fill_null(whole(identities["ssn_token"]), pa.scalar(bytes(16), pa.binary(16)))
    halves = np.frombuffer(token.buffers()[1], np.int32).reshape(-1, 4)[token.offset : token.offset + len(token)]
    records[:, at.SSN : at.SSN + 2] = halves[:, :2]
    four = np.empty(len(records), np.int64)
    digit_values(*arrow_text(whole(identities["ssn4"])), 4, four)
    records[:, at.MARKS] |= (four + 1).astype(np.int32) << at.SSN4_SHIFT


def _rows_of(mine: pa.Array, theirs: pa.Array) -> _Words:
    """Row of each sighting's identity, -1 where it belongs to none: by a table where numbers lie close, as they do."""
    numbers, wanted = mine.to_numpy(), theirs.to_numpy()
    low, span = int(numbers.min()), int(numbers.max() - numbers.min()) + 1
    inside = (wanted >= low) & (wanted < low + span)
    if span <= 16 * len(numbers) + 1024:
        row = np.full(span + 1, -1, np.int32)
        row[numbers - low] = np.arange(len(numbers), dtype=np.int32)
        return row[np.where(inside, wanted - low, span)]
    order = np.argsort(numbers, kind="stable")
    place = order[np.minimum(np.searchsorted(numbers[order], wanted), len(numbers) - 1)]
    return np.where(numbers[place] == wanted, place, -1).astype(np.int32)


def _points(sightings: pa.Table, rows: _Words, growing: Growing, records: _Words) -> None:
    kind = np.empty(len(sightings), np.int32)
    first_bytes(*arrow_text(whole(sightings["kind"])), kind)

    def of_kind(letter: str, *columns: str) -> tuple[pa.Table, _Words]:
        places = np.flatnonzero((kind == ord(letter)) & (rows >= 0))
        return sightings.select(columns).take(pa.array(places)), rows[places]

    def fill(owners: _Words, values: _Words, base: int, width: int) -> None:
        fill_slots(owners, np.ascontiguousarray(values), base, width, np.zeros(len(records), np.uint8), records)

    table, owners = of_kind("p", "value")
    number = np.empty(len(table), np.int64)
    digit_values(*arrow_text(whole(table["value"])), _PHONE_DIGITS, number)
    known = number > 0
    head = np.where(known, number // _LOCAL + 1, 0).astype(np.int32)
    rest = np.where(known, number % _LOCAL, 0).astype(np.int32)
    fill(owners, np.stack([head, rest], axis=1), at.PHONE, at.PHONES)

    table, owners = of_kind("e", "match_key", "value")
    key = whole(pc.coalesce(table["match_key"], table["value"]))
    mailbox = np.empty((len(table), at.EMAIL_WORDS), np.int32)
    mailbox_words(*arrow_text(key), mailbox)
    fill(owners, mailbox, at.EMAIL, at.EMAILS)

    # Addresses first: a locality tells less, and only where a slot is left.
    counts = np.zeros(len(records), np.uint8)
    for letter in ("a", "l"):
        _fill_addresses(*of_kind(letter, "house", "street", "city", "state", "postal_code"), growing, counts, records)


def _fill_addresses(table: pa.Table, owners: _Words, growing: Growing, counts: NDArray[np.uint8], records: _Words) -> None:
    values = np.zeros((len(table), at.ADDRESS_WORDS), np.int32)
    values[:, at.HOUSE] = growing.encode("house", table["house"])
    values[:, at.STREET] = growing.encode("street", table["street"])
    for place, column, of in ((at.ZIP, "postal_code", zip_words), (at.CITY, "city", city_words), (at.STATE, "state", state_words)):
        out = np.empty(len(table), np.int32)
        of(*arrow_text(whole(table[column])), out)
        values[:, place] = out
    fill_slots(owners, values, at.ADDRESS, at.ADDRESSES, counts, records)
