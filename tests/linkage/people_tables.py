"""IDENTITIES and SIGHTINGS from short dicts, an index on disk of them, and a model to weigh them with.

A person is a dict with any of: id, source, first, middle, last, suffix, former (list), dob (a date), ssn (nine digits;
the token is made up from them), ssn4, phones, emails (lists of text), addresses (list of dicts with house, street,
city, state, zip). What is left out is not known. Identities are numbered as they stand, within their source.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.linkage.compare import Pairs
from skiptrace.linkage.index import Index, build, open_index
from skiptrace.linkage.model import CLASSES, Model
from skiptrace.linkage.people import encode
from skiptrace.linkage.rules import LinkageRules, load
from skiptrace.schema import IDENTITIES, SIGHTINGS, Table, conform

Person = dict[str, Any]
MADE_FROM = {"delivery": "0123"}


def address(house: str | None, street: str | None, place: str = "ALBANY NY 12207") -> dict[str, str | None]:
    """An address; `place` is a city of one word, a state and a ZIP, each "-" where it is not known."""
    city, state, code = (None if part == "-" else part for part in place.split(" "))
    return {"house": house, "street": street, "city": city, "state": state, "zip": code}


def dated(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def tables(people: Sequence[Person], source: str = "portfolio") -> tuple[pa.Table, pa.Table]:
    """Conforming IDENTITIES and SIGHTINGS of people."""
    identities, sightings = [], []
    for number, person in enumerate(people):
        own = {"source": person.get("source", source), "identity": number, "party": "borrower", "origin": "x"}
        nine = person.get("ssn")
        identities.append(own | {
            "record_id": person.get("id", f"r{number}"), "first": person.get("first"), "middle": person.get("middle"),
            "last": person.get("last"), "suffix": person.get("suffix"), "former_names": person.get("former"),
            "dob": dated(person["dob"]) if person.get("dob") else None,
            "ssn_token": hashlib.blake2b(nine.encode(), digest_size=16).digest() if nine else None,
            "ssn4": nine[-4:] if nine else person.get("ssn4"),
        })  # fmt: skip
        for place in person.get("addresses", ()):
            value = " ".join(part for part in place.values() if part)
            parts = {name: place[name] for name in ("house", "street", "city", "state")}
            sightings.append(own | parts | {"kind": "address", "value": value, "postal_code": place["zip"]})
        for kind in ("phone", "email"):
            sightings += [own | {"kind": kind, "value": value, "match_key": value} for value in person.get(f"{kind}s", ())]
    return _table(identities, IDENTITIES), _table(sightings, SIGHTINGS)


def _table(rows: list[Person], spec: Table) -> pa.Table:
    columns = {column.name: pa.array([row.get(column.name) for row in rows], column.type) for column in spec.columns}
    return conform(pa.table(columns), spec)


def make_index(people: Sequence[Person], folder: Path, rules: LinkageRules | None = None) -> Index:
    """An opened index of reference people in `folder`, which is made."""
    rules = rules or load()
    folder.mkdir(parents=True)
    build(*tables(people, "reference"), rules, folder, MADE_FROM)
    return open_index(folder, MADE_FROM, rules)


def pairs_of(accounts: Sequence[Person], index: Index, left: Sequence[int], right: Sequence[int]) -> Pairs:
    people, terms = encode(*tables(accounts), index.terms)
    return Pairs(people, terms, index, np.array(left, np.int64), np.array(right, np.int64))


def plain_model(rules: LinkageRules | None = None) -> Model:
    """A match model made by hand: the same person shows high levels, a relative shares last name, phone and address, a
    namesake the names, anybody else little. Good enough to rank by; no probability in it means anything."""
    rules = rules or load()
    peaks = {
        "same": dict.fromkeys(rules.names, 1.0),
        "household": {"last_name": 1.0, "phone": 0.6, "address": 1.0, "email": 0.3},
        "namesake": {"first_name": 1.0, "last_name": 1.0},
        "other": {},
    }
    levels = []
    for comparison in rules.comparisons:
        place = np.arange(len(comparison.levels)) / (len(comparison.levels) - 1)
        rows = []
        for kind in CLASSES:
            lean = peaks[kind].get(comparison.name, 0.0)
            raw = np.exp(8.0 * (lean * place + (1 - lean) * (1 - place)))
            rows.append(raw / raw.sum())
        levels.append(np.stack(rows))
    return Model(np.array([0.1, 0.1, 0.1, 0.7]), tuple(levels), rules.names, {"method": "hand"})
