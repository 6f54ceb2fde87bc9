from __future__ import annotations

import pytest

from jobs import brought
from jobs.runner import done
from tests.jobs.projects import PARTS, Finished
from tests.jobs.shard_tasks import Replay, again, told
from tests.jobs.work import with_rows


def test_a_partition_is_linked_as_with_the_whole_index(replay: Replay, finished: Finished) -> None:
    for number, task in enumerate(replay.of["jobs.brought:link"]):
        whole = done(finished.setup.receipt("link", number))
        assert whole is not None
        parts = told(task)
        for name in ("links", "considered"):
            assert parts[name]["sha256"] == whole[name]["sha256"], name
        assert {name: parts[name] for name in ("pairs", "unwritten", "blocking", "expected") if name in parts} == {
            name: whole[name] for name in ("pairs", "unwritten", "blocking", "expected") if name in whole
        }
    assert len(replay.of["jobs.brought:link"]) == PARTS


def test_the_size_of_a_chunk_changes_nothing(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brought, "CHUNK", 7)
    task = replay.of["jobs.brought:link"][0]
    assert with_rows(again(task)) == with_rows(told(task))


def test_who_is_not_compared_with_a_source_stays_so_in_shards(replay: Replay) -> None:
    """The demo's `contact` costs money: some accounts are not compared with it."""
    _, table = brought.people_of(replay.of["jobs.brought:link"][0].arguments["people"], brought.Meter())
    skip = brought._skip(table)
    assert skip is not None
    assert skip.shape == (len(table), len(replay.run.setup.layers))
    assert 0 < skip.sum() < skip.size
