from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.contacts import rules
from skiptrace.contacts.deaths import deaths
from skiptrace.schema.working import DEATHS
from tests.contacts.tables import AS_OF, identities, links, own_identities, tape

RULES = rules.load()
OPENED = dt.date(2015, 5, 1)
PLAUSIBLE = dt.date(2022, 3, 4)
NOBODY = pa.array([], pa.string())
Verdict = tuple[bool | None, dt.date | None]


def verdict(
    *reports: dict[str, Any],
    accepted: pa.Table | None = None,
    own: dict[str, Any] | None = None,
    account: dict[str, Any] | None = None,
    said: pa.Array = NOBODY,
) -> Verdict:
    """(deceased, date) of account A1 after these reports, one record each, all linked."""
    records = identities(*({"identity": n, "record_id": f"R{n}", "deceased": True, **r} for n, r in enumerate(reports)))
    linked = links(*({"identity": n, "record_id": f"R{n}"} for n in range(len(reports))))
    found = deaths(linked if accepted is None else accepted, records, own_identities(own or {}), tape(account or {}), said, RULES, AS_OF)
    assert found.schema.equals(DEATHS.arrow)
    (row,) = found.to_pylist()
    return row["deceased"], row["deceased_date"]


NOBODY_SAYS: Verdict = (None, None)


def test_a_plausible_report_is_believed() -> None:
    assert verdict({"deceased_date": PLAUSIBLE}) == (True, PLAUSIBLE)
    assert verdict({"deceased_date": AS_OF}) == (True, AS_OF)


def test_a_death_after_as_of_is_not_believed() -> None:
    assert verdict({"deceased_date": AS_OF + dt.timedelta(days=1)}) == NOBODY_SAYS


@pytest.mark.parametrize("where", ["record", "portfolio"])
def test_a_death_under_age_is_not_believed(where: str) -> None:
    for born, believed in ((dt.date(2004, 3, 5), False), (dt.date(2004, 3, 4), True)):
        report: dict[str, Any] = {"deceased_date": PLAUSIBLE}
        own: dict[str, Any] = {}
        (report if where == "record" else own)["dob"] = born
        assert verdict(report, own=own) == ((True, PLAUSIBLE) if believed else NOBODY_SAYS)


def test_a_death_long_before_the_account_is_not_believed() -> None:
    limit = OPENED.replace(year=OPENED.year - RULES.before_account_years)
    assert verdict({"deceased_date": limit}) == (True, limit)
    early = {"deceased_date": limit - dt.timedelta(days=1)}
    assert verdict(early) == NOBODY_SAYS
    assert verdict(early, account={"open_date": None, "charge_off_date": OPENED}) == NOBODY_SAYS
    assert verdict(early, account={"open_date": None}) == (True, early["deceased_date"])  # nothing speaks against it


def test_an_undated_report_is_believed() -> None:
    assert verdict({"deceased_date": None, "dob": dt.date(2020, 1, 1)}) == (True, None)


@pytest.mark.parametrize("reported", [False, None])
def test_a_record_that_reports_no_death_is_none(reported: bool | None) -> None:
    assert verdict({"deceased": reported}) == NOBODY_SAYS


def test_the_tapes_own_word_is_believed() -> None:
    assert verdict(account={"deceased": True}) == (True, None)
    assert verdict(own={"deceased": True}) == (True, None)
    assert verdict(own={"deceased": True, "deceased_date": PLAUSIBLE}) == (True, PLAUSIBLE)
    assert verdict({"deceased_date": PLAUSIBLE}, account={"deceased": False}) == (True, PLAUSIBLE)
    assert verdict(account={"deceased": False}) == NOBODY_SAYS


@pytest.mark.parametrize(
    "link", [{"status": "review"}, {"status": "refused"}, {"relation": "household"}, {"identity": 7}, {"source": "voter"}]
)
def test_only_a_record_that_is_linked_as_the_same_person_counts(link: dict[str, Any]) -> None:
    accepted = links({"identity": 0, "record_id": "R0", **link})
    assert verdict({"deceased_date": PLAUSIBLE}, accepted=accepted) == NOBODY_SAYS


def test_of_several_reports_the_first_plausible_date_counts() -> None:
    early, late = dt.date(1990, 1, 1), dt.date(2023, 1, 1)
    assert verdict({"deceased_date": late}, {"deceased_date": PLAUSIBLE}, {"deceased_date": early}) == (True, PLAUSIBLE)
    assert verdict({"deceased_date": early}, {"deceased_date": None}) == (True, None)


def test_what_somebody_said_at_a_past_attempt_is_believed() -> None:
    assert verdict(said=pa.array(["A1", "A1"])) == (True, None)
    assert verdict(said=pa.array(["A2"])) == NOBODY_SAYS


def test_every_account_has_its_row() -> None:
    account = tape({"account_id": "B"}, {"account_id": "A"})
    own = own_identities({"record_id": "A"}, {"record_id": "B", "party": "co_borrower", "deceased": True})
    found = deaths(links(), identities(), own, account, NOBODY, RULES, AS_OF)
    assert found.select(["account_id", "deceased", "deceased_date"]).to_pylist() == [
        {"account_id": "A", "deceased": None, "deceased_date": None},
        {"account_id": "B", "deceased": None, "deceased_date": None},
    ]


def test_who_reported_and_how_sure_the_record_is_theirs() -> None:
    records = identities(
        {"identity": 0, "record_id": "R0", "deceased": True, "deceased_date": PLAUSIBLE},
        {"identity": 1, "record_id": "R1", "deceased": True, "deceased_date": AS_OF + dt.timedelta(days=1)},
    )
    sure = ({"match_probability": 0.97}, {"match_probability": 0.99})
    linked = links(*({"identity": n, "record_id": f"R{n}", **one} for n, one in enumerate(sure)))
    (row,) = deaths(linked, records, own_identities({}), tape({}), NOBODY, RULES, AS_OF).to_pylist()
    assert (row["reported_by"], row["report_probability"]) == (linked["source"].to_pylist()[:1], 0.97)
