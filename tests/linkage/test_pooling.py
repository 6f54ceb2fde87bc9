"""An account against whole persons: pairs in the order of account, person and row, and the closest levels of each group."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index, index_of
from skiptrace.linkage.patterns import unpack
from skiptrace.linkage.persons import entities_of
from skiptrace.linkage.pooling import Pooled, with_persons
from skiptrace.linkage.rules import load
from tests.linkage.people_tables import Person, compared_only, encoded

RECORDS: list[Person] = [
    {"first": "JOHN", "ssn": "111223333"}, {"first": "JOHN", "dob": "1950-03-04"}, {"phones": ["+15185550100"]}, {"last": "LEE"},
    {"first": "MARY", "last": "LEE"}, {"emails": ["a@example.com"]},
]  # fmt: skip
ACCOUNTS: list[Person] = [
    {"first": "JOHN", "last": "LEE", "dob": "1950-03-04", "phones": ["+15185550100"]}, {"first": "MARY", "emails": ["a@example.com"]}, {},
]  # fmt: skip
ENTITY = [0, 0, 2, 0, 4, 2]
WIDTH = len(load().names)


@pytest.fixture(scope="module")
def index() -> Index:
    return two_layers()


def two_layers() -> Index:
    return index_of([compared_only(people).layers[0] for people in (RECORDS[:4], RECORDS[4:])], load())


def pooled(pairs: list[tuple[int, int]], likely: list[bool], index: Index, skip: np.ndarray | None = None) -> Pooled:
    prober = Prober(encoded(ACCOUNTS), index, load())
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    entities = entities_of(np.array(ENTITY), np.ones(len(ENTITY)))
    return with_persons(left, right, prober.patterns(left, right), np.array(likely, bool), prober, entities, skip, WIDTH)


def test_the_other_records_of_a_likely_person_join_in(index: Index) -> None:
    found = pooled([(0, 1), (0, 4), (1, 5)], [True, False, False], index)
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 0), (0, 1), (0, 3), (0, 4), (1, 5)]
    assert found.starts.tolist() == [0, 3, 4, 5]
    assert found.group.tolist() == [0, 0, 0, 1, 2]
    levels = unpack(found.together, WIDTH)[0]
    shown = {name for name, level in zip(load().names, levels.tolist(), strict=True) if level >= 0}
    assert shown == {"first_name", "last_name", "dob"}, "no single record has all three"


def test_who_is_skipped_for_a_layer_gets_nothing_more_from_it(index: Index) -> None:
    skip = np.zeros((3, 2), bool)
    skip[0, 1] = True
    assert pooled([(0, 2), (1, 2)], [True, True], index, skip).right.tolist() == [2, 2, 5]


@given(st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 5)), st.booleans(), max_size=12), st.randoms())
def test_groups_are_whole_ordered_and_as_close_as_their_closest_pair(drawn: dict[tuple[int, int], bool], luck: object) -> None:
    index, pairs = two_layers(), sorted(drawn)
    luck.shuffle(pairs)  # type: ignore[attr-defined]
    pairs = sorted(pairs, key=lambda pair: pair[0])  # pairs of one account are neighbours, in whatever order
    found = pooled(pairs, [drawn[pair] for pair in pairs], index)
    wanted = set(pairs)
    wanted |= {(account, row) for (account, one), sure in drawn.items() if sure for row in range(6) if ENTITY[row] == ENTITY[one]}
    rows = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert rows == sorted(wanted, key=lambda pair: (pair[0], ENTITY[pair[1]], pair[1]))
    prober = Prober(encoded(ACCOUNTS), index, load())
    assert np.array_equal(found.pattern, prober.patterns(found.left, found.right))
    groups = sorted({(account, ENTITY[row]) for account, row in rows})
    assert [groups[number] for number in found.group.tolist()] == [(account, ENTITY[row]) for account, row in rows]
    levels = unpack(found.pattern, WIDTH)
    for number, (start, stop) in enumerate(pairwise(found.starts)):
        assert np.array_equal(unpack(found.together[number : number + 1], WIDTH)[0], levels[start:stop].max(axis=0))
