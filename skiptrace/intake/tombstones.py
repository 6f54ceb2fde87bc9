"""Tombstones: by what a forgotten person is known again, without a clear value.

A tombstone holds keyed tokens of the person's own account, and of the records that were linked to it. Which agreement is enough is
decided here, once, for the portfolio, for deliveries and for what a project kept:

* an account: its account id;
* a record: the identity number; the record's id in its source together with one of its names; first and last name with the birth
  date, or with the street address, a phone or a mailbox; initial and last name with birth date and street address.

Names with an address, a phone or a mailbox also fit a father and a son, and a common name has a namesake of the same birthday somewhere.
So an agreement of names counts only where neither the identity number, the birth date nor the name's suffix says that it is somebody
else. A phone or an address alone is a household's, and never enough. Earlier last names count as last names on both sides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FORMAT = 1
SIZE = 16
"""Bytes of a token."""
NAMES = ("accounts", "firsts", "lasts", "records", "consumers")
"""Lists of tokens in a tombstone, beside its `people`."""
_SETS = ("accounts", "numbers", "firsts", "lasts", "records", "consumers")
COLUMNS = ("source", "identity", "record_id", "first", "last", "suffix", "former_names", "dob", "ssn_token")
"""Columns of IDENTITIES that are looked at."""
POINTS = ("identity", "kind", "value", "match_key", "house", "street", "postal_code")
"""Columns of SIGHTINGS that are looked at."""


def token(key: bytes, kind: str, *parts: object) -> str:
    """The keyed token of a value, hex: BLAKE2b under the project's token key, another one for each kind of value."""
    text = "\x1f".join((kind, *map(str, parts)))
    return hashlib.blake2b(text.encode(), digest_size=SIZE, key=key, person=b"skiptrace gone").hexdigest()


