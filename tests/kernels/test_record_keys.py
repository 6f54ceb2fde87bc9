"""Blocking keys of encoded people equal the same keys made of texts and sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.kernels.record_keys import MOST_PARTS, PART_NAMES, most_keys, slots_of
from skiptrace.linkage.keys import key_values, program_of
from skiptrace.linkage.rules import Key, load
from tests.linkage.people_tables import Person, address, encoded
from tests.linkage.plain_keys import plain_values

PLACES = [
    address("1", "MAIN ST"), address("2", "MAIN ST", "TROY NY 12180"), address("1", "OAK AVE", "TROY - 12181"),
    address(None, "PO BOX 9", "OTTAWA ON K1A"), address("2", None, "- NY -"), address(None, None, "- - -"),
]  # fmt: skip
PERSON = st.fixed_dictionaries({}, optional={
    "first": st.sampled_from(["BOB", "ROBERT", "LEE", "RUTH"]), "middle": st.sampled_from(["A", "ANN", "BEA"]),
    "last": st.sampled_from(["LEE", "LEIGH", "GRANT-LEE", "DE LA CRUZ", "LEE-LEE"]),
    "former": st.sampled_from([["GRANT"], ["LEE", "GRANT"], []]),
    "dob": st.sampled_from(["1980-02-03", "1980-02-04", "1981-02-03"]), "ssn": st.sampled_from(["123450000", "543210000", "123450001"]),
    "phones": st.lists(st.sampled_from(["+15185550100", "+15185550101", "+12125550100", "+447911123456"]), max_size=4),
    "emails": st.lists(st.sampled_from(["a@example.com", "b@example.com", "a@example.org"]), max_size=3),
    "addresses": st.lists(st.sampled_from(PLACES), max_size=3),
    "localities": st.lists(st.sampled_from([address(None, None, "TROY NY 12180"), address(None, None, "UTICA NY -")]), max_size=2),
})  # fmt: skip
PARTS = st.lists(st.sampled_from(PART_NAMES), min_size=1, max_size=MOST_PARTS, unique=True)


def hashed(people: list[Person], keys: list[Key]) -> list[set[tuple[int, int]]]:
    """Per person the values with the number of their key."""
    found = encoded(people)
    program = program_of(replace(load(), keys=tuple(keys)))
    values = key_values(found.records, found.terms.hashes(), program)
    out: list[set[tuple[int, int]]] = [set() for _ in people]
    for value, row, which in zip(values.keys.tolist(), values.rows.tolist(), values.which.tolist(), strict=True):
        out[row].add((int(program.number[which]), value))
    return out


@given(st.lists(PERSON, min_size=1, max_size=6), st.lists(st.tuples(PARTS, st.booleans()), min_size=1, max_size=3))
def test_people_share_values_exactly_where_their_texts_agree(people: list[Person], drawn: list[tuple[list[str], bool]]) -> None:
    keys = [Key(f"k{number}", tuple(parts), swap) for number, (parts, swap) in enumerate(drawn)]
    found = hashed(people, keys)
    told = [{(number, value) for number, key in enumerate(keys) for value in plain_values(person, key)} for person in people]
    for mine, plain in zip(found, told, strict=True):
        assert len(mine) == len(plain)
        for theirs, other in zip(found, told, strict=True):
            assert len(mine & theirs) == len(plain & other)
    assert all(value != 0 for values in found for _, value in values)


@given(st.lists(PERSON, max_size=5), PARTS)
def test_each_value_is_written_once_in_the_order_of_people_and_keys(people: list[Person], parts: list[str]) -> None:
    found = encoded(people)
    program = program_of(replace(load(), keys=(Key("a", tuple(parts)), Key("b", tuple(parts[:1])))))
    values = key_values(found.records, found.terms.hashes(), program)
    written = list(zip(values.rows.tolist(), values.which.tolist(), values.keys.tolist(), strict=True))
    assert len(written) == len(set(written))
    assert [one[:2] for one in written] == sorted(one[:2] for one in written)
    assert len(written) <= len(people) * most_keys(program)
    assert (values.keys.dtype, values.rows.dtype, values.which.dtype) == (np.uint64, np.int32, np.int16)


def test_the_top_bit_of_a_value_says_whether_its_key_is_narrow() -> None:
    people: list[Person] = [{"first": first, "last": last} for first in ("ANN", "BOB", "ZOE") for last in ("LEE", "ROE", "GRANT")]
    found = hashed(people, [Key("wide", ("first", "last")), Key("tight", ("first", "last"), swap=True, narrow=True)])
    for values in found:
        assert {(number, value >> 63) for number, value in values} == {(0, 0), (1, 1)}


def test_the_parts_of_an_address_are_those_of_one_address() -> None:
    here: Person = {"addresses": [address("1", "MAIN ST"), address("2", "OAK AVE")]}
    crossed: Person = {"addresses": [address("1", "OAK AVE"), address("2", "MAIN ST")]}
    mine, theirs = hashed([here, crossed], [Key("k", ("house", "street"))])
    assert (len(mine), len(theirs)) == (2, 2)
    assert not mine & theirs


def test_a_chosen_key_is_the_only_one_that_is_made() -> None:
    found = encoded([{"first": "ANN", "last": "LEE", "dob": "1980-02-03"}] * 3)
    program = program_of(replace(load(), keys=(Key("a", ("first",)), Key("b", ("last",), True), Key("c", ("dob",)))))
    values = key_values(found.records, found.terms.hashes(), program, np.array([1, -1, 2], np.int32))
    numbers = program.number[values.which]
    assert [numbers[values.rows == row].tolist() for row in range(3)] == [[1, 1], [0, 1, 2, 1], [2]]


@pytest.mark.parametrize(
    ("parts", "slots"),
    [
        (("ssn", "first"), (1, 1, 1, 1)), (("ssn4", "last_part"), (3, 1, 1, 1)), (("phone",), (1, 3, 1, 1)), (("email",), (1, 1, 2, 1)),
        (("house", "street", "zip"), (1, 1, 1, 2)), (("last_part", "zip", "phone"), (3, 3, 1, 2)), (("state", "dob"), (1, 1, 1, 2)),
    ],
)  # fmt: skip
def test_a_part_with_several_values_multiplies_the_keys(parts: tuple[str, ...], slots: tuple[int, ...]) -> None:
    assert slots_of(parts) == slots
    assert most_keys(program_of(replace(load(), keys=(Key("k", parts, swap=True),)))) == 2 * int(np.prod(slots))


def test_a_person_may_have_as_many_keys_as_there_is_room_for() -> None:
    many: Person = {
        "last": "SMITH-JONES", "former": ["GRANT"], "phones": [f"+1518555010{last}" for last in range(5)],
        "emails": ["a@example.com", "b@example.com", "c@example.com"], "addresses": PLACES[:3],
    }  # fmt: skip
    key = Key("k", ("last_part", "phone", "email", "zip"))
    assert len(hashed([many], [key])[0]) == len(plain_values(many, key)) == most_keys(program_of(replace(load(), keys=(key,)))) == 36
