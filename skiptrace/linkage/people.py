"""Identities as arrays: integer codes and stable hashes, so that comparing is arithmetic and not text.

Texts that are also compared by similarity (first and last names, streets, house numbers) keep a code into a `Terms`
dictionary; everything else becomes a 64-bit hash. 0 is "missing" in every hash and in dates, -1 in codes and SSN4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.ids import hash64
from skiptrace.normalize.name_words import name_words

_Number = TypeVar("_Number", bound=np.integer[Any])

TERM_FIELDS = ("first", "last", "street", "house")
PHONES, EMAILS, ADDRESSES, LAST_PARTS = 3, 2, 2, 3
SUFFIXES = ("JR", "SR", "II", "III", "IV", "V")


@dataclass(frozen=True)
class Terms:
    """Distinct texts per compared field, sorted; a code is a position. Extra texts of a probing side come behind."""

    values: Mapping[str, pa.Array]

    def encode(self, field: str, column: pa.ChunkedArray | pa.Array) -> tuple[NDArray[np.int32], pa.Array]:
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

    first: NDArray[np.int32]  # [n]
    last: NDArray[np.int32]  # [n]
    last_parts: NDArray[np.uint64]  # [n, 3]: halves of a double name, a former name
    middle: NDArray[np.uint64]  # [n]: full middle name, 0 where only an initial is known
    middle_initial: NDArray[np.uint8]  # [n]
    suffix: NDArray[np.uint8]  # [n]
    dob: NDArray[np.int32]  # [n]: yyyymmdd
    ssn: NDArray[np.uint64]  # [n]: from the token
    ssn4: NDArray[np.int16]  # [n]
    phone: NDArray[np.int64]  # [n, 3]
    email: NDArray[np.uint64]  # [n, 2]
    email_user: NDArray[np.uint64]  # [n, 2]
    house: NDArray[np.int32]  # [n, 2]
    street: NDArray[np.int32]  # [n, 2]
    zip: NDArray[np.uint64]  # [n, 2]
    zip3: NDArray[np.uint64]  # [n, 2]
    city: NDArray[np.uint64]  # [n, 2]
    state: NDArray[np.uint64]  # [n, 2]

    def __len__(self) -> int:
        return len(self.first)

    def rows(self, start: int, stop: int) -> People:
        """A slice of the people, without copying."""
        return People(**{field.name: getattr(self, field.name)[start:stop] for field in fields(self)})


def _numpy(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    values: NDArray[Any] = whole.to_numpy(zero_copy_only=False)
    return values


def per_distinct(
    column: pa.ChunkedArray | pa.Array, value: Callable[[str], int], dtype: type[_Number], missing: int = 0
) -> NDArray[_Number]:
    """`value` of each distinct text, spread over the rows; `missing` where NULL."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = array.dictionary_encode()
    table: NDArray[_Number] = np.array([*(value(text) for text in encoded.dictionary.to_pylist()), missing], dtype)
    spread: NDArray[_Number] = table[_numpy(pc.fill_null(encoded.indices, len(encoded.dictionary)))]
    return spread


def terms_of(identities: pa.Table, sightings: pa.Table) -> Terms:
    """The dictionaries of a reference: sorted distinct texts of each compared field."""

    def distinct(column: pa.ChunkedArray) -> pa.Array:
        found = pc.unique(pc.drop_null(column))
        return found.take(pc.sort_indices(found))

    columns = {
        "first": identities["first"],
        "last": identities["last"],
        "street": sightings["street"],
        "house": sightings["house"],
    }
    return Terms({name: distinct(columns[name]) for name in TERM_FIELDS})


