from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tests.jobs.waterfall.vendors import DAY, ready_on


def facts_of(project: Path, day: dt.date = DAY) -> dict[str, dict[str, Any]]:
    return {row["account_id"]: row for row in ready_on(project, day).facts.to_pylist()}


def test_an_account_is_told_by_what_it_lacks_and_how_old_its_evidence_is(asking_run: Path) -> None:
    row = facts_of(asking_run)["A004"]
    assert row["missing"] == 1 + 16  # no number, no mailbox; birth date, address and phone are there
    assert (row["worth"], row["balance"], row["held"], row["asked"], row["spent"]) == (25.0, 254.5, None, [], 0.0)
    assert row["last_evidence_days"] == (DAY - dt.date(2026, 3, 1)).days
    assert row["debt_age_days"] is None


def test_somebody_who_was_reached_is_reached(asking_run: Path) -> None:
    assert facts_of(asking_run)["A002"]["p_any"] == 1.0
    assert facts_of(asking_run, DAY + dt.timedelta(days=300))["A002"]["p_any"] < 1.0


def test_what_was_asked_and_is_not_answered_is_known_with_the_most_it_may_cost(asked_run: Path) -> None:
    row = facts_of(asked_run)["A004"]
    assert row["asked"] == [{"source": "premium", "asked_on": DAY, "hit": None}]
    assert row["spent"] == 0.25


def test_an_answer_that_a_run_has_read_is_a_hit_or_none(read_run: Path) -> None:
    hits = [row["asked"][0]["hit"] for row in facts_of(read_run).values() if row["asked"]]
    assert sorted(hits) == [False] * 5 + [True] * 6
