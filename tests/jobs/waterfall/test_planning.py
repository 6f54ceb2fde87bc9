from __future__ import annotations

from pathlib import Path

from jobs.waterfall.planning import planned
from tests.jobs.projects import files_below
from tests.jobs.waterfall.vendors import NOW


def test_more_money_is_expected_to_bring_more_and_nothing_is_written(asking_run: Path) -> None:
    before = files_below(asking_run)
    told = planned(asking_run, [2.75, 0.0], None, NOW)
    nothing, something = told["frontier"]
    assert (nothing["budget"], nothing["spent"], nothing["contacts"]) == (0.0, 0.0, 0.0)
    assert 0 < something["spent"] <= 2.75
    assert something["contacts_low"] <= something["contacts"] <= something["contacts_high"]
    assert something["contacts"] > 0
    assert (told["accounts"], told["held"], told["answers"]) == (12, 0, 0)
    assert files_below(asking_run) == before
