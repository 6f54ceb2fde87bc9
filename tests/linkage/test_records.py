"""Encoded people: rows stay in place, missing stays 0, several values stand side by side in the order they came."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.kernels import record_layout as at
from skiptrace.kernels.letter_sketches import city_words, mailbox_words
from skiptrace.linkage.records import IDENTITY_COLUMNS, SIGHTING_COLUMNS, People, encode, encode_people, name_parts
from skiptrace.linkage.terms import Growing, hashes_of
from skiptrace.normalize.text_buffers import arrow_text
from tests.linkage.people_tables import Person, address, encoded, tables


def low(text: str) -> int:
    """The 32-bit hash of a text: the low half of its 64-bit one."""
    return int(hashes_of(pa.array([text])).view(np.int32)[0])


def city_word(text: str) -> int:
    out = np.empty(1, np.int32)
    city_words(*arrow_text(pa.array([text])), out)
    return int(out[0])


def mailbox(text: str) -> tuple[int, ...]:
    out = np.empty((1, at.EMAIL_WORDS), np.int32)
    mailbox_words(*arrow_text(pa.array([text])), out)
    return tuple(out[0].tolist())


def mailboxes_of(row: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(words) for words in row[at.EMAIL : at.EMAIL + at.EMAILS * at.EMAIL_WORDS].reshape(at.EMAILS, -1).tolist()]


def zip_word(area: int, rest: int) -> int:
    return ((area + 1) << at.ZIP_SHIFT) | (rest + 1)


def phones_of(who: People, row: int = 0) -> list[int]:
    words = who.records[row, at.PHONE : at.PHONE + 2 * at.PHONES].reshape(-1, 2).astype(np.int64)
    return [int((head - 1) * 10_000_000 + rest) if head else 0 for head, rest in words]


def text(who: People, field: str, code: int) -> str:
    return str(who.terms.fields[field].texts[code - 1])


def test_a_full_person_is_encoded_field_by_field() -> None:
    who = encoded([{
        "first": "ANN", "middle": "MARIE", "last": "LEE", "suffix": "SR", "dob": "1980-02-03", "ssn": "123456789",
        "phones": ["+15185550100"], "emails": ["ann@example.com"], "addresses": [address("12", "MAIN ST")],
    }])  # fmt: skip
    row = who.records[0]
    assert (text(who, "first", row[at.FIRST]), text(who, "last", row[at.LAST])) == ("ANN", "LEE")
    assert row[at.PART : at.PART + at.PARTS].tolist() == [low("LEE"), 0, 0]
    assert row[at.MIDDLE] == low("MARIE")
    marks = int(row[at.MARKS])
    assert (chr(marks & 255), marks >> at.SUFFIX_SHIFT & 15, (marks >> at.SSN4_SHIFT) - 1) == ("M", 2, 6789)
    assert row[at.DOB] == 19800203
    token = hashlib.blake2b(b"123456789", digest_size=16).digest()
    assert row[at.SSN : at.SSN + 2].tobytes() == token[:8]
    assert phones_of(who) == [15185550100, 0, 0]
    assert mailboxes_of(row) == [mailbox("ann@example.com"), (0, 0, 0)]
    house, street, code, city, state = row[at.ADDRESS : at.ADDRESS + at.ADDRESS_WORDS].tolist()
    assert (text(who, "house", house), text(who, "street", street)) == ("12", "MAIN ST")
    assert (code, city, state) == (zip_word(122, 7), city_word("ALBANY"), ord("N") * 256 + ord("Y"))
    assert not row[at.ADDRESS + at.ADDRESS_WORDS :].any()


def test_what_is_not_known_is_zero_in_every_word() -> None:
    who = encoded([{}, {"last": ""}, {"suffix": "XX", "former": [], "phones": ["none"], "addresses": [address(None, None, "- - -")]}])
    assert who.records.shape == (3, at.WORDS)
    assert not who.records.any()


def test_nobody_is_encoded_as_nobody() -> None:
    who = encoded([])
    assert len(who) == 0
    assert who.records.shape == (0, at.WORDS)
    assert who.side().records.shape == (0, at.WORDS)


def test_a_middle_initial_is_no_full_name_and_last_fours_keep_zero() -> None:
    who = encoded([{"middle": "M", "ssn4": "0000"}, {"middle": "MARIE", "ssn4": "0042"}])
    assert who.records[:, at.MIDDLE].tolist() == [0, low("MARIE")]
    assert (who.records[:, at.MARKS] & 255).tolist() == [ord("M")] * 2
    assert ((who.records[:, at.MARKS] >> at.SSN4_SHIFT) - 1).tolist() == [0, 42]


def test_a_full_number_is_told_apart_from_its_last_four() -> None:
    rows = encoded([{"ssn": "111111111"}, {"ssn4": "1111"}, {"ssn": "222221111"}, {"ssn": "111111111"}]).records
    tokens = [row[at.SSN : at.SSN + 2].tolist() for row in rows]
    assert tokens[0] == tokens[3] != tokens[2]
    assert tokens[1] == [0, 0]
    assert len(set((rows[:, at.MARKS] >> at.SSN4_SHIFT).tolist())) == 1


def test_values_belong_to_their_row_in_the_order_of_the_sightings() -> None:
    people: list[Person] = [{"phones": ["+15185550100"]}, {}, {"phones": ["+15185550102", "+15185550103"]}]
    identities, sightings = tables(people)
    who = encode_people(identities, sightings.take([2, 0, 1]))
    assert [phones_of(who, row) for row in range(3)] == [[15185550100, 0, 0], [0, 0, 0], [15185550103, 15185550102, 0]]


def test_a_value_said_twice_takes_one_slot_and_values_beyond_the_slots_are_left_out() -> None:
    numbers = ["+15185550100", "+15185550101", "+15185550100", "+15185550102", "+15185550103"]
    assert phones_of(encoded([{"phones": numbers}])) == [15185550100, 15185550101, 15185550102]
    mail = encoded([{"emails": ["a@example.com", "a@example.com", "a@example.org", "c@example.com"]}]).records[0]
    assert mailboxes_of(mail) == [mailbox("a@example.com"), mailbox("a@example.org")]
    homes = [address("1", "MAIN ST"), address("1", "MAIN ST"), address("2", "MAIN ST"), address("3", "MAIN ST")]
    who = encoded([{"addresses": homes}])
    places = [at.ADDRESS + slot * at.ADDRESS_WORDS + at.HOUSE for slot in range(at.ADDRESSES)]
    assert [text(who, "house", who.records[0, place]) for place in places] == ["1", "2"]


def test_a_locality_takes_a_slot_that_no_address_needs() -> None:
    """A city alone tells less than an address, whichever was sighted first."""
    home, work = address("1", "MAIN ST"), address("2", "OAK AVE")
    city, code = address(None, None, "TROY NY -"), address(None, None, "- - 12180")
    rows = encoded([
        {"localities": [city], "addresses": [home]}, {"localities": [city], "addresses": [home, work]}, {"localities": [code, city]},
        {"localities": [city, city], "addresses": []},
    ]).records[:, at.ADDRESS :].reshape(4, at.ADDRESSES, at.ADDRESS_WORDS)  # fmt: skip
    assert rows[:, :, at.CITY].tolist() == [
        [city_word("ALBANY"), city_word("TROY")], [city_word("ALBANY")] * 2, [0, city_word("TROY")], [city_word("TROY"), 0]]  # fmt: skip
    assert rows[2, 0, at.ZIP] == zip_word(121, 80)
    assert not rows[2:, :, [at.HOUSE, at.STREET]].any()


def test_equal_mailboxes_by_their_key_are_one() -> None:
    identities, sightings = tables([{"emails": ["a.b@example.com", "ab@example.com"]}, {"emails": ["x@example.com"]}])
    keys = pa.array(["ab@example.com", "ab@example.com", None], pa.string())
    who = encode_people(identities, sightings.set_column(sightings.schema.get_field_index("match_key"), "match_key", keys))
    assert mailboxes_of(who.records[0]) == [mailbox("ab@example.com"), (0, 0, 0)]
    assert mailboxes_of(who.records[1])[0] == mailbox("x@example.com"), "without a key the address itself stands for it"


@pytest.mark.parametrize(
    ("number", "kept"), [("+15185550100", 15185550100), ("(518) 555-0100", 5185550100), ("+999123456789012345", 123456789012345)]
)
def test_a_phone_is_its_last_fifteen_digits(number: str, kept: int) -> None:
    assert phones_of(encoded([{"phones": [number]}])) == [kept, 0, 0]


def test_postal_codes_keep_their_area() -> None:
    places = ["ALBANY NY 12207", "OTTAWA ON K1A-0B1", "OTTAWA ON K1A-0B2", "X - -"]
    rows = encoded([{"addresses": [address("1", "MAIN ST", place)]} for place in places]).records[:, at.ADDRESS + at.ZIP]
    assert rows[0] == zip_word(122, 7)
    assert rows[1] != rows[2]
    assert rows[1] >> at.ZIP_SHIFT == rows[2] >> at.ZIP_SHIFT > 1000
    assert rows[3] == 0


def test_sightings_of_unknown_identities_are_left_out() -> None:
    identities, _ = tables([{}, {}])
    _, sightings = tables([{"phones": ["+15185550100"]}, {}, {"phones": ["+15185550102"], "addresses": [address("9", "OAK AVE")]}])
    for some in (identities, identities.slice(1)):
        who = encode_people(some, sightings)
        assert [phones_of(who, row)[0] for row in range(len(who))] == [15185550100, 0][-len(who) :]
        assert not who.records[:, at.ADDRESS :].any()
        assert len(who.terms.fields["street"].texts) == 0, "what nobody has is in no dictionary"


@pytest.mark.parametrize("numbers", [[5, 0, 7], [7, 10**15, -3], [10**18, -(10**18), 0], [2**62, 2**62 - 2, 0]])
def test_identity_numbers_may_lie_far_apart_and_in_any_order(numbers: list[int]) -> None:
    identities, sightings = tables([{"phones": [f"+1518555010{row}"]} for row in range(3)])
    sightings = pa.concat_tables([sightings, sightings.slice(0, 1)])
    stray = numbers[0] + 1
    identities = identities.set_column(identities.schema.get_field_index("identity"), "identity", pa.array(numbers))
    sightings = sightings.set_column(sightings.schema.get_field_index("identity"), "identity", pa.array([*numbers, stray]))
    who = encode_people(identities, sightings)
    assert [phones_of(who, row) for row in range(3)] == [[15185550100 + row, 0, 0] for row in range(3)]


@pytest.mark.parametrize(("last", "parts"), [
    ("SMITH", ["SMITH"]), ("SMITH-JONES", ["SMITH", "JONES"]), ("GARCIA LOPEZ", ["GARCIA", "LOPEZ"]),
    ("DE LA CRUZ", ["CRUZ"]), ("VAN DER BERG", ["BERG"]), ("A-B", ["A-B"]), ("DE LA", ["DE LA"]), ("A-B-CC-DD-EE", ["CC", "DD"]),
])  # fmt: skip
def test_parts_of_a_last_name_can_stand_alone(last: str, parts: list[str]) -> None:
    assert name_parts(last) == parts
    assert encoded([{"last": last}]).records[0, at.PART : at.PART + 2].tolist() == [*map(low, parts), 0][:2]


def test_parts_hold_halves_and_a_former_name() -> None:
    people: list[Person] = [
        {"last": "SMITH-JONES", "former": ["GRANT", "LEE"]}, {"last": "LEE"}, {"last": "LEE", "former": []}, {"former": ["ROE"]},
        {"last": "SMITH-JONES"},
    ]  # fmt: skip
    assert encoded(people).records[:, at.PART : at.PART + at.PARTS].tolist() == [
        [low("SMITH"), low("JONES"), low("GRANT")], [low("LEE"), 0, 0], [low("LEE"), 0, 0], [0, 0, low("ROE")],
        [low("SMITH"), low("JONES"), 0],
    ]  # fmt: skip


PEOPLE: list[Person] = [
    {"first": "ANN", "last": "SMITH-JONES", "ssn": "123456789", "dob": "1980-02-03", "suffix": "JR", "middle": "MARIE"},
    {}, {"first": "BOB", "last": "LEE", "former": ["ROE"], "phones": ["+15185550100"], "addresses": [address("1", "MAIN ST")]},
    {"first": "ANN", "ssn4": "0007", "emails": ["a@example.com"], "addresses": [address("1", "OAK AVE")]},
]  # fmt: skip


def test_parts_of_a_delivery_share_their_dictionaries() -> None:
    identities, sightings = tables(PEOPLE)
    together, growing = Growing(), Growing()
    whole = encode(identities, sightings, together)
    parts = [encode(identities.slice(start, 2), sightings, growing) for start in (0, 2)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert growing.texts("first").to_pylist() == together.texts("first").to_pylist() == ["ANN", "BOB"]


def test_only_the_named_columns_are_read() -> None:
    identities, sightings = tables(PEOPLE)
    some = encode_people(identities.select(list(IDENTITY_COLUMNS)), sightings.select(list(SIGHTING_COLUMNS)))
    assert np.array_equal(some.records, encode_people(identities, sightings).records)


def test_slices_and_chunks_are_encoded_as_the_whole_is() -> None:
    identities, sightings = tables(PEOPLE)
    whole = encode_people(identities, sightings)
    cut = pa.concat_tables([identities.slice(0, 1), identities.slice(1)]), pa.concat_tables([sightings.slice(0, 2), sightings.slice(2)])
    assert np.array_equal(encode_people(*cut).records, whole.records)
