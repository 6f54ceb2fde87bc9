from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs import doubts, gates, verdicts
from jobs.arrivals import Arrival, from_plain
from skiptrace.errors import ConfigError
from skiptrace.project import Project, load
from skiptrace.results import Run, latest
from tests.jobs.projects import AS_OF, Finished, copy_of

NOW = dt.datetime(2026, 7, 1, 3, tzinfo=dt.UTC)
BEFORE = {**Arrival(100, "2026-06-20").plain(), "run_id": "20260629-a"}
LATE = dt.date(2026, 7, 19)


@pytest.fixture
def place(finished: Finished, tmp_path: Path) -> Path:
    return copy_of(finished.folder, tmp_path / "project", "work", "deliveries", "index")


def arrived(place: Path, **sources: dict[str, Any]) -> tuple[Run, Project]:
    """The run with other arrivals in its ledger."""
    file = latest(place).folder / "run.json"
    ledger = json.loads(file.read_text())
    file.write_text(json.dumps(ledger | {"arrivals": ledger["arrivals"] | sources}))
    return latest(place), load(place, os.environ)


def of(now: Arrival, trusted: dict[str, Any] = BEFORE) -> dict[str, Any]:
    return {**now.plain(), "trusted": trusted}


@pytest.mark.parametrize(
    ("kind", "now", "said"),
    [
        ("suppression", Arrival(60, "2026-06-20"), None), ("suppression", Arrival(59, "2026-06-20"), "has 59 of the 100 entries"),
        ("suppression", Arrival(100, "2026-06-19"), "of 2026-06-19, not 2026-06-20"),
        ("suppression", Arrival(100, None, {}, "2026-06-01"), None),
        ("suppression", Arrival(0), "has 0 of the 100 entries"), ("credit_header", Arrival(50, "2026-06-20"), "has 50 of the 100 rows"),
        ("suppression", Arrival(40, "2026-06-19", forgotten=60), None),
        ("suppression", Arrival(39, "2026-06-19", forgotten=20), "has 59 of"),
        ("account_events", Arrival(0), None), ("portfolio", Arrival(10**6, "2026-06-21"), None),
    ],
)  # fmt: skip
def test_what_is_far_smaller_or_older_is_doubtful(kind: str, now: Arrival, said: str | None) -> None:
    found = doubts._doubtful(kind, 0.4, BEFORE, now, AS_OF)
    assert (found is None) if said is None else (found is not None and said in found)


def test_a_day_that_was_set_back_is_compared_with_nothing_that_came_later() -> None:
    assert doubts._doubtful("suppression", 0.4, BEFORE, Arrival(100, "2026-06-10"), dt.date(2026, 6, 15)) is None
    tried = {**Arrival(30, "2026-06-20", {"2026-06-20": 20, "2026-06-10": 10}).plain(), "run_id": "r"}
    assert doubts._doubtful("dispositions", 0.4, tried, Arrival(10, "2026-06-10", {"2026-06-10": 10}), dt.date(2026, 6, 15)) is None


@pytest.mark.parametrize(
    ("days", "as_of", "said"),
    [
        ({"2026-06-20": 6, "2026-06-21": 400}, AS_OF, "has 6 of the 14 attempts"), ({"2026-06-20": 10, "2026-06-01": 0}, AS_OF, None),
        ({"2026-06-20": 10}, LATE, None), ({"2026-07-18": 10}, LATE, "has 0 of the 10 attempts"), ({}, LATE + dt.timedelta(days=1), None),
    ],
)  # fmt: skip
def test_attempts_are_compared_by_day_as_far_back_as_rules_look(days: dict[str, int], as_of: dt.date, said: str | None) -> None:
    before = {**Arrival(14, "2026-06-20", {"2026-06-20": 10, "2026-06-01": 4}).plain(), "run_id": "r"}
    found = doubts._doubtful("dispositions", 0.4, before, Arrival(sum(days.values()), "2026-07-19", days), as_of)
    assert (found is None) if said is None else (found is not None and said in found)


def test_the_first_run_of_a_project_doubts_nothing(finished: Finished) -> None:
    told = finished.outcome.ledger["arrivals"]
    assert finished.outcome.ledger["warnings"] == []
    assert {one["trusted"]["run_id"] for one in told.values()} == {finished.outcome.run_id}
    assert doubts.held(latest(finished.folder), finished.setup.project, finished.setup.private, {}, AS_OF) == ()


def test_a_part_of_the_portfolio_is_no_small_portfolio(finished: Finished) -> None:
    told = finished.outcome.ledger["arrivals"]
    arrived = {name: from_plain(one).plain() | ({"rows": 3} if name == "portfolio" else {}) for name, one in told.items()}
    for limit, doubtful in ((None, ["portfolio"]), (3, [])):
        judged, found = doubts.judge(replace(finished.setup, limit=limit), finished.folder, "20260701-b", arrived)
        assert [one.source for one in found] == doubtful
        assert judged["portfolio"]["trusted"] == told["portfolio"]["trusted"]
        assert judged["header"]["trusted"]["run_id"] == "20260701-b"


