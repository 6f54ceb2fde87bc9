"""IDENTITIES and SIGHTINGS from short dicts, an index of them, on disk or not, and a model to weigh them with.

A person is a dict with any of: id, first, middle, last, suffix, former (list), dob (a date), ssn (nine digits; the token is
made up from them), ssn4, phones, emails (lists of text), addresses (list of dicts with house, street, city, state, zip),
localities (the same without house and street). What is left out is not known. Identities are numbered as they stand, within
their source.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from skiptrace.kernels import record_layout as at
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index, index_of
from skiptrace.linkage.keys import SortedKeys
from skiptrace.linkage.layer import Layer, build_layer, open_layer
from skiptrace.linkage.model import CLASSES, MatchModel, Model
from skiptrace.linkage.patterns import unpack
from skiptrace.linkage.records import People, encode_people
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
        own = {"source": source, "identity": number, "party": "borrower", "origin": "x"}
        nine = person.get("ssn")
        identities.append(own | {
            "record_id": person.get("id", f"r{number}"), "first": person.get("first"), "middle": person.get("middle"),
            "last": person.get("last"), "suffix": person.get("suffix"), "former_names": person.get("former"),
            "dob": dated(person["dob"]) if person.get("dob") else None,
            "ssn_token": hashlib.blake2b(nine.encode(), digest_size=16).digest() if nine else None,
            "ssn4": nine[-4:] if nine else person.get("ssn4"),
        })  # fmt: skip
        for kind, name in (("locality", "localities"), ("address", "addresses")):
            for place in person.get(name, ()):
                value = " ".join(part for part in place.values() if part)
                parts = {part: place[part] for part in ("house", "street", "city", "state")}
                sightings.append(own | parts | {"kind": kind, "value": value, "postal_code": place["zip"]})
        for kind in ("phone", "email"):
            sightings += [own | {"kind": kind, "value": value, "match_key": value} for value in person.get(f"{kind}s", ())]
    return _table(identities, IDENTITIES), _table(sightings, SIGHTINGS)


def _table(rows: list[Person], spec: Table) -> pa.Table:
    columns = {column.name: pa.array([row.get(column.name) for row in rows], column.type) for column in spec.columns}
    return conform(pa.table(columns), spec)


def make_layer(people: Sequence[Person], folder: Path, rules: LinkageRules | None = None, source: str = "reference") -> Layer:
    """An opened layer of reference people in `folder`, which is made."""
    rules = rules or load()
    folder.mkdir(parents=True)
    build_layer([tables(people, source)], source, rules, folder, MADE_FROM)
    return open_layer(folder, MADE_FROM, rules)


def make_index(people: Sequence[Person], folder: Path, rules: LinkageRules | None = None) -> Index:
    """An index of one layer, in `folder`, which is made."""
    return index_of([make_layer(people, folder, rules)], rules or load())


def make_layers(sources: Mapping[str, Sequence[Person]], folder: Path, rules: LinkageRules | None = None) -> Index:
    """An index of a layer per source, each in a folder of its name, in the order given."""
    return index_of([make_layer(people, folder / name, rules, name) for name, people in sources.items()], rules or load())


def compared_only(people: Sequence[Person], rules: LinkageRules | None = None) -> Index:
    """An index of one layer that is nowhere on disk and has no keys: people can be compared with it, not look for it."""
    found = encoded(people)
    nothing = SortedKeys(np.zeros(0, np.uint64), np.zeros(257, np.uint32), np.zeros(0, np.uint64), np.zeros(0, np.int64))
    counts = {
        name: np.bincount(found.records[:, word], minlength=len(found.terms.fields[name].texts) + 1)[1:]
        for name, word in (("first", at.FIRST), ("last", at.LAST))
    }
    fields = found.terms.fields
    exchanged = {name: fields[name].match(fields[other]) for name, other in (("first", "last"), ("last", "first"))}
    ids = pa.array([f"r{number}" for number in range(len(found))], pa.string())
    layer = Layer(Path(), "reference", found, nothing, nothing, np.arange(len(found)), ids, counts, exchanged, unique_ids=True)
    return index_of([layer], rules or load())


def encoded(people: Sequence[Person]) -> People:
    """People with dictionaries of their own."""
    return encode_people(*tables(people))


def levels_of(
    accounts: Sequence[Person], index: Index, left: Sequence[int], right: Sequence[int], rules: LinkageRules | None = None
) -> np.ndarray:
    """Comparison vectors int8 [pairs, comparisons] of pairs of accounts and rows of an index."""
    rules = rules or load()
    prober = Prober(encoded(accounts), index, rules)
    return unpack(prober.patterns(np.array(left, np.int64), np.array(right, np.int64)), len(rules.names))


def level_names(levels: np.ndarray, rules: LinkageRules | None = None) -> list[str]:
    """The names of one comparison vector's levels."""
    return [
        "missing" if level < 0 else comparison.levels[level].name
        for comparison, level in zip((rules or load()).comparisons, levels.tolist(), strict=True)
    ]


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
        place = _places([level.name for level in comparison.levels])
        rows = []
        for kind in CLASSES:
            lean = peaks[kind].get(comparison.name, 0.0)
            raw = np.exp(8.0 * (lean * place + (1 - lean) * (1 - place)))
            rows.append(raw / raw.sum())
        levels.append(np.stack(rows))
    return Model(np.array([0.1, 0.1, 0.1, 0.7]), tuple(levels), rules.names, {"method": "hand"})


def _places(levels: list[str]) -> np.ndarray:
    """How high each level is, 0 to 1. The bands of an equal name share the last quarter: all names of a small index are
    widespread, which must not make equal names look unequal."""
    bands = sum(level.startswith("same_") for level in levels)
    if not bands:
        return np.arange(len(levels)) / (len(levels) - 1)
    plain = len(levels) - bands
    return np.concatenate([0.75 * np.arange(plain) / plain, np.linspace(0.75, 1.0, bands)])


def match_model(rules: LinkageRules | None = None) -> MatchModel:
    """The plain model for all that a project weighs."""
    return MatchModel(*(plain_model(rules) for _ in range(3)))