def encode(identities: pa.Table, sightings: pa.Table, terms: Terms) -> tuple[People, Terms]:
    """IDENTITIES and their SIGHTINGS as arrays, and the terms extended by texts they did not hold.

    Row i of every array is row i of `identities`; sightings of identities that are not among them are left out."""
    extended: dict[str, pa.Array] = dict(terms.values)
    first, extended["first"] = terms.encode("first", identities["first"])
    last, extended["last"] = terms.encode("last", identities["last"])
    row = _rows_of(identities, sightings)
    arrays: dict[str, NDArray[Any]] = {"first": first, "last": last, "last_parts": _last_parts(identities)}
    arrays["middle"] = per_distinct(identities["middle"], lambda text: hash64(text) if len(text) > 1 else 0, np.uint64)
    arrays["middle_initial"] = per_distinct(
        identities["middle"], lambda text: ord(text[0]) % 256 if text else 0, np.uint8
    )
    arrays["suffix"] = per_distinct(
        identities["suffix"], lambda text: SUFFIXES.index(text) + 1 if text in SUFFIXES else 0, np.uint8
    )
    dob = identities["dob"]
    ymd = pc.add(pc.add(pc.multiply(pc.year(dob), 10000), pc.multiply(pc.month(dob), 100)), pc.day(dob))
    arrays["dob"] = _numpy(pc.fill_null(ymd, 0)).astype(np.int32)
    arrays["ssn"] = _tokens(identities["ssn_token"])
    arrays["ssn4"] = per_distinct(identities["ssn4"], lambda text: int(text) if text.isdigit() else -1, np.int16, -1)

    def slots(kind: str, width: int, columns: Mapping[str, NDArray[Any]], missing: Mapping[str, int]) -> None:
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
    mailbox = per_distinct(_only(sightings, "email", key), hash64, np.uint64)
    slots("email", EMAILS, {"email": mailbox, "email_user": user}, {})
    street, extended["street"] = terms.encode("street", sightings["street"])
    house, extended["house"] = terms.encode("house", sightings["house"])
    places: dict[str, NDArray[Any]] = {"street": street, "house": house}
    places["zip"] = per_distinct(sightings["postal_code"], hash64, np.uint64)
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


def _tokens(column: pa.ChunkedArray) -> NDArray[np.uint64]:
    """The first half of each 16-byte token, 0 where there is none."""
    if not len(column):
        return np.zeros(0, np.uint64)
    filled = pc.fill_null(column.combine_chunks(), pa.scalar(bytes(16), pa.binary(16)))
    halves = np.frombuffer(filled.buffers()[1], np.uint64).reshape(-1, 2)
    return halves[filled.offset : filled.offset + len(filled), 0].copy()


def name_parts(last: str) -> list[str]:
    """The parts of a canonical last name that can stand alone: at most two halves of a double name, else the name.

    Particles and single letters are no parts: every DE LA CRUZ would agree with every DE LA ROSA."""
    words = last.replace(" ", "-").split("-")
    kept = [word for word in words if len(word) > 1 and word not in name_words().particles]
    return kept[:2] or [last]


def _last_parts(identities: pa.Table) -> NDArray[np.uint64]:
    """Hashes of the parts of a double name and of one former name; the whole name where it has one part."""
    out = np.zeros((len(identities), LAST_PARTS), np.uint64)
    for slot in range(2):

        def part(text: str, slot: int = slot) -> int:
            parts = name_parts(text)
            return hash64(parts[slot]) if slot < len(parts) else 0

        out[:, slot] = per_distinct(identities["last"], part, np.uint64)
    former = identities["former_names"]
    has = _numpy(pc.greater(pc.fill_null(pc.list_value_length(former), 0), 0))
    if has.any():
        names = former.filter(pa.array(has))
        out[has, 2] = per_distinct(pc.list_element(names, 0), hash64, np.uint64)
    return out


def _rows_of(identities: pa.Table, sightings: pa.Table) -> NDArray[np.int64]:
    """Row in `identities` of each sighting, -1 where it belongs to none."""
    names = pc.unique(identities["source"])
    code = {name: number for number, name in enumerate(names.to_pylist())}

    def keys(table: pa.Table) -> NDArray[np.int64]:
        source = per_distinct(table["source"], lambda text: code.get(text, -1), np.int64, -1)
        return np.where(source < 0, -1, (source << 48) + _numpy(table["identity"]))

    mine, theirs = keys(identities), keys(sightings)
    if not len(mine):
        return np.full(len(theirs), -1, np.int64)
    order = np.argsort(mine, kind="stable")
    found = order[np.minimum(np.searchsorted(mine[order], theirs), len(mine) - 1)]
    return np.where(mine[found] == theirs, found, -1)