def test_lists_that_say_no_hold_exports_and_others_do_not(place: Path) -> None:
    half = of(Arrival(50, "2026-06-20"))
    run, project = arrived(place, suppression=half, header=half)
    (found,) = doubts.held(run, project, place / ".skiptrace", {}, AS_OF)
    assert (found.file, found.what) == ("suppression", "has 50 of the 100 entries that it had in run 20260629-a (limits.shrink is 0.4)")
    whole = {"suppression": Arrival(100, "2026-06-20")}  # as it is delivered by now
    assert doubts.held(run, project, place / ".skiptrace", whole, AS_OF) == ()
    wide = project.model_copy(update={"limits": project.limits.model_copy(update={"shrink": 0.5})})
    assert doubts.held(run, wide.at(project.file), place / ".skiptrace", {}, AS_OF) == ()


def test_a_list_that_shrinks_after_a_run_holds_nothing_for_nothing_is_ever_opened(place: Path) -> None:
    run, project = arrived(place, suppression=of(Arrival(100, "2026-06-20")))
    assert doubts.held(run, project, place / ".skiptrace", {"suppression": Arrival(1, "2026-06-01")}, AS_OF) == ()


def accept(private: Path, run: Run, source: str, by: str = "Pat") -> bool:
    before, now = gates.about(private, run, "--accept", source, True)
    return verdicts.keep(private, source, before, now, True, by, "cleaned", NOW)


def test_what_is_accepted_is_what_later_runs_are_compared_with(place: Path) -> None:
    private = place / ".skiptrace"
    run, project = arrived(place, suppression=of(Arrival(50, "2026-06-20")), dispositions=of(Arrival(0, "2026-06-01")))
    accept(private, run, "suppression")
    accept(private, run, "suppression")
    (note,) = verdicts.load(private)
    assert (note["by"], note["before"], note["now"]["rows"], note["now"]["run_id"]) == ("Pat", BEFORE, 50, run.run_id)
    assert [one.file for one in doubts.held(run, project, private, {}, AS_OF)] == ["dispositions"]
    run, _ = arrived(place, suppression=of(Arrival(20, "2026-06-20")))  # a night later: compared with what was accepted
    assert "has 20 of the 50 entries" in doubts.held(run, project, private, {}, AS_OF)[-1].what
    accept(private, run, "suppression")
    again = {**Arrival(100, "2026-06-25").plain(), "run_id": "20260701-b"}
    run, _ = arrived(place, suppression=of(Arrival(20, "2026-06-25"), again))  # what was accepted once is not accepted for ever
    assert "has 20 of the 100 entries" in doubts.held(run, project, private, {}, AS_OF)[-1].what


def test_an_export_of_a_day_before_that_of_another_run_is_held(place: Path) -> None:
    run, project = latest(place), load(place, os.environ)
    (found,) = doubts.held(run, project, place / ".skiptrace", {}, AS_OF - dt.timedelta(days=1))
    assert f"run {run.run_id} was published for 2026-06-30" in found.what
    with pytest.raises(ConfigError, match="a night cannot be before the last one"):
        doubts.refuse_past(place, AS_OF - dt.timedelta(days=1))
    doubts.refuse_past(place, AS_OF)
    doubts.refuse_past(place / "elsewhere", AS_OF)


def test_what_is_accepted_must_be_of_the_last_run_and_doubtful(place: Path) -> None:
    run, private = latest(place), place / ".skiptrace"
    for source, by, said in (("suppresion", "Pat", 'did you mean "suppression"'), ("suppression", "Pat", "is not doubtful")):  # fmt: skip
        with pytest.raises(ConfigError, match=said):
            accept(private, run, source, by)
    assert verdicts.load(private) == []


def test_a_run_of_an_earlier_version_is_compared_with_nothing(place: Path) -> None:
    file = latest(place).folder / "run.json"
    ledger = json.loads(file.read_text())
    del ledger["arrivals"]
    file.write_text(json.dumps(ledger))
    assert doubts.held(latest(place), load(place, os.environ), place / ".skiptrace", {}, AS_OF) == ()


def test_rows_of_forgotten_people_count_as_missing_to_nobody_once() -> None:
    before = {**Arrival(40, "2026-06-19", forgotten=60).plain(), "run_id": "r"}
    assert doubts._doubtful("suppression", 0.4, before, Arrival(40, "2026-06-19", forgotten=60), AS_OF) is None
    assert "has 10 of the 40" in str(doubts._doubtful("suppression", 0.4, before, Arrival(10, "2026-06-19", forgotten=60), AS_OF))
    assert "of 2026-06-18" in str(doubts._doubtful("suppression", 0.4, before, Arrival(40, "2026-06-18", forgotten=60), AS_OF))
