from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from skiptrace.contacts import rules
from skiptrace.contacts.locate import locate
from skiptrace.schema import CONTACT_POINTS
from skiptrace.schema.working import DEATHS
from skiptrace.vocabulary import LOCATE_STATUSES
from tests.contacts.tables import AS_OF, ago, links, tape

RULES = rules.load()
HOLDS = pa.schema([("account_id", pa.string()), ("holds", pa.list_(pa.string()))])


def entry(source: str, record: str, years: float | None, relation: str = "same") -> dict[str, Any]:
    return {"source": source, "record_id": record, "last_seen": None if years is None else ago(years), "relation": relation}


OWN, SIBLINGS = entry("portfolio", "A1", 3), entry("portfolio", "A2", 1)


def address(rank: int, origin: str, p: float, state: str | None = "WA", years: float | None = 1, **more: Any) -> dict[str, Any]:
    """An address that the account's own row or a reference shows, or both; the latter so many years ago."""
    shown = {"portfolio": [OWN], "reference": [entry("voter", "V1", years)], "both": [entry("voter", "V1", years), OWN]}
    told = {"kind": "address", "rank": rank, "origin": origin, "p_current": p, "state": state, "evidence": shown[origin]}
    return {**told, **more}


def located(
    *points: dict[str, Any], accepted: pa.Table | None = None, dead: bool | None = None, holds: tuple[str, ...] = ()
) -> dict[str, Any]:
    ordinary = {
        "account_id": "A1", "kind": "phone", "value": "x", "rank": 1, "origin": "reference", "sources": [],
        "independent_sources": 1, "p_current": 0.5, "p_right_party": 0.9, "line_type": "unknown", "shared_by": 0,
        "status": "unknown", "relations": [], "flags": [], "zones": [], "evidence": [],
    }  # fmt: skip
    rows = [{**ordinary, "point_id": f"p{n}", **point} for n, point in enumerate(points)]
    (row,) = locate(
        tape({}),
        links({}) if accepted is None else accepted,
        pa.Table.from_pylist(rows, schema=CONTACT_POINTS.arrow),
        pa.Table.from_pylist([{"account_id": "A1", "deceased": dead}], schema=DEATHS.arrow),
        pa.Table.from_pylist([{"account_id": "A1", "holds": list(holds)}], schema=HOLDS),
        RULES,
        AS_OF,
    ).to_pylist()
    return dict(row)


MOVED = address(1, "reference", RULES.moved)
CONFIRMED = address(1, "both", RULES.confirmed)
PHONE = {"kind": "phone"}

CASES = {
    "deceased": located(MOVED, dead=True),
    "held": located(MOVED, holds=("bk_stay",)),
    "moved": located(MOVED, address(2, "portfolio", 0.1)),
    "confirmed": located(CONFIRMED),
    "located": located(PHONE),
    "not_found": located(PHONE, accepted=links()),
}


@pytest.mark.parametrize("status", LOCATE_STATUSES)
def test_every_status_has_a_case(status: str) -> None:
    assert CASES[status]["locate_status"] == status


def test_the_first_status_that_applies_counts() -> None:
    assert located(MOVED, dead=True, holds=("bk_stay",))["locate_status"] == "deceased"
    assert located(CONFIRMED, holds=("bk_stay",))["locate_status"] == "held"
    assert located(accepted=links(), holds=("cease",))["locate_status"] == "held"
    assert located(CONFIRMED, dead=False)["locate_status"] == "confirmed"


@pytest.mark.parametrize(
    "point",
    [
        address(1, "reference", RULES.moved - 0.01),
        address(1, "both", RULES.confirmed - 0.01),
        address(1, "portfolio", 0.99),
        {**MOVED, "kind": "email"},
        address(1, "both", 0.9, years=RULES.confirmed_within_years + 1),
        address(1, "both", 0.9, years=None),
        address(1, "portfolio", 0.9, evidence=[OWN, SIBLINGS]),
        address(1, "portfolio", 0.9, evidence=[OWN, entry("voter", "V1", 1, "household")]),
    ],
    ids=["weak move", "weak confirmation", "own word alone", "no address", "seen long ago", "seen nobody knows when",
         "another account of the buyer's", "a relative's record"],
)
def test_an_open_address_is_located(point: dict[str, Any]) -> None:
    assert located(point)["locate_status"] == "located"


@pytest.mark.parametrize("link", [{"status": "review"}, {"status": "refused"}, {"relation": "household"}])
def test_without_an_accepted_record_nobody_is_found(link: dict[str, Any]) -> None:
    assert located(MOVED, CONFIRMED, accepted=links(link))["locate_status"] == "not_found"


def test_a_link_without_any_point_finds_nobody() -> None:
    assert located()["locate_status"] == "not_found"


def test_an_address_of_another_account_of_the_consumer_is_a_move() -> None:
    assert located(address(1, "portfolio", 0.8, evidence=[SIBLINGS]))["locate_status"] == "moved"


def test_the_leading_address_decides_and_gives_the_state() -> None:
    row = located(address(2, "reference", 0.99, "OR"), address(1, "both", 0.55, "WA"))
    assert (row["locate_status"], row["state"]) == ("confirmed", "WA")
    assert located(address(1, "reference", 0.7, None), address(2, "both", 0.2, "WA"))["state"] is None
    assert located(PHONE)["state"] is None


def test_records_are_counted_by_what_became_of_them() -> None:
    accepted = links(
        {}, {"record_id": "R2"}, {"record_id": "R3", "status": "review"}, {"record_id": "R4", "status": "refused"},
        {"record_id": "R5", "relation": "household"}, {"account_id": "A9"},
    )  # fmt: skip
    row = located(accepted=accepted)
    assert (row["linked_records"], row["review_records"]) == (2, 1)
    none = located(accepted=links())
    assert (none["linked_records"], none["review_records"]) == (0, 0)
