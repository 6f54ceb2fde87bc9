from __future__ import annotations

import shutil
from typing import Any

import pytest

from jobs import learned, models
from jobs.prepare import Options, prepare
from jobs.whole import Whole
from tests.jobs.projects import Finished


def refuse(*given: Any, **named: Any) -> Any:
    pytest.fail("nothing is learned")


def test_a_project_that_has_a_model_learns_none(finished: Finished) -> None:
    prepared = prepare(finished.folder, Options())
    found = learned.match_model(prepared, Options(), Whole(prepared.setup, refuse), refuse)
    assert found == models.model_file(prepared.setup.private, finished.outcome.ledger["hashes"]["model"])


def test_a_run_over_a_part_of_the_portfolio_decides_for_no_later_one(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare(finished.folder, Options(limit=10))
    monkeypatch.setattr(models, "adopt", refuse)
    place = models.model_file(prepared.setup.private, prepared.model_key)
    there = place.is_file()
    if not there:
        shutil.copy(models.model_file(prepared.setup.private, finished.outcome.ledger["hashes"]["model"]), place)
    try:
        assert learned.match_model(prepared, Options(limit=10), Whole(prepared.setup, refuse), refuse) == place
    finally:
        if not there:
            place.unlink()
