from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.feedback import figures, measure


# Exports and nights of a month. That each row counts once and acts the same night: tests/jobs/test_feedback.py, test_round_trip.py.
@pytest.mark.long
def test_a_short_month_loses_nothing_and_counts_nothing_twice(tmp_path: Path, own_settings: Path, private_session: None) -> None:
    results = tmp_path / "results.jsonl"
    found = measure(1, 2, 1, 600.0, results)
    told = {one.name: one for one in figures(found, 1)}
    assert all(one.holds is not False for one in told.values()), told
    assert told["outcomes_delivered"].value > 5
    assert told["contacts_exported"].value > 50
    assert measure(1, 2, 1, 0.0, results).counts == found.counts  # what was found is kept
