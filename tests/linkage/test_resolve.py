"""Persons among reference records: sources complete one another, and a vague record is no bridge between two people."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.grouping import components
from skiptrace.linkage import joins as kept
from skiptrace.linkage import resolve as module
from skiptrace.linkage.joins import Joins
from skiptrace.linkage.resolve import group, open_groups, resolve
from skiptrace.linkage.rules import LinkageRules, load
from tests.linkage.people_tables import Person, address, make_index, make_layers, plain_model

HOME = {"phones": ["+15185550100"], "addresses": [address("12", "MAIN ST")]}
FATHER: Person = {"first": "JOHN", "last": "LEE", "dob": "1950-03-04", "ssn": "111223333", **HOME}
SON: Person = {"first": "JOHN", "last": "LEE", "dob": "1978-11-20", "ssn": "444556666", **HOME}
WIFE: Person = {"first": "MARY", "last": "LEE", "dob": "1952-07-19", "ssn": "777889999", **HOME}
NUMBER: Person = {"first": "JOHN", "last": "LEE", "ssn": "111223333"}
BIRTHDAY: Person = {"first": "JOHN", "last": "LEE", "dob": "1950-03-04", **HOME}
VAGUE: Person = {"first": "JOHN", "last": "LEE", **HOME}
STRANGER: Person = {"first": "ZOE", "last": "GRANT", "dob": "1990-12-25"}


def persons(people: list[Person], folder: Path, **change: Any) -> list[int]:
    """The person of each record."""
    return resolve(make_index(people, folder / "index"), plain_model(), replace(load(), **change)).entity.tolist()


def test_a_third_record_joins_a_number_and_a_birth_date(tmp_path: Path) -> None:
    assert persons([NUMBER, STRANGER, BIRTHDAY, FATHER], tmp_path) == [0, 1, 0, 0]


def test_a_family_under_one_roof_is_three_people(tmp_path: Path) -> None:
    assert persons([FATHER, SON, WIFE], tmp_path) == [0, 1, 2]


@pytest.mark.parametrize("order", list(permutations([FATHER, VAGUE, SON])), ids=range(6))
def test_a_vague_record_does_not_bridge_father_and_son(order: tuple[Person, ...], tmp_path: Path) -> None:
    found = persons(list(order), tmp_path, joined=(0.5, 0.6))
    assert found[order.index(FATHER)] != found[order.index(SON)]


PEOPLE = {"f": FATHER, "n": NUMBER, "b": BIRTHDAY, "s": SON, "w": WIFE, "x": STRANGER, "f2": FATHER, "s2": SON}


def named_groups(sources: dict[str, list[str]], folder: Path) -> set[frozenset[str]]:
    """The records of each person, by their names."""
    index = make_layers({source: [PEOPLE[name] for name in names] for source, names in sources.items()}, folder)
    rows = [name for names in sources.values() for name in names]
    entity = resolve(index, plain_model(), load()).entity.tolist()
    return {frozenset(name for name, own in zip(rows, entity, strict=True) if own == person) for person in entity}


def test_the_order_of_deliveries_and_the_cut_into_deliveries_change_no_person(tmp_path: Path) -> None:
    sources = {"a": ["f", "s", "x"], "b": ["n", "w"], "c": [], "d": ["b", "s2", "f2"]}
    wanted = {frozenset({"f", "n", "b", "f2"}), frozenset({"s", "s2"}), frozenset("w"), frozenset("x")}
    for number, order in enumerate(("abcd", "dcba", "bdac")):
        assert named_groups({source: sources[source] for source in order}, tmp_path / str(number)) == wanted
    assert named_groups({"all": [name for names in sources.values() for name in names]}, tmp_path / "one") == wanted


class Fake:
    """Weights of pairs from a table; what is not in it weighs nothing. It notes the pairs that it is asked for."""

    def __init__(self, edges: list[tuple[int, int, float]]) -> None:
        self.known = {(left, right): weight for left, right, weight in edges}
        self.asked: list[tuple[int, int]] = []

    def weigh(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        pairs = list(zip(left.tolist(), right.tolist(), strict=True))
        self.asked += pairs
        return np.array([self.known.get(pair, 0.0) for pair in pairs])


def joined_by(edges: list[tuple[int, int, float]]) -> Joins:
    """Pairs that are joined by these many bits."""
    found = Joins()
    for left, right, weight in edges:
        found.add(np.array([left]), np.array([right]), np.array([weight]))
    return found


def grouped(edges: list[tuple[int, int, float]], most: int = 40, joined: tuple[float, ...] = (6.0, 13.0)) -> list[int]:
    """Persons of four records out of (record, record, bits); joined from the first number of bits on."""
    rules = replace(load(), most_records=most, joined=tuple(1 / (1 + 2.0**-bar) for bar in joined))
    return group(4, joined_by([edge for edge in edges if edge[2] > 0]), Fake(edges), rules).entity.tolist()


CHAIN = [(0, 1, 20.0), (1, 2, 7.0), (2, 3, 20.0)]


def test_a_doubtful_group_keeps_its_sure_joins_and_falls_apart_where_these_are_doubtful_too() -> None:
    assert grouped(CHAIN) == [0, 0, 0, 0]
    assert grouped(CHAIN, most=3) == [0, 0, 2, 2]
    assert grouped([*CHAIN, (0, 3, -9.0)]) == [0, 0, 2, 2]
    assert grouped([*CHAIN, (0, 3, -1.0)]) == [0, 0, 0, 0]
    assert grouped([(0, 1, 20.0), (1, 2, 20.0), (2, 3, 7.0), (0, 2, -9.0)]) == [0, 1, 2, 3]


def test_a_group_is_cut_step_by_step_and_no_further_than_it_must() -> None:
    chain = [(0, 1, 20.0), (1, 2, 11.0), (2, 3, 7.0)]
    for joined, wanted in (((6.0, 10.0, 13.0), [0, 0, 0, 3]), ((6.0, 13.0), [0, 0, 2, 3])):
        assert grouped([*chain, (0, 3, -9.0)], joined=joined) == wanted
    assert grouped([*chain, (0, 2, -9.0)], joined=(6.0, 10.0, 13.0)) == [0, 0, 2, 3]


def test_only_pairs_that_were_not_joined_are_weighed() -> None:
    """The others were weighed when they were joined, and two that weigh that much are no two people."""
    rules, fake = replace(load(), joined=(0.9, 0.99)), Fake([])
    pairs = joined_by([(0, 1, 20.0), (1, 2, 20.0), (5, 6, 20.0)])
    assert group(8, pairs, fake, rules).entity.tolist() == [0, 0, 0, 3, 4, 5, 5, 7]
    assert fake.asked == [(0, 2)]
    label, open_ = open_groups(8, pairs, rules)
    assert label.tolist() == [0, 0, 0, 3, 4, 5, 5, 7]
    assert np.flatnonzero(open_).tolist() == [0]


def plain_groups(size: int, edges: list[tuple[int, int, float]], rules: LinkageRules) -> tuple[list[int], list[float]]:
    """What `group` must find, in plain words: (lowest record of each one's person, its bond)."""
    bars = [*(float(np.log2(one / (1 - one))) for one in rules.joined), np.inf]
    weights, use = {(left, right): weight for left, right, weight in edges}, list(edges)
    for bar in bars[1:]:
        person = components(size, np.array([e[0] for e in use], int), np.array([e[1] for e in use], int)).tolist()
        groups = [[row for row in range(size) if person[row] == one] for one in sorted(set(person))]
        lowest = {one[0]: min((weights.get(pair, 0.0) for pair in combinations(one, 2)), default=0.0) for one in groups}
        bad = {one[0] for one in groups if len(one) > rules.most_records or lowest[one[0]] < rules.decision["contradiction"]}
        if not bad:
            break
        use = [edge for edge in use if person[edge[0]] not in bad or edge[2] >= bar]
    person = components(size, np.array([e[0] for e in use], int), np.array([e[1] for e in use], int)).tolist()
    best = [max((e[2] for e in use if row in e[:2]), default=np.inf) for row in range(size)]
    return person, [1 / (1 + 2.0**-bits) for bits in best]


EDGES = st.dictionaries(st.sampled_from(list(combinations(range(12), 2))), st.sampled_from([-20.0, 4.5, 7.0, 10.5, 15.0]), max_size=30)


@given(EDGES, st.integers(2, 6), st.sampled_from([1, 3, 1 << 20]))
def test_persons_are_those_of_the_plain_form(edges: dict[tuple[int, int], float], most: int, at_a_time: int) -> None:
    rules, table = replace(load(), most_records=most), [(*pair, weight) for pair, weight in edges.items()]
    joins = [edge for edge in table if edge[2] > 0]
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(module, "PAIRS_AT_A_TIME", at_a_time)
        patch.setattr(kept, "BLOCK", at_a_time)
        patch.setattr(kept, "HELD", 2)
        pairs = Joins(Path(folder))
        for left, right, weight in joins:
            pairs.add(np.array([left]), np.array([right]), np.array([weight]))
        found = group(12, pairs, Fake(table), rules)
    person, bond = plain_groups(12, joins, rules)
    assert found.entity.tolist() == person
    assert found.bond.tolist() == np.array(bond, np.float32).tolist()


def test_a_person_with_too_many_records_falls_apart(tmp_path: Path) -> None:
    people = [FATHER, FATHER, FATHER]
    assert persons(people, tmp_path / "a") == [0, 0, 0]
    assert persons(people, tmp_path / "b", most_records=2) == [0, 1, 2]


def test_bonds_are_probabilities_of_the_strongest_join(tmp_path: Path) -> None:
    found = resolve(make_index([FATHER, STRANGER, FATHER], tmp_path / "index"), plain_model(), load())
    assert found.bond[1] == 1.0
    assert load().joined[0] <= found.bond[0] == found.bond[2] <= 1.0


@pytest.mark.parametrize("size", [1, 2, 5])
def test_how_many_pairs_are_compared_at_a_time_changes_nothing(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [NUMBER, STRANGER, BIRTHDAY, FATHER, SON, WIFE, VAGUE, STRANGER, SON, FATHER]
    rules, index = replace(load(), joined=(0.5, 0.99)), make_index(people, tmp_path / "index")
    whole = resolve(index, plain_model(), rules)
    monkeypatch.setattr(module, "PAIRS_AT_A_TIME", size)
    parts = resolve(index, plain_model(), rules)
    assert np.array_equal(whole.entity, parts.entity)
    assert np.array_equal(whole.bond, parts.bond)
    assert len(set(whole.entity.tolist())) < len(people)


def test_a_reference_without_records_has_no_persons(tmp_path: Path) -> None:
    assert len(resolve(make_index([], tmp_path / "index"), plain_model(), load()).entity) == 0
