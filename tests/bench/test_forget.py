"""A slice of `make bench-forget`: every figure that has a target holds for a few people, and none is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.forget import forgetting, migrating


# Nights before and after, and a backup put back. That nothing is left: tests/jobs/test_forgotten.py, test_shredded.py, test_migrate.py.
@pytest.mark.long
def test_nothing_is_left_of_forgotten_people_and_nothing_is_lost(tmp_path: Path) -> None:
    figures = [*forgetting(tmp_path / "forget", accounts=16, canaries=4, seed=1, brief=True), *migrating(tmp_path / "migrate")]
    assert {figure.name: (figure.value, figure.reason) for figure in figures if figure.holds is False} == {}
    assert all(figure.value is not None for figure in figures)
