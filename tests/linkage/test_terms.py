"""Dictionaries: codes by first appearance, terms found again by their bytes, and the forms of a name."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.linkage.terms import FIELDS, Growing, dictionary, frozen, full_names, hashes_of, name_forms, nickname_codes, terms_of, whole
from skiptrace.normalize import nicknames, phonetics

NAMES = ["BOB", "ROBERT", "ZYX", "ANN", "O'NEIL", "É", "B"]


@given(st.lists(st.lists(st.one_of(st.none(), st.text("ABÉ", max_size=2)), max_size=12), max_size=4))
def test_codes_are_given_by_first_appearance_over_all_columns(columns: list[list[str | None]]) -> None:
    growing, order = Growing(), list[str]()
    for column in columns:
        order += [text for text in dict.fromkeys(column) if text and text not in order]
        codes = growing.encode("first", pa.chunked_array([column[:3], column[3:]], pa.string()))
        assert codes.tolist() == [order.index(text) + 1 if text else 0 for text in column]
        assert codes.dtype == np.int32
    assert growing.texts("first").to_pylist() == order
    assert growing.texts("last").to_pylist() == [], "each field has a dictionary of its own"


def test_a_column_of_chunks_is_one_array_and_a_slice_keeps_its_texts() -> None:
    column = pa.chunked_array([["A"], [], ["B", None]], pa.string())
    assert whole(column).to_pylist() == whole(column.combine_chunks()).to_pylist() == ["A", "B", None]
    assert whole(column.slice(1)).to_pylist() == ["B", None]
    assert whole(pa.chunked_array([], pa.string())).to_pylist() == []


def test_a_dictionary_keeps_its_hashes_ascending_with_their_codes() -> None:
    found = dictionary(pa.array(NAMES))
    assert np.array_equal(found.hashes, hashes_of(pa.array(NAMES)))
    assert (np.diff(found.sorted_hashes.astype(object)) > 0).all()
    assert np.array_equal(found.hashes[found.codes], found.sorted_hashes)


def test_terms_are_matched_across_dictionaries() -> None:
    here, there = dictionary(pa.array(["ANN", "BOB", "EVE"])), dictionary(pa.array(["EVE", "ADAM", "ANN"]))
    assert here.match(there).tolist() == [3, 0, 1]
    assert there.match(here).tolist() == [3, 0, 1]
    assert here.match(dictionary(pa.array([], pa.string()))).tolist() == [0, 0, 0]
    assert dictionary(pa.array([], pa.string())).match(here).tolist() == []


def test_the_forms_of_a_name_are_equal_where_their_texts_are() -> None:
    forms = name_forms(dictionary(pa.array(NAMES)))
    told = [(name, nicknames.group(name), phonetics.code(name), name[0]) for name in NAMES]
    for column in range(4):
        for one, mine in enumerate(told):
            for other, theirs in enumerate(told):
                if mine[column] and theirs[column]:
                    assert (forms[one, column] == forms[other, column]) == (mine[column] == theirs[column])
        assert [bool(value) for value in forms[:, column]] == [bool(form[column]) for form in told]
    assert forms[0, 1] == forms[1, 1] != 0, "BOB and ROBERT are of one family"


def test_forms_that_are_known_are_the_same_as_new_ones() -> None:
    names, wanted = dictionary(pa.array(NAMES)), name_forms(dictionary(pa.array(NAMES)))
    for known in ([], [*NAMES[2:], "OTHER"], NAMES):
        other = dictionary(pa.array(known, pa.string()))
        assert np.array_equal(name_forms(names, (other, frozen(name_forms(other)))), wanted)


def test_nicknames_are_numbered_in_the_table_and_know_their_full_names() -> None:
    listed = nicknames.listed()
    codes = nickname_codes(pa.array(["BOB", "ZYX", "ROBERT"]))
    assert [listed[code] for code in codes[[0, 2]]] == ["BOB", "ROBERT"]
    assert codes[1] == -1
    starts, full = full_names()
    assert len(starts) == len(listed) + 1
    for name in ("BOB", "ROBERT", "ALEX", "JACK"):
        number = listed.index(name)
        found = full[starts[number] : starts[number + 1]]
        assert {listed[one] for one in found} == set(nicknames.representatives(name))
        assert (np.diff(found) > 0).all()


def test_terms_hold_what_keys_need_and_only_then() -> None:
    growing = Growing()
    growing.encode("first", pa.array(["BOB"]))
    growing.encode("street", pa.array(["MAIN ST", "OAK AVE"]))
    terms = terms_of(growing)
    assert {name: len(terms.fields[name].texts) for name in FIELDS} == {"first": 1, "last": 0, "street": 2, "house": 0}
    hashes = terms.hashes()
    assert (hashes.first.shape, hashes.last.shape, len(hashes.street), len(hashes.house)) == ((1, 4), (0, 4), 2, 0)
    bare = terms_of(growing, keyed=False)
    assert bare.forms["first"].shape == (0, 4)
    assert bare.nicknames.tolist() == terms.nicknames.tolist()


def test_a_frozen_array_cannot_be_written_and_shares_its_memory() -> None:
    array = np.zeros(3)
    view = frozen(array)
    assert not view.flags.writeable
    assert array.flags.writeable
    assert np.shares_memory(view, array)
