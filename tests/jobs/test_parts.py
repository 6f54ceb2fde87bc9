"""A run's tables part by part: whole accounts and consumers, nothing lost, nothing twice."""

from __future__ import annotations

import pytest

from jobs.parts import parts_of
from skiptrace.errors import DataRefused
from skiptrace.results import Run, latest
from tests.jobs.projects import Finished

COLUMNS = {
    "accounts": ["account_id", "consumer_id"],
    "decisions": ["account_id", "point_id", "channel"],
    "contact_points": ["account_id", "value"],
}


@pytest.fixture(scope="module")
def run(finished: Finished) -> Run:
    return latest(finished.folder)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_parts_hold_every_row_once_and_no_consumer_twice(run: Run, size: int) -> None:
    parts = list(parts_of(run, COLUMNS, size))
    assert len(parts) > 1 or size == 10_000
    for name, columns in COLUMNS.items():
        together = [row for part in parts for row in part[name].to_pylist()]
        assert sorted(map(str, together)) == sorted(map(str, run.table(name, columns).to_pylist()))
    seen: set[str] = set()
    for part in parts:
        consumers, accounts = set(part["accounts"]["consumer_id"].to_pylist()), set(part["accounts"]["account_id"].to_pylist())
        assert not consumers & seen
        seen |= consumers
        assert all(set(part[name]["account_id"].to_pylist()) <= accounts for name in COLUMNS)


def test_a_table_out_of_order_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = Run.pieces

    def shuffled(self: Run, name: str, number: int, columns: list[str], rows: int) -> object:
        for piece in pieces(self, name, number, columns, rows):
            yield piece.take(list(reversed(range(len(piece))))) if name == "decisions" else piece

    monkeypatch.setattr(Run, "pieces", shuffled)
    with pytest.raises(DataRefused, match="cannot be used"):
        list(parts_of(run, COLUMNS, 7))
