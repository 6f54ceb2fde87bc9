from __future__ import annotations

import numpy as np
import pytest

from jobs.reduce import brought, kept_pairs
from jobs.routes import Meter
from skiptrace.linkage import reduced
from skiptrace.store.columns import read_columns
from tests.jobs.shard_tasks import Replay, again, told


@pytest.mark.parametrize("function", ["compare", "take"])
def test_a_task_that_is_run_again_writes_the_same_files(replay: Replay, function: str) -> None:
    for task in replay.of[f"jobs.reduce:{function}"][:2]:
        assert again(task) == told(task)


def test_the_number_of_pairs_at_a_time_changes_nothing(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced, "AT_A_TIME", 5)
    task = replay.of["jobs.reduce:compare"][0]
    assert again(task) == told(task)


def test_where_nothing_may_be_let_go_every_pair_comes_back(replay: Replay) -> None:
    task = replay.of["jobs.reduce:compare"][0]
    every, best = again(task, every=True, stem="every"), told(task)
    assert every["pairs"] == best["pairs"]
    rows = [0 if ref is None else ref["rows"] for ref in every["kept"]]
    assert rows == every["pairs"]
    for some, whole in zip(best["kept"], every["kept"], strict=True):
        if some is not None:
            kept, pairs = (read_columns(ref).to_pylist() for ref in (some, whole))
            assert all(row in pairs for row in kept)


def test_records_that_were_asked_for_are_brought_whole(replay: Replay) -> None:
    task, meter = replay.of["jobs.brought:link"][0], Meter()
    found, (pairs, likely) = brought(replay.sharded.rounds.cuts, task.arguments["taken"], meter), kept_pairs(task.arguments["kept"], meter)
    assert len(found.index) == len(found.rows) == len(found.entities)
    assert np.array_equal(found.rows[found.place(pairs.right)], pairs.right)
    assert (np.diff(pairs.left) >= 0).all()
    assert likely.any()
    assert meter.moved == sum(ref["bytes"] for ref in (*task.arguments["kept"], *task.arguments["taken"]) if ref is not None)


def test_a_pair_that_is_likely_brings_all_records_of_the_person(replay: Replay) -> None:
    task = replay.of["jobs.reduce:compare"][0]
    persons = read_columns(task.arguments["entities"])["members"]
    wanted = {int(row) for route in told(task)["wanted"] if route["file"] for row in read_columns(route["file"])["value"].to_numpy()}
    for ref in told(task)["kept"]:
        if ref is not None:
            table = read_columns(ref)
            for row in table.filter(table["likely"])["right"].to_pylist():
                assert {row, *persons[row].as_py()} <= wanted
