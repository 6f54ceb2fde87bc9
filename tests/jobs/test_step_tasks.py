from __future__ import annotations

from jobs.runner import Receipt, Task
from jobs.step_tasks import one_of, parts_of
from tests.jobs.projects import PARTS, Finished


def test_a_task_per_partition_names_its_file_and_a_single_one_its_step(finished: Finished) -> None:
    seen: list[Task] = []

    def run_all(name: str, tasks: list[Task]) -> list[Receipt]:
        assert name in ("link", "share")
        seen.extend(tasks)
        return [{"key": task.key} for task in tasks]

    setup = finished.setup
    parts = parts_of(setup, run_all, "link", "jobs.link:link_partition", [{"model_file": "m"}] * PARTS)
    elsewhere = parts_of(setup, run_all, "link", "jobs.link:link_partition", [{}], "another work")
    one = one_of(setup, run_all, "share", "jobs.enrich:share", refs=[])
    assert [part["key"] for part in (*parts, *elsewhere, one)] == [task.key for task in seen]
    assert [task.arguments["number"] for task in seen[:PARTS]] == list(range(PARTS))
    assert [task.file for task in seen[:PARTS]] == [part.file.name for part in setup.partitions["portfolio"]]
    assert seen[0].arguments == {"work": str(setup.work), "number": 0, "model_file": "m"}
    assert seen[PARTS].arguments["work"] == "another work"
    assert (seen[-1].file, seen[-1].place, seen[-1].arguments) == ("", "step share", {"work": str(setup.work), "refs": []})
    assert seen[-1].receipt == setup.receipt("share", 0)
