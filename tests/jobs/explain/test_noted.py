from __future__ import annotations

import datetime as dt
from pathlib import Path

from jobs.explain.noted import notes, placed
from skiptrace.results import Run, latest
from tests.jobs.published import publish


def test_an_account_that_its_owner_works_is_placed_with_nobody() -> None:
    assert placed({}) is None  # a run of an earlier version
    assert placed({"placed_with": None, "placed_on": None}) is None


def test_a_placement_says_with_whom_and_since_when() -> None:
    assert placed({"placed_with": "acme", "placed_on": dt.date(2026, 6, 1)}) == (
        'placed with "acme" since 2026-06-01: it leaves in the exports of that holder alone, until it is recalled'
    )


def test_a_run_without_notes_shows_none(tmp_path: Path) -> None:
    publish(tmp_path / "project")
    run: Run = latest(tmp_path / "project")
    assert notes(run, "0001", masked=True) == ()
