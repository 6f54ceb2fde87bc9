from __future__ import annotations

import numpy as np

from jobs.probe import look_up
from skiptrace.store.columns import read_columns
from tests.jobs.shard_tasks import Replay, again, told


def test_what_is_asked_again_is_asked_alike(replay: Replay) -> None:
    task = replay.of["jobs.probe:ask"][0]
    assert again(task) == told(task)


def test_each_key_is_asked_of_the_shard_it_is_in(replay: Replay) -> None:
    seen = 0
    for task in replay.of["jobs.probe:ask"]:
        for cut, refs in zip(replay.sharded.rounds.cuts.each, told(task)["probes"], strict=True):
            for shard, ref in enumerate(refs):
                if ref is not None:
                    keys = read_columns(ref)["key"].to_numpy()
                    seen += len(keys)
                    assert set((keys >> np.uint64(64 - cut.bits)).tolist()) == {shard}
    assert seen > 0


def test_each_pair_comes_back_once_to_the_shard_of_its_record(replay: Replay) -> None:
    for task in replay.of["jobs.probe:look_up"]:
        cut = replay.sharded.rounds.cuts.each[task.arguments["layer"]]
        for shard, route in enumerate(told(task)["pairs"]):
            start = 0
            values = [] if route["file"] is None else read_columns(route["file"])["value"].to_numpy()
            for end in route["ends"]:
                mine = np.asarray(values[start:end], np.uint64)
                assert len(np.unique(mine)) == len(mine)
                assert set((mine & np.uint64(0xFFFFFFFF)).astype(np.int64) // cut.rows) <= {shard}
                start = end


def test_a_shard_that_nobody_asks_answers_nothing(replay: Replay) -> None:
    given = replay.of["jobs.probe:look_up"][0].arguments
    found = look_up(**{**given, "probes": [None for _ in given["probes"]], "stem": "none"})
    assert all(route["file"] is None for route in found["pairs"])
    assert found["moved"] == 0
    assert all(set(counts.values()) == {0} for one in found["blocking"] for counts in one.values())
