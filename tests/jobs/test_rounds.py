from __future__ import annotations

from jobs.rounds import _sum
from tests.jobs.projects import PARTS
from tests.jobs.shard_tasks import SHARDS, Replay, told


def test_each_shard_has_one_task_of_each_round(replay: Replay) -> None:
    layers = len(replay.run.setup.layers)
    assert len(replay.of["jobs.probe:look_up"]) == 4 * layers, "as many shards of keys as a power of two allows"
    assert len(replay.of["jobs.reduce:compare"]) == SHARDS * layers
    assert len(replay.of["jobs.probe:ask"]) == len(replay.of["jobs.brought:link"]) == PARTS


def test_no_key_of_a_task_is_used_twice(replay: Replay) -> None:
    keys = [task.key for name, tasks in replay.of.items() if name != "jobs.shards:count_names" for task in tasks]
    assert len(keys) == len(set(keys))


def test_figures_are_those_of_the_receipts(replay: Replay) -> None:
    figures = replay.sharded.figures()["shards"]
    counted = [told(task) for name, tasks in replay.of.items() if not name.startswith("jobs.shards:") for task in tasks]
    assert figures["moved"] == sum(one["moved"] for one in counted) > 0
    assert figures["opened"] == sum(one["opened"] for one in counted)
    assert figures["opened_at_most"] == max(one["opened"] for one in counted)
    assert figures["bytes"] == sum(cut.total for cut in replay.sharded.rounds.cuts.each)


def test_no_task_is_given_a_table_or_a_value(replay: Replay) -> None:
    """Arguments are names, numbers and places of files: their size does not grow with the rows."""
    allowed = (str, int, float, bool, type(None))

    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return all(plain(one) for one in value.values())
        return all(plain(one) for one in value) if isinstance(value, list) else isinstance(value, allowed)

    assert all(plain(task.arguments) for tasks in replay.of.values() for task in tasks)


def test_counts_add_up() -> None:
    assert _sum([{"a": {"x": 1, "y": 2}}, {"a": {"x": 5, "y": 0}}]) == {"a": {"x": 6, "y": 2}}
