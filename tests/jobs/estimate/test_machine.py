from __future__ import annotations

from jobs.estimate.costs import load
from jobs.estimate.machine import calibration


def test_the_fixed_work_takes_a_fraction_of_a_second() -> None:
    found = calibration()
    assert 0.05 < found / load().machine["calibration_seconds"] < 50
