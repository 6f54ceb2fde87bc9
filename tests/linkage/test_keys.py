"""Blocking keys: equal values if and only if all parts are equal; several values make several keys; swaps are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.linkage.keys import Features, key_values
from skiptrace.linkage.people import encode, terms_of
from skiptrace.linkage.rules import PARTS, Key
from tests.linkage.people_tables import Person, address, tables


def features(people: list[Person], swapped: bool = False) -> Features:
    both = tables(people)
    return Features(*encode(*both, terms_of(*both)), swapped=swapped)


def values_by_row(people: list[Person], key: Key, swapped: bool = False) -> list[set[int]]:
    rows, values = key_values(features(people, swapped), key)
    return [set(values[rows == row].tolist()) for row in range(len(people))]


PERSON = st.fixed_dictionaries({
    "first": st.sampled_from(["ANN", "BOB", "ZOE", None]), "last": st.sampled_from(["LEE", "GRANT", None]),
    "dob": st.sampled_from(["1980-02-03", "1980-02-04", "1981-02-03", None]),
    "ssn4": st.sampled_from(["0000", "0001", None]),
})  # fmt: skip
FIELD = {"first": "first", "last": "last", "dob": "dob", "ssn4": "ssn4"}


@given(st.lists(PERSON, min_size=1, max_size=8), st.lists(st.sampled_from(sorted(FIELD)), min_size=1, max_size=3, unique=True))
def test_values_are_equal_exactly_where_all_parts_are_equal(people: list[Person], parts: list[str]) -> None:
    found = values_by_row(people, Key("k", tuple(parts)))
    told = [tuple(person[FIELD[part]] for part in parts) for person in people]
    for a, mine in enumerate(told):
        assert len(found[a]) == (0 if None in mine else 1)
        for b, theirs in enumerate(told):
            assert (bool(found[a]) and found[a] == found[b]) == (mine == theirs and None not in mine)
    assert 0 not in set().union(*found)


def test_the_same_parts_under_another_key_have_other_values() -> None:
    people: list[Person] = [{"first": "ANN", "last": "LEE"}]
    one, two, turned = (values_by_row(people, Key(name, parts))[0] for name, parts in
                        (("a", ("first", "last")), ("b", ("first", "last")), ("a", ("last", "first"))))  # fmt: skip
    assert len(one | two | turned) == 3


def test_a_name_repeated_is_not_a_name_doubled() -> None:
    key = Key("k", ("first", "last"))
    assert not set.intersection(*values_by_row([{"first": "LEE", "last": "LEE"}, {"first": "ANN", "last": "ANN"}], key))


FULL: Person = {
    "first": "ROBERT", "last": "LEE", "dob": "1980-02-03", "ssn": "123456789", "phones": ["+15185550100"],
    "emails": ["a@example.com"], "addresses": [address("12", "MAIN ST")],
}  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_a_value_on_a_full_person_and_none_on_an_empty_one(part: str) -> None:
    known, unknown = values_by_row([FULL, {}], Key("k", (part,)))
    assert len(known) == 1
    assert unknown == set()


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("first_group", {"first": "BOB"}), ("first_initial", {"first": "RUTH"}), ("first_sound", {"first": "ROBART"}),
        ("last_sound", {"last": "LEY"}), ("last_initial", {"last": "LOPEZ"}), ("dob_ym", {"dob": "1980-02-28"}),
        ("dob_md", {"dob": "1999-02-03"}), ("birth_year", {"dob": "1980-12-31"}), ("ssn4", {"ssn4": "6789"}),
        ("last_part", {"last": "GRANT-LEE"}), ("last_part", {"last": "GRANT", "former": ["LEE"]}),
        ("zip", {"addresses": [address("9", "OAK AVE")]}), ("house", {"addresses": [address("12", "OAK AVE", "TROY NY 12180")]}),
    ],
)  # fmt: skip
def test_a_wider_part_joins_what_the_narrow_one_keeps_apart(part: str, other: Person) -> None:
    alike = values_by_row([FULL, FULL | {"ssn": None} | other], Key("k", (part,)))
    assert alike[0] & alike[1]
    stranger = values_by_row([FULL, {"first": "ANN", "last": "GRANT", "dob": "1955-11-09", "ssn4": "1111",
                                     "addresses": [address("7", "ELM ST", "TROY NY 12180")]}], Key("k", (part,)))  # fmt: skip
    assert not stranger[0] & stranger[1]


def test_several_values_make_a_key_for_each() -> None:
    people: list[Person] = [
        {"phones": ["+15185550100", "+15185550101"]}, {"phones": ["+15185550101"]}, {"phones": ["+15185550100"]},
        {"last": "SMITH-JONES", "former": ["LEE"], "ssn4": "0001"}, {"last": "LEE", "ssn4": "0001"},
    ]  # fmt: skip
    phones = values_by_row(people, Key("p", ("phone",)))
    assert phones[0] == phones[1] | phones[2]
    halves = values_by_row(people, Key("l", ("ssn4", "last_part")))
    assert len(halves[3]) == 3
    assert halves[4] < halves[3]


@pytest.mark.parametrize("parts", [("first", "last"), ("first_group", "last"), ("first_sound", "last_part"), ("first_initial", "last")])
def test_a_swapped_probe_finds_a_swapped_name(parts: tuple[str, ...]) -> None:
    right, wrong, plain = {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT", "last": "ADAM"}, Key("k", parts)
    kept = values_by_row([right], plain)[0]
    assert values_by_row([wrong], plain, swapped=True)[0] == kept
    assert not values_by_row([wrong], plain)[0] & kept


def test_rows_ascend_per_slot_and_types_are_fixed() -> None:
    rows, values = key_values(features([{"phones": ["+15185550100"]}, {}, {"phones": ["+15185550102"]}]), Key("p", ("phone",)))
    assert rows.tolist() == [0, 2]
    assert (rows.dtype, values.dtype) == (np.int64, np.uint64)
    rows, values = key_values(features([{}]), Key("p", ("phone", "dob")))
    assert (len(rows), len(values)) == (0, 0)
