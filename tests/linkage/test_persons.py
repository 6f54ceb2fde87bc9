from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.linkage.persons import Entities, alone, lend, missing_records


def test_records_alone_lend_nothing() -> None:
    probability = np.array([0.9, 0.4, 0.2])
    found, via = lend(np.zeros(3, np.int64), np.arange(3), probability, np.zeros(3, bool), np.ones(3), alone(3).entity)
    assert found.tolist() == probability.tolist()
    assert via.tolist() == [-1, -1, -1]


def test_the_best_record_of_a_person_lends_to_the_others_of_the_same_account() -> None:
    account = np.array([0, 0, 0, 1])
    row = np.array([0, 1, 2, 1])
    probability = np.array([0.9, 0.4, 0.2, 0.3])
    entity = np.array([0, 0, 2])
    found, via = lend(account, row, probability, np.zeros(4, bool), np.array([1, 0.99, 1, 0.99]), entity)
    assert found == pytest.approx([0.9, 0.9 * 0.99, 0.2, 0.3])
    assert via.tolist() == [-1, 0, -1, -1]


def test_no_pairs_lend_nothing() -> None:
    nothing = np.zeros(0, np.int64)
    found, via = lend(nothing, nothing, np.zeros(0), np.zeros(0, bool), np.zeros(0), alone(3).entity)
    assert len(found) == len(via) == 0


def test_missing_records_are_those_of_likely_persons_alone() -> None:
    entities = Entities(np.array([0, 0, 0, 3, 3, 5]), np.ones(6))
    left, right = np.array([0, 0, 1]), np.array([1, 3, 5])
    account, row = missing_records(left, right, np.array([True, False, True]), entities)
    assert list(zip(account.tolist(), row.tolist(), strict=True)) == [(0, 0), (0, 2)]


@given(st.data())
def test_with_missing_records_a_likely_person_is_whole(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))
    entity = np.array([data.draw(st.integers(0, row)) for row in range(size)], np.int64)
    entity = entity[entity]  # not always a head, which must not matter
    pairs = sorted(data.draw(st.sets(st.tuples(st.integers(0, 3), st.integers(0, size - 1)), max_size=12)))
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    likely = np.array([data.draw(st.booleans()) for _ in pairs], bool)
    found = set(zip(*(side.tolist() for side in missing_records(left, right, likely, Entities(entity, np.ones(size)))), strict=True))
    wanted = {
        (account, row)
        for (account, seen), sure in zip(pairs, likely.tolist(), strict=True) if sure
        for row in range(size) if entity[row] == entity[seen]
    }  # fmt: skip
    assert found == wanted - set(pairs)
