from __future__ import annotations

from pathlib import Path

import pytest

from jobs.locking import locked
from jobs.waterfall import acting
from skiptrace.errors import ConfigError, SafeToRerun
from skiptrace.project import PRIVATE
from tests.jobs.projects import copy_of
from tests.jobs.tiny import make_tiny
from tests.jobs.waterfall.vendors import NOW, answer, make_asking, request_files, rows_of, state_of


def test_one_command_at_a_time_writes_to_the_ledger(asked: Path) -> None:
    with locked(asked / PRIVATE):
        for call in (acting.order, acting.receive):
            with pytest.raises(SafeToRerun, match="is under way"):
                call(asked, None, NOW)


def test_a_project_without_a_run_or_without_anybody_to_ask_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="run `skiptrace run` first"):
        acting.order(make_asking(tmp_path / "new"), None, NOW)
    with pytest.raises(ConfigError, match="this project asks no source"):
        acting.status(make_tiny(tmp_path / "none"), None, NOW)
    assert acting.last_run(tmp_path / "none") is None


def test_once_all_is_answered_and_read_the_next_order_asks_only_about_whom_it_is_worth(read_run: Path, tmp_path: Path) -> None:
    project = copy_of(read_run, tmp_path / "next")
    found = acting.order(project, None, NOW)
    assert found.requests == ()  # nobody is asked the same source again
    assert sum(found.stops.values()) == 12
    assert len(state_of(project)["orders"]) == 1


def test_a_hit_that_no_run_has_read_is_waited_for(asked: Path) -> None:
    answer(asked, rows_of(request_files(asked)[0]))
    acting.receive(asked, None, NOW)
    found = acting.order(asked, None, NOW)
    assert found.requests == ()
    assert found.stops["waiting"] == 6
