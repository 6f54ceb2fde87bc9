from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.contacts.evidence import (
    EVIDENCE,
    OWN_PROBABILITY,
    account_ids,
    accounts_of_consumers,
    gather,
    rows_of_consumers,
)
from tests.contacts.tables import AS_OF, EMAIL, PHONE, ago, consumers, identities, links, own_identities, sightings, tape

KINDS = {"header": "credit_header", "contact": "phone_file", "voter": "voter"}
NOBODY = sightings().slice(0, 0)
ONE = consumers(A1="c1", A2="c2")


def gathered(
    accepted: pa.Table, seen: pa.Table, own: pa.Table = NOBODY, *, rows: pa.Table | None = None, people: pa.Table = ONE,
    accounts: tuple[str, ...] = ("A1",), **account: Any,
) -> list[dict[str, Any]]:  # fmt: skip
    ids = pa.array(accounts, pa.string())
    known = own_identities({}) if rows is None else rows
    ours = rows_of_consumers(accounts_of_consumers(ids, people), known)
    table = gather(ids, accepted, seen, ours, own, tape({**account}), KINDS, AS_OF.isoformat(), 0.1)
    assert table.schema.equals(EVIDENCE)
    found: list[dict[str, Any]] = table.to_pylist()
    return sorted(found, key=lambda row: (row["account"], row["kind"], row["value"], row["last_seen"] or dt.date.min))


def test_sightings_come_through_the_accepted_link_of_their_record() -> None:
    accepted = links({}, {"source": "voter", "record_id": "V1", "identity": 7, "match_probability": 0.7})
    seen = sightings({}, {"source": "voter", "identity": 7, **EMAIL}, {"source": "voter", "identity": 8})
    found = gathered(accepted, seen)
    told = [(row["source"], row["record_id"], row["match_probability"], row["relation"]) for row in found]
    assert told == [("voter", "V1", 0.7, "same"), ("header", "R1", 0.9, "same")]
    assert all((row["account"], row["mine"], row["outcome"]) == (0, False, None) for row in found)


@pytest.mark.parametrize("more", [{"status": "review"}, {"status": "refused", "relation": "unrelated"}])
def test_a_link_that_was_not_accepted_brings_nothing(more: dict[str, Any]) -> None:
    assert gathered(links(more), sightings({})) == []


def test_a_record_that_may_be_the_consumers_confirms_what_is_known_and_brings_nothing_else() -> None:
    both = links({}, {"record_id": "R2", "identity": 2, "status": "review", "match_probability": 0.4})
    seen = sightings({}, EMAIL, {"identity": 2}, {"identity": 2, "value": "+12065550199"}, {"identity": 2, **EMAIL})
    told = [(row["kind"], row["record_id"], row["relation"], row["match_probability"]) for row in gathered(both, seen)]
    assert told == [
        ("email", "R1", "same", 0.9), ("email", "R2", "unsure", 0.4), ("phone", "R1", "same", 0.9), ("phone", "R2", "unsure", 0.4),
    ]  # fmt: skip


def test_what_the_household_shows_is_told_apart() -> None:
    (row,) = gathered(links({"status": "refused", "relation": "household", "match_probability": 0.1}), sightings({}))
    assert (row["relation"], row["match_probability"]) == ("household", 0.1)


def test_a_place_without_a_street_is_no_contact_point() -> None:
    town = {"kind": "locality", "value": "SEATTLE WA 98101"}
    assert gathered(links({}), sightings(town), sightings({"source": "portfolio", **town})) == []


def test_a_co_borrower_on_the_buyers_row_is_told_apart() -> None:
    rows = own_identities({}, {"identity": 2, "party": "co_borrower"})
    own = sightings({"source": "portfolio"}, {"source": "portfolio", "identity": 2, "party": "co_borrower", **EMAIL})
    found = gathered(links(), NOBODY, own, rows=rows)
    assert [(row["kind"], row["relation"], row["mine"]) for row in found] == [
        ("email", "co_borrower", False),
        ("phone", "same", True),
    ]


def test_sightings_after_as_of_are_left_out() -> None:
    tomorrow = AS_OF + dt.timedelta(days=1)
    seen = sightings({"last_seen": tomorrow}, {"last_seen": AS_OF}, {"last_seen": None})
    assert [row["last_seen"] for row in gathered(links({}), seen)] == [None, AS_OF]


def test_the_buyers_own_values_are_dated_by_the_account() -> None:
    own = sightings({"source": "portfolio", "origin": "portfolio", "last_seen": None})
    charged = dt.date(2020, 2, 2)
    (row,) = gathered(links(), NOBODY, own, charge_off_date=charged)
    assert (row["mine"], row["record_id"], row["match_probability"]) == (True, "A1", OWN_PROBABILITY)
    assert (row["last_seen"], row["source_kind"]) == (charged, "portfolio")
    assert gathered(links(), NOBODY, own)[0]["last_seen"] == dt.date(2015, 5, 1)
    assert gathered(links(), NOBODY, own, open_date=None)[0]["last_seen"] is None
    stated = sightings({"source": "portfolio", "last_seen": ago(1)})
    assert gathered(links(), NOBODY, stated, charge_off_date=charged)[0]["last_seen"] == ago(1)


def test_other_accounts_of_the_consumer_are_a_source() -> None:
    rows = own_identities({}, {"identity": 2, "record_id": "A2"}, {"identity": 3, "record_id": "A3"})
    own = sightings(*({"source": "portfolio", "identity": n, "value": f"+1206555017{n}"} for n in (1, 2, 3)))
    found = gathered(links(), NOBODY, own, rows=rows, people=consumers(A1="c1", A2="c1", A3="c3"))
    told = [(row["value"], row["record_id"], row["mine"], row["relation"]) for row in found]
    assert told == [("+12065550171", "A1", True, "same"), ("+12065550172", "A2", False, "same")]


def test_each_row_says_the_kind_of_its_source() -> None:
    accepted = links({}, {"source": "voter", "record_id": "V1"}, {"source": "contact", "record_id": "G1"})
    seen = sightings({}, {"source": "voter"}, {"source": "contact"})
    kinds = {row["source"]: row["source_kind"] for row in gathered(accepted, seen)}
    assert kinds == {"header": "credit_header", "voter": "voter", "contact": "phone_file"}


def test_a_record_that_two_accounts_are_linked_to_counts_for_both_with_their_own_probability() -> None:
    accepted = links({}, {"account_id": "A2", "match_probability": 0.6})
    found = gathered(accepted, sightings({}), accounts=("A1", "A2"))
    assert [(row["account"], row["match_probability"]) for row in found] == [(0, 0.9), (1, 0.6)]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]])
def test_the_order_of_the_records_does_not_matter(order: list[int]) -> None:
    rows = [{}, {"last_seen": ago(2)}, {"value": "+12065550100"}, EMAIL]
    found = gathered(links({}), sightings(*(rows[n] for n in order)))
    assert [(row["value"], row["last_seen"]) for row in found] == [
        (EMAIL["value"], ago(0.5)),
        ("+12065550100", ago(0.5)),
        (PHONE["value"], ago(2)),
        (PHONE["value"], ago(0.5)),
    ]


def test_accounts_are_counted_in_the_order_of_their_ids() -> None:
    assert account_ids(identities({"record_id": "B"}, {"record_id": "A"})["record_id"]).to_pylist() == ["A", "B"]
