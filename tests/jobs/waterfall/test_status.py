from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from jobs.waterfall import acting, log
from jobs.waterfall.status import stops_of
from skiptrace.project import PRIVATE
from tests.jobs.projects import change
from tests.jobs.waterfall.vendors import NOW, state_of


def test_a_request_is_told_by_source_and_stage_and_by_itself(asked_run: Path) -> None:
    found = acting.status(asked_run, None, NOW)
    assert (found["budget"], found["spent"], found["reserved"], found["left"]) == tuple(map(Decimal, ("100.0", "0.55", "2.20", "97.25")))
    (source,), (request,) = found["sources"], found["requests"]
    assert (source["source"], source["stage"], source["requests"], source["asked"], source["waiting"]) == ("premium", 1, 1, 11, 11)
    assert (request["state"], request["owed"], request["promised"]) == ("waiting", Decimal("0.55"), Decimal("2.75"))
    assert found["stops"] == {"reached": 1}


def test_what_nobody_answered_in_time_is_overdue_and_owes_its_records(asked_run: Path) -> None:
    found = acting.status(asked_run, dt.date(2026, 8, 1), NOW)
    assert [(one["state"], one["promised"]) for one in found["requests"]] == [("overdue", Decimal("0.55"))]


def test_an_answer_is_told_with_its_hits(read_run: Path) -> None:
    (request,) = acting.status(read_run, None, NOW)["requests"]
    assert (request["state"], request["answered"], request["hits"], request["spent"]) == ("answered", 11, 6, Decimal("1.75"))


def test_a_source_that_runs_read_themselves_is_told_beside_the_budget(asked: Path) -> None:
    assert acting.status(asked, None, NOW)["read_by_runs"] == []
    change(asked, 'path = "header.csv"\n', 'path = "header.csv"\ncost_per_record = 0.02\n')
    (one,) = acting.status(asked, None, NOW)["read_by_runs"]
    assert (one["source"], one["cost"]) == ("header", one["accounts"] * Decimal("0.02"))
    assert one["accounts"] > 4
    assert acting.status(asked, None, NOW)["left"] == Decimal("97.25")


def test_reasons_are_counted_most_first(asked_run: Path) -> None:
    private, state = asked_run / PRIVATE, state_of(asked_run)
    assert stops_of(log.table(private, "stops", state["stops"]["ref"])) == {"reached": 1}
