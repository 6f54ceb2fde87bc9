from __future__ import annotations

from pathlib import Path

import pytest

from jobs.estimate.samples import sample
from jobs.pipeline import Options
from jobs.prepare import prepare
from jobs.setup import Setup
from skiptrace.errors import DataRefused
from tests.jobs.tiny import make_tiny


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return prepare(make_tiny(tmp_path / "project"), Options()).setup


def test_all_rows_are_taken_where_there_are_no_more(setup: Setup) -> None:
    found = sample(setup, "portfolio", range(2), 100)
    assert (found.taken, found.rows, found.share) == (12, 12, 1.0)
    assert len(found.identities) == len(found.tape) == 12
    assert found.identities["identity"].to_pylist() == sorted(set(found.identities["identity"].to_pylist()))


def test_a_part_is_spread_over_all_partitions_and_always_the_same(setup: Setup) -> None:
    found, again = sample(setup, "portfolio", range(2), 4), sample(setup, "portfolio", range(2), 4)
    ids = found.identities["record_id"].to_pylist()
    assert (found.taken, len(ids)) == (4, 4)
    assert ids == again.identities["record_id"].to_pylist()
    assert min(ids) < "A006" <= max(ids)


def test_sightings_are_those_of_the_rows(setup: Setup) -> None:
    found = sample(setup, "header", [0], 4)
    assert set(found.sightings["identity"].to_pylist()) == set(found.identities["identity"].to_pylist())
    assert found.tape.num_rows == 0


def test_no_partitions_give_no_rows(setup: Setup) -> None:
    assert (sample(setup, "header", [], 5).taken, sample(setup, "header", [], 5).share) == (0, 1.0)


def test_a_file_that_changed_meanwhile_is_refused(setup: Setup) -> None:
    file = setup.project.folder / "header.csv"
    file.write_text(file.read_text()[:200])
    with pytest.raises(DataRefused):
        sample(setup, "header", [0], 4)
