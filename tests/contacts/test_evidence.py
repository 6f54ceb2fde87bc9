from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.contacts.evidence import OWN_PROBABILITY, gather
from tests.contacts.tables import AS_OF, EMAIL, PHONE, ago, links, own_identities, sightings, tape

KINDS = {"header": "credit_header", "voter": "voter"}
NOBODY = sightings()


def gathered(
    accepted: pa.Table, seen: pa.Table, own: pa.Table = NOBODY, kinds: dict[str, str] = KINDS, **account: Any
) -> list[dict[str, Any]]:
    found = gather(accepted, seen, own_identities({}), own, tape(account), kinds, AS_OF.isoformat())
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def test_only_records_that_are_linked_as_the_same_person_are_gathered() -> None:
    accepted = links(
        {"identity": 1, "record_id": "R1"},
        {"identity": 2, "record_id": "R2", "status": "review"},
        {"identity": 3, "record_id": "R3", "status": "refused"},
        {"identity": 4, "record_id": "R4", "relation": "household"},
        {"identity": 5, "record_id": "R5", "relation": "unrelated", "status": "review"},
        {"identity": 1, "record_id": "V1", "source": "voter"},
    )
    seen = sightings(*({"identity": n} for n in range(1, 7)), {"identity": 1, "source": "voter", **EMAIL})
    assert [(row["source"], row["record_id"], row["kind"]) for row in gathered(accepted, seen)] == [
        ("voter", "V1", "email"),
        ("header", "R1", "phone"),
    ]


def test_a_sighting_of_a_co_borrower_is_not_the_borrowers() -> None:
    seen = sightings({"party": "co_borrower"})
    own = sightings({"source": "portfolio", "party": "co_borrower"})
    assert gathered(links({}), seen, own) == []


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


def test_each_row_says_the_kind_of_its_source() -> None:
    accepted = links({}, {"source": "voter", "record_id": "V1"}, {"source": "gossip", "record_id": "G1"})
    seen = sightings({}, {"source": "voter"}, {"source": "gossip"})
    kinds = {row["source"]: row["source_kind"] for row in gathered(accepted, seen)}
    assert kinds == {"header": "credit_header", "voter": "voter", "gossip": "other"}


def test_a_record_that_two_accounts_are_linked_to_counts_for_both_with_their_own_probability() -> None:
    accepted = links({}, {"account_id": "A2", "match_probability": 0.6})
    found = gather(accepted, sightings({}), own_identities(), NOBODY, tape({}), KINDS, AS_OF.isoformat())
    assert found.select(["account_id", "match_probability"]).to_pylist() == [
        {"account_id": "A1", "match_probability": 0.9},
        {"account_id": "A2", "match_probability": 0.6},
    ]


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
