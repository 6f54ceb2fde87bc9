from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Indel

from skiptrace.contacts import rules
from skiptrace.contacts.pooling import pairs_within, pool, similarity

ADDRESS = rules.load().address
Spelling = tuple[int, str | None, str | None, str | None, str | None]


def pooled(*rows: Spelling) -> list[int]:
    columns = list(zip(*sorted(rows, key=lambda row: row[0]), strict=True)) or [()] * 5
    names = ("house", "street", "city", "postal_code")
    table = pa.table(
        {"account": pa.array(columns[0], pa.int64())}
        | {name: pa.array(column, pa.string()) for name, column in zip(names, columns[1:], strict=True)}
    )
    found: list[int] = pool(table, ADDRESS).tolist()
    return found


ONE: Spelling = (0, "123", "N MAIN ST", "SEATTLE", "98101")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ((0, None, "N MAIN ST", "SEATTLE", "98101"), "the number is missing"),
        ((0, "128", "N MAIN ST", "SEATTLE", "98101"), "the number is one slip away"),
        ((0, "132", "N MAIN ST", "SEATTLE", "98101"), "two digits are swapped"),
        ((0, "123", "N MAINE STREET", "SEATTLE", "98101"), "the street is much alike"),
        ((0, "123", "N MAIN ST", "SEATTLE", "98199"), "the ZIP code is another, the city the same"),
        ((0, "123", "N MAIN ST", "SEATLE", "98101"), "the city is misspelled, the ZIP code the same"),
        ((0, "123", "N MAIN ST", None, "98101"), "the city is missing"),
    ],
)
def test_spellings_of_one_place_are_pooled(other: Spelling, why: str) -> None:
    assert pooled(ONE, other) == [0, 0], why


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ((0, "123", "N MAIN ST", "PORTLAND", "97201"), "another city and ZIP code"),
        ((0, None, "N MAIN ST", "PORTLAND", "97201"), "another place, whatever is missing"),
        ((0, "123", "N MAIN ST", None, None), "a place that nobody states is no shared place"),
        ((0, "923", "N MAIN ST", "PORTLAND", None), "a slip does not excuse another place"),
        ((0, "145", "N MAIN ST", "SEATTLE", "98101"), "a number two slips away"),
        ((0, "123", "ELM BLVD", "SEATTLE", "98101"), "a street that is not alike"),
        ((0, "128", "N MAINE ST", "SEATTLE", "98101"), "number and street both differ"),
        ((0, "123", None, "SEATTLE", "98101"), "no street"),
        ((1, "123", "N MAIN ST", "SEATTLE", "98101"), "another account"),
    ],
)
def test_other_places_are_not_pooled(other: Spelling, why: str) -> None:
    assert pooled(ONE, other) == [0, 1], why


def test_pooling_is_passed_on_and_named_by_the_lowest_row() -> None:
    chain = [(0, "77", "OAK AVE", "SEATTLE", "98101"), ONE, (0, "128", *ONE[2:]), (0, "1285", *ONE[2:])]
    assert pooled(*chain) == [0, 1, 1, 1]


def test_nothing_is_pooled_to_nothing() -> None:
    assert pooled() == []


spellings = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([None, "1", "12", "123", "132", "999"]),
        st.sampled_from([None, "MAIN ST", "MAINE ST", "N MAIN ST", "OAK AVE"]),
        st.sampled_from([None, "SEATTLE", "PORTLAND"]),
        st.sampled_from([None, "98101", "97201"]),
    ),
    max_size=9,
)


@given(spellings)
def test_pools_are_those_of_comparing_every_pair(rows: list[Spelling]) -> None:
    rows = sorted(rows, key=lambda row: row[0])

    def same(a: str | None, b: str | None) -> bool:
        return a is not None and a == b

    def alike(a: Spelling, b: Spelling) -> bool:
        if a[0] != b[0] or not (same(a[3], b[3]) or same(a[4], b[4])):
            return False
        if same(a[2], b[2]):
            return a[1] is None or b[1] is None or OSA.distance(a[1], b[1]) <= 1
        near = a[2] and b[2] and Indel.normalized_similarity(a[2], b[2]) >= ADDRESS.street_similarity
        return bool(same(a[1], b[1]) and near)

    label = list(range(len(rows)))
    for _ in rows:
        for i, j in itertools.combinations(range(len(rows)), 2):
            if alike(rows[i], rows[j]):
                label[i] = label[j] = min(label[i], label[j])
    assert pooled(*rows) == label


@given(st.lists(st.integers(0, 3), max_size=12).map(sorted))
def test_pairs_within_are_all_pairs_of_equal_accounts(account: list[int]) -> None:
    left, right = pairs_within(np.array(account, np.int64))
    expected = [(i, j) for i, j in itertools.combinations(range(len(account)), 2) if account[i] == account[j]]
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == expected


def test_similarity_is_between_nothing_and_everything() -> None:
    streets = pa.chunked_array([["OAK AVE", "OAK AVE", "XYZ"]])
    found = similarity(streets, np.array([0, 0]), np.array([1, 2]))
    assert found.tolist() == [1.0, 0.0]
