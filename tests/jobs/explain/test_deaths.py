from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from jobs.explain.deaths import death
from skiptrace.store.commit import with_digest
from tests.jobs.published import deliver

ACCOUNT: dict[str, Any] = {"locate_status": "deceased", "deceased_date": dt.date(2024, 2, 29)}
LEDGER: dict[str, Any] = {"sources": [{"name": "header", "kind": "credit_header"}, {"name": "ssa", "kind": "deceased"}]}


def told(
    private: Path, identities: dict[str, list[int]], account: dict[str, Any] = ACCOUNT, ledger: dict[str, Any] = LEDGER
) -> Any:
    return death(account, [], identities, [], ledger, private, masked=True)


def test_who_is_alive_has_no_death(tmp_path: Path) -> None:
    assert told(tmp_path, {}, {"locate_status": "moved", "deceased_date": None}) is None


def test_the_source_whose_linked_record_reports_it_is_named(tmp_path: Path) -> None:
    deliver(tmp_path, "header", {3: None, 4: True}, "k1")
    deliver(tmp_path, "voter", {4: False}, "k2")
    found = told(tmp_path / ".skiptrace", {"header": [4], "voter": [4]})
    assert found.reported_by == ("header",)
    assert found.sentence == "Reported by header; the death was in 2024."


def test_no_record_reports_it_so_the_portfolio_does(tmp_path: Path) -> None:
    deliver(tmp_path, "header", {4: False, 5: True}, "k1")
    assert told(tmp_path / ".skiptrace", {"header": [4]}).reported_by == ("portfolio",)


def test_the_readings_that_the_run_used_are_read_and_no_other(tmp_path: Path) -> None:
    deliver(tmp_path, "header", {4: True}, "older")
    deliver(tmp_path, "header", {4: False}, "newer")
    for run, used in (("before", "older"), ("now", "newer")):
        place = tmp_path / ".skiptrace" / "uses" / f"{run}.json"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(with_digest({"run_id": run, "used": {"deliveries": [used]}}))
    ledger = {**LEDGER, "run_id": "now"}
    assert told(tmp_path / ".skiptrace", {"header": [4]}, ledger=ledger).reported_by == ("portfolio",)


def test_without_the_delivery_the_kinds_of_the_sources_tell(tmp_path: Path) -> None:
    assert told(tmp_path, {"header": [1], "ssa": [2]}).reported_by == ("ssa",)


def test_a_day_that_nobody_states_is_said_so(tmp_path: Path) -> None:
    found = told(tmp_path, {}, {"locate_status": "deceased", "deceased_date": None})
    assert found.date is None
    assert found.sentence == "Reported by the portfolio itself; the death was on a day that nobody states."
