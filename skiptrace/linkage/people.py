"""Identities as arrays: integer codes and stable hashes, so that comparing is arithmetic and not text.

Texts that are also compared by similarity (first and last names, streets, house numbers) keep a code into a `Terms`
dictionary; everything else becomes a 64-bit hash. 0 is "missing" in every hash and in dates, -1 in codes and SSN4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.ids import hash64

TERM_FIELDS = ("first", "last", "street", "house")
PHONES, EMAILS, ADDRESSES, LAST_PARTS = 3, 2, 2, 3
SUFFIXES = ("JR", "SR", "II", "III", "IV", "V")


@dataclass(frozen=True)
class Terms:
    """Distinct texts per compared field, sorted; a code is a position. Extra texts of a probing side come behind."""

    values: Mapping[str, pa.Array]

    def encode(self, field: str, column: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, pa.Array]:
        """(int32 code per row, -1 missing; the dictionary with texts this one lacks appended, sorted)."""
        base = self.values[field]
        known = pc.index_in(column, base)
        fresh = pc.unique(column.filter(pc.and_(pc.is_null(known), pc.is_valid(column))))
        fresh = fresh.take(pc.sort_indices(fresh))
        extended = pa.concat_arrays([base, fresh]) if len(fresh) else base
        codes = pc.fill_null(pc.index_in(column, extended), -1)
        return _numpy(codes).astype(np.int32), extended


@dataclass(frozen=True)
class People:
    """n identities as arrays. Two-dimensional ones hold several values per person, packed to the left."""

    first: np.ndarray  # int32 [n]
    last: np.ndarray  # int32 [n]
    last_parts: np.ndarray  # uint64 [n, 3]: halves of a double name, former names
    middle: np.ndarray  # uint64 [n]: full middle name, 0 where only an initial is known
    middle_initial: np.ndarray  # uint8 [n]
    suffix: np.ndarray  # uint8 [n]
    dob: np.ndarray  # int32 [n]: yyyymmdd
    ssn: np.ndarray  # uint64 [n]: from the token
    ssn4: np.ndarray  # int16 [n]
    phone: np.ndarray  # int64 [n, 3]
    email: np.ndarray  # uint64 [n, 2]
    email_user: np.ndarray  # uint64 [n, 2]
    house: np.ndarray  # int32 [n, 2]
    street: np.ndarray  # int32 [n, 2]
    zip: np.ndarray  # uint64 [n, 2]
    zip3: np.ndarray  # uint64 [n, 2]
    city: np.ndarray  # uint64 [n, 2]
    state: np.ndarray  # uint64 [n, 2]

    def __len__(self) -> int:
        return len(self.first)

    def rows(self, start: int, stop: int) -> People:
        """A slice of the people, without copying."""
        return People(**{field.name: getattr(self, field.name)[start:stop] for field in fields(self)})


def _numpy(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return (column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column).to_numpy(zero_copy_only=False)


def per_distinct(column: pa.ChunkedArray | pa.Array, value: Callable[[str], int], dtype: type, missing: int = 0) -> np.ndarray:
    """`value` of each distinct text, spread over the rows; `missing` where NULL."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = array.dictionary_encode()
    table = np.array([*(value(text) for text in encoded.dictionary.to_pylist()), missing], dtype)
    return table[_numpy(pc.fill_null(encoded.indices, len(encoded.dictionary)))]


def terms_of(identities: pa.Table, sightings: pa.Table) -> Terms:
    """The dictionaries of a reference: sorted distinct texts of each compared field."""

    def distinct(column: pa.ChunkedArray) -> pa.Array:
        found = pc.unique(pc.drop_null(column))
        return found.take(pc.sort_indices(found))

    columns = {"first": identities["first"], "last": identities["last"], "street": sightings["street"], "house": sightings["house"]}
    return Terms({name: distinct(columns[name]) for name in TERM_FIELDS})


