from __future__ import annotations

import numpy as np
import pytest

from jobs import models, persons
from jobs.runner import done
from skiptrace.linkage.persons import load
from skiptrace.store.columns import read_columns
from tests.jobs.projects import Finished
from tests.jobs.shard_tasks import Replay, model_of
from tests.jobs.test_among import perform_all


def slices(replay: Replay) -> tuple[list[int], list[list[int]]]:
    """(lowest row of each record's person, the person's records where there are several) over all shards of records."""
    entity, members = [], []
    for ref in replay.sharded.resolve(model_of(replay.run)):
        table = read_columns(ref)
        entity += table["entity"].to_pylist()
        members += table["members"].to_pylist()
    return entity, members


def test_persons_are_those_of_the_whole_index(replay: Replay, finished: Finished) -> None:
    told = done(finished.setup.entities(models.content_key(model_of(finished))) / "resolved.json")
    assert told is not None
    whole = load(told["entities"])
    lowest = whole.members[whole.offsets[whole.entity]]
    entity, members = slices(replay)
    assert entity == lowest.tolist()
    sizes = np.diff(whole.offsets)[whole.entity]
    for row in np.flatnonzero(sizes > 1).tolist():
        person = int(whole.entity[row])
        assert members[row] == whole.members[whole.offsets[person] : whole.offsets[person + 1]].tolist()
    assert all(not members[row] for row in np.flatnonzero(sizes == 1).tolist())


def test_the_size_of_a_batch_changes_no_person(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    before = slices(replay)
    monkeypatch.setattr(persons, "BATCH", 16)
    found = perform_all(replay)
    assert len(found["jobs.persons:group"]) > 1
    tables = [read_columns(receipt["slice"]) for receipt in found["jobs.persons:slice_of"]]
    assert [one for table in tables for one in table["entity"].to_pylist()] == before[0]
    assert [one for table in tables for one in table["members"].to_pylist()] == before[1]


def test_a_reference_where_nobody_is_joined_has_no_batches(replay: Replay) -> None:
    found = persons.batch(str(replay.run.setup.work), **replay.sharded.rounds.given(joins=[]))
    assert found["joins"] == []
    assert all(one["file"] is None for one in found["wanted"])
