"""Identities as arrays: rows stay in place, missing stays missing, several values stand side by side."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.ids import hash64
from skiptrace.linkage.people import People, Terms, encode, name_parts, per_distinct, terms_of
from tests.linkage.people_tables import Person, address, tables


def encoded(*people: Person) -> tuple[People, Terms]:
    both = tables(people)
    return encode(*both, terms_of(*both))


def test_a_full_person_is_encoded_field_by_field() -> None:
    who, terms = encoded({
        "first": "ANN", "middle": "MARIE", "last": "LEE", "suffix": "JR", "dob": "1980-02-03", "ssn": "123456789",
        "phones": ["+15185550100"], "emails": ["ann@example.com"], "addresses": [address("12", "MAIN ST")],
    })  # fmt: skip
    assert (terms.values["first"][who.first[0]].as_py(), terms.values["last"][who.last[0]].as_py()) == ("ANN", "LEE")
    assert (who.middle[0], who.middle_initial[0], who.suffix[0]) == (hash64("MARIE"), ord("M"), 1)
    assert (who.dob[0], who.ssn4[0]) == (19800203, 6789)
    assert who.ssn[0] != 0
    assert who.phone[0].tolist() == [15185550100, 0, 0]
    assert who.email[0].tolist() == [hash64("ann@example.com"), 0]
    assert who.email_user[0].tolist() == [hash64("ann"), 0]
    assert terms.values["street"][who.street[0, 0]].as_py() == "MAIN ST"
    assert terms.values["house"][who.house[0, 0]].as_py() == "12"
    assert (who.zip[0, 0], who.zip3[0, 0]) == (hash64("12207"), hash64("122"))
    assert (who.city[0, 0], who.state[0, 0]) == (hash64("ALBANY"), hash64("NY"))


def test_what_is_not_known_is_missing_everywhere() -> None:
    who, _ = encoded({})
    assert {name: getattr(who, name).ravel().tolist() for name in ("first", "last", "dob", "ssn", "ssn4", "middle")} == {
        "first": [-1], "last": [-1], "dob": [0], "ssn": [0], "ssn4": [-1], "middle": [0]}  # fmt: skip
    for name in ("last_parts", "phone", "email", "email_user", "zip", "zip3", "city", "state"):
        assert not getattr(who, name).any(), name
    for name in ("street", "house"):
        assert (getattr(who, name) == -1).all(), name


def test_nobody_is_encoded_as_nobody() -> None:
    who, _ = encoded()
    assert len(who) == 0
    assert who.phone.shape == (0, 3)


def test_a_middle_initial_is_no_full_name_and_last_fours_keep_zero() -> None:
    who, _ = encoded({"middle": "M", "ssn4": "0000"}, {"middle": "MARIE", "ssn4": "0042"})
    assert who.middle.tolist() == [0, hash64("MARIE")]
    assert who.middle_initial.tolist() == [ord("M")] * 2
    assert who.ssn4.tolist() == [0, 42]


def test_values_belong_to_their_row_in_the_order_of_the_sightings() -> None:
    people = [{"phones": ["+15185550100"]}, {}, {"phones": ["+15185550102", "+15185550103"]}]
    identities, sightings = tables(people)
    turned = sightings.take([2, 0, 1])
    who, _ = encode(identities, turned, terms_of(identities, turned))
    assert who.phone.tolist() == [[15185550100, 0, 0], [0, 0, 0], [15185550103, 15185550102, 0]]


def test_values_beyond_the_slots_are_left_out() -> None:
    who, _ = encoded({"phones": [f"+1518555010{last}" for last in range(5)]})
    assert who.phone[0].tolist() == [15185550100, 15185550101, 15185550102]


def test_sightings_of_other_identities_and_sources_are_left_out() -> None:
    identities, _ = tables([{"first": "ANN"}], "portfolio")
    _, of_source = tables([{"phones": ["+15185550100"]}], "vendor")
    _, of_number = tables([{}, {"phones": ["+15185550101"]}], "portfolio")
    for sightings in (of_source, of_number):
        who, _ = encode(identities, sightings, terms_of(identities, sightings))
        assert not who.phone.any()


def test_two_sources_may_number_alike() -> None:
    here, there = tables([{"phones": ["+15185550100"]}], "a"), tables([{"phones": ["+15185550101"]}], "b")
    identities, sightings = (pa.concat_tables(both) for both in zip(here, there, strict=True))
    who, _ = encode(identities, sightings, terms_of(identities, sightings))
    assert who.phone[:, 0].tolist() == [15185550100, 15185550101]


def test_terms_keep_the_codes_of_the_reference_and_put_new_texts_behind() -> None:
    base = Terms({"first": pa.array(["ANN", "ZOE"])})
    codes, extended = base.encode("first", pa.chunked_array([["ZOE", "MAX", None], ["BEA", "ANN", "MAX"]]))
    assert extended.to_pylist() == ["ANN", "ZOE", "BEA", "MAX"]
    assert codes.tolist() == [1, 3, -1, 2, 0, 3]
    assert codes.dtype == np.int32


@pytest.mark.parametrize(("last", "parts"), [
    ("SMITH", ["SMITH"]), ("SMITH-JONES", ["SMITH", "JONES"]), ("GARCIA LOPEZ", ["GARCIA", "LOPEZ"]),
    ("DE LA CRUZ", ["CRUZ"]), ("VAN DER BERG", ["BERG"]), ("A-B", ["A-B"]), ("DE LA", ["DE LA"]), ("A-B-CC-DD-EE", ["CC", "DD"]),
])  # fmt: skip
def test_parts_of_a_last_name_can_stand_alone(last: str, parts: list[str]) -> None:
    assert name_parts(last) == parts


def test_last_parts_hold_halves_and_a_former_name() -> None:
    who, _ = encoded({"last": "SMITH-JONES", "former": ["GRANT"]}, {"last": "LEE"}, {"last": "LEE", "former": []})
    assert who.last_parts.tolist() == [[hash64("SMITH"), hash64("JONES"), hash64("GRANT")], [hash64("LEE"), 0, 0],
                                       [hash64("LEE"), 0, 0]]  # fmt: skip


def test_equal_numbers_have_equal_tokens_through_slices() -> None:
    identities, sightings = tables([{"ssn": "111111111"}, {}, {"ssn": "222222222"}, {"ssn": "111111111"}])
    whole = encode(identities, sightings, terms_of(identities, sightings))[0].ssn
    assert whole[0] == whole[3] != whole[2]
    assert (whole[0], whole[1]) != (0, whole[0])
    part = encode(identities.slice(2, 2), sightings, terms_of(identities, sightings))[0].ssn
    assert part.tolist() == whole[2:].tolist()


def test_rows_is_a_view() -> None:
    who, _ = encoded({"dob": "1980-01-01"}, {"dob": "1981-01-01"}, {"dob": "1982-01-01"})
    part = who.rows(1, 3)
    assert part.dob.tolist() == [19810101, 19820101]
    assert np.shares_memory(part.dob, who.dob)


def test_a_function_is_called_once_per_distinct_text() -> None:
    seen: list[str] = []

    def length(text: str) -> int:
        seen.append(text)
        return len(text)

    spread = per_distinct(pa.chunked_array([["AA", None], ["B", "AA"]]), length, np.int16, -1)
    assert spread.tolist() == [2, -1, 1, 2]
    assert sorted(seen) == ["AA", "B"]
