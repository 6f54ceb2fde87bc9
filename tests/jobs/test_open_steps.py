from __future__ import annotations

import csv
from pathlib import Path

from jobs.open_steps import open_steps, ways, write_requests
from skiptrace.results import latest
from skiptrace.rulebook.loading import load
from tests.jobs.projects import Finished

BOOK = load()


def test_open_steps_are_counted_as_decisions_say(finished: Finished) -> None:
    run = latest(finished.outcome.folder.parent.parent)
    rows = run.table("decisions").to_pylist()
    found = open_steps(run)
    assert found
    for one in found:
        mine = [row for row in rows if one.step in row["steps_required"]]
        assert (one.uses, one.accounts) == (len(mine), len({row["account_id"] for row in mine}))
        assert 0 <= one.alone <= one.uses
        assert one.sentence
        assert one.how


def test_requests_hold_their_columns_and_no_others(finished: Finished, tmp_path: Path) -> None:
    run = latest(finished.outcome.folder.parent.parent)
    place = tmp_path / "requests"
    place.mkdir(mode=0o700)
    written = write_requests(run, place)
    assert set(written) == {file.stem for file in place.iterdir()}
    assert written
    for name, rows in written.items():
        with (place / f"{name}.csv").open(newline="") as file:
            lines = list(csv.reader(file))
        request = BOOK.steps[name].request
        assert request is not None
        assert tuple(lines[0]) == request.columns
        assert len(lines) == rows + 1
        assert (place / f"{name}.csv").stat().st_mode & 0o077 == 0


def test_every_step_that_a_rule_asks_for_can_be_done() -> None:
    asked = {step for rule in BOOK.rules for step in (rule.step_of(True), rule.step_of(None)) if step}
    by_hand = {name for name in asked if ways(BOOK.steps[name], BOOK) == ("deliveries or project file",)}
    assert by_hand == {"default_date_review", "project_settings"}
    assert ways(BOOK.steps["rnd_query"], BOOK) == ("request", "answers")
    assert ways(BOOK.steps["privacy_map"], BOOK) == ("attestation",)
