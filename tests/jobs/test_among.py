from __future__ import annotations

import numpy as np

from jobs.index import open_index
from jobs.sharded import Sharded
from skiptrace.linkage import model, rules
from skiptrace.linkage.resolve import SelfJoin, bits_of
from skiptrace.store.columns import read_columns
from skiptrace.store.commit import read_json
from tests.jobs.projects import Finished
from tests.jobs.shard_tasks import SHARDS, Replay, again, model_of


def perform_all(replay: Replay) -> dict[str, list[dict[str, object]]]:
    """Receipts by function of finding the persons of the reference anew, every task run in this process."""
    found: dict[str, list[dict[str, object]]] = {}

    def run_all(name: str, tasks: list) -> list:
        receipts = [again(task) for task in tasks]
        for task, receipt in zip(tasks, receipts, strict=True):
            found.setdefault(task.function, []).append(receipt)
        return receipts

    sharded = Sharded(replay.run.setup, SHARDS, run_all)
    sharded.index()
    for file in replay.run.setup.entities("").parent.glob("*/slice-*.json"):
        file.rename(file.with_suffix(".aside"))
    try:
        sharded.resolve(model_of(replay.run))
    finally:
        for file in replay.run.setup.entities("").parent.glob("*/slice-*.aside"):
            file.rename(file.with_suffix(".json"))
    return found


def test_shards_join_the_pairs_that_the_whole_index_joins(replay: Replay, finished: Finished) -> None:
    linkage = rules.load()
    _, weighing = model.records_from_plain(read_json(model_of(finished)), linkage)
    whole = SelfJoin(open_index(finished.setup, linkage), weighing, linkage).joins(bits_of(linkage.joined[0]))
    pairs = [pair for block in whole.blocks() for pair in zip(*(column.tolist() for column in block), strict=True)]
    wanted = sorted({(left, right, round(weight, 9)) for left, right, weight in pairs})
    assert len(wanted) == len(pairs)
    found = []
    for receipt in perform_all(replay)["jobs.among:join"]:
        columns = read_columns(receipt["joins"]).to_pydict()
        found += zip(columns["left"], columns["right"], np.round(columns["weight"], 9).tolist(), strict=True)
    assert sorted(found) == wanted
    assert wanted
