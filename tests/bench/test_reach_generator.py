"""What the bench of learning learns from, on a small project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.reach import CHANNELS, auc_expected
from tests.bench.reach_generator import known_uses


@pytest.mark.slow
def test_uses_of_a_sample_project_have_their_true_probability(tmp_path: Path) -> None:
    found = known_uses(tmp_path / "project", 120, 5)
    assert set(CHANNELS) <= set(found)
    for channel in CHANNELS:
        known = found[channel]
        assert len(known.lessons) == len(known.truth) > 20
        assert ((known.truth >= 0) & (known.truth <= 1)).all()
        # nobody orders uses better than their true probability does
        assert auc_expected(known.lessons.shipped, known.truth) <= auc_expected(known.truth, known.truth)
