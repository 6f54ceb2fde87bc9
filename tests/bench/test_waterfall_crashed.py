"""A slice of `make bench-waterfall ONLY=crashed`: at least ten commands that are killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.waterfall_crashed import BUDGET, Counted, crashed, make, of


@pytest.mark.slow
def test_whatever_is_killed_nothing_is_paid_twice_or_beyond_the_budget_and_the_same_lies_there(tmp_path: Path) -> None:
    counted = Counted()
    crashed(make(tmp_path / "base"), 1, 1, counted)
    assert counted.killed >= 6  # as many as seed 1 meets
    assert counted.asked > 12
    assert (counted.twice, counted.changed, counted.differing) == (0, 0, 0)
    assert 0 < counted.most <= BUDGET
    assert [figure.name for figure in of(counted) if figure.holds is False] == ["crashed_commands"]
