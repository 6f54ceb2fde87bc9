"""Several layers as one index: rows across layers, names counted over all, and rows taken out as people of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels import record_layout as at
from skiptrace.linkage.candidates import Prober
from skiptrace.linkage.index import Index, bridge, index_of, people_of
from skiptrace.linkage.rules import load
from skiptrace.linkage.terms import FIELDS
from tests.linkage.people_tables import Person, address, compared_only, encoded, make_layers

A: list[Person] = [
    {"id": "a0", "first": "ANN", "last": "LEE", "addresses": [address("1", "MAIN ST"), address("2", "OAK AVE")]},
    {"id": "a1", "first": "BOB", "last": "ROE", "phones": ["+15185550100"]},
    {"id": "a2"},
]  # fmt: skip
B: list[Person] = []
C: list[Person] = [
    {"id": "c0", "first": "ZOE", "last": "LEE", "addresses": [address("2", "ELM ST"), address("1", "OAK AVE")]},
    {"id": "c1", "first": "ANN", "last": "ANN", "ssn4": "0001"},
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return make_layers({"a": A, "b": B, "c": C}, tmp_path_factory.mktemp("layers"))


def test_rows_run_through_the_layers(index: Index) -> None:
    assert len(index) == 5
    assert index.starts.tolist() == [0, 3, 3, 5]
    assert index.sources == ("a", "b", "c")
    assert index.layer_of(np.arange(5)).tolist() == [0, 0, 0, 2, 2]
    assert index.identity(np.array([4, 0, 3, 2])).tolist() == [1, 0, 0, 2]


@given(st.lists(st.integers(0, 4), max_size=12))
def test_record_ids_come_in_the_order_they_are_asked_for(rows: list[int]) -> None:
    index = index_of([compared_only(people).layers[0] for people in (A, B, C)], load())
    wanted = [f"r{row if row < 3 else row - 3}" for row in rows]
    assert index.record_ids(np.array(rows, np.int64)).to_pylist() == wanted


def test_record_ids_are_those_of_the_delivery(index: Index) -> None:
    assert index.record_ids(np.array([4, 0, 3, 0, 2])).to_pylist() == ["c1", "a0", "c0", "a0", "a2"]
    assert index.record_ids(np.zeros(0, np.int64)).to_pylist() == []


def test_an_index_of_no_layers_has_no_rows() -> None:
    nothing = index_of([], load())
    assert (len(nothing), nothing.sources, nothing.bands) == (0, (), ())
    assert nothing.record_ids(np.zeros(0, np.int64)).to_pylist() == []


def banded(index: Index, field: str) -> list[dict[str, int]]:
    return [
        dict(zip(layer.people.terms.fields[field].texts.to_pylist(), bands[field].tolist(), strict=True))
        for layer, bands in zip(index.layers, index.bands, strict=True)
    ]


def test_how_common_a_name_is_counts_over_all_layers(index: Index) -> None:
    """ANN is on two of five records, one in each layer: neither layer alone would tell that it is the most common."""
    counted = index_of(index.layers, replace(load(), frequency=(0.4, 0.2)))
    assert banded(counted, "first") == [{"ANN": 0, "BOB": 1}, {}, {"ZOE": 1, "ANN": 0}]
    assert banded(counted, "last") == [{"LEE": 0, "ROE": 1}, {}, {"LEE": 0, "ANN": 1}]


def test_bands_split_at_their_bounds() -> None:
    people = [{"first": name} for name, times in (("A", 5), ("B", 3), ("C", 2)) for _ in range(times)]
    for frequency, wanted in (((0.5, 0.2), [0, 1, 1]), ((0.51, 0.3), [1, 1, 2]), ((0.9, 0.8, 0.7, 0.6), [4, 4, 4]), ((0.1,), [0, 0, 0])):
        index = compared_only(people, replace(load(), frequency=frequency))
        assert index.bands[0]["first"].tolist() == wanted


def test_a_bridge_leads_from_terms_to_equal_terms(index: Index) -> None:
    people = encoded([
        {"first": "LEE", "last": "ANN", "addresses": [address("2", "OAK AVE")]},
        {"first": "ZOE", "last": "NEW", "addresses": [address("9", "ELM ST")]},
    ])  # fmt: skip
    for number, layer in enumerate(index.layers):
        there, found = {field: layer.people.terms.fields[field].texts.to_pylist() for field in FIELDS}, bridge(people.terms, index, number)
        for name, here, other in (
            ("first", "first", "first"), ("last", "last", "last"), ("street", "street", "street"), ("house", "house", "house"),
            ("first_as_last", "first", "last"), ("last_as_first", "last", "first"),
        ):  # fmt: skip
            texts = people.terms.fields[here].texts.to_pylist()
            codes = [there[other].index(text) + 1 if text in there[other] else 0 for text in texts]
            assert getattr(found, name).tolist() == codes
        assert np.array_equal(found.first_bands, index.bands[number]["first"])


ORDERS = [[3, 0], [0, 3, 4, 1, 2], [2], [4, 4, 0], []]


@pytest.mark.parametrize("rows", ORDERS)
def test_rows_taken_out_are_the_same_people(index: Index, rows: list[int]) -> None:
    every, found = [*A, *B, *C], people_of(index, np.array(rows, np.int64))
    plain = encoded([every[row] for row in rows])
    texts = {"first": [at.FIRST], "last": [at.LAST], "street": [], "house": []}
    for slot in range(at.ADDRESSES):
        texts["street"].append(at.ADDRESS + slot * at.ADDRESS_WORDS + at.STREET)
        texts["house"].append(at.ADDRESS + slot * at.ADDRESS_WORDS + at.HOUSE)
    coded = [word for words in texts.values() for word in words]
    rest = np.setdiff1d(np.arange(at.WORDS), coded)
    assert np.array_equal(found.records[:, rest], plain.records[:, rest])
    for field, words in texts.items():
        for word in words:
            told = [
                [str(who.terms.fields[field].texts[code - 1]) if code else None for code in who.records[:, word].tolist()]
                for who in (found, plain)
            ]
            assert told[0] == told[1]
        used = {code for word in words for code in found.records[:, word].tolist()} - {0}
        assert used == set(range(1, len(found.terms.fields[field].texts) + 1)), "only texts of these people"


def test_rows_taken_out_compare_as_they_did_in_their_layer(index: Index) -> None:
    every = np.arange(len(index))
    left, right = (side.ravel() for side in np.meshgrid(every, every))
    taken = Prober(people_of(index, every), index, load()).patterns(left, right)
    assert np.array_equal(taken, Prober(encoded([*A, *B, *C]), index, load()).patterns(left, right))