@dataclass(frozen=True)
class Tombs:
    """All tombstones of a project, made for looking people up. `known`: of a token of an agreement, what else was known of the person:
    (birth date, identity number, suffix), each as a token or None."""

    accounts: frozenset[str] = frozenset()
    numbers: frozenset[bytes] = frozenset()
    firsts: frozenset[str] = frozenset()
    lasts: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    consumers: frozenset[str] = frozenset()
    known: Mapping[str, tuple[tuple[str | None, str | None, str | None], ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.accounts)


def together(contents: Iterable[Mapping[str, Any]]) -> Tombs:
    """Tombstones as they are kept (see `content`), as one."""
    sets: dict[str, set[Any]] = {name: set() for name in _SETS}
    known: dict[str, set[tuple[str | None, str | None, str | None]]] = {}
    for one in contents:
        for name in NAMES:
            sets[name].update(one[name])
        for person in one["people"]:
            sets["numbers"].update(bytes.fromhex(number) for number in [person["ssn"]] if number)
            for mark in person["marks"]:
                known.setdefault(mark, set()).add((person["dob"], person["ssn"], person["suffix"]))
    people = {mark: tuple(sorted(some, key=str)) for mark, some in known.items()}
    return Tombs(**{name: frozenset(some) for name, some in sets.items()}, known=people)


def content(
    key: bytes, accounts: Sequence[str], own: Sequence[tuple[pa.Table, pa.Table]], linked: Sequence[pa.Table],
    records: Iterable[tuple[str, str]], consumers: Iterable[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """A tombstone as a JSON object of tokens.

    accounts: the account ids. own: IDENTITIES of the borrower and his SIGHTINGS, of each account. linked: IDENTITIES of the records that
    were linked to them. records: source and record id of these, also where what they say is gone. consumers: ids of consumers that
    were nobody else's."""
    people, firsts, lasts = [], set[str](), set[str]()
    for identities, sightings in own:
        points = _points_of(sightings)
        for row in identities.select(list(COLUMNS)).to_pylist():
            marks = sorted({mark for _, mark in _marks(key, row, points.get(row["identity"], []), by_record=False)})
            people.append(_person(key, row, marks))
            _add_names(key, row, firsts, lasts)
    for identities in linked:
        for row in identities.select(list(COLUMNS)).to_pylist():
            marks = sorted({mark for kind, mark in _marks(key, row, [], by_record=True) if kind == "record"})
            people.append({"dob": None, "ssn": None, "suffix": None, "marks": marks})
            _add_names(key, row, firsts, lasts)
    unique = {str(sorted(person.items())): person for person in people}
    return {
        "format": FORMAT, "accounts": sorted({token(key, "account", one) for one in accounts}),
        "people": [unique[name] for name in sorted(unique)], "firsts": sorted(firsts), "lasts": sorted(lasts),
        "records": sorted({token(key, "record id", *one) for one in records}),
        "consumers": sorted({token(key, "consumer", one) for one in consumers}),
    }  # fmt: skip


def accounts_of(tombs: Tombs, key: bytes, ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Which texts are the id of a forgotten account (bool [n]); each distinct text is hashed once."""
    return _among(tombs.accounts, key, "account", ids)


def records_of(tombs: Tombs, key: bytes, sources: pa.Array | pa.ChunkedArray, ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Which pairs of a source and a record id are a forgotten person's record, of those that were linked (bool [n])."""
    both = pc.binary_join_element_wise(pc.cast(sources, pa.string()), pc.cast(ids, pa.string()), "\x1f")
    return _among(tombs.records, key, "record id", both)


def consumers_of(tombs: Tombs, key: bytes, ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Which texts are the id of a consumer who was forgotten (bool [n])."""
    return _among(tombs.consumers, key, "consumer", ids)


def people_of(tombs: Tombs, key: bytes, identities: pa.Table, sightings: pa.Table) -> np.ndarray:
    """Which rows of IDENTITIES are a forgotten person (bool [n]). sightings: SIGHTINGS of these identities.

    Identity numbers are compared as they are, they are tokens. Of names each distinct one is hashed; the rest is looked at only where a
    row has the first and the last name of forgotten people, or one of them in a source of which records are known."""
    found: np.ndarray = pc.is_in(identities["ssn_token"], pa.array(sorted(tombs.numbers), pa.binary(SIZE))).to_numpy()
    first = _among(tombs.firsts, key, "first", identities["first"])
    last = _among(tombs.lasts, key, "last", identities["last"]) | _former(tombs, key, identities["former_names"])
    initial = _among(tombs.firsts, key, "initial", pc.utf8_slice_codeunits(identities["first"], 0, 1))
    near = ~found & last & (first | initial)
    some = np.flatnonzero(~found & ~near & (last | first))
    near[some] = records_of(tombs, key, *(identities[name].take(pa.array(some)) for name in ("source", "record_id")))
    near = np.flatnonzero(near)
    if not len(near):
        return found
    rows = identities.select(list(COLUMNS)).take(pa.array(near))
    mine = sightings.select(list(POINTS)).filter(pc.is_in(sightings["identity"], rows["identity"].combine_chunks()))
    points = _points_of(mine)
    for at, row in zip(near, rows.to_pylist(), strict=True):
        here = points.get(row["identity"], [])
        found[at] = any(_fits(tombs, key, row, kind, mark) for kind, mark in _marks(key, row, here, by_record=True))
    return found


def _fits(tombs: Tombs, key: bytes, row: Mapping[str, Any], kind: str, mark: str) -> bool:
    """Whether an agreement counts: one of names only where nothing else says that it is somebody else."""
    people = tombs.known.get(mark, ())
    if not people or kind == "record":
        return bool(people)
    mine = _guard(key, row)
    return any(all(a is None or b is None or a == b for a, b in zip(mine, theirs, strict=True)) for theirs in people)


def _marks(key: bytes, row: Mapping[str, Any], points: Sequence[Mapping[str, Any]], by_record: bool) -> Iterable[tuple[str, str]]:
    """Every agreement by which a row would be known again: its kind and token."""
    first, lasts, dob = row["first"], _lasts(row), row["dob"]
    if by_record:
        for name in (first, *lasts):
            if name:
                yield "record", token(key, "record", row["source"], row["record_id"], name)
    if not first:
        return
    for last in lasts:
        if dob:
            yield "name_dob", token(key, "name_dob", first, last, dob)
        for point in points:
            if point["kind"] == "address" and point["street"]:
                place = (point["house"] or "", point["street"], (point["postal_code"] or "")[:5])
                yield "name_address", token(key, "name_address", first, last, *place)
                if dob:
                    yield "initial", token(key, "initial", first[0], last, dob, *place)
            elif point["kind"] == "phone":
                yield "name_phone", token(key, "name_phone", first, last, point["value"])
            elif point["kind"] == "email":
                yield "name_email", token(key, "name_email", first, last, point["match_key"] or point["value"])


def _person(key: bytes, row: Mapping[str, Any], marks: list[str]) -> dict[str, Any]:
    dob, ssn, suffix = _guard(key, row)
    return {"dob": dob, "ssn": ssn, "suffix": suffix, "marks": marks}


def _guard(key: bytes, row: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    dob, ssn, suffix = row["dob"], row["ssn_token"], row["suffix"]
    return (token(key, "dob", dob) if dob else None, ssn.hex() if ssn else None, token(key, "suffix", suffix) if suffix else None)


def _add_names(key: bytes, row: Mapping[str, Any], firsts: set[str], lasts: set[str]) -> None:
    lasts.update(token(key, "last", last) for last in _lasts(row))
    if row["first"]:
        firsts.update((token(key, "first", row["first"]), token(key, "initial", row["first"][0])))


def _lasts(row: Mapping[str, Any]) -> list[str]:
    return sorted({name for name in (row["last"], *(row["former_names"] or ())) if name})


def _points_of(sightings: pa.Table) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in sightings.select(list(POINTS)).to_pylist():
        found.setdefault(row["identity"], []).append(row)
    return found


def _former(tombs: Tombs, key: bytes, names: pa.ChunkedArray) -> np.ndarray:
    """Which rows have a last name of forgotten people among their earlier ones."""
    flat, parents = pc.list_flatten(names), pc.list_parent_indices(names)
    found = np.zeros(len(names), bool)
    found[np.asarray(parents)[_among(tombs.lasts, key, "last", flat)]] = True
    return found


def _among(known: frozenset[str], key: bytes, kind: str, texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Which texts have a token of `kind` among the known ones (bool [n])."""
    if not known or not len(texts):
        return np.zeros(len(texts), bool)
    coded = pc.dictionary_encode(texts)
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.chunk(0)
    hit = np.array([text is not None and token(key, kind, text) in known for text in coded.dictionary.to_pylist()], bool)
    indices = pc.fill_null(coded.indices, -1).to_numpy()
    return np.where(indices >= 0, hit[indices] if len(hit) else False, False)
