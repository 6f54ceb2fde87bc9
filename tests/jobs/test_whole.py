from __future__ import annotations

from jobs.runner import Receipt, Task
from jobs.whole import Whole
from tests.jobs.projects import PARTS, Finished
from tests.jobs.shard_tasks import model_of


class Recorder:
    """Runs nothing: gives each task's step and function back as its receipt."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def __call__(self, name: str, tasks: list[Task]) -> list[Receipt]:
        self.steps.append(name)
        return [{"function": task.function, "given": task.arguments, "entities": {"of": name}, "at": str(task.receipt)} for task in tasks]


def test_each_layer_is_a_task_and_each_partition_is_one_of_every_step(finished: Finished) -> None:
    run_all, model = Recorder(), model_of(finished)
    whole = Whole(finished.setup, run_all)
    assert [one["given"]["number"] for one in whole.index()] == list(range(len(finished.setup.layers)))
    for receipts, function in (
        (whole.link(model), "jobs.link:link_partition"), (whole.learn(), "jobs.learn:records_partition"),
        (whole.learn_persons(model), "jobs.learn:persons_partition"),
    ):  # fmt: skip
        assert [(one["function"], one["given"]["number"]) for one in receipts] == [(function, number) for number in range(PARTS)]
    assert [one["function"] for one in whole.learn_reference()] == ["jobs.learn:reference"]
    assert run_all.steps == ["index", "resolve", "link", "learn", "resolve", "learn-persons", "learn-reference"]
    assert whole.figures() == {}


def test_persons_are_kept_beside_the_index_and_given_to_whoever_links(finished: Finished) -> None:
    whole, model = Whole(finished.setup, Recorder()), model_of(finished)
    assert whole.resolve(model) == {"of": "resolve"}
    assert all(one["given"]["entities"] == {"of": "resolve"} for one in whole.link(model))
    kept = []
    Whole(finished.setup, lambda name, tasks: kept.extend(tasks) or [{"entities": {}}]).resolve(model)  # type: ignore[func-returns-value]
    assert kept[0].receipt.is_file(), "the run left it where the next one looks"
