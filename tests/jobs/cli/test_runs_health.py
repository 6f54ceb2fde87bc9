from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest

from jobs import health
from skiptrace.errors import Problem
from tests.jobs.cli.conftest import Call
from tests.jobs.cli.nights import Night

GOOD = health.Health((), "20260701-b", "2026-07-01", "2026-07-01T02:00:00+00:00", 4.0, 1, 10**9)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[health.Health]:
    """What is found of the project's health: the last of the list."""
    told = [GOOD]
    monkeypatch.setattr(health, "of_project", lambda project, now: told[-1])
    return told


def test_a_person_and_a_program_are_told_that_all_is_well(call: Call, night: Night, found: list[health.Health]) -> None:
    said = call("--project", str(night.project), "runs", "health")
    assert said.code == 0
    assert said.out.splitlines() == [
        "run 20260701-b, as of 2026-07-01, published 2026-07-01T02:00:00+00:00, 4.0 hours ago",
        "runs begun and not ended: 1; `skiptrace runs resume` goes on with one", "all is well",
    ]  # fmt: skip
    assert call("--json", "--project", str(night.project), "runs", "health").json["healthy"] is True


def test_what_is_not_well_ends_with_4(call: Call, night: Night, found: list[health.Health]) -> None:
    problem = Problem("runs", "20260701-b", "was published 40 hours ago", "see the log")
    found.append(health.Health((problem,), *list(vars(GOOD).values())[1:]))
    said = call("--project", str(night.project), "runs", "health")
    assert (said.code, "was published 40 hours ago — see the log" in said.out) == (4, True)
    told: dict[str, Any] = call("--json", "--project", str(night.project), "runs", "health").json
    assert (told["healthy"], told["problems"][0]["what"]) == (False, "was published 40 hours ago")


def test_a_night_that_was_published_just_now_is_healthy(call: Call, night: Night) -> None:
    os.utime(night.run.folder / "run.json", None)
    said = call("--json", "--project", str(night.project), "runs", "health")
    assert (said.code, said.json["run_id"]) == (0, night.run.run_id)
    assert dt.datetime.fromisoformat(said.json["published"]).tzinfo is not None
