from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.intake import tombstones
from skiptrace.schema import IDENTITIES, SIGHTINGS
from tests.jobs.published import table

KEY = bytes(range(32))
BORN = dt.date(1970, 5, 5)
SSN = b"s" * 16
HOME = {"kind": "address", "value": "12 ELM ST, TACOMA, WA 98402", "house": "12", "street": "ELM ST", "postal_code": "98402"}
PHONE = {"kind": "phone", "value": "+12535550100", "match_key": "+12535550100"}
MAIL = {"kind": "email", "value": "ada+x@example.com", "match_key": "ada@example.com"}
ADA: dict[str, Any] = {"first": "ADA", "last": "QUILL", "former_names": ["BYRNE"], "dob": BORN, "ssn_token": SSN, "suffix": "JR"}


def rows(*people: dict[str, Any], points: tuple[dict[str, Any], ...] = (), source: str = "header") -> tuple[pa.Table, pa.Table]:
    named = [{"source": source, "identity": n, "record_id": f"R{n}", "party": "borrower", "origin": source, **one}
             for n, one in enumerate(people)]  # fmt: skip
    base = {"source": source, "origin": source, "party": "borrower"}
    seen = [{**base, "identity": n, **point} for n in range(len(people)) for point in points]
    return table(named, IDENTITIES), table(seen, SIGHTINGS)


@pytest.fixture(scope="module")
def tombs() -> tombstones.Tombs:
    linked, _ = rows({"first": "ADAH", "last": "QUILL", "record_id": "H9"})
    own = rows(ADA, points=(HOME, PHONE, MAIL), source="portfolio")
    content = tombstones.content(KEY, ["A1"], [own], [linked], [("header", "H9")], ["c-1"])
    return tombstones.together([json.loads(json.dumps(content))])


@pytest.mark.parametrize(("person", "points", "gone"), [
    ({"first": "X", "last": "Y", "ssn_token": SSN}, (), True),
    ({"first": "ADA", "last": "QUILL", "dob": BORN}, (), True),
    ({"first": "ADA", "last": "BYRNE", "dob": BORN}, (), True),
    ({"first": "ADA", "last": "NEW", "former_names": ["QUILL"], "dob": BORN}, (), True),
    ({"first": "ADA", "last": "QUILL"}, (HOME,), True),
    ({"first": "ADA", "last": "QUILL"}, (PHONE,), True),
    ({"first": "ADA", "last": "QUILL"}, (MAIL,), True),
    ({"first": "ALICE", "last": "QUILL", "dob": BORN}, (HOME,), True),
    ({"first": "ADAH", "last": "OTHER", "record_id": "H9"}, (), True),
    ({"first": "ADA", "last": "QUILL"}, (), False),
    ({"first": "ADA", "last": "QUILL", "dob": dt.date(1940, 1, 2)}, (HOME, PHONE), False),
    ({"first": "ADA", "last": "QUILL", "suffix": "SR"}, (HOME,), False),
    ({"first": "ADA", "last": "QUILL", "ssn_token": b"t" * 16}, (HOME,), False),
    ({"first": "ADA", "last": "QUILL", "dob": BORN, "ssn_token": b"t" * 16}, (), False),
    ({"first": "ADA", "last": "QUILL", "dob": BORN, "suffix": "SR"}, (), False),
    ({"first": "BEN", "last": "QUILL"}, (HOME, PHONE, MAIL), False),
    ({"first": "ADA", "last": "STONE"}, (HOME, PHONE), False),
    ({"first": "CORA", "last": "OTHER", "record_id": "H9"}, (), False),
    ({"first": None, "last": None}, (HOME,), False),
], ids=lambda value: str(value)[:60])  # fmt: skip
def test_a_person_is_known_again_by_what_is_enough_and_by_nothing_less(
    tombs: tombstones.Tombs, person: dict[str, Any], points: tuple[dict[str, Any], ...], gone: bool
) -> None:
    assert tombstones.people_of(tombs, KEY, *rows(person, points=points)).tolist() == [gone]


def test_the_same_id_in_another_source_is_another_record(tombs: tombstones.Tombs) -> None:
    found, none = rows({"first": "ADAH", "last": "QUILL", "record_id": "H9"}, source="voter")
    assert not tombstones.people_of(tombs, KEY, found, none).any()
    sources, ids = pa.array(["header", "voter", None]), pa.array(["H9", "H9", "H9"])
    assert tombstones.records_of(tombs, KEY, sources, ids).tolist() == [True, False, False]


def test_among_many_only_the_rows_of_the_person_are_found(tombs: tombstones.Tombs) -> None:
    people = [{"first": f"N{n}", "last": "QUILL"} for n in range(50)]
    people[17] = {"first": "ADA", "last": "QUILL", "dob": BORN}
    assert tombstones.people_of(tombs, KEY, *rows(*people, points=(PHONE,))).nonzero()[0].tolist() == [17]


def test_accounts_and_consumers_are_found_by_their_id(tombs: tombstones.Tombs) -> None:
    ids = pa.chunked_array([["A1", None], ["A10", "A1"]])
    assert tombstones.accounts_of(tombs, KEY, ids).tolist() == [True, False, False, True]
    assert tombstones.consumers_of(tombs, KEY, pa.chunked_array([["c-1", "c-2"]])).tolist() == [True, False]
    assert not tombstones.accounts_of(tombs, bytes(32), ids).any()  # another key says another thing


def test_a_tombstone_holds_no_clear_value() -> None:
    own = rows(ADA, points=(HOME, PHONE, MAIL), source="portfolio")
    text = json.dumps(tombstones.content(KEY, ["A1"], [own], [], [("header", "H9")]))
    for value in ("ADA", "QUILL", "BYRNE", "ELM", "98402", "2535550100", "ada@", "1970", '"A1"', "H9"):
        assert value not in text


def test_without_tombstones_nobody_is_looked_at() -> None:
    nobody = tombstones.together([])
    assert not nobody
    assert not tombstones.people_of(nobody, KEY, *rows(ADA, points=(HOME,))).any()
