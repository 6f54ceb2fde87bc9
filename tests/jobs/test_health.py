from __future__ import annotations

import datetime as dt
import json
import os
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from jobs import health, verdicts
from skiptrace.project import load
from skiptrace.results import latest
from tests.jobs.projects import Finished, copy_of

HOUR = 3600


@pytest.fixture
def place(finished: Finished, tmp_path: Path) -> Path:
    """A project whose run was published on the day after its own."""
    folder = copy_of(finished.folder, tmp_path / "project", "work", "deliveries", "index")
    os.utime(latest(folder).folder / "run.json", (NOW.timestamp() - 2 * HOUR,) * 2)
    return folder


NOW = dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC)


def seen(place: Path, now: dt.datetime = NOW) -> health.Health:
    return health.of_project(load(place, os.environ), now)


def test_a_project_whose_night_went_well(place: Path) -> None:
    found = seen(place)
    assert (found.problems, found.run_id, found.age_hours, found.unfinished) == ((), latest(place).run_id, 2.0, 0)
    assert found.plain()["healthy"] is True


def test_a_run_that_is_old_or_of_time_to_come_is_no_good_sign(place: Path) -> None:
    assert "was published 27 hours ago" in seen(place, NOW + dt.timedelta(hours=25)).problems[0].what
    assert "in time to come" in seen(place, NOW - dt.timedelta(hours=6)).problems[0].what
    plan = place / "skiptrace.toml"
    plan.write_text(plan.read_text() + "\n[monitoring]\nmax_age_hours = 48\n")
    assert seen(place, NOW + dt.timedelta(hours=25)).problems == ()


def test_what_holds_exports_is_told(place: Path) -> None:
    run = latest(place)
    plain = run.ledger["arrivals"]["suppression"]
    now: dict[str, Any] = {**{key: value for key, value in plain.items() if key != "trusted"}, "run_id": run.run_id}
    verdicts.keep(place / ".skiptrace", "suppression", None, now, False, "Kim", "not whole", NOW)
    (problem,) = seen(place).problems
    assert "was refused by Kim" in problem.what


def test_a_list_that_cannot_be_read_is_told(place: Path) -> None:
    for file in place.glob("**/suppression*"):
        if ".skiptrace" not in file.parts:
            file.unlink()
    assert seen(place).problems


def test_a_disk_without_room_for_the_next_night_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: usage(9, 8, 1))
    assert "GB left, and a night may need" in seen(place).problems[0].what


def test_runs_that_were_begun_and_not_ended_are_counted(place: Path) -> None:
    folder = place / ".skiptrace" / "work" / ("f" * 32)
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text(json.dumps({"as_of": "2026-07-01", "run_key": "f" * 32}))
    assert seen(place).unfinished == 1


def test_a_project_without_a_run_has_nothing_to_show(place: Path) -> None:
    (place / "runs" / "latest").unlink()
    found = seen(place)
    assert (found.run_id, found.problems[0].what) == (None, "no run is published yet")