def encode(identities: pa.Table, sightings: pa.Table, terms: Terms) -> tuple[People, Terms]:
    """IDENTITIES and their SIGHTINGS as arrays, and the terms extended by texts they did not hold.

    Row i of every array is row i of `identities`; sightings of unknown identities or of other parties are left out."""
    extended: dict[str, pa.Array] = dict(terms.values)
    first, extended["first"] = terms.encode("first", identities["first"])
    last, extended["last"] = terms.encode("last", identities["last"])
    row = _rows_of(identities, sightings)
    arrays = {"first": first, "last": last, "last_parts": _last_parts(identities)}
    arrays["middle"] = per_distinct(identities["middle"], lambda text: hash64(text) if len(text) > 1 else 0, np.uint64)
    arrays["middle_initial"] = per_distinct(identities["middle"], lambda text: ord(text[0]) % 256 if text else 0, np.uint8)
    arrays["suffix"] = per_distinct(identities["suffix"], lambda text: SUFFIXES.index(text) + 1 if text in SUFFIXES else 0, np.uint8)
    dob = identities["dob"]
    ymd = pc.add(pc.add(pc.multiply(pc.year(dob), 10000), pc.multiply(pc.month(dob), 100)), pc.day(dob))
    arrays["dob"] = _numpy(pc.fill_null(ymd, 0)).astype(np.int32)
    arrays["ssn"] = _tokens(identities["ssn_token"])
    arrays["ssn4"] = per_distinct(identities["ssn4"], lambda text: int(text) if text.isdigit() else -1, np.int16, -1)

    def slots(kind: str, width: int, columns: Mapping[str, np.ndarray], missing: Mapping[str, int]) -> None:
        chosen = (_numpy(pc.equal(sightings["kind"], kind))) & (row >= 0)
        owner = row[chosen]
        order = np.argsort(owner, kind="stable")
        owner = owner[order]
        place = np.arange(len(owner)) - np.searchsorted(owner, owner, side="left")
        fits = place < width
        for name, values in columns.items():
            out = np.full((len(identities), width), missing.get(name, 0), values.dtype)
            out[owner[fits], place[fits]] = values[chosen][order][fits]
            arrays[name] = out

    value, key = sightings["value"], sightings["match_key"]
    slots("phone", PHONES, {"phone": per_distinct(_only(sightings, "phone", value), _phone_number, np.int64)}, {})
    user = per_distinct(_only(sightings, "email", key), lambda text: hash64(text.split("@")[0]), np.uint64)
    slots("email", EMAILS, {"email": per_distinct(_only(sightings, "email", key), hash64, np.uint64), "email_user": user}, {})
    street, extended["street"] = terms.encode("street", sightings["street"])
    house, extended["house"] = terms.encode("house", sightings["house"])
    places = {"street": street, "house": house, "zip": per_distinct(sightings["postal_code"], hash64, np.uint64)}
    places["zip3"] = per_distinct(sightings["postal_code"], lambda text: hash64(text[:3]), np.uint64)
    places["city"] = per_distinct(sightings["city"], hash64, np.uint64)
    places["state"] = per_distinct(sightings["state"], hash64, np.uint64)
    slots("address", ADDRESSES, places, {"street": -1, "house": -1})
    return People(**arrays), Terms(extended)


def _only(sightings: pa.Table, kind: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(sightings["kind"], kind), column, pa.scalar(None, pa.string()))


def _phone_number(text: str) -> int:
    digits = "".join(char for char in text if char.isdigit())
    return int(digits) % 10**15 if digits else 0


def _tokens(column: pa.ChunkedArray) -> np.ndarray:
    array = column.combine_chunks()
    array = array if isinstance(array, pa.Array) else pa.concat_arrays(array.chunks)
    raw = np.frombuffer(b"".join(pc.fill_null(array, b"\0" * 16).to_pylist()), np.uint64)
    return raw.reshape(-1, 2)[:, 0].copy() if len(raw) else np.zeros(0, np.uint64)


def _last_parts(identities: pa.Table) -> np.ndarray:
    """Hashes of the parts of a double name and of former names; the whole name where it has one part."""
    out = np.zeros((len(identities), LAST_PARTS), np.uint64)

    def parts(text: str) -> list[str]:
        return [part for part in text.replace(" ", "-").split("-") if len(part) > 1][:2] or [text]

    for slot in range(2):
        out[:, slot] = per_distinct(identities["last"], lambda text, slot=slot: hash64((parts(text) + [""])[slot]) if len(parts(text)) > slot else 0, np.uint64)
    former = identities["former_names"]
    has = _numpy(pc.greater(pc.fill_null(pc.list_value_length(former), 0), 0))
    if has.any():
        names = former.filter(pa.array(has))
        firsts = pc.list_element(names, 0)
        out[has, 2] = per_distinct(firsts, hash64, np.uint64)
    return out


def _rows_of(identities: pa.Table, sightings: pa.Table) -> np.ndarray:
    """Row in `identities` of each sighting, -1 where it belongs to none."""
    names = pc.unique(identities["source"])
    code = {name: number for number, name in enumerate(names.to_pylist())}

    def keys(table: pa.Table) -> np.ndarray:
        source = per_distinct(table["source"], lambda text: code.get(text, -1), np.int64, -1)
        return np.where(source < 0, -1, (source << 48) + _numpy(table["identity"]))

    mine, theirs = keys(identities), keys(sightings)
    order = np.argsort(mine, kind="stable")
    place = np.minimum(np.searchsorted(mine[order], theirs), max(len(mine) - 1, 0))
    if not len(mine):
        return np.full(len(theirs), -1)
    found = order[place]
    return np.where(mine[found] == theirs, found, -1)
