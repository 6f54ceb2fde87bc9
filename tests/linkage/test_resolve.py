"""Persons among reference records: sources complete one another, and a vague record is no bridge between two people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skiptrace.linkage import resolve as module
from skiptrace.linkage.resolve import resolve
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import Person, address, make_index, plain_model

HOME = {"phones": ["+15185550100"], "addresses": [address("12", "MAIN ST")]}
FATHER: Person = {"first": "JOHN", "last": "LEE", "dob": "1950-03-04", "ssn": "111223333", **HOME}
SON: Person = {"first": "JOHN", "last": "LEE", "dob": "1978-11-20", "ssn": "444556666", **HOME}
WIFE: Person = {"first": "MARY", "last": "LEE", "dob": "1952-07-19", "ssn": "777889999", **HOME}
NUMBER: Person = {"first": "JOHN", "last": "LEE", "ssn": "111223333"}
BIRTHDAY: Person = {"first": "JOHN", "last": "LEE", "dob": "1950-03-04", **HOME}
VAGUE: Person = {"first": "JOHN", "last": "LEE", **HOME}
STRANGER: Person = {"first": "ZOE", "last": "GRANT", "dob": "1990-12-25"}


def persons(people: list[Person], folder: Path, **thresholds: float) -> list[int]:
    """The person of each record."""
    rules = replace(load(), resolution={**load().resolution, **thresholds})
    return resolve(make_index(people, folder / "index"), plain_model(), rules).entity.tolist()


def test_a_third_record_joins_a_number_and_a_birth_date(tmp_path: Path) -> None:
    assert persons([NUMBER, STRANGER, BIRTHDAY, FATHER], tmp_path) == [0, 1, 0, 0]


def test_a_family_under_one_roof_is_three_people(tmp_path: Path) -> None:
    assert persons([FATHER, SON, WIFE], tmp_path) == [0, 1, 2]


def test_a_vague_record_does_not_bridge_father_and_son(tmp_path: Path) -> None:
    found = persons([FATHER, VAGUE, SON], tmp_path, joined=0.5, sure=0.6)
    assert found[0] != found[2]


def grouped(edges: list[tuple[int, int, float]], most: float = 40) -> list[int]:
    """Persons of four records out of (record, record, bits); joined from 6 bits on, surely from 13."""
    pairs = module._Compared(*(np.array(side) for side in zip(*edges, strict=True)))
    rules = replace(load(), resolution={**load().resolution, "most_records": most})
    return module.group(4, pairs, {"joined": 6.0, "sure": 13.0}, rules).entity.tolist()


def test_a_doubtful_group_keeps_its_sure_joins_and_falls_apart_where_these_are_doubtful_too() -> None:
    chain = [(0, 1, 20.0), (1, 2, 7.0), (2, 3, 20.0)]
    assert grouped(chain) == [0, 0, 0, 0]
    assert grouped(chain, most=3) == [0, 0, 2, 2]
    assert grouped([*chain, (0, 3, -9.0)]) == [0, 0, 2, 2]
    assert grouped([*chain, (0, 3, -1.0)]) == [0, 0, 0, 0]
    assert grouped([(0, 1, 20.0), (1, 2, 20.0), (2, 3, 7.0), (0, 2, -9.0)]) == [0, 1, 2, 3]


def test_a_person_with_too_many_records_falls_apart(tmp_path: Path) -> None:
    people = [FATHER, FATHER, FATHER]
    assert persons(people, tmp_path / "a") == [0, 0, 0]
    assert persons(people, tmp_path / "b", most_records=2) == [0, 1, 2]


def test_bonds_are_probabilities_of_the_strongest_join(tmp_path: Path) -> None:
    found = resolve(make_index([FATHER, STRANGER, FATHER], tmp_path / "index"), plain_model(), load())
    assert found.bond[1] == 1.0
    assert 0.99 <= found.bond[0] == found.bond[2] <= 1.0


def test_the_size_of_a_chunk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_index([NUMBER, STRANGER, BIRTHDAY, FATHER, SON, WIFE, VAGUE], tmp_path / "index")
    whole = resolve(index, plain_model(), load())
    monkeypatch.setattr(module, "CHUNK", 2)
    parts = resolve(index, plain_model(), load())
    assert np.array_equal(whole.entity, parts.entity)
    assert np.array_equal(whole.bond, parts.bond)


def test_a_reference_without_records_has_no_persons(tmp_path: Path) -> None:
    assert len(resolve(make_index([], tmp_path / "index"), plain_model(), load()).entity) == 0
